"""The session's own time: from 0, never back, and without a trace of the caller's clock."""

from __future__ import annotations

import pytest

from peergym.rollback.local_time import LocalTime
from peergym.rollback.round_trip import RoundTrip


def test_it_begins_at_zero_with_the_first_call() -> None:
    time = LocalTime()
    assert not time.has_started
    assert time.enter(1.7e9) == 0.0
    assert time.has_started
    assert time.enter(1.7e9 + 2.5) == 2.5
    assert time.now_s == 2.5


@pytest.mark.parametrize("back_s", [0.001, 1.0, 3600.0])
def test_a_clock_that_is_set_back_does_not_turn_time_back(back_s: float) -> None:
    time = LocalTime()
    for caller_s in (100.0, 107.0):
        time.enter(caller_s)
    assert time.enter(107.0 - back_s) == 0.0
    assert time.now_s == 7.0
    assert time.enter(108.0) == 1.0


def steps(origin_s: float) -> list[float]:
    time = LocalTime()
    return [time.enter(origin_s + frame / 64) for frame in range(200)]


@pytest.mark.parametrize("origin_s", [0.1, 1e3, 1.7e9, -5e5])
def test_steps_are_the_same_wherever_the_callers_clock_began(origin_s: float) -> None:
    assert steps(origin_s) == steps(0.0)


@pytest.mark.parametrize("origin_s", [0.0, 1.7e9])
def test_a_deadline_has_passed_when_the_caller_comes_then(origin_s: float) -> None:
    time = LocalTime()
    time.enter(origin_s)
    for frame in range(1, 300):
        due_s = frame / 60
        time.enter(time.deadline(due_s))
        assert due_s <= time.now_s < due_s + 1e-5


def test_one_way_is_half_of_the_round_trip() -> None:
    ours, theirs = RoundTrip(), RoundTrip()
    for tick in range(20):
        sent_s = tick / 60
        theirs.receive(ours.stamp(sent_s), ours.echo(sent_s), sent_s + 0.05)
        back_s = sent_s + 0.06
        ours.receive(theirs.stamp(back_s), theirs.echo(back_s), back_s + 0.05)
    assert ours.rtt_s == pytest.approx(0.1, abs=0.001)
    assert ours.one_way_s == pytest.approx(0.05, abs=0.001)
