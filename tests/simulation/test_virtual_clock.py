"""The clock of the simulation."""

from __future__ import annotations

from functools import partial
from math import inf

import pytest

from peergym.errors import ConfigurationError
from peergym.testing import PeerClock, VirtualClock


def test_time_jumps_from_deadline_to_deadline() -> None:
    clock, seen = VirtualClock(), []
    for due_s in (3600.0, 1.5, 20.0):
        clock.call_at(due_s, lambda: seen.append(clock.now_s))
    clock.run_until(10_000.0)
    assert seen == [1.5, 20.0, 3600.0]
    assert clock.now_s == 10_000.0


def test_what_falls_on_one_instant_happens_in_the_order_it_was_scheduled() -> None:
    clock = VirtualClock()
    seen: list[str] = []
    for name in "abcdefgh":
        clock.call_at(1.0, partial(seen.append, name))
    clock.run_until(1.0)
    assert "".join(seen) == "abcdefgh"


def test_an_action_may_schedule_more_for_the_same_instant() -> None:
    clock, seen = VirtualClock(), []
    clock.call_at(1.0, lambda: clock.call_after(0.0, lambda: seen.append("later")))
    clock.call_at(1.0, lambda: seen.append("first"))
    clock.run_until(1.0)
    assert seen == ["first", "later"]


def test_a_time_that_has_passed_means_now() -> None:
    clock, seen = VirtualClock(), []
    clock.run_until(5.0)
    assert clock.call_at(1.0, lambda: seen.append(clock.now_s)) == 5.0
    clock.run_until(5.0)
    assert seen == [5.0]


def test_nothing_beyond_the_limit_happens() -> None:
    clock, seen = VirtualClock(), []
    clock.call_at(2.0, lambda: seen.append(2))
    clock.run_until(1.999)
    assert seen == []
    assert clock.next_deadline_s == 2.0
    clock.run_until(2.0)
    assert seen == [2]
    assert clock.next_deadline_s == inf


def test_running_while_something_is_wanted_stops_as_soon_as_it_is_not() -> None:
    clock, seen = VirtualClock(), []
    for due_s in range(10):
        clock.call_at(due_s, lambda: seen.append(1))
    assert clock.run_while(lambda: len(seen) < 4, 100.0)
    assert clock.now_s == 3.0
    assert not clock.run_while(lambda: len(seen) < 99, 100.0)


def test_a_drifting_clock_gains_its_parts_per_million() -> None:
    clock = PeerClock(offset_s=50.0, drift_ppm=1000)
    assert clock.read(0.0) == 50.0
    assert clock.read(1000.0) == pytest.approx(1051.0)


@pytest.mark.parametrize("offset_s", [0.0, -3600.0, 1e6])
@pytest.mark.parametrize("drift_ppm", [0, 1000, -1000, 37.5])
def test_a_peers_deadline_comes_back_as_a_time_at_which_its_clock_shows_it(
    offset_s: float, drift_ppm: float
) -> None:
    clock = PeerClock(offset_s, drift_ppm)
    for shown_s in (0.001, 1 / 60, 123.456789, 599.999999):
        now_s = clock.when(offset_s + shown_s)
        assert clock.read(now_s) >= offset_s + shown_s - 1e-6
        assert clock.read(now_s - 2e-6) < offset_s + shown_s


def test_an_impossible_drift_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="drift_ppm"):
        PeerClock(drift_ppm=1e6)
