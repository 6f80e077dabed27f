"""More than one player at one peer, and other arrangements of seats."""

from __future__ import annotations

import pytest

from peergym.rollback import AutomaticInputDelay
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


@pytest.mark.parametrize("window", [0, 2, 8])
@pytest.mark.parametrize("delays", [(4,), (30,), (1, 12, 3), (9, 0)], ids=str)
def test_one_of_two_local_players_changes_his_delay_and_nothing_freezes(
    delays: tuple[int, ...], window: int
) -> None:
    network = NETWORK if window else PairConditions(rtt_s=0.04)
    session = {"input_delay": 2, "prediction_window": window}
    mesh = Mesh(chaos(3), network, owners=(0, 0, 1), seed=1, session=session)
    assert mesh.run_frames(120)
    for delay in delays:
        mesh.peers[0].session.set_input_delay(1, delay)
        assert mesh.run_frames(mesh.frames + 80, limit_s=4.0)
    judge_sound(mesh, 200, expect_rollbacks=window > 0)


def test_local_players_with_different_delays_act_each_after_his_own() -> None:
    mesh = Mesh(
        chaos(3),
        PairConditions(rtt_s=0.1),
        owners=(0, 0, 1),
        script=lambda player, _, frame: frame % 4,
    )
    assert mesh.run_until_playing()
    for player, delay in ((0, 1), (1, 6)):
        mesh.peers[0].session.set_input_delay(player, delay)
    assert mesh.run_frames(120)
    judge_sound(mesh, 120)
    for peer in mesh.peers.values():
        inputs = peer.history.episodes[0].inputs
        for player, delay in ((0, 1), (1, 6)):
            acted = [row[player] for row in inputs[20:120]]
            assert acted == [(frame - delay) % 4 for frame in range(20, 120)]


def test_a_delay_that_was_fixed_outlives_the_rule_and_the_episode() -> None:
    session = {"input_delay": AutomaticInputDelay()}
    mesh = Mesh(
        chaos(3, score_to_win=2), NETWORK, owners=(0, 0, 1), seed=1, session=session,
        script=lambda player, _, frame: frame % 4,
    )  # fmt: skip
    assert mesh.run_until_playing()
    mesh.peers[0].session.set_input_delay(1, 6)
    assert mesh.run_until(lambda: len(mesh.peers[1].history.episodes) == 3, 60.0)
    assert mesh.run_frames(mesh.frames + 40)
    for player, delay in ((0, 1), (1, 6)):
        acted = [row[player] for row in mesh.peers[1].history.episodes[2].inputs]
        assert acted[20:30] == [(frame - delay) % 4 for frame in range(20, 30)]
    judge_sound(mesh, 100)


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
