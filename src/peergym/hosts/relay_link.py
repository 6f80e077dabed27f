"""Our end of the relay, without its socket: who is there, and whether it still answers.

Theory of operation: the host opens the socket and says so; this link attaches itself with its token
and learns who else is there. It asks for a sign of life now and then, often while peers are reached
through it. A socket that has become mute is given up, and the host opens another.

Law: peers count as there only between the relay's welcome and the end of the socket.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from peergym.rollback import relay_wire as wire

PING_EVERY_S = 0.5  # while peers are reached through it
IDLE_PING_EVERY_S = 5.0  # a direct match costs the server as good as nothing
MUTE_AFTER_S = 2.5  # without an answer; a retransmission takes less

CLOSE = b""
"""Among the frames to send: give the socket up, and open another."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A peer is at the relay, or is not any more.

    Attributes:
        is_goodbye: It has closed on purpose.
    """

    peer: int
    is_there: bool
    is_goodbye: bool = False


class RelayLink:
    """Our end of the relay.

    Args:
        token: What to attach with; empty where there is no relay.

    Attributes:
        is_configured: Whether the match has a relay at all.
        is_up: Whether we are attached and it answers.
        down_since_s: Since when it is not; inf while it is, and before it ever was.
        peers: Who else is there.
    """

    __slots__ = (
        "_asked_s",
        "_frames",
        "_is_socket_open",
        "_ping_due_s",
        "_stamp",
        "_token",
        "down_since_s",
        "is_configured",
        "is_up",
        "peers",
    )

    def __init__(self, token: str) -> None:
        self.is_configured = bool(token)
        self.is_up = False
        self.down_since_s = inf
        self.peers: set[int] = set()
        self._token = token
        self._is_socket_open = False
        self._asked_s = inf
        self._ping_due_s = inf
        self._stamp = 0
        self._frames: list[bytes] = []

    def set_token(self, token: str) -> None:
        """Take a fresh token."""
        self._token = token

    def note_socket(self, now_s: float, *, is_open: bool) -> list[Presence]:
        """The socket has opened or closed. Returns who is not there any more."""
        self._is_socket_open = is_open
        self._frames.clear()
        if is_open:
            self._asked_s = self._ping_due_s = now_s
            self._frames.append(wire.encode_attach(self._token))
            return []
        return self._go_down(now_s)

    def receive(self, data: bytes) -> wire.Addressed | list[Presence]:
        """Take in a frame.

        Returns:
            What a peer has sent, or who has come and gone.

        Raises:
            WireError: It is none.
        """
        frame = wire.decode_down(data)
        if not self._is_socket_open:
            return []  # of the socket before
        self._asked_s = inf
        if isinstance(frame, wire.Addressed):
            return frame
        if isinstance(frame, wire.Welcome):
            self.is_up = True
            self.down_since_s = inf
            self.peers = set(frame.others)
            return [Presence(peer, is_there=True) for peer in frame.others]
        if isinstance(frame, wire.Came):
            self.peers.add(frame.peer)
            return [Presence(frame.peer, is_there=True)]
        if isinstance(frame, wire.Gone):
            self.peers.discard(frame.peer)
            return [Presence(frame.peer, is_there=False, is_goodbye=frame.is_goodbye)]
        if isinstance(frame, wire.FreshToken):
            self._token = frame.token
        return []

    def send(self, frame: bytes) -> None:
        """Queue a frame; it is forgotten unless we are attached."""
        if self.is_up:
            self._frames.append(frame)

    def update(self, now_s: float, *, is_in_use: bool) -> list[Presence]:
        """Do what is due. Returns who is not there any more."""
        if not self._is_socket_open:
            return []
        if now_s - self._asked_s >= MUTE_AFTER_S:
            self._is_socket_open = False
            self._frames = [CLOSE]
            return self._go_down(now_s)
        every_s = PING_EVERY_S if is_in_use else IDLE_PING_EVERY_S
        self._ping_due_s = min(self._ping_due_s, now_s + every_s)
        if now_s >= self._ping_due_s and self.is_up:
            self._ping_due_s = now_s + every_s
            self._asked_s = min(self._asked_s, now_s)
            self._stamp = (self._stamp + 1) & wire.MAX_STAMP
            self._frames.append(wire.encode_ping(self._stamp))
        return []

    def restart(self, now_s: float) -> None:
        """We slept: that nothing was heard means nothing."""
        if self._asked_s < inf:
            self._asked_s = now_s

    def take(self) -> list[bytes]:
        """The frames to send, in order."""
        frames, self._frames = self._frames, []
        return frames

    def _go_down(self, now_s: float) -> list[Presence]:
        if self.is_up:
            self.down_since_s = now_s
        self.is_up = False
        lost, self.peers = sorted(self.peers), set()
        return [Presence(peer, is_there=False) for peer in lost]
