"""More than one player at one peer, and other arrangements of seats."""

from __future__ import annotations

import pytest

from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import chaos, judge_sound

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.03)


@pytest.mark.parametrize(
    "owners", [(0, 0, 1), (1, 0, 0), (0, 1, 0, 1), (2, 1, 0), (5, 9), (3, 3, 7, 8)]
)
def test_any_arrangement_of_seats_shares_one_history(owners: tuple[int, ...]) -> None:
    mesh = Mesh(chaos(len(owners)), NETWORK, owners=owners, seed=len(owners))
    assert mesh.run_frames(300)
    judge_sound(mesh, 300)


def test_one_of_two_local_players_raises_his_delay_and_nothing_freezes() -> None:
    mesh = Mesh(chaos(3), NETWORK, owners=(0, 0, 1), seed=1)
    assert mesh.run_frames(120)
    mesh.peers[0].session.set_input_delay(1, 4)
    assert mesh.run_frames(mesh.frames + 200, limit_s=5.0)
    judge_sound(mesh, 320)


def test_a_match_of_one_peer_alone_needs_no_network() -> None:
    mesh = Mesh(chaos(2), owners=(0, 0))
    assert mesh.run_frames(120)
    judge_sound(mesh, 120, expect_rollbacks=False)


def test_eight_peers_share_one_history() -> None:
    mesh = Mesh(chaos(8), PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.02), seed=8)
    assert mesh.run_frames(240)
    judge_sound(mesh, 240)


def test_one_bad_path_among_good_ones_slows_but_does_not_divide() -> None:
    mesh = Mesh(
        chaos(4),
        PairConditions(rtt_s=0.03),
        pairs={(1, 3): PairConditions(rtt_s=0.3, jitter_s=0.1, loss=0.15, burst_packets=3)},
        seed=4,
    )
    assert mesh.run_frames(300)
    judge_sound(mesh, 300)
