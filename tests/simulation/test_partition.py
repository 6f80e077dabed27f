"""The network falls apart: one group goes on, the others stop and say so: one history."""

from __future__ import annotations

import pytest

from peergym.rollback import SessionState
from peergym.rollback.events import ArbiterWanted, Excluded, MatchEnded, PeerInterrupted, PeerLost
from peergym.testing import Mesh, PairConditions
from tests.simulation.losses import cuts, excluded, lossy_match
from tests.simulation.matches import judge_sound

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.02)
WITH_ARBITER = {"has_arbiter": True}
LEAST_FRAMES = 120  # that a match has confirmed before it falls apart


def part(mesh: Mesh, groups: list[list[int]], for_s: float) -> None:
    """Let the groups not hear of each other for a while, and half a second more pass."""
    now_s = mesh.clock.now_s
    mesh.links.partition(groups, now_s, now_s + for_s)
    mesh.run(for_s + 0.5)


def assert_went_on(mesh: Mesh, group: list[int], frames: int) -> None:
    """Assert that these peers and no others play, share one history, and make progress."""
    assert [peer.peer for peer in mesh.survivors] == group
    assert sorted([*group, *excluded(mesh)]) == list(mesh.peers)
    assert all(peer.session.members == tuple(group) for peer in mesh.survivors)
    assert mesh.run_frames(mesh.frames + 10, limit_s=2.0), "progress within 2 s"
    judge_sound(mesh, frames)


def assert_stopped_soundly(mesh: Mesh, peers: list[int]) -> None:
    """Assert that these peers stopped with an event, and say truly how far their history goes."""
    for peer in peers:
        stopped = mesh.peers[peer]
        (told,) = stopped.events_of(Excluded)
        assert len(stopped.events_of(MatchEnded)) == 1
        assert stopped.session.state is SessionState.CLOSED
        assert told.confirmed_frame == stopped.session.confirmed_frame
        assert stopped.history.frames in (told.confirmed_frame, told.confirmed_frame + 1)


@pytest.mark.parametrize("groups", [[[0, 1], [2, 3]], [[0], [1, 2, 3]], [[0], [1], [2], [3]]])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_apart_cuts_nobody(groups: list[list[int]], seed: int) -> None:
    mesh = lossy_match(4, NETWORK, seed=seed, session=WITH_ARBITER)
    part(mesh, groups, 1.0)
    assert all(peer.events_of(PeerInterrupted) for peer in mesh.survivors)
    mesh.run(4.0)
    assert not any(peer.events_of(PeerLost) or cuts(peer) for peer in mesh.survivors)
    assert_went_on(mesh, [0, 1, 2, 3], LEAST_FRAMES + 240)


@pytest.mark.parametrize(
    ("groups", "goes_on"),
    [
        ([[0, 1, 2], [3]], [0, 1, 2]),
        ([[0], [1, 2, 3]], [1, 2, 3]),
        ([[0, 4], [1, 2, 3]], [1, 2, 3]),
        ([[0, 1], [2, 3, 4], [5, 6]], []),
        ([[0, 2, 4, 6], [1, 3, 5]], [0, 2, 4, 6]),
    ],
)
@pytest.mark.parametrize("arbiter", [True, False])
def test_ten_seconds_apart_only_a_majority_goes_on(
    groups: list[list[int]], goes_on: list[int], arbiter: bool
) -> None:
    players = sum(map(len, groups))
    mesh = lossy_match(players, NETWORK, seed=players, session={"has_arbiter": arbiter})
    part(mesh, groups, 10.0)
    assert_stopped_soundly(mesh, [peer for peer in mesh.peers if peer not in goes_on])
    if goes_on:
        assert_went_on(mesh, goes_on, LEAST_FRAMES + 300)
    else:
        assert not mesh.survivors
    assert not any(peer.events_of(ArbiterWanted) for peer in mesh.peers.values())


