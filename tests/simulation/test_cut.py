"""A path that is gone for a while, or for good."""

from __future__ import annotations

import pytest

from peergym.rollback import SessionState
from peergym.rollback.events import MatchEnded, PeerInterrupted, PeerLost, PeerResumed
from peergym.testing import PairConditions
from tests.simulation.matches import judge_sound, playing_match

NETWORK = PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.02)
ONE_WAY_S = 0.05  # at most, on that network


def test_silence_is_told_after_half_a_second() -> None:
    mesh = playing_match(network=NETWORK)
    cut_s = mesh.clock.now_s
    mesh.links.cut(cut_s)
    mesh.run(2.0)
    for peer in mesh.peers.values():
        assert 0.45 < peer.time_of(PeerInterrupted) - cut_s < 0.5 + ONE_WAY_S + 0.02
        told = peer.events_of(PeerInterrupted)
        assert len(told) == 1
        assert told[0].drop_in_s == pytest.approx(9.5, abs=0.02)


def test_a_cut_of_eight_seconds_goes_on_in_the_same_match() -> None:
    mesh = playing_match(network=NETWORK)
    cut_s, frames = mesh.clock.now_s, mesh.frames
    mesh.links.cut(cut_s, cut_s + 8.0)
    mesh.run(8.0)
    assert mesh.frames <= frames + 12
    assert mesh.run_frames(mesh.frames + 10, limit_s=2.0), "progress within 2 s of the heal"
    mesh.run(5.0)
    for peer in mesh.peers.values():
        assert len(peer.events_of(PeerInterrupted)) == len(peer.events_of(PeerResumed)) == 1
        assert peer.time_of(PeerResumed) - (cut_s + 8.0) < 0.25
        assert not peer.events_of(PeerLost)
        assert len(peer.history.episodes) == 1
    judge_sound(mesh, 400)


def test_a_cut_of_ten_seconds_ends_the_match_for_both() -> None:
    mesh = playing_match(network=NETWORK)
    cut_s = mesh.clock.now_s
    mesh.links.cut(cut_s, cut_s + 10.5)
    mesh.run(12.0)
    for peer in mesh.peers.values():
        assert peer.session.state is SessionState.CLOSED
        assert 9.9 < peer.time_of(MatchEnded) - cut_s < 10.0 + ONE_WAY_S + 0.05
        assert len(peer.events_of(PeerLost)) == 1
    judge_sound(mesh, 100)


def test_a_crashed_peer_ends_a_match_of_two_after_ten_seconds() -> None:
    mesh = playing_match(network=NETWORK)
    crash_s = mesh.clock.now_s
    mesh.peers[1].die()
    mesh.run(12.0)
    survivor = mesh.peers[0]
    assert 9.9 < survivor.time_of(MatchEnded) - crash_s < 10.0 + ONE_WAY_S + 0.05
    assert survivor.session.get_timer() is None
    assert survivor.session.next_tick_s() is None


@pytest.mark.parametrize("players", [3, 4])
def test_a_crashed_peer_ends_a_larger_match_on_all_others_after_three(players: int) -> None:
    mesh = playing_match(players, NETWORK)
    crash_s = mesh.clock.now_s
    mesh.peers[players - 1].die()
    mesh.run(5.0)
    for peer in mesh.survivors:
        lost = peer.events_of(PeerLost)
        assert [event.peer for event in lost] == [players - 1]
        assert 2.9 < peer.time_of(MatchEnded) - crash_s < 3.0 + ONE_WAY_S + 0.05
    judge_sound(mesh, 100)


@pytest.mark.parametrize("players", [2, 3])
def test_repeated_short_cuts_heal_each_time_within_two_seconds(players: int) -> None:
    mesh = playing_match(players, NETWORK, seed=9)
    for _ in range(5):
        cut_s = mesh.clock.now_s
        mesh.links.cut(cut_s, cut_s + 1.2)
        mesh.run(1.2)
        assert mesh.run_frames(mesh.frames + 10, limit_s=2.0)
    judge_sound(mesh, 150)


def test_a_single_path_that_is_cut_pauses_all_three_and_heals() -> None:
    mesh = playing_match(3, NETWORK)
    now_s = mesh.clock.now_s
    for pair in ((0, 1), (1, 0)):
        mesh.links.channels[pair].input.cut(now_s, now_s + 1.5)
        mesh.links.channels[pair].control.cut(now_s, now_s + 1.5)
    mesh.run(1.4)
    assert not mesh.peers[2].events_of(PeerInterrupted)
    assert len(mesh.peers[0].events_of(PeerInterrupted)) == 1
    assert mesh.run_frames(mesh.frames + 10, limit_s=2.0)
    mesh.run(3.0)
    judge_sound(mesh, 250)


def test_a_frozen_host_is_forgiven_and_does_not_judge_others() -> None:
    mesh = playing_match(3, NETWORK)
    mesh.peers[1].pause(2.5)
    mesh.run(2.5)
    assert mesh.run_frames(mesh.frames + 10, limit_s=2.0)
    mesh.run(4.0)
    assert not mesh.peers[1].events_of(PeerInterrupted)
    assert not any(peer.events_of(PeerLost) for peer in mesh.peers.values())
    judge_sound(mesh, 300)


def test_a_host_that_was_frozen_for_longer_than_its_history_recovers() -> None:
    mesh = playing_match(network=NETWORK)
    mesh.peers[0].pause(8.0)
    mesh.run(8.0)
    assert mesh.run_frames(mesh.frames + 10, limit_s=2.0)
    mesh.run(5.0)
    judge_sound(mesh, 350)
