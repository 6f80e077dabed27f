"""Many peers: four in a mesh, the others by the relay, and each uploads a datagram once."""

from __future__ import annotations

from peergym.hosts.peer_ways import BULK
from peergym.rollback.binary import Writer
from peergym.rollback.control_limits import CONTROL_VERSION, MAX_PART_BYTES, MAX_SEQUENCE
from peergym.rollback.events import PeerLost, PlayerCut
from peergym.signalling.topology import direct_pairs
from tests.routes.world import World


def test_of_eight_the_first_four_are_a_mesh_and_a_datagram_goes_up_once() -> None:
    world = World(8, offers=direct_pairs(range(8)))
    world.run(8)
    assert world.is_playing()
    before = {peer: counts.datagrams for peer, counts in world.server.core.by_peer["m"].items()}
    frame = world.hosts[0].session.current_frame
    world.run(20)
    frames = world.hosts[0].session.current_frame - frame
    assert frames > 60 * 18
    for peer, counts in world.server.core.by_peer["m"].items():
        uploads = counts.datagrams - before[peer]
        # One a tick; keepalives and repetitions in stalls are few.
        assert 0.95 * frames < uploads < 1.25 * 60 * 20
        others = 7 if peer >= 4 else 4
        assert counts.fanned == others * counts.datagrams
    routes = {
        (one.peer, two.peer): one.route(two.peer)
        for one in world.hosts
        for two in world.hosts
        if one is not two
    }
    assert {pair for pair, route in routes.items() if route == "direct"} == {
        (one, two) for one in range(4) for two in range(4) if one != two
    }
    assert set(routes.values()) == {"direct", "relay"}
    world.check_sound(least_frames=60 * 20)


def test_a_state_that_goes_by_the_relay_over_a_narrow_line_does_not_stop_the_inputs() -> None:
    world = World(3, offers=[])
    world.run(8)
    sender = world.hosts[0]
    sender.uplink_bytes_per_s = 64 * 1024
    lane = sender.routes._peers[1].lanes[BULK]
    for number in range(40):
        lane.put(_part(number))
    frame = sender.session.confirmed_frame
    world.run(15)
    assert lane.is_idle, "all of it has arrived"
    for host in world.hosts:
        assert host.named(PeerLost) == host.named(PlayerCut) == []
        assert host.session.confirmed_frame > frame + 0.8 * 60 * 15


def _part(number: int) -> bytes:
    """What looks like a part of a state to who carries it."""
    out = Writer()
    out.u8(CONTROL_VERSION)
    out.varint(number, MAX_SEQUENCE)
    return out.to_bytes() + bytes(MAX_PART_BYTES)


def test_one_pair_of_a_mesh_that_cannot_connect_is_relayed_and_the_others_are_not() -> None:
    world = World(4)
    world.paths[0, 3].may_open = False
    world.run(15)
    relayed = {
        (one.peer, two.peer)
        for one in world.hosts
        for two in world.hosts
        if one is not two and one.route(two.peer) == "relay"
    }
    assert relayed == {(0, 3), (3, 0)}
    sent = {peer for peer, counts in world.server.core.by_peer["m"].items() if counts.datagrams}
    assert sent == {0, 3}
    world.check_sound(least_frames=60 * 8)
