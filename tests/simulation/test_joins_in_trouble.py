"""Somebody comes to a match while other things go wrong: later perhaps, but never wrongly."""

from __future__ import annotations

import pytest

from peergym.rollback.events import Excluded
from peergym.testing import PairConditions
from tests.simulation.arrivals import (
    GOES_ON_FRAMES,
    NETWORK,
    joins,
    judge_without_seat,
    match_with_empty_seat,
    wait_until_joined,
)
from tests.simulation.losses import cuts, excluded, lossy_match
from tests.simulation.matches import judge_sound

# A burst ends with time: whoever speaks seldom is not cut off for the ten seconds of ten tries.
BURSTS = PairConditions(
    rtt_s=0.2, jitter_s=0.1, loss=0.05, burst_packets=10, burst_s=0.25, reorder=0.1
)


@pytest.mark.parametrize(
    ("network", "seed"),
    [
        *[(PairConditions(rtt_s=0.1, loss=0.15), seed) for seed in range(3)],
        *[(BURSTS, seed) for seed in range(3)],
        (PairConditions(rtt_s=0.2), 0),
    ],
    ids=[*["loss15"] * 3, *["bursts"] * 3, "slow"],
)
def test_a_bad_network_makes_it_later_but_not_wrong(network: PairConditions, seed: int) -> None:
    mesh = match_with_empty_seat(4, network, seed=seed)
    newcomer = mesh.take_seats([3])
    joined = wait_until_joined(mesh, newcomer, 20.0)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("after_s", [0.05, 0.6, 0.8, 1.2])
def test_a_newcomer_that_dies_on_the_way_leaves_the_match_as_it_was(after_s: float) -> None:
    mesh = match_with_empty_seat(4)
    newcomer = mesh.take_seats([3])
    mesh.run(after_s)
    newcomer.die()
    mesh.run(6.0)
    members = {peer.p2p.members for peer in mesh.survivors}
    assert members == {(0, 1, 2)}
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES, limit_s=4.0)
    judge_without_seat(mesh)
    # And the next one gets the seat.
    second = mesh.take_seats([3])
    joined = wait_until_joined(mesh, second)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    judge_without_seat(mesh)


@pytest.mark.parametrize(
    ("lost", "after_s"), [(0, 0.1), (0, 0.7), (0, 1.1), (1, 0.4), (1, 0.9), (3, 0.4), (3, 1.4)]
)
def test_a_member_that_dies_while_somebody_comes_is_cut_and_he_comes(
    lost: int, after_s: float
) -> None:
    mesh = match_with_empty_seat(5, seed=int(10 * after_s))
    newcomer = mesh.take_seats([4])
    mesh.run(after_s)
    mesh.peers[lost].die()
    joined = wait_until_joined(mesh, newcomer, 15.0)
    assert mesh.run_until(
        lambda: all(len(cuts(peer)) == 1 for peer in mesh.survivors if not peer.is_newcomer), 10.0
    )
    assert mesh.run_frames(max(joined, mesh.frames) + GOES_ON_FRAMES)
    assert not excluded(mesh)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("seed", [1, 5, 6, 7])
def test_whom_he_followed_leaves_as_soon_as_he_is_in(seed: int) -> None:
    mesh = match_with_empty_seat(3, frames=600, seed=seed)
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer)
    mesh.peers[0].leave()
    assert mesh.run_until(lambda: all(peer.p2p.epoch == 2 for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("after_s", [0.3, 0.9])
def test_the_network_falls_apart_while_somebody_comes(after_s: float) -> None:
    mesh = match_with_empty_seat(
        5, seed=int(10 * after_s), session={"has_arbiter": True}, comes_back=True
    )
    newcomer = mesh.take_seats([4])
    mesh.run(after_s)
    now_s = mesh.clock.now_s
    mesh.links.partition([[0, 1, newcomer.peer], [2, 3]], now_s, now_s + 6.0)
    mesh.run(6.0)
    assert mesh.run_until(lambda: len(mesh.survivors) >= 4, 10.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    judge_without_seat(mesh)


@pytest.mark.parametrize(
    ("groups", "arbiter"),
    [([[0, 1], [2, 3]], True), ([[0, 1], [2, 3]], False), ([[0, 1, 2], [3]], False)],
)
def test_those_who_were_excluded_come_back_when_they_can(
    groups: list[list[int]], arbiter: bool
) -> None:
    mesh = lossy_match(4, NETWORK, session={"has_arbiter": arbiter}, comes_back=True)
    now_s = mesh.clock.now_s
    mesh.links.partition(groups, now_s, now_s + 10.0)
    mesh.run(10.0)
    gone = excluded(mesh)
    assert gone in groups
    healed_s = mesh.clock.now_s
    assert mesh.run_until(lambda: len(mesh.survivors) == 4, 10.0)
    assert mesh.clock.now_s - healed_s < 6.0
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    for peer in mesh.survivors:
        assert {player for player, *_ in joins(peer)} <= set(gone)
        assert not peer.events_of(Excluded)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)
