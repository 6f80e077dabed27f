"""What a session calls confirmed is known to everybody, and what lies beyond a cut never was."""

from __future__ import annotations

import pytest

from peergym.rollback import wire
from peergym.testing import Mesh, MeshPeer, PairConditions
from tests.simulation.losses import CLEAN, assert_one_cut, claimed, deafen, lossy_match
from tests.simulation.matches import PERIOD_S, chaos, judge_sound


def members(mesh: Mesh) -> list[MeshPeer]:
    return [peer for peer in mesh.survivors if peer.session.episode >= 0]


@pytest.mark.parametrize("players", [2, 3, 4])
@pytest.mark.parametrize(
    "network",
    [
        PairConditions(rtt_s=0.2),
        PairConditions(rtt_s=0.1, jitter_s=0.05, loss=0.2, burst_packets=5),
        PairConditions(rtt_s=0.05, asymmetry_s=0.04, reorder=0.3, duplicate=0.3),
    ],
    ids=["far", "bursts", "stirred"],
)
def test_everybody_holds_what_anybody_calls_confirmed(
    players: int, network: PairConditions
) -> None:
    mesh = Mesh(chaos(players), network, seed=players)
    assert mesh.run_until_playing()
    ahead = 0
    while mesh.frames < 240:
        mesh.run(PERIOD_S / 3)
        confirmed = max(peer.session.confirmed_frame for peer in mesh.peers.values())
        complete = min(peer.session.complete_frame for peer in mesh.peers.values())
        assert confirmed <= complete
        ahead = max(ahead, max(peer.session.complete_frame for peer in members(mesh)) - confirmed)
        assert mesh.clock.now_s < 60.0
    assert ahead > 2, "the two frontiers were never apart"
    judge_sound(mesh, 240)


def test_one_who_hears_nothing_holds_back_what_all_others_confirm() -> None:
    mesh = lossy_match(3)
    deaf = mesh.peers[2]
    now_s = mesh.clock.now_s
    mesh.links.channels[1, 2].input.cut(now_s, now_s + 1.0)
    mesh.run(0.9)
    assert mesh.peers[0].session.complete_frame > deaf.session.complete_frame
    for peer in mesh.peers.values():
        assert peer.session.confirmed_frame <= deaf.session.complete_frame
    mesh.run(2.0)
    judge_sound(mesh, 200)


def lie_about(mesh: Mesh, liar: int, first_frame: int, values: tuple[int, ...]) -> bytes:
    """A datagram with inputs from a frame on, which leaves out all before it."""
    seats = wire.SeatTable(tuple(mesh.owners), mesh.peers[liar].game.input_bits)
    held = [-1] * len(mesh.owners)
    held[liar] = first_frame + len(values) - 1
    body = wire.Body(
        match_tag=wire.match_tag_of(mesh.config_of(liar).match_id),
        episode=0,
        epoch=0,
        last_tick=first_frame,
        phase=0,
        held=tuple(held),
        status=seats.all_present,
        inputs=((wire.InputRun(first_frame, values),),),
    )
    trailer = wire.encode_trailer(wire.Trailer(int(mesh.clock.now_s * 4000) % (1 << 16), None))
    return wire.encode_body(body, liar, seats) + trailer


def test_what_came_beyond_the_cut_is_as_if_it_had_never_come() -> None:
    # The one who is about to be lost says something beyond a hole, and to each something else.
    mesh = lossy_match(3, CLEAN, session={"prediction_window": 12})
    for other in (0, 1):
        deafen(mesh, 2, other)
    mesh.run(0.2)
    beyond = mesh.peers[0].session.current_frame + 1
    for other in (0, 1):
        peer = mesh.peers[other]
        now_s = peer.clock.read(mesh.clock.now_s)
        lie = lie_about(mesh, 2, beyond, (3 - other,) * 5)
        peer.session.receive_datagram(lie, 2, now_s)
        assert peer.p2p._episode.sync.queues[2].newest == beyond + 4, "it was taken in"
    mesh.peers[2].die()
    assert mesh.run_frames(beyond + 90)
    cut = max(claimed(mesh, 2).values())
    assert cut < beyond - 1
    assert_one_cut(mesh, player=2, frame=cut)
    for peer in mesh.survivors:
        inputs = peer.history.episodes[0].inputs
        assert {row[2] for row in inputs[cut + 1 :]} == {0}
    judge_sound(mesh, beyond + 60)


def test_one_who_watches_is_told_nothing_that_a_cut_takes_back() -> None:
    # The one he follows goes unheard: what that one has given last is nobody's but his own.
    mesh = lossy_match(3, CLEAN, session={"prediction_window": 12})
    spectator = mesh.comings.add_spectator([2, 0])
    assert mesh.run_until(lambda: spectator.history.frames > 150, 10.0)
    for other in (0, 1):
        deafen(mesh, 2, other)
    mesh.run(1.0)
    host = mesh.peers[2].session
    assert host.complete_frame > host.confirmed_frame + 4, "it holds what nobody else does"
    assert mesh.run_until(lambda: spectator.session.followed_peer == 0, 12.0)
    (cut,) = set(claimed(mesh, 2).values())
    assert mesh.run_frames(cut + 120)
    mesh.run(1.0)
    seen = spectator.history.episodes[0]
    assert seen.frames > cut + 60
    assert len(spectator.history.episodes) == 1, "he goes on from where he stood"
    judge_sound(mesh, cut + 120)
