"""The inputs that a match really had, frame by frame, from those who gave them.

Theory of operation: every seat is somebody's at every frame. The agreements say whose; what they
say is checked elsewhere (`peergym.testing.agreements`). The true input is then what that peer gave
itself: what it simulated its own seat with, or what it said on the wire if it was gone before it
could. Of an empty seat it is 0. So a cut at a wrong frame asks somebody for an input he never
gave, or leaves out one that he did.

Law: of a player's input, nobody else's word is ever taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.rollback.config import NOBODY
from peergym.testing.seat_log import SeatChange

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh
    from peergym.testing.mesh_peer import MeshPeer


class TrueInputs:
    """What all players really did.

    Args:
        mesh: A mesh that has run.
    """

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._changes = agreed_changes(mesh)

    def runners(self, episode: int, player: int) -> list[tuple[int, int]]:
        """Who runs a seat in an episode: (first frame, peer), the later ones count."""
        runners = [(0, self._mesh.owners[player])]
        for change in self._changes:
            if change.player == player and change.episode < episode:
                runners = [(0, change.runner)]
            elif change.player == player and change.episode == episode:
                runners.append((change.frame, change.runner))
        return runners

    def runner(self, episode: int, player: int, frame: int) -> int:
        """Who runs a seat at a frame."""
        return [peer for since, peer in self.runners(episode, player) if since <= frame][-1]

    def of(self, episode: int, frames: int) -> list[tuple[int, ...]]:
        """The inputs of all players at the frames from 0 to ``frames`` - 1.

        Stops at the first frame of which some input is known to nobody.
        """
        columns = [
            self._column(episode, player, frames) for player in range(len(self._mesh.owners))
        ]
        known = min([len(column) for column in columns])
        return list(zip(*[column[:known] for column in columns], strict=True))

    def _column(self, episode: int, player: int, frames: int) -> list[int]:
        """The inputs of one player, up to the first that is unknown."""
        given: dict[int, dict[int, int]] = {}
        column: list[int] = []
        runners = self.runners(episode, player)
        for frame in range(frames):
            peer = [peer for since, peer in runners if since <= frame][-1]
            if peer == NOBODY:
                column.append(0)
                continue
            if peer not in given:
                given[peer] = given_by(self._mesh.peers[peer], episode, player)
            value = given[peer].get(frame)
            if value is None:
                break
            column.append(value)
        return column


def given_by(peer: MeshPeer, episode: int, player: int) -> dict[int, int]:
    """What a peer gave itself for a seat that it runs, by frame."""
    given: dict[int, int] = {}
    checker = peer.checker
    if checker.episode == episode:
        given.update(
            (checker.first_frame + offset, inputs[player])
            for offset, inputs in enumerate(checker.inputs)
        )
    given.update(peer.wiretap.last_words(episode).get(player, {}))
    history = peer.history.episode(episode)
    if history is not None:
        given.update(
            (history.first_frame + offset, inputs[player])
            for offset, inputs in enumerate(history.inputs)
        )
    return given


def agreed_changes(mesh: Mesh) -> list[SeatChange]:
    """All changes of seats that any peer was told, each once, by epoch and player."""
    changes: dict[tuple[int, int], SeatChange] = {}
    for peer in mesh.peers.values():
        for change in peer.seat_log.changes:
            changes.setdefault((change.epoch, change.player), change)
    return [changes[key] for key in sorted(changes)]
