"""After a desync the match goes on from the state of the majority, and everybody is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError
from peergym.rollback import P2PSession, SessionConfig
from peergym.rollback.control import MAX_STATE_BYTES
from peergym.rollback.events import (
    DesyncDetected,
    DesyncLocated,
    MatchRepaired,
    RepairFailed,
    StateRefused,
)
from peergym.testing import Mesh, PairConditions, Verdict, judge
from tests.simulation.matches import playing_match, rollbacks

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.03, loss=0.03)
PLANTED_AFTER = 150


def refuse(data: bytes) -> object:
    raise EnvironmentContractError(f"these {len(data)} bytes are none of mine, " + "sorry" * 100)


def too_large(state: object) -> bytes:
    return bytes(MAX_STATE_BYTES + 1)


def with_one_who(
    peer: int,
    restore: Callable[[bytes], object] | None = None,
    transfer: Callable[[object], bytes] | None = None,
) -> Callable[[SessionConfig, GameAdapter], P2PSession]:
    """Sessions of which one puts states in place, or sends them, in another way."""

    def make(config: SessionConfig, game: GameAdapter) -> P2PSession:
        is_he = config.local_peer == peer
        return P2PSession(
            config,
            game.canonical,
            restore=restore if restore and is_he else game.restore,
            transfer=transfer if transfer and is_he else game.transfer,
        )

    return make


def failed(mesh: Mesh) -> list[tuple[int, int]]:
    """What is told of repairs that failed: (who was told, whose state stays as it is)."""
    return [
        (peer.peer, event.peer)
        for peer in mesh.peers.values()
        for event in peer.events_of(RepairFailed)
    ]


def match_with_desync(players: int, faulty: list[int], **fields: object) -> tuple[Mesh, int]:
    """A match in which some peers compute one frame wrongly. Returns it and the first such."""
    mesh = playing_match(players, NETWORK, frames=PLANTED_AFTER, **fields)
    frames = []
    for peer in faulty:
        frames.append(mesh.peers[peer].session.current_frame)
        mesh.peers[peer].plant_desync()
    return mesh, min(frames)


def repaired(mesh: Mesh) -> list[tuple[int, int, int]]:
    """Who was repaired: (peer, frame, whose state it got)."""
    return [
        (peer.peer, event.frame, event.peer)
        for peer in mesh.peers.values()
        for event in peer.events_of(MatchRepaired)
        if event.was_replaced
    ]


def judge_repaired(mesh: Mesh, right: list[int], planted: int) -> Verdict:
    """Assert that only the others were ever wrong, and from the repair on nobody is."""
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert not set(verdict.wrong) & set(right)
    for peer, frames in verdict.wrong.items():
        (at,) = [frame for who, frame, _ in repaired(mesh) if who == peer]
        assert frames[0] == (0, planted + 1)
        assert frames[-1][1] < at, "from there on all are told to be equal"
        assert frames[-1][1] < verdict.frames - 100, "and it is long over"
    assert verdict.states > 0.9 * verdict.frames
    assert rollbacks(mesh) > 0
    return verdict


@pytest.mark.parametrize("interval", [1, 10, 60])
@pytest.mark.parametrize(("players", "faulty"), [(2, 1), (3, 0), (3, 2), (4, 1)])
def test_the_one_who_is_wrong_gets_the_state_of_the_others(
    players: int, faulty: int, interval: int
) -> None:
    mesh, planted = match_with_desync(
        players, [faulty], session={"checksum_interval_frames": interval}
    )
    mesh.run(9.0)
    right = [peer for peer in mesh.peers if peer != faulty]
    for peer in mesh.peers.values():
        assert peer.events_of(DesyncDetected), f"peer {peer.peer} was not told"
        assert peer.events_of(DesyncLocated), f"peer {peer.peer} was not told where"
        assert len(peer.events_of(MatchRepaired)) == 1
        assert peer.time_of(MatchRepaired) - peer.time_of(DesyncDetected) < 1.0
    ((who, frame, whose),) = repaired(mesh)
    assert (who, whose) == (faulty, min(right))
    assert frame > planted
    judge_repaired(mesh, right, planted)


def test_of_two_the_lower_is_right_even_if_it_is_wrong() -> None:
    mesh, planted = match_with_desync(2, [0])
    mesh.run(9.0)
    ((who, frame, whose),) = repaired(mesh)
    assert (who, whose) == (1, 0)
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert verdict.wrong[0][0] == (0, planted + 1), "until it was taken for the truth"
    assert verdict.frames > frame + 120
    assert all(wrong < frame for peer in (0, 1) for _, wrong in verdict.wrong[peer])


def test_two_who_are_wrong_in_different_ways_are_both_repaired() -> None:
    mesh = playing_match(4, NETWORK, frames=PLANTED_AFTER)
    planted = mesh.peers[0].session.current_frame
    mesh.peers[0].plant_desync()
    mesh.run(0.1)
    mesh.peers[3].plant_desync()
    mesh.run(10.0)
    assert {(who, whose) for who, _, whose in repaired(mesh)} == {(0, 1), (3, 1)}
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) == {0, 3}
    assert verdict.wrong[0][0] == (0, planted + 1)
    assert verdict.frames - verdict.wrong[3][-1][1] > 120


def test_a_second_desync_is_repaired_like_the_first() -> None:
    mesh, _ = match_with_desync(3, [1])
    mesh.run(6.0)
    mesh.peers[2].plant_desync()
    mesh.run(6.0)
    assert [who for who, _, _ in repaired(mesh)] == [1, 2]
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) == {1, 2}
    assert verdict.frames - verdict.wrong[2][-1][1] > 120


def test_without_repair_the_match_goes_on_as_it_is() -> None:
    mesh, planted = match_with_desync(3, [1], session={"repairs_desyncs": False})
    mesh.run(6.0)
    assert not repaired(mesh)
    assert all(len(peer.events_of(DesyncDetected)) == 1 for peer in mesh.peers.values())
    verdict = judge(mesh)
    assert verdict.wrong.keys() == {1}
    assert len(verdict.wrong[1]) >= verdict.frames - planted - 1


def test_one_who_dies_while_he_is_repaired_is_cut_like_any_other() -> None:
    mesh, _ = match_with_desync(3, [2], session={"absent_policy": "noop"})
    assert mesh.run_until(lambda: bool(mesh.peers[0].events_of(DesyncDetected)), 5.0)
    mesh.peers[2].die()
    mesh.run(6.0)
    assert mesh.run_frames(mesh.frames + 60)
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) <= {2}


def test_one_who_refuses_the_state_stays_wrong_all_know_it_and_the_next_is_repaired() -> None:
    mesh, _ = match_with_desync(4, [1], make_session=with_one_who(1, restore=refuse))
    mesh.run(4.0)
    assert failed(mesh) == [(0, 1), (1, 1), (2, 1), (3, 1)]
    (refused,) = mesh.peers[1].events_of(StateRefused)
    assert refused.peer == 0
    (told,) = mesh.peers[2].events_of(RepairFailed)
    assert refused.reason.startswith(told.reason)
    assert len(told.reason) == 200
    mesh.peers[3].plant_desync()
    mesh.run(6.0)
    assert [(who, whose) for who, _, whose in repaired(mesh)] == [(3, 0)]
    assert len(failed(mesh)) == 4
    assert [len(peer.events_of(DesyncDetected)) for peer in mesh.peers.values()] == [2, 1, 2, 2]
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) == {1, 3}
    assert verdict.frames - verdict.wrong[3][-1][1] > 120


def test_a_state_that_is_too_large_to_send_is_told_to_all() -> None:
    mesh, planted = match_with_desync(3, [2], make_session=with_one_who(0, transfer=too_large))
    mesh.run(6.0)
    assert not repaired(mesh)
    assert failed(mesh) == [(0, 2), (1, 2), (2, 2)]
    for peer in mesh.peers.values():
        (event,) = peer.events_of(RepairFailed)
        assert event.reason == f"state of {MAX_STATE_BYTES + 1} bytes, {MAX_STATE_BYTES} at most"
        assert len(peer.events_of(DesyncDetected)) == 1
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert verdict.wrong.keys() == {2}
    assert verdict.frames > planted + 200, "and the match goes on"


def test_if_the_one_whose_state_counts_is_lost_before_it_came_all_know_that_it_will_not() -> None:
    # It takes seconds to send so much, and the game would refuse what comes.
    mesh, _ = match_with_desync(
        4,
        [2],
        session={"absent_policy": "noop"},
        make_session=with_one_who(0, transfer=lambda _: bytes(MAX_STATE_BYTES)),
    )
    assert mesh.run_until(lambda: bool(mesh.peers[0].events_of(DesyncDetected)), 5.0)
    mesh.run(1.0)
    mesh.peers[0].die()
    mesh.run(6.0)
    assert failed(mesh) == [(1, 2), (2, 2), (3, 2)]
    mesh.peers[3].plant_desync()
    mesh.run(6.0)
    assert [(who, whose) for who, _, whose in repaired(mesh)] == [(3, 1)]
    verdict = judge(mesh)
    assert verdict.complaints == ()
    assert set(verdict.wrong) == {2, 3}


def test_one_who_dies_while_he_is_wrong_keeps_nobody_from_being_repaired_later() -> None:
    mesh, _ = match_with_desync(4, [3], session={"absent_policy": "noop"})
    assert mesh.run_until(lambda: bool(mesh.peers[0].events_of(DesyncDetected)), 5.0)
    mesh.peers[3].die()
    mesh.run(6.0)
    mesh.peers[1].plant_desync()
    mesh.run(6.0)
    assert [(who, whose) for who, _, whose in repaired(mesh) if who == 1] == [(1, 0)]
    assert judge(mesh).complaints == ()
