"""How far somebody is who executes an episode again, and whether it is right."""

from __future__ import annotations

import pytest

from peergym.rollback.control import Reexecute
from peergym.rollback.episode import episode_seed
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import Reexecuting
from peergym.rollback.reexecution import JUDGE_AFTER_S, MOST_KEPT_CHECKSUMS, Reexecution
from tests.rollback.pair import make_config

CONFIG = make_config(0)
RIGHT, WRONG = 0x1234, 0x4321


def told(frame: int, agreed_frame: int = 0, checksum: int = RIGHT, episode: int = 0) -> Reexecute:
    return Reexecute(episode, episode_seed(CONFIG.seed, episode), frame, agreed_frame, checksum)


@pytest.fixture
def events() -> EventQueue:
    return EventQueue()


@pytest.fixture
def again(events: EventQueue) -> Reexecution:
    again = Reexecution(CONFIG, events)
    again.begin(0)
    return again


def test_who_is_told_nothing_has_arrived(again: Reexecution) -> None:
    assert again.has_arrived(0)
    assert not again.is_behind(0)
    assert again.difference() is None
    assert again.slowness(0, 100.0) is None


def test_one_has_arrived_where_the_match_was_with_the_checksum_that_all_agreed_on(
    again: Reexecution,
) -> None:
    again.take(told(200, 180), 0, 0.0)
    assert again.is_behind(199)
    assert not again.is_behind(200)
    again.note_checksums([(120, 1), (180, RIGHT)])
    assert not again.has_arrived(200), "before it was compared"
    assert again.difference() is None
    assert again.has_arrived(200)
    assert not again.has_arrived(199)


def test_another_checksum_is_told_with_both(again: Reexecution) -> None:
    again.take(told(200, 180), 0, 0.0)
    again.note_checksums([(120, WRONG)])
    assert again.difference() is None
    again.note_checksums([(180, WRONG)])
    problem = again.difference()
    assert problem is not None
    assert "frame 180" in problem
    assert f"{WRONG:016x} here, {RIGHT:016x} there" in problem
    assert not again.has_arrived(200)


def test_what_is_said_next_has_to_be_right_too(again: Reexecution) -> None:
    again.note_checksums([(0, RIGHT), (60, WRONG)])
    again.take(told(30), 0, 0.0)
    assert again.difference() is None
    assert again.has_arrived(30)
    again.take(told(90, 60), 60, 2.0)
    assert not again.has_arrived(90)
    assert again.difference() is not None


def test_what_was_right_stays_right_when_it_is_said_again_much_later(again: Reexecution) -> None:
    again.take(told(30), 0, 0.0)
    again.note_checksums([(0, RIGHT)])
    assert again.difference() is None
    again.note_checksums([(frame, frame) for frame in range(1, MOST_KEPT_CHECKSUMS + 10)])
    again.take(told(900), 600, 2.0)
    assert again.has_arrived(900)


def test_what_is_said_of_another_episode_says_nothing_of_this_one(again: Reexecution) -> None:
    again.note_checksums([(0, WRONG)])
    again.take(told(300, episode=1), 50, 0.0)
    assert not again.is_behind(50)
    assert again.difference() is None
    again.begin(1)
    assert again.is_behind(50)
    assert again.difference() is None, "the checksum was of the episode before"
    again.note_checksums([(0, RIGHT)])
    assert again.difference() is None
    assert again.has_arrived(300)
    again.begin(2)
    assert again.has_arrived(0)


def test_another_seed_is_another_match(again: Reexecution) -> None:
    again.take(Reexecute(0, 7, 30, 0, RIGHT), 0, 0.0)
    assert "seed 7" in str(again.difference())


def test_how_far_one_is_is_told_twice_a_second(again: Reexecution, events: EventQueue) -> None:
    again.take(told(10_000), 0, 5.0)
    for tick in range(200):
        assert again.slowness(8 * tick, 5.0 + tick / 100) is None
    seen = []
    while (event := events.take()) is not None:
        seen.append(event)
    assert seen[0] == Reexecuting(0, 0, 10_000)
    assert [event.frame for event in seen] == [0, 400, 800, 1200]  # type: ignore[union-attr]


@pytest.mark.parametrize(("frames", "is_slow"), [(8, True), (10, True), (11, False)])
def test_one_who_makes_no_more_frames_than_the_match_is_slow(frames: int, is_slow: bool) -> None:
    """Six ticks a second, at 60 Hz."""
    again = Reexecution(CONFIG, EventQueue())
    again.begin(0)
    again.take(told(100_000), 0, 0.0)
    said = [again.slowness(frames * tick, tick / 6) for tick in range(130)]
    assert any(said) == is_slow
    if is_slow:
        first = next(tick for tick, problem in enumerate(said) if problem)
        assert abs(first / 6 - JUDGE_AFTER_S) < 0.5
        assert f"{6 * frames} frames a second here, the match at 60" in str(said[first])


def test_one_whose_machine_sleeps_is_not_slow(again: Reexecution) -> None:
    again.take(told(100_000), 0, 0.0)
    now_s = 0.0
    for tick in range(300):
        now_s += 3600.0 if tick == 50 else 1 / 60
        assert again.slowness(8 * tick, now_s) is None


def test_one_who_has_caught_up_is_not_slow_however_slowly_the_match_goes(
    again: Reexecution,
) -> None:
    again.take(told(100), 0, 0.0)
    for second in range(100):
        assert again.slowness(100 + second, float(second)) is None


def test_what_is_kept_is_bounded(again: Reexecution) -> None:
    again.note_checksums([(frame, frame) for frame in range(100_000)])
    assert len(again._own) == MOST_KEPT_CHECKSUMS
