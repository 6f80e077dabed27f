"""The relay is gone for a while: those whom it reaches wait for each other, and nobody is cut."""

from __future__ import annotations

import pytest

from peergym.rollback.events import MatchEnded, PeerInterrupted, PeerLost, PlayerCut
from tests.routes.world import World


@pytest.mark.parametrize("grace_s", [60, 30])
def test_an_outage_shorter_than_the_grace_pauses_the_match(grace_s: float) -> None:
    world = World(offers=[], grace_s=grace_s)
    world.run(10)
    frames = world.hosts[0].session.current_frame
    world.server.die()
    world.run(grace_s - 5)
    assert world.hosts[0].session.current_frame < frames + 30, "it waits"
    (interrupted,) = world.hosts[0].named(PeerInterrupted)
    assert interrupted.drop_in_s == pytest.approx(grace_s - 0.5, abs=1.5)
    world.server.come_back()
    world.run(10)
    for host in world.hosts:
        assert host.named(PeerLost) == host.named(PlayerCut) == host.named(MatchEnded) == []
        assert host.session.current_frame > frames + 60 * 7
        assert [route for _, _, route, _ in host.route_changes] == ["relay", "none", "relay"]
    world.check_sound(least_frames=60 * 15)


def test_an_outage_longer_than_the_grace_cuts_whom_it_reached() -> None:
    world = World(3, offers=[(0, 1)], grace_s=20)
    world.run(10)
    world.server.die()
    world.run(19)
    assert world.hosts[0].named(PeerLost) == []
    world.run(10)
    for host in world.hosts[:2]:
        assert [event.peer for event in host.named(PlayerCut)] == [2]
        assert host.session.members == (0, 1)
    frames = world.hosts[0].session.current_frame
    world.run(10)
    assert world.hosts[0].session.current_frame > frames + 60 * 9, "the others play on"
    world.check_sound(0, 1, least_frames=60 * 20)


def test_the_death_of_the_server_does_not_touch_a_direct_match() -> None:
    world = World(3)
    world.run(10)
    before = world.hosts[0].session.statistics().stalls
    world.server.die()
    world.run(20)
    assert world.hosts[0].named(PeerInterrupted) == []
    assert world.hosts[0].session.statistics().stalls < before + 20
    world.check_sound(least_frames=60 * 25)


def test_who_vanishes_during_an_outage_although_reached_directly_is_judged_as_ever() -> None:
    world = World(3)
    world.run(10)
    world.server.die()
    world.run(1)
    world.cut(0, 2)
    world.cut(1, 2)
    world.run(8)
    for host in world.hosts[:2]:
        assert [event.peer for event in host.named(PlayerCut)] == [2]
    world.check_sound(0, 1)


def test_a_peer_that_dies_at_the_relay_is_cut_while_the_relay_is_up() -> None:
    world = World(3, offers=[(0, 1)])
    world.run(10)
    world.hosts[2].is_dead = True  # its computer lost power: nobody says anything
    world.run(8)
    for host in world.hosts[:2]:
        assert [event.peer for event in host.named(PlayerCut)] == [2]
    world.check_sound(0, 1)


def test_a_relay_that_answers_no_more_is_given_up_and_opened_again() -> None:
    world = World(offers=[])
    world.run(10)
    world.server.is_mute = True
    world.run(8)
    assert [route for _, _, route, _ in world.hosts[0].route_changes] == ["relay", "none"]
    world.server.is_mute = False
    world.run(12)
    assert world.hosts[0].named(PlayerCut) == world.hosts[0].named(MatchEnded) == []
    assert world.hosts[0].route(1) == "relay"
    world.check_sound(least_frames=60 * 15)


def test_a_direct_route_that_opens_during_the_outage_carries_the_match() -> None:
    world = World(opens_after_s=25.0)
    world.run(10)
    world.server.die()
    world.run(30)
    assert world.hosts[0].route(1) == "direct"
    assert world.is_playing()
    world.check_sound(least_frames=60 * 15)