@pytest.mark.parametrize("groups", [[[0, 1], [2, 3]], [[0, 3], [1, 2]], [[0], [1]]])
@pytest.mark.parametrize("first", [0, 1])
def test_of_two_halves_that_one_goes_on_which_the_arbiter_chooses(
    groups: list[list[int]], first: int
) -> None:
    players = sum(map(len, groups))
    mesh = lossy_match(players, NETWORK, seed=3, session={"drop_after_s": 3.0, **WITH_ARBITER})
    # The half that may ask first is the one that notices first.
    other = groups[1 - first]
    for peer in other:
        mesh.peers[peer].pause(0.3)
    part(mesh, groups, 10.0)
    assert mesh.arbiter.granted == tuple(groups[first])
    assert_stopped_soundly(mesh, other)
    assert_went_on(mesh, groups[first], LEAST_FRAMES + 300)
    asked = {group for _, _, group in mesh.arbiter.asked}
    assert asked <= {tuple(group) for group in groups}


@pytest.mark.parametrize("groups", [[[0, 1], [2, 3]], [[1, 2], [0, 3]], [[0], [1]], [[1], [0]]])
def test_without_a_server_the_half_with_the_lowest_peer_goes_on(groups: list[list[int]]) -> None:
    players = sum(map(len, groups))
    mesh = lossy_match(players, NETWORK, seed=4, session={"drop_after_s": 3.0})
    part(mesh, groups, 10.0)
    lowest, other = sorted(groups)
    assert not mesh.arbiter.asked
    assert_stopped_soundly(mesh, other)
    assert_went_on(mesh, lowest, LEAST_FRAMES + 300)


@pytest.mark.parametrize("players", [2, 4])
def test_with_an_arbiter_out_of_reach_neither_half_goes_on(players: int) -> None:
    mesh = lossy_match(players, NETWORK, seed=5, session={"drop_after_s": 3.0, **WITH_ARBITER})
    mesh.arbiter.is_reachable = False
    half = players // 2
    part(mesh, [list(range(half)), list(range(half, players))], 10.0)
    assert len(mesh.arbiter.asked) == players
    assert_stopped_soundly(mesh, list(range(players)))
    for peer in mesh.peers.values():
        assert peer.time_of(Excluded) - peer.time_of(ArbiterWanted) < 2.5, "held 2 s at most"


def test_a_grant_that_comes_too_late_starts_nothing_again() -> None:
    mesh = lossy_match(2, NETWORK, seed=6, session={"drop_after_s": 3.0, **WITH_ARBITER})
    mesh.arbiter.delay_s = 5.0
    part(mesh, [[0], [1]], 12.0)
    assert mesh.arbiter.granted is not None
    assert_stopped_soundly(mesh, [0, 1])


@pytest.mark.parametrize("for_s", [2.8, 3.0, 3.1, 3.5, 4.5])
@pytest.mark.parametrize("groups", [[[0, 1], [2, 3]], [[0, 1, 2], [3]], [[0], [1], [2, 3]]])
def test_a_partition_that_heals_in_the_midst_of_the_agreement_leaves_one_history(
    groups: list[list[int]], for_s: float
) -> None:
    mesh = lossy_match(4, NETWORK, seed=int(10 * for_s), session=WITH_ARBITER)
    part(mesh, groups, for_s)
    mesh.run(10.0)
    left = [peer.peer for peer in mesh.survivors]
    assert left, "somebody goes on"
    assert_stopped_soundly(mesh, excluded(mesh))
    assert_went_on(mesh, left, LEAST_FRAMES + 240)


def test_one_path_of_four_that_is_gone_for_good_costs_one_player_only() -> None:
    mesh = lossy_match(4, NETWORK, seed=7, session=WITH_ARBITER)
    part(mesh, [[1], [3]], 15.0)
    assert excluded(mesh) == [3]
    assert_stopped_soundly(mesh, [3])
    assert_went_on(mesh, [0, 1, 2], LEAST_FRAMES + 500)


@pytest.mark.parametrize("seed", range(4))
def test_paths_that_come_and_go_leave_one_history(seed: int) -> None:
    mesh = lossy_match(5, NETWORK, seed=seed, session=WITH_ARBITER)
    for turn in range(6):
        one, other = (turn + seed) % 5, (2 * turn + 1 + seed) % 5
        if one != other:
            now_s = mesh.clock.now_s
            mesh.links.partition([[one], [other]], now_s, now_s + 2.0 + 0.5 * turn)
        mesh.run(1.5)
    mesh.run(12.0)
    assert_stopped_soundly(mesh, excluded(mesh))
    assert len(mesh.survivors) >= 3
    assert_went_on(mesh, [peer.peer for peer in mesh.survivors], LEAST_FRAMES + 300)
