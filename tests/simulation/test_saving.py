"""How often states are saved changes nothing but the work."""

from __future__ import annotations

import pytest

from peergym.testing import Mesh, PairConditions, judge
from tests.simulation.matches import chaos, checksums, judge_sound, rollbacks

NETWORK = PairConditions(rtt_s=0.12, jitter_s=0.04, loss=0.05)


@pytest.mark.parametrize("interval", [2, 5, 8])
@pytest.mark.parametrize("players", [2, 3])
def test_sparse_saving_gives_the_same_history_as_dense(players: int, interval: int) -> None:
    dense = Mesh(chaos(players), NETWORK, seed=6)
    sparse = Mesh(chaos(players), NETWORK, seed=6, session={"snapshot_interval": interval})
    for mesh in (dense, sparse):
        assert mesh.run_frames(480)
        assert judge(mesh).diverged == 0
        assert rollbacks(mesh) > 0
    true = checksums(dense.peers[0], 480)
    for peer in sparse.peers.values():
        saved = peer.history.episodes[0].checksums
        assert len(saved) >= 480 // interval
        assert all(true[frame] == saved[frame] for frame in saved if frame <= 480)


def test_sparse_saving_saves_less() -> None:
    held = []
    for interval in (1, 8):
        mesh = Mesh(chaos(2), NETWORK, session={"snapshot_interval": interval})
        assert mesh.run_frames(240)
        held.append(mesh.peers[0].session.statistics().snapshots_held)
    assert held[1] < held[0]


@pytest.mark.parametrize("forced", [1, 8, 20])
def test_resimulating_every_tick_changes_nothing(forced: int) -> None:
    plain = Mesh(chaos(2), NETWORK, seed=6)
    mesh = Mesh(chaos(2), NETWORK, seed=6, session={"force_rollback_frames": forced})
    for either in (plain, mesh):
        assert either.run_frames(300)
        judge_sound(either, 300)
    assert checksums(plain.peers[0], 300) == checksums(mesh.peers[1], 300)
    assert mesh.peers[0].checker.counts.rollback_frames > 290 * forced
