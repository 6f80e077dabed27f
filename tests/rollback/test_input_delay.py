"""When the input delay changes, and when it had better not."""

from __future__ import annotations

from itertools import pairwise

import pytest

from peergym.errors import ConfigurationError
from peergym.rollback.config import MAX_INPUT_DELAY_FRAMES
from peergym.rollback.input_delay import (
    LOCKSTEP_MOST_FRAMES,
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


@pytest.mark.parametrize(
    ("knobs", "frames"),
    [
        # one-way times of 0, 30, 60, 99 and 199 ms
        ((1, 3, 0.050), [1, 1, 1, 3, 3]),
        ((0, 0, 0.050), [0, 0, 0, 0, 0]),
        ((0, 5, 0.0), [0, 2, 4, 5, 5]),
        ((2, 4, 0.0), [2, 2, 4, 4, 4]),
        ((0, 12, 0.100), [0, 0, 0, 0, 6]),
    ],
)
def test_the_three_knobs_are_paid_in_their_order(
    knobs: tuple[int, int, float], frames: list[int]
) -> None:
    rule = AutomaticInputDelay(*knobs)
    ways_s = (0.0, 0.030, 0.060, 0.099, 0.199)
    assert [rule.wanted_frames(way_s, PERIOD_S) for way_s in ways_s] == frames


@pytest.mark.parametrize(
    ("knobs", "named"),
    [
        ({"least_delay_frames": -1}, "least_delay_frames"),
        ({"least_delay_frames": 4}, "least_delay_frames"),
        ({"most_delay_frames": 29}, "most_delay_frames"),
        ({"most_delay_frames": -1}, "most_delay_frames"),
        ({"most_predicted_s": -0.001}, "most_predicted_s"),
        ({"most_predicted_s": float("nan")}, "most_predicted_s"),
        ({"most_predicted_s": float("inf")}, "most_predicted_s"),
    ],
)
def test_a_knob_out_of_range_is_named(knobs: dict[str, float], named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        AutomaticInputDelay(**knobs)  # type: ignore[arg-type]
    assert refused.value.field == named


def test_a_narrow_window_leaves_more_to_delay() -> None:
    rule = AutomaticInputDelay(0, 9, 0.050)
    wanted = [rule.wanted_frames(0.099, PERIOD_S, window) for window in (8, 3, 2, 1)]
    assert wanted == [3, 3, 4, 5]


def test_in_lockstep_delay_is_all_there_is() -> None:
    rule = AutomaticInputDelay()
    wanted = [rule.wanted_frames(way_s, PERIOD_S, 0) for way_s in (0.0, 0.060, 0.099, 0.2, 9.0)]
    assert wanted == [2, 6, 8, 14, LOCKSTEP_MOST_FRAMES]
    assert LOCKSTEP_MOST_FRAMES <= MAX_INPUT_DELAY_FRAMES


def test_stalls_in_lockstep_raise_the_delay_beyond_what_prediction_would_need() -> None:
    delay = InputDelayController(AutomaticInputDelay(), PERIOD_S, prediction_window=0)
    assert delay.start_episode(0.2, 0.0) == 14
    for second in range(10, 40, 4):
        run(delay, second, 4.0, 0.2, stalls=40)
    assert 16 <= delay.frames <= LOCKSTEP_MOST_FRAMES


def test_a_player_whose_delay_was_fixed_keeps_it_in_later_episodes_too() -> None:
    delay = controller()
    delay.fix(1, 7)
    assert (delay.frames_of(0), delay.frames_of(1)) == (1, 7)
    run(delay, 10.0, 20.0, 0.090)
    assert (delay.frames_of(0), delay.frames_of(1)) == (3, 7)
    delay.start_episode(0.0, 30.0)
    assert (delay.frames_of(0), delay.frames_of(1)) == (1, 7)


@pytest.mark.parametrize(("one_way_s", "frames"), [(0.0, 0), (0.030, 2), (0.060, 4), (0.400, 5)])
def test_the_articles_rule_delays_by_all_of_it(one_way_s: float, frames: int) -> None:
    delay = InputDelayController(ArticleInputDelay(), PERIOD_S)
    assert delay.start_episode(one_way_s, 0.0) == frames
    assert run(delay, 0.0, 20.0, 0.0) == [], "and keeps it"


def test_a_fixed_delay_never_changes() -> None:
    delay = InputDelayController(4, PERIOD_S)
    assert delay.start_episode(0.2, 0.0) == 4
    assert run(delay, 0.0, 20.0, 0.2, stalls=100) == []


def test_a_change_waits_until_it_has_been_wanted_for_five_seconds() -> None:
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


def test_repeated_stalls_go_beyond_the_most_delay_but_not_beyond_the_limit() -> None:
    delay = controller(0.2)
    assert delay.frames == 3
    for second in range(10, 40, 4):
        run(delay, second, 4.0, 0.2, stalls=40)
    assert delay.frames == 5


def test_one_long_stall_does_not_add_all_of_the_frames_at_once() -> None:
    changes = run(controller(), 10.0, 30.0, 0.0, stalls=240)
    assert max(frames for _, frames in changes) <= 3


def test_stalls_that_go_on_raise_the_delay_step_by_step() -> None:
    changes = run(controller(), 10.0, 40.0, 0.0, stalls=40 * 60)
    assert [frames for _, frames in changes] == [2, 3, 4, 5]
    times_s = [time_s for time_s, _ in changes]
    assert all(after - before >= 5.0 for before, after in pairwise(times_s))


def test_one_hiccup_is_forgiven() -> None:
    delay = controller()
    changes = run(delay, 10.0, 60.0, 0.0, stalls=40)
    assert [frames for _, frames in changes] == [2, 1]


def test_stalls_while_an_episode_settles_are_not_counted() -> None:
    delay = controller()
    assert run(delay, 0.0, 1.0, 0.0, stalls=60) == []
    assert run(delay, 1.0, 30.0, 0.0) == []
