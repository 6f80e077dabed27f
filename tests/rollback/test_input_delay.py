"""When the input delay changes, and when it had better not."""

from __future__ import annotations

import pytest

from peergym.rollback.input_delay import (
    ArticleInputDelay,
    AutomaticInputDelay,
    InputDelayController,
)

PERIOD_S = 1 / 60


def controller(one_way_s: float = 0.0) -> InputDelayController:
    delay = InputDelayController(AutomaticInputDelay(), PERIOD_S)
    delay.start_episode(one_way_s, 0.0)
    return delay


def run(
    delay: InputDelayController,
    start_s: float,
    seconds: float,
    one_way_s: float,
    *,
    stalls: int = 0,
) -> list[tuple[float, int]]:
    """Update 60 times a second, the first ticks stalled. Returns the changes: (time, frames)."""
    changes = []
    for tick in range(round(seconds * 60)):
        now_s = start_s + tick * PERIOD_S
        if tick < stalls:
            delay.note_stall(now_s)
        changed = delay.update(one_way_s, now_s)
        if changed is not None:
            changes.append((now_s, changed))
    return changes


@pytest.mark.parametrize(
    ("one_way_s", "frames"),
    [(0.0, 1), (0.050, 1), (0.060, 1), (0.075, 2), (0.095, 3), (0.400, 3)],
)
def test_the_automatic_rule_delays_by_what_exceeds_fifty_milliseconds(
    one_way_s: float, frames: int
) -> None:
    assert controller(one_way_s).frames == frames


@pytest.mark.parametrize(("one_way_s", "frames"), [(0.0, 0), (0.030, 2), (0.060, 4), (0.400, 5)])
def test_the_articles_rule_delays_by_all_of_it(one_way_s: float, frames: int) -> None:
    delay = InputDelayController(ArticleInputDelay(), PERIOD_S)
    assert delay.start_episode(one_way_s, 0.0) == frames
    assert run(delay, 0.0, 20.0, 0.0) == [], "and keeps it"


def test_a_fixed_delay_never_changes() -> None:
    delay = InputDelayController(4, PERIOD_S)
    assert delay.start_episode(0.2, 0.0) == 4
    assert run(delay, 0.0, 20.0, 0.2, stalls=100) == []


def test_a_change_waits_until_the_wish_has_been_steady_for_five_seconds() -> None:
    delay = controller()
    run(delay, 0.0, 10.0, 0.0)
    ((time_s, frames),) = run(delay, 10.0, 20.0, 0.090)
    assert frames == 3
    assert 15.0 <= time_s < 15.1


def test_a_network_that_flutters_changes_nothing() -> None:
    delay = controller()
    changes = []
    for second in range(0, 60, 4):
        changes += run(delay, second, 2.0, 0.090)
        changes += run(delay, second + 2, 2.0, 0.0)
    assert changes == []


def test_repeated_stalls_go_beyond_the_usual_most_but_not_beyond_the_limit() -> None:
    delay = controller(0.2)
    assert delay.frames == 3
    for second in range(10, 40, 4):
        run(delay, second, 4.0, 0.2, stalls=40)
    assert delay.frames == 5


def test_one_long_stall_does_not_add_all_of_the_frames_at_once() -> None:
    changes = run(controller(), 10.0, 30.0, 0.0, stalls=240)
    assert max(frames for _, frames in changes) <= 3


def test_one_hiccup_is_forgiven() -> None:
    delay = controller()
    changes = run(delay, 10.0, 60.0, 0.0, stalls=40)
    assert [frames for _, frames in changes] == [2, 1]


def test_stalls_while_an_episode_settles_are_not_counted() -> None:
    delay = controller()
    assert run(delay, 0.0, 1.0, 0.0, stalls=60) == []
    assert run(delay, 1.0, 30.0, 0.0) == []
