"""Somebody comes late to a game whose states cannot be sent: he executes the episode again."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from peergym.rollback import SessionState, control, past_inputs
from peergym.rollback.config import AbsentPolicy
from peergym.rollback.control_limits import MAX_REEXECUTED_FRAMES
from peergym.rollback.events import (
    EpisodeStarted,
    Following,
    MatchEnded,
    ProtocolViolated,
    Reexecuting,
    StateRefused,
)
from peergym.rollback.feed import MOST_MESSAGES_AT_ONCE, MOST_WAITING_MESSAGES
from peergym.rollback.past_inputs import PastInputs
from peergym.testing import MeshPeer, PairConditions, judge
from tests.simulation.arrivals import GOES_ON_FRAMES, joins, judge_without_seat, wait_until_joined
from tests.simulation.losses import cuts
from tests.simulation.matches import checksums, judge_sound, playing_match
from tests.simulation.reexecuted import slow_down, unsent_match

BURSTS = PairConditions(
    rtt_s=0.2, jitter_s=0.1, loss=0.05, burst_packets=10, burst_s=0.25, reorder=0.1
)


def assert_executed_all(newcomer: MeshPeer, least_frames: int) -> None:
    """He began at frame 0, once, and simulated every frame from there on."""
    history = newcomer.history.episodes[-1]
    assert (history.first_frame, newcomer.checker.beginnings) == (0, 1)
    assert history.frames >= least_frames
    assert [event.frame for event in newcomer.events_of(Following)] == [0]


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
def test_one_who_comes_late_executes_all_of_it_and_holds_nobody_up(policy: AbsentPolicy) -> None:
    mesh = unsent_match(frames=2000, session={"absent_policy": policy})
    stalls = [peer.counts.stalls for peer in mesh.survivors]
    newcomer = mesh.take_seats([2])
    came_s = mesh.clock.now_s
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.clock.now_s - came_s < 2.5
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert joined > 2000
    assert_executed_all(newcomer, joined)
    waited = [peer.counts.stalls for peer in mesh.peers.values() if not peer.is_newcomer]
    assert waited == stalls, "members went on as if nothing had happened"
    own = [row[2] for row in newcomer.history.episodes[-1].inputs[joined:]]
    assert len(set(own)) > 2
    assert newcomer.checker.counts.rollbacks > 0
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_he_is_shown_how_far_he_is() -> None:
    mesh = unsent_match(frames=1500)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.001)
    wait_until_joined(mesh, newcomer)
    told = newcomer.events_of(Reexecuting)
    assert len(told) >= 3
    assert [event.frame for event in told] == sorted({event.frame for event in told})
    assert all(event.frame < event.to_frame for event in told)
    assert told[0].to_frame >= 1500


@pytest.mark.parametrize("goodbye", [True, False])
def test_one_who_was_lost_comes_back_to_his_seat(goodbye: bool) -> None:
    mesh = unsent_match(owners=(0, 1, 2), frames=900)
    if goodbye:
        mesh.peers[1].leave()
    else:
        mesh.peers[1].die()
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(mesh.frames + 600)
    newcomer = mesh.take_seats([1], place_of=1)
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert_executed_all(newcomer, joined)
    assert joins(mesh.peers[0]) == [(1, joined, 2, 3)]
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("host", [0, 1])
@pytest.mark.parametrize("at_frame", [30, 300, 2000])
def test_one_who_watches_sees_the_match_from_its_beginning(at_frame: int, host: int) -> None:
    mesh = unsent_match(owners=(0, 1, 2), frames=at_frame)
    spectator = mesh.comings.add_spectator([host])
    assert mesh.run_until(lambda: mesh.frames - spectator.history.frames < 60, 10.0)
    assert mesh.run_frames(mesh.frames + 240)
    mesh.run(0.5)
    assert mesh.frames - spectator.history.frames < 60
    assert_executed_all(spectator, at_frame + 240)
    assert len(spectator.history.episodes[0].checksums) > at_frame
    judge_sound(mesh, at_frame + 240)


@pytest.mark.parametrize(
    ("network", "seed"),
    [(PairConditions(rtt_s=0.1, loss=0.15), 1), (BURSTS, 2), (PairConditions(rtt_s=0.4), 3)],
    ids=["loss", "bursts", "slow"],
)
def test_a_bad_network_makes_it_later_but_not_wrong(network: PairConditions, seed: int) -> None:
    mesh = unsent_match(3, network, frames=1300, seed=seed, session={"prediction_window": 12})
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer, 30.0)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert_executed_all(newcomer, joined)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize(
    "session",
    [
        {"input_delay": 4},
        {"snapshot_interval": 6},
        {"prediction_window": 0, "input_delay": 8},
        {"checksum_interval_frames": 1},
        {"checksum_interval_frames": 3600},
    ],
    ids=["delay", "sparse", "lockstep", "all checksums", "few checksums"],
)
def test_it_does_not_matter_how_the_match_is_played(session: dict[str, Any]) -> None:
    mesh = unsent_match(frames=1300, session=session)
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert_executed_all(newcomer, joined)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.varied_players == (0, 1, 2)


@pytest.mark.parametrize("how", ["dies", "leaves", "falls silent"])
def test_whom_he_follows_goes_half_way_and_another_goes_on_from_there(how: str) -> None:
    mesh = unsent_match(4, frames=2000)
    newcomer = mesh.take_seats([3])
    slow_down(mesh, newcomer, 0.002)
    assert mesh.run_until(lambda: newcomer.session.current_frame > 700, 5.0)
    first = newcomer.p2p._entry._newcomer.host  # type: ignore[union-attr]
    assert first == 0
    if how == "dies":
        mesh.peers[0].die()
    elif how == "leaves":
        mesh.peers[0].leave()
    else:
        now_s = mesh.clock.now_s
        mesh.links.partition([[0], [newcomer.peer]], now_s, now_s + 8.0)
    at = newcomer.session.current_frame
    assert at < 1900
    joined = wait_until_joined(mesh, newcomer, 30.0)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert_executed_all(newcomer, joined)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_when_all_others_have_gone_he_tells_the_next_one_who_comes() -> None:
    mesh = unsent_match(3, frames=1300, session={"has_arbiter": True})
    newcomer = mesh.take_seats([2])
    wait_until_joined(mesh, newcomer)
    for gone, epoch in ((0, 2), (1, 3)):
        mesh.peers[gone].leave()
        assert mesh.run_until(
            lambda epoch=epoch: all(peer.p2p.epoch == epoch for peer in mesh.survivors), 6.0
        )
    second = mesh.take_seats([0], place_of=0)
    joined = wait_until_joined(mesh, second)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert [peer.peer for peer in mesh.survivors] == [newcomer.peer, second.peer]
    assert_executed_all(second, joined)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_several_come_at_once() -> None:
    mesh = unsent_match(4, frames=1300, owners=(0, -1, -1, 1))
    newcomers = [mesh.take_seats([seat]) for seat in (1, 2)]
    spectator = mesh.comings.add_spectator([1])
    joined = max(wait_until_joined(mesh, newcomer, 20.0) for newcomer in newcomers)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    for each in [*newcomers, spectator]:
        assert_executed_all(each, joined)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_one_whose_host_sleeps_on_the_way_is_not_taken_for_slow() -> None:
    mesh = unsent_match(frames=2000)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.002)
    assert mesh.run_until(lambda: newcomer.session.current_frame > 300, 5.0)
    newcomer.pause(8.0)
    joined = wait_until_joined(mesh, newcomer, 40.0)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


# --- when it cannot be


@pytest.mark.parametrize("seat", [2, None])
def test_one_whose_host_is_slower_than_the_match_is_told_so(seat: int | None) -> None:
    mesh = unsent_match(frames=1300)
    came_s = mesh.clock.now_s
    slow = mesh.comings.add_spectator() if seat is None else mesh.take_seats([seat])
    slow_down(mesh, slow, 0.02)  # 50 frames a second
    assert mesh.run_until(lambda: slow.session.state is SessionState.CLOSED, 20.0)
    assert mesh.clock.now_s - came_s < 12.0
    (told,) = slow.events_of(StateRefused)
    assert "frames a second here, the match at 60" in told.reason
    assert len(slow.events_of(MatchEnded)) == 1
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert all(peer.p2p.members == (0, 1) for peer in mesh.survivors if not peer.is_spectator)
    judge_without_seat(mesh)


def test_one_who_is_hardly_faster_than_the_match_gets_there() -> None:
    mesh = unsent_match(frames=400)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.01)  # 100 frames a second
    joined = wait_until_joined(mesh, newcomer, 40.0)
    assert joined > 700
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("watches", [False, True])
def test_one_who_comes_to_another_state_says_so_and_stays_out(watches: bool) -> None:
    mesh = unsent_match(frames=1300)
    stranger = mesh.comings.add_spectator() if watches else mesh.take_seats([2])
    stranger.runner.plant_desync(0, 400)
    assert mesh.run_until(lambda: stranger.session.state is SessionState.CLOSED, 10.0)
    (told,) = stranger.events_of(StateRefused)
    assert "came to another state at frame" in told.reason
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert all(peer.p2p.members == (0, 1) for peer in mesh.survivors if not peer.is_spectator)
    assert checksums(mesh.peers[0], 1400) == checksums(mesh.peers[1], 1400)


def test_one_with_another_seed_takes_part_in_nothing() -> None:
    mesh = unsent_match(frames=400, session_of={3: {"seed": 99}})
    stranger = mesh.take_seats([2])
    mesh.run(5.0)
    assert not stranger.is_member
    assert stranger.session.state is SessionState.CLOSED
    (told,) = stranger.events_of(StateRefused)
    assert "the seed" in told.reason
    assert mesh.run_frames(mesh.frames + 60)


@pytest.mark.parametrize("watches", [False, True])
def test_of_an_episode_too_long_to_be_kept_he_is_told_so_and_comes_to_the_next(
    monkeypatch: pytest.MonkeyPatch, watches: bool
) -> None:
    monkeypatch.setattr(past_inputs, "MOST_PAGE_BYTES", 1000)
    mesh = unsent_match(frames=1900, score_to_win=20, rematch_after_s=0.5)
    rows = mesh.peers[0].p2p._episode.rows
    assert isinstance(rows, PastInputs)
    assert (rows.is_whole, rows.page_bytes, len(rows)) == (False, 0, 1200)
    late = mesh.comings.add_spectator() if watches else mesh.take_seats([2])
    mesh.run(4.0)
    (told,) = late.events_of(StateRefused)
    assert "the next one can be joined" in told.reason
    assert late.session.state is not SessionState.CLOSED
    assert not late.events_of(EpisodeStarted)
    assert mesh.run_until(lambda: mesh.peers[0].session.episode == 1, 90.0)
    if not watches:
        assert not late.is_member
        wait_until_joined(mesh, late)
    mesh.run(5.0)
    assert late.history.episodes[-1].number == 1
    assert late.history.episodes[-1].frames > 200
    judge_without_seat(mesh)


@pytest.mark.parametrize("watches", [False, True])
def test_the_episode_ends_while_he_is_on_his_way_and_he_is_there_for_the_next(
    watches: bool,
) -> None:
    mesh = unsent_match(frames=1300, score_to_win=16, rematch_after_s=0.5)
    late = mesh.comings.add_spectator() if watches else mesh.take_seats([2])
    slow_down(mesh, late, 0.012)  # he would need half a minute
    assert mesh.run_until(lambda: mesh.peers[0].session.episode == 1, 40.0)
    assert late.history.frames < 3000, "he was still on his way"
    assert not late.is_member
    if not watches:
        wait_until_joined(mesh, late)
    mesh.run(20.0)
    assert late.history.episodes[-1].number == 1
    assert late.history.episodes[-1].frames > 200
    judge_without_seat(mesh)


# --- what it costs, and who lies


def test_a_game_whose_states_can_be_sent_keeps_no_more_than_before() -> None:
    mesh = playing_match(3, frames=1500)
    rows = mesh.peers[0].p2p._episode.rows
    assert type(rows) is deque
    assert len(rows) == 1200


def test_what_waits_is_bounded_on_both_sides() -> None:
    mesh = unsent_match(frames=6000)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.004)
    host = mesh.peers[0].p2p
    most_waiting = most_queued = 0
    while not newcomer.is_member:
        mesh.run(0.05)
        follower = newcomer.p2p._entry._newcomer.follower  # type: ignore[union-attr]
        most_waiting = max(most_waiting, follower.waiting_frames)
        queued = host._roster.endpoints[newcomer.peer].bulk.waiting
        most_queued = max(most_queued, queued)
        assert mesh.frames < 20_000
    assert 600 < most_waiting <= 2400 + 240
    assert most_queued <= MOST_WAITING_MESSAGES + MOST_MESSAGES_AT_ONCE + 2


@pytest.mark.parametrize("seen", [0, 2**31 - 1])
def test_one_who_asks_again_and_again_is_sent_it_all_once_in_ten_seconds(seen: int) -> None:
    mesh = unsent_match(frames=6000, keeps_wire=True)
    greedy = mesh.comings.add_spectator([0])
    mesh.run(1.0)
    greedy.hold_ticks(mesh.clock.now_s + 100.0)
    host = mesh.peers[0]
    endpoint = greedy.session._endpoints[0]  # type: ignore[union-attr]
    before = len(host.sent)
    most_queued = 0
    for _ in range(200):
        endpoint.send(control.Follow(-1, 0))
        endpoint.send(control.Followed(0, seen))
        mesh.run(0.1)
        most_queued = max(most_queued, host.p2p._roster.endpoints[greedy.peer].bulk.waiting)
    sent = [
        control.decode_control(data)[1] for name, _, data in host.sent[before:] if name == "bulk"
    ]
    beginnings = [each for each in sent if isinstance(each, control.Rows) and not each.first_frame]
    assert 1 <= len(beginnings) <= 3
    assert sum(len(each.columns[0]) for each in sent if isinstance(each, control.Rows)) <= 3 * 8000
    assert most_queued <= MOST_WAITING_MESSAGES + MOST_MESSAGES_AT_ONCE + 2
    assert checksums(host, 6000) == checksums(mesh.peers[1], 6000)


@pytest.mark.parametrize(
    "lie",
    [
        control.Reexecute(1, 1, 5, 0, 0),
        control.Reexecute(2**31 - 1, 1, 5, 0, 0),
        control.Rows(0, 10**6, ((1,), (1,), (1,))),
        control.Rows(0, 0, ((1,),)),
        control.Rows(0, 0, ((255,), (1,), (1,))),
    ],
    ids=repr,
)
def test_what_cannot_be_is_refused_and_he_goes_on(lie: control.ControlMessage) -> None:
    mesh = unsent_match(frames=1300)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.002)
    assert mesh.run_until(lambda: newcomer.session.current_frame > 300, 5.0)
    host = mesh.peers[0].p2p
    host._roster.endpoints[newcomer.peer].bulk.send(lie)
    joined = wait_until_joined(mesh, newcomer)
    assert len(newcomer.events_of(ProtocolViolated)) == 1
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert_executed_all(newcomer, joined)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_one_who_is_told_of_a_million_frames_that_never_come_waits_in_bounded_memory() -> None:
    mesh = unsent_match(frames=1300)
    newcomer = mesh.take_seats([2])
    slow_down(mesh, newcomer, 0.002)
    assert mesh.run_until(lambda: newcomer.session.current_frame > 300, 5.0)
    seed = mesh.peers[0].p2p._episode.seed
    lie = control.Reexecute(0, seed, MAX_REEXECUTED_FRAMES, 0, 1)
    mesh.peers[0].p2p._roster.endpoints[newcomer.peer].bulk.send(lie)
    assert mesh.run_until(lambda: newcomer.session.state is SessionState.CLOSED, 30.0)
    (told,) = newcomer.events_of(StateRefused)
    assert "at frame 0" in told.reason, "the checksum was a lie as well"
