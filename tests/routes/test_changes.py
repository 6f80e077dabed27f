"""A direct route breaks in mid-match, and comes back: the relay is there in between."""

from __future__ import annotations

import pytest

from peergym.rollback.events import MatchEnded, PeerInterrupted, PeerLeft, PeerLost
from tests.routes.world import World


def ways(world: World, peer: int = 0, other: int = 1) -> list[tuple[float, str]]:
    changes = world.hosts[peer].route_changes
    return [(at_s, route) for at_s, who, route, _ in changes if who == other]


def test_a_pair_that_connects_plays_directly_and_the_relay_idles() -> None:
    world = World()
    world.run(20)
    assert world.is_playing()
    assert [route for _, route in ways(world)] == ["direct"]
    counts = world.server.core.by_peer["m"][0]
    assert (counts.datagrams, counts.messages) == (0, 0)
    assert world.server.core.traffic.frames_in < 30
    world.check_sound()


def test_a_cut_route_is_left_within_a_second_and_taken_again_after_ten_good_ones() -> None:
    world = World()
    world.run(10)
    world.cut(0, 1)
    world.run(15)
    (_, (left_s, route)) = ways(world)
    assert route == "relay"
    assert 11.0 <= left_s <= 11.25
    world.heal(0, 1)
    world.run(15)
    back_s, route = ways(world)[-1]
    assert route == "direct"
    assert 35.0 <= back_s <= 36.0
    assert [route for _, route in ways(world, 1, 0)] == ["direct", "relay", "direct"]
    assert world.hosts[0].named(PeerLost) == world.hosts[0].named(MatchEnded) == []
    frames = world.hosts[0].session.confirmed_frame
    assert frames > 60 * (world.now_s - 1.5 - 1.2), "it stood still for a moment only"
    world.check_sound(least_frames=60 * 35)


def test_what_is_said_while_the_route_changes_arrives_once() -> None:
    world = World(3)
    world.run(10)
    world.cut(0, 1)
    world.run(0.5)
    # The third leaves while messages between the first two are lost: they must agree all the same.
    world.die(2)
    world.run(20)
    world.heal(0, 1)
    world.run(20)
    for host in world.hosts[:2]:
        assert len(host.named(PeerLeft)) == 1
        assert host.session.members == (0, 1)
    world.check_sound(0, 1, least_frames=60 * 40)


def test_one_way_silence_is_noticed_by_both() -> None:
    world = World()
    world.run(10)
    world.cut(0, 1, only_from=1)
    world.run(5)
    for peer in (0, 1):
        assert [route for _, route in ways(world, peer, 1 - peer)] == ["direct", "relay"]
    reasons = [host.route_changes[-1][3] for host in world.hosts]
    assert reasons == [
        "nothing was heard directly for 1 s",
        "the other side hears nothing directly",
    ]
    world.check_sound(least_frames=60 * 10)


def test_a_route_that_flaps_must_be_good_for_longer_each_time() -> None:
    world = World()
    world.run(5)
    waits = []
    for _ in range(3):
        world.cut(0, 1)
        world.run(3)
        world.heal(0, 1)
        healed_s = world.now_s
        world.run(45)
        back_s, route = ways(world)[-1]
        assert route == "direct"
        waits.append(back_s - healed_s)
    assert waits == pytest.approx([10, 20, 40], abs=2)
    world.check_sound()


def test_while_a_second_long_break_is_bridged_nothing_is_lost() -> None:
    world = World()
    world.run(10)
    before = world.hosts[0].session.statistics().stalls
    world.cut(0, 1)
    world.run(0.9)
    world.heal(0, 1)
    world.run(5)
    assert [route for _, route in ways(world)] == ["direct"]
    # From half a second on, inputs went by the relay as well.
    stalls = world.hosts[0].session.statistics().stalls - before
    assert stalls < 0.65 * 60
    assert len(world.hosts[0].named(PeerInterrupted)) <= 1
    world.check_sound()


def test_closed_channels_are_no_goodbye_while_the_relay_is_there() -> None:
    world = World()
    world.run(10)
    world.close_path(0, 1)
    world.run(10)
    assert world.hosts[0].named(PeerLeft) == []
    assert ways(world)[-1][1] == "relay"
    assert world.hosts[0].route_changes[-1][3] == "the direct connection was closed"
    world.open_path(0, 1)
    world.run(15)
    assert ways(world)[-1][1] == "direct"
    world.check_sound(least_frames=60 * 30)


def test_a_page_that_closes_is_gone_at_once() -> None:
    world = World(3, offers=[(0, 1)])
    world.run(10)
    world.die(2)  # only the relay reached it
    world.run(0.5)
    for host in world.hosts[:2]:
        assert [event.peer for event in host.named(PeerLeft)] == [2]
    world.die(1)
    world.run(0.5)
    assert [event.peer for event in world.hosts[0].named(PeerLeft)] == [2, 1]


def test_without_a_relay_closed_channels_are_a_goodbye() -> None:
    world = World(has_relay=False)
    world.run(10)
    world.check_sound()
    world.close_path(0, 1)
    world.run(0.5)
    assert [event.peer for event in world.hosts[0].named(PeerLeft)] == [1]


def test_no_direct_connection_within_three_seconds_and_it_begins_by_the_relay() -> None:
    world = World(opens_after_s=20.0)
    world.run(15)
    ((at_s, route),) = ways(world)
    assert route == "relay"
    assert 3.0 <= at_s <= 3.3
    assert world.is_playing()
    world.run(20)
    at_s, route = ways(world)[-1]
    assert route == "direct"
    assert 30.0 <= at_s <= 31.5
    world.check_sound(least_frames=60 * 25)


def test_a_pair_that_the_room_does_not_connect_begins_at_once() -> None:
    world = World(offers=[])
    world.run(2)
    assert world.is_playing()
    world.run(10)
    assert world.hosts[0].route_changes[0][2:] == ("relay", "this pair speaks through the relay")
    world.check_sound(least_frames=60 * 10)
