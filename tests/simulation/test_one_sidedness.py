"""Who rolls back more, and because of whom: told to both sides, and shared fairly.

Both players change their input equally often here, so that no difference comes from that.
"""

from __future__ import annotations

from statistics import median

import pytest

from peergym.testing import Mesh, PairConditions, true_lead_s
from tests.simulation.matches import PERIOD_S, judge_sound, match


def steady(player: int, episode: int, frame: int) -> int:
    """Everybody changes every nine frames, one after the other."""
    return (frame + 4 * player) // 9 % 4


def played(network: PairConditions, seed: int = 1, **fields: object) -> Mesh:
    """Half a minute of a match of two."""
    mesh = match(2, network, seed=seed, script=steady, **fields)
    mesh.run(31.0)
    judge_sound(mesh, 1500)
    return mesh


def rolled_back_frames(mesh: Mesh) -> tuple[int, int]:
    """Frames that peer 0 and peer 1 have simulated again."""
    one, other = (mesh.peers[peer].checker.counts.rollback_frames for peer in (0, 1))
    return one, other


def told(mesh: Mesh, peer: int) -> int:
    """What a peer's statistics say of the other."""
    return mesh.peers[peer].session.statistics().peers[0].one_sided_frames


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "network",
    [
        PairConditions(rtt_s=0.06),
        PairConditions(rtt_s=0.12, jitter_s=0.02, loss=0.05),
        PairConditions(rtt_s=0.2, jitter_s=0.05, loss=0.1, burst_packets=3),
        PairConditions(rtt_s=0.24),
    ],
)
def test_a_symmetric_path_shares_the_rollbacks_within_a_factor_of_two(
    network: PairConditions, seed: int
) -> None:
    mesh = played(network, seed)
    one, other = rolled_back_frames(mesh)
    assert 0 < max(one, other) <= 2 * min(one, other)
    for peer in (0, 1):
        assert abs(told(mesh, peer)) <= (one + other) / 3


def test_who_delays_more_spares_the_other_and_both_are_told() -> None:
    mesh = played(
        PairConditions(rtt_s=0.15, jitter_s=0.01),
        session_of={0: {"input_delay": 0}, 1: {"input_delay": 4}},
    )
    spared, burdened = rolled_back_frames(mesh)
    assert burdened > 2 * spared > 0
    difference = burdened - spared
    # Told once a second, so each lacks up to a second of the other.
    assert -difference * 1.1 <= told(mesh, 0) <= -difference * 0.8
    assert difference * 0.8 <= told(mesh, 1) <= difference * 1.1


@pytest.mark.parametrize("asymmetry_s", [0.19, -0.19])
def test_ten_milliseconds_one_way_and_two_hundred_back_burden_both_alike(
    asymmetry_s: float,
) -> None:
    # No clock can see the asymmetry. Time sync takes half a round trip for either way, and so
    # moves the timelines apart until both get the other's inputs equally late.
    mesh = played(PairConditions(rtt_s=0.21, asymmetry_s=asymmetry_s))
    leads = [lead for at_s, lead in true_lead_s(mesh.peers[0], mesh.peers[1]) if at_s > 5.0]
    assert median(leads) == pytest.approx(asymmetry_s / 2, abs=PERIOD_S / 2)
    one, other = rolled_back_frames(mesh)
    assert max(one, other) <= 1.3 * min(one, other)
