"""A peer of a mesh that only watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.rollback.config import SessionConfig
from peergym.rollback.episode import CATCH_UP_FRAMES
from peergym.testing.clock import PeerClock
from peergym.testing.mesh_peer import AnySession, MeshPeer

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh


class MeshSpectator(MeshPeer):
    """A spectator: its session, its game and its host.

    Args:
        mesh: The match.
        config: Of its session.
        hosts: Peers to follow, in order of preference.
    """

    is_spectator = True

    def __init__(self, mesh: Mesh, config: SessionConfig, hosts: tuple[int, ...]) -> None:
        self.hosts = hosts
        super().__init__(mesh, config, PeerClock())
        self.checker.most_new_frames = CATCH_UP_FRAMES

    def _make_session(self, mesh: Mesh, config: SessionConfig) -> AnySession:
        return mesh.make_spectator(config, self.game, self.hosts)

    def start(self) -> None:
        """Begin: greet."""
        self._mutate(self.session.handle_timer)

    @property
    def local_players(self) -> tuple[int, ...]:
        """None."""
        return ()

    def _receive_datagram(self, sender: int, data: bytes) -> None:
        self._mutate(lambda now_s: self.session.receive_datagram(data, sender, now_s))
