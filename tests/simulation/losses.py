"""Losing players on purpose, so that survivors hold exactly what a scenario wants them to hold."""

from __future__ import annotations

from typing import Any

from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.events import Excluded, PlayerCut
from peergym.testing import Mesh, MeshPeer, PairConditions
from tests.simulation.matches import playing_match

CLEAN = PairConditions(rtt_s=0.08)
NOOP = {"absent_policy": AbsentPolicy.NOOP}


def lossy_match(players: int, network: PairConditions = CLEAN, **fields: Any) -> Mesh:
    """A running match in which an empty seat does nothing."""
    fields["session"] = {**NOOP, **fields.get("session", {})}
    return playing_match(players, network, **fields)


def newest_said(peer: MeshPeer, player: int) -> int:
    """The newest input of a player that its peer has sent."""
    return max(peer.wiretap.last_words(peer.session.episode)[player])


def deafen(mesh: Mesh, sender: int, recipient: int) -> None:
    """Let nothing more through from one peer to another."""
    mesh.links.channels[sender, recipient].cut(mesh.clock.now_s)


def lose_unequally(mesh: Mesh, lost: int, ahead: dict[int, int]) -> int:
    """Let a peer die so that survivors hold different amounts of its inputs.

    Args:
        mesh: A running match on a network that loses nothing.
        lost: Who dies.
        ahead: For some survivors, how many more inputs they shall get than the others.

    Returns:
        The newest input that the others get.
    """
    others = [peer.peer for peer in mesh.survivors if peer.peer not in (lost, *ahead)]
    peer = mesh.peers[lost]
    for other in others:
        deafen(mesh, lost, other)
    base = newest_said(peer, lost)
    for other, more in sorted(ahead.items(), key=lambda item: item[1]):
        said = mesh.run_until(lambda more=more: newest_said(peer, lost) >= base + more, 3.0)
        assert said, f"the match stalled before {lost} had sent {more} more inputs"
        deafen(mesh, lost, other)
    peer.die()
    return base


def claimed(mesh: Mesh, lost: int, player: int | None = None) -> dict[int, int]:
    """What each survivor had really received of a lost player when it lost him."""
    player = lost if player is None else player
    return {
        peer.peer: peer.seat_log.claims[lost].newest.get(player, -1)
        for peer in mesh.survivors
        if lost in peer.seat_log.claims
    }


def cuts(peer: MeshPeer) -> list[tuple[int, int, int, int]]:
    """The cuts that a peer was told: (player, frame, epoch, heir)."""
    return [
        (event.player, event.frame, event.epoch, event.heir) for event in peer.events_of(PlayerCut)
    ]


def assert_one_cut(mesh: Mesh, player: int, frame: int, epoch: int = 1, heir: int = NOBODY) -> None:
    """Assert that all survivors were told this cut and no other."""
    for peer in mesh.survivors:
        assert cuts(peer) == [(player, frame, epoch, heir)], f"peer {peer.peer}"


def excluded(mesh: Mesh) -> list[int]:
    """The peers that the match went on without."""
    return [peer.peer for peer in mesh.peers.values() if peer.events_of(Excluded)]
