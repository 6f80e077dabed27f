"""Matches that the scenarios here have in common, and what every one of them must keep."""

from __future__ import annotations

from typing import Any

from peergym.envs import GameAdapter
from peergym.envs.maker import MakeGame
from peergym.games.chaos import Chaos
from peergym.testing import Mesh, MeshPeer, PairConditions, Verdict, judge

PERIOD_S = 1 / 60


def chaos(players: int = 2, **options: Any) -> MakeGame:
    """Makes a game that forgets nothing."""
    return lambda: GameAdapter(Chaos(players), options)


def match(players: int = 2, network: PairConditions | None = None, **fields: Any) -> Mesh:
    """A match of chaos."""
    return Mesh(chaos(players), network or PairConditions(rtt_s=0.08, jitter_s=0.02), **fields)


def playing_match(
    players: int = 2, network: PairConditions | None = None, frames: int = 120, **fields: Any
) -> Mesh:
    """A match in which everybody has already confirmed some frames."""
    mesh = match(players, network, **fields)
    assert mesh.run_frames(frames)
    return mesh


def judge_sound(mesh: Mesh, least_frames: int, expect_rollbacks: bool = True) -> Verdict:
    """Assert everything that makes a match worth looking at, and equality with the oracle."""
    verdict = judge(mesh)
    assert verdict.diverged == 0, f"seed {mesh.seed}: first at {verdict.first_diverged}"
    assert verdict.complaints == (), f"seed {mesh.seed}"
    assert verdict.frames >= least_frames, f"seed {mesh.seed}: only {verdict.frames} frames"
    seen = [verdict.frames - peer.history.missed_frames for peer in mesh.survivors]
    assert verdict.compared >= sum(seen)
    assert verdict.states > 0.9 * verdict.frames, "the state hardly changed"
    assert len(verdict.varied_players) == len(mesh.owners), "somebody never did anything else"
    if expect_rollbacks:
        assert rollbacks(mesh) > 0, "nothing was ever predicted wrongly"
    return verdict


def rollbacks(mesh: Mesh) -> int:
    """Rollbacks of all peers together."""
    return sum(peer.checker.counts.rollbacks for peer in mesh.peers.values())


def stalls(mesh: Mesh) -> int:
    """Stalled ticks of all peers together."""
    return sum(peer.counts.stalls for peer in mesh.peers.values())


def checksums(peer: MeshPeer, frames: int) -> list[int]:
    """What a peer's frames 0 to ``frames`` of its first episode came to."""
    history = peer.history.episodes[0]
    return [history.checksums[frame] for frame in range(frames + 1)]
