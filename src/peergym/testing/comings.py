"""Who comes to a mesh while it runs: newcomers, those who were excluded, spectators.

Theory of operation: whoever comes is a new peer with a new id. It gets links to everybody, the
sessions that are there are told of it as signalling would tell them, and it is told who sits where
as a room would know it. Somebody who comes back comes from the same place: his paths and his clock
are those of the peer that he was.

Law: peer ids are never used twice in a match.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from peergym.testing.clock import PeerClock
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.mesh_spectator import MeshSpectator

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh

TRY_AGAIN_S = 0.25  # how often one who was excluded looks whether the others can be reached
MOST_TRIES = 2400  # ten minutes


class Comings:
    """Lets peers come.

    Args:
        mesh: The match.
    """

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._place_of: dict[int, int] = {}

    def add_newcomer(self, players: Sequence[int], place_of: int | None = None) -> MeshPeer:
        """Let somebody come who wants seats.

        Args:
            players: Which.
            place_of: The peer that he was before, or whose paths and clock are his; None for
                somebody new.
        """
        mesh = self._mesh
        peer = MeshPeer(mesh, mesh.config_of(self._next_id()), self._clock_at(place_of))
        self._enter(peer, place_of)
        for other in mesh.peers.values():
            if other is not peer and not other.is_gone and not other.is_spectator:
                other.hear_of(peer.peer)
                if other.is_newcomer and other.peer not in peer.p2p.config.owners:
                    peer.hear_of(other.peer)
        peer.come(tuple(players))
        return peer

    def add_spectator(self, hosts: Sequence[int] = ()) -> MeshSpectator:
        """Let somebody come who watches.

        Args:
            hosts: Peers to follow, in order of preference; by default all that are there.
        """
        mesh = self._mesh
        hosts = tuple(hosts) or tuple(peer.peer for peer in mesh.survivors)
        spectator = MeshSpectator(mesh, mesh.config_of(self._next_id()), hosts)
        self._enter(spectator, None)
        for host in hosts:
            mesh.peers[host].hear_of(spectator.peer)
        spectator.start()
        return spectator

    def come_back(self, old: MeshPeer, tries: int = MOST_TRIES) -> None:
        """Let an excluded peer come back to its seats as soon as it reaches all who are left."""
        mesh = self._mesh
        if not mesh.survivors or tries == 0:
            return
        if all(mesh.links.is_open(old.peer, other.peer) for other in mesh.survivors):
            mesh.take_seats(mesh.seats_of(old.peer), old.peer)
        else:
            again = partial(self.come_back, old, tries - 1)
            mesh.clock.call_after(TRY_AGAIN_S, again)

    def _next_id(self) -> int:
        return max([*self._mesh.peers, len(self._mesh.owners) - 1]) + 1

    def _clock_at(self, place_of: int | None) -> PeerClock:
        place = self._home(place_of) if place_of is not None else self._next_id()
        return self._mesh.clocks.get(place, PeerClock())

    def _home(self, peer: int) -> int:
        """The id that a peer's place had first."""
        return self._place_of.get(peer, peer)

    def _enter(self, peer: MeshPeer, place_of: int | None) -> None:
        mesh = self._mesh
        if place_of is not None:
            self._place_of[peer.peer] = self._home(place_of)
        for other in mesh.peers:
            pair = mesh.links.pair_of(self._home(peer.peer), self._home(other))
            mesh.links.set_pair(peer.peer, other, pair)
        mesh.enter(peer)
