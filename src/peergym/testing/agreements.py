"""Holds what the peers agreed on against each other, and against what had really arrived.

Theory of operation: a history may come out equal although a cut was wrong, if only everybody was
wrong in the same way. So apart from the oracle it is checked, from each peer's `SeatLog`: that all
who went on were told the same changes under the same epochs; that a cut is the newest input that
any of them had received when it lost the player; and that sessions say of every seat who ran it.

Law: a complaint is a sentence with the numbers; none means that all is as it has to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.rollback.session import SessionState
from peergym.testing.seat_log import SeatChange
from peergym.testing.true_inputs import TrueInputs, agreed_changes

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh
    from peergym.testing.mesh_peer import MeshPeer

SETTLED_AFTER_S = 4.0  # what one peer was told so long ago, all have been told or are gone


def complaints(mesh: Mesh) -> tuple[str, ...]:
    """What is wrong with the agreements of a mesh that has run; nothing, if all is well."""
    changes = agreed_changes(mesh)
    found = []
    for change in changes:
        found += _unequal(mesh, change)
        found += _untold(mesh, change)
        if change.lost is not None:
            before = [each for each in changes if each.epoch < change.epoch]
            found += _wrong_cut(mesh, change, before)
    found += _wrong_controllers(mesh, changes)
    return tuple(found)


def _reports(mesh: Mesh, change: SeatChange) -> list[tuple[MeshPeer, SeatChange]]:
    """Who was told of a change, and what."""
    return [
        (peer, told)
        for peer in mesh.peers.values()
        for told in peer.seat_log.changes
        if (told.epoch, told.player) == (change.epoch, change.player)
    ]


def _unequal(mesh: Mesh, change: SeatChange) -> list[str]:
    reports = _reports(mesh, change)
    if len({(told.agreed, told.episode) for _, told in reports}) == 1:
        return []
    said = ", ".join(
        f"peer {peer.peer}: frame {told.frame} of episode {told.episode}, runner {told.runner},"
        f" lost {told.lost}"
        for peer, told in reports
    )
    return [f"epoch {change.epoch}, player {change.player}: not agreed ({said})"]


def _untold(mesh: Mesh, change: SeatChange) -> list[str]:
    told = [peer.peer for peer, _ in _reports(mesh, change)]
    return [
        f"epoch {change.epoch}, player {change.player}: peer {peer.peer} was not told, but {told}"
        for peer in mesh.survivors
        if peer.peer not in told
        and peer.member_since <= change.epoch
        and mesh.clock.now_s - change.told_s > SETTLED_AFTER_S
    ]


def _wrong_cut(mesh: Mesh, change: SeatChange, before: list[SeatChange]) -> list[str]:
    """The cut is what the best of those who agreed on it held; others may have handed on more."""
    cut = change.frame - 1
    agreed = {peer.peer for peer, _ in _reports(mesh, change)}
    held = {
        peer.peer: _newest_at_claim(peer, change, before)
        for peer in mesh.peers.values()
        if change.lost in peer.seat_log.claims and peer.member_since < change.epoch
    }
    least = max([newest for peer, newest in held.items() if peer in agreed], default=-1)
    most = max(held.values(), default=-1)
    if least <= cut <= most:
        return []
    said = f"epoch {change.epoch}, player {change.player}: cut at {cut}"
    return [f"{said}, but {held} was the newest received, and {sorted(agreed)} agreed"]


def _newest_at_claim(peer: MeshPeer, change: SeatChange, before: list[SeatChange]) -> int:
    """What a peer had received of a seat when it lost who ran it; of a later episode nothing.

    Whoever took the seat in the midst of an episode gave nothing before his first frame.
    """
    since = [
        each.frame
        for each in before
        if (each.player, each.runner, each.episode) == (change.player, change.lost, change.episode)
    ]
    nothing = since[-1] - 1 if since else -1
    claim = peer.seat_log.claims[change.lost] if change.lost is not None else None
    if claim is None or claim.episode != change.episode:
        return nothing
    return max(nothing, claim.newest.get(change.player, -1))


def _wrong_controllers(mesh: Mesh, changes: list[SeatChange]) -> list[str]:
    truth = TrueInputs(mesh)
    found = []
    for peer in mesh.survivors:
        session = peer.p2p
        if session.state is not SessionState.PLAYING:
            continue
        for change in changes:
            if change.episode != session.episode or change.epoch > session.epoch:
                continue
            # What was before an agreement, one who came by it or later cannot know.
            before = [max(change.frame - 1, 0)] if peer.member_since < change.epoch else []
            for frame in [*before, change.frame]:
                said = session.controller(change.player, frame).peer
                true = truth.runner(change.episode, change.player, frame)
                if said != true and peer.member_since <= change.epoch:
                    found.append(
                        f"peer {peer.peer} says that player {change.player} was run by {said} at "
                        f"frame {frame}, but it was {true}"
                    )
    return found
