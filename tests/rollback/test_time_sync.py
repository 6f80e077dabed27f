"""What is done about a lead, and when ticks are due."""

from __future__ import annotations

import pytest

from peergym.rollback.round_trip import RoundTrip
from peergym.rollback.tick_clock import TickClock
from peergym.rollback.time_sync import MOST_TRIM, LeadFilter, TimeSync

PERIOD_S = 1 / 60


def filter_of(*leads_s: float) -> LeadFilter:
    lead = LeadFilter()
    for lead_s in leads_s:
        lead.add(lead_s)
    return lead


def test_outliers_do_not_move_a_lead() -> None:
    lead = filter_of(*[0.002] * 20, *[0.5] * 5, *[-0.5] * 5)
    assert lead.lead_s == pytest.approx(0.002)


def test_a_lead_within_the_clocks_resolution_is_left_alone() -> None:
    sync = TimeSync(PERIOD_S)
    assert sync.update([filter_of(*[0.0009] * 30)], 100.0) == 0
    assert sync.trim == 0.0


@pytest.mark.parametrize(("lead_s", "sign"), [(0.010, 1), (-0.010, -1)])
def test_who_leads_slows_down_and_who_lags_speeds_up(lead_s: float, sign: int) -> None:
    sync = TimeSync(PERIOD_S)
    sync.update([filter_of(*[lead_s] * 30)], 100.0)
    assert 0 < sync.trim * sign <= MOST_TRIM


def test_the_trim_never_exceeds_one_percent() -> None:
    sync = TimeSync(PERIOD_S)
    sync.update([filter_of(*[3.0] * 30)], 100.0)
    assert sync.trim == MOST_TRIM


def test_a_large_lead_is_skipped_at_the_start_and_only_once() -> None:
    sync = TimeSync(PERIOD_S)
    sync.allow_skips(0.0)
    lead = filter_of(*[20 * PERIOD_S] * 10)
    assert sync.update([lead], 0.5) == 20
    assert sync.update([lead], 0.6) == 0
    assert sync.skipped_ticks == 20


def test_nothing_is_skipped_later_or_by_who_lags() -> None:
    sync = TimeSync(PERIOD_S)
    sync.allow_skips(0.0)
    assert sync.update([filter_of(*[20 * PERIOD_S] * 10)], 2.1) == 0
    assert sync.update([filter_of(*[-20 * PERIOD_S] * 10)], 0.1) == 0


def test_one_odd_peer_among_three_does_not_decide_the_trim() -> None:
    sync = TimeSync(PERIOD_S)
    sync.update([filter_of(*[0.0] * 9), filter_of(*[0.0] * 9), filter_of(*[0.3] * 9)], 100.0)
    assert sync.trim == 0.0


def test_late_ticks_are_made_up_for_and_jitter_does_not_add_up() -> None:
    clock = TickClock(PERIOD_S, 0.0)
    clock.tick(0.004, True, 0.0, 0)
    assert clock.next_tick_s == pytest.approx(PERIOD_S)
    clock.tick(0.050, True, 0.0, 0)
    assert clock.next_tick_s == pytest.approx(2 * PERIOD_S)


def test_long_lost_time_is_dropped() -> None:
    clock = TickClock(PERIOD_S, 0.0)
    clock.tick(0.0, True, 0.0, 0)
    clock.tick(3.0, True, 0.0, 0)
    assert clock.next_tick_s == pytest.approx(3.0 + PERIOD_S)


def test_the_position_counts_frames_and_stands_still_in_a_stall() -> None:
    clock = TickClock(PERIOD_S, 1.0)
    assert clock.position_frames(0.5) < 0.0
    clock.tick(1.0, True, 0.0, 0)
    assert clock.position_frames(1.0 + PERIOD_S / 2) == pytest.approx(0.5)
    clock.tick(1.0 + PERIOD_S, False, 0.0, 0)
    assert 0.99 < clock.position_frames(1.0 + 5 * PERIOD_S) < 1.0


def test_a_skip_moves_the_position_back_by_what_is_skipped() -> None:
    clock = TickClock(PERIOD_S, 0.0)
    for tick in range(30):
        clock.tick(tick * PERIOD_S, True, 0.0, 20 if tick == 29 else 0)
    assert clock.position_frames(29 * PERIOD_S) == pytest.approx(29 - 20)


def test_the_round_trip_leaves_out_how_long_a_stamp_was_held() -> None:
    here, there = RoundTrip(), RoundTrip()
    for turn in range(3):  # the first round trip is not counted
        sent_s = 10.0 + turn
        there.receive(here.stamp(sent_s), here.echo(sent_s), 500.02 + turn)
        back_s = 500.32 + turn  # held for 300 ms on a clock that reads something else
        here.receive(there.stamp(back_s), there.echo(back_s), 10.34 + turn)
    assert here.rtt_s == pytest.approx(0.040, abs=0.0006)


def test_a_reordered_stamp_does_not_replace_a_newer_one() -> None:
    stamps = RoundTrip()
    stamps.receive(1000, None, 1.0)
    stamps.receive(900, None, 1.0)
    assert stamps.echo(1.0) == 1000


def test_stamps_are_believed_again_after_a_long_silence() -> None:
    stamps = RoundTrip()
    stamps.receive(0, None, 1.0)
    stamps.receive(40_000, None, 11.0)
    assert stamps.echo(11.0) == 40_000 % (1 << 15)
