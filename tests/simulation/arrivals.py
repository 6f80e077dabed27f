"""Somebody comes to a match: what the scenarios of it have in common."""

from __future__ import annotations

from typing import Any

from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.events import PlayerJoined
from peergym.testing import Mesh, MeshPeer, PairConditions, judge
from tests.simulation.matches import playing_match

NETWORK = PairConditions(rtt_s=0.15, jitter_s=0.03, loss=0.02)
GOES_ON_FRAMES = 150


def joins(peer: MeshPeer) -> list[tuple[int, int, int, int]]:
    """The newcomers that a peer was told of: (player, frame, epoch, peer)."""
    return [
        (event.player, event.frame, event.epoch, event.peer)
        for event in peer.events_of(PlayerJoined)
    ]


def match_with_empty_seat(
    players: int = 3, network: PairConditions = NETWORK, **fields: Any
) -> Mesh:
    """A running match whose last seat nobody has taken yet."""
    fields["session"] = {"absent_policy": AbsentPolicy.NOOP, **fields.get("session", {})}
    owners = (*range(players - 1), NOBODY)
    return playing_match(players, network, owners=owners, **fields)


def wait_until_joined(mesh: Mesh, newcomer: MeshPeer, limit_s: float = 10.0) -> int:
    """Run until a newcomer is a member for all, himself included. Returns his first frame."""
    is_member = mesh.run_until(
        lambda: (
            newcomer.is_member and all(newcomer.peer in peer.p2p.members for peer in mesh.survivors)
        ),
        limit_s,
    )
    assert is_member, f"peer {newcomer.peer} did not become a member in {limit_s} s"
    return joins(newcomer)[-1][1]


def first_frame_s(newcomer: MeshPeer, frame: int) -> float:
    """When a newcomer simulated a frame for the first time."""
    history = newcomer.history.episodes[-1]
    return history.tick_times_s[frame - history.first_frame]


def judge_without_seat(mesh: Mesh) -> None:
    """Assert one history and no complaint, without asking that every seat was played."""
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.compared >= 2 * verdict.frames
    assert verdict.states > 0.9 * verdict.frames
