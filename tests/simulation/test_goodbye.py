"""Leaving with a word."""

from __future__ import annotations

import pytest

from peergym.rollback import SessionState
from peergym.rollback.events import MatchEnded, PeerInterrupted, PeerLeft
from peergym.testing import PairConditions
from tests.simulation.matches import judge_sound, playing_match


@pytest.mark.parametrize("players", [2, 3, 4])
@pytest.mark.parametrize("loss", [0.0, 0.1])
def test_a_goodbye_is_told_to_everybody_within_a_second(players: int, loss: float) -> None:
    mesh = playing_match(players, PairConditions(rtt_s=0.15, loss=loss), seed=players)
    judge_sound(mesh, 100)
    leaver = mesh.peers[players - 1]
    left_s = mesh.clock.now_s
    leaver.leave("dinner")
    mesh.run(1.5)
    for peer in mesh.peers.values():
        assert peer.session.state is SessionState.CLOSED
        if peer is not leaver:
            told = peer.events_of(PeerLeft)
            assert [(event.peer, event.reason) for event in told] == [(leaver.peer, "dinner")]
            assert peer.time_of(PeerLeft) - left_s < 1.0
            assert not peer.events_of(PeerInterrupted)


def test_after_a_goodbye_nothing_is_sent_and_no_timer_is_left() -> None:
    mesh = playing_match(3, keeps_wire=True)
    mesh.peers[0].leave()
    mesh.run(2.0)
    sent = [len(peer.sent) for peer in mesh.peers.values()]
    mesh.run(20.0)
    assert [len(peer.sent) for peer in mesh.peers.values()] == sent
    for peer in mesh.peers.values():
        assert peer.session.get_timer() is None
        assert peer.session.next_tick_s() is None
        assert len(peer.events_of(MatchEnded)) == 1


def test_a_goodbye_through_a_cut_is_told_when_the_path_is_back() -> None:
    mesh = playing_match()
    now_s = mesh.clock.now_s
    mesh.links.cut(now_s, now_s + 3.0)
    mesh.peers[1].leave("train in a tunnel")
    mesh.run(4.5)
    assert mesh.peers[0].events_of(PeerLeft)
    assert 3.0 < mesh.peers[0].time_of(PeerLeft) - now_s < 4.2
