"""Every combination of the usual troubles: one history, and it is the right one."""

from __future__ import annotations

import pytest

from peergym.rollback import AutomaticInputDelay
from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import PERIOD_S, chaos, judge_sound, rollbacks

FRAMES = 300


@pytest.mark.parametrize("delay", [0, "automatic"])
@pytest.mark.parametrize(
    ("loss", "burst"),
    [(0.0, 1), (0.02, 1), (0.02, 8), (0.1, 1), (0.1, 8)],
    ids=["lossless", "loss2", "loss2-bursts", "loss10", "loss10-bursts"],
)
@pytest.mark.parametrize("rtt_ms", [0, 60, 150, 250])
@pytest.mark.parametrize("players", [2, 3, 4])
def test_all_peers_share_the_true_history(
    players: int, rtt_ms: int, loss: float, burst: int, delay: int | str
) -> None:
    mesh = Mesh(
        chaos(players),
        PairConditions(rtt_s=rtt_ms / 1000, loss=loss, burst_packets=burst),
        seed=100 * players + rtt_ms,
        session={"input_delay": AutomaticInputDelay() if delay == "automatic" else delay},
    )
    assert mesh.run_frames(FRAMES)
    judge_sound(mesh, FRAMES, expect_rollbacks=False)
    longest_delay = max(peer.session.input_delay_frames for peer in mesh.peers.values())
    if rtt_ms / 2000 > longest_delay * PERIOD_S:
        for peer in mesh.peers.values():
            assert peer.checker.counts.rollbacks > 0
    if rtt_ms == 0 and loss == 0.0:
        assert rollbacks(mesh) == 0
