"""What waits for one attached peer, and how much the peer may ask for. Sans-IO.

Laws:
    - Of `input` and of reports, only the newest of each sender waits.
    - What is reliable leaves in order, and never with a gap: when too much waits, the connection is
      closed.
    - `bulk` leaves only when nothing else waits.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from peergym.rollback.relay_wire import MAX_FRAME_BYTES
from peergym.signalling import TokenBucket

GOING_AWAY, TOO_BIG, POLICY_VIOLATION, TRY_AGAIN_LATER = 1001, 1009, 1008, 1013
"""WebSocket close codes. Source: RFC 6455, 7.4.1, and IANA's registry."""

REPLACED, BAD_TOKEN = 4001, 4003
"""Close codes of our own: attached a second time; the token is not good."""


@dataclass(frozen=True, slots=True)
class RelayLimits:
    """How much a peer may ask of the relay.

    Attributes:
        connections: At once, of all matches.
        attach_s: How long a connection may take to say whose it is.
        frames_per_s: Steady rate. A game of 120 Hz with seven others makes some 160.
        frames_burst: Beside it, at once; a state of 4 MiB has 256 parts.
        bytes_per_s: Steady rate, each frame counted once for each recipient.
        bytes_burst: Beside it, at once: two of the largest states.
        control_bytes: Of reliable messages that may wait for a slow receiver; a match has a few
            hundred bytes a second.
        bulk_bytes: The same of `bulk`; hosts have 256 KiB under way at most.
        token_lifetime_s: For how long a token is good.
    """

    connections: int = 500
    attach_s: float = 5.0
    frames_per_s: float = 480.0
    frames_burst: float = 1000.0
    bytes_per_s: float = 1024.0 * 1024.0
    bytes_burst: float = 8.0 * 1024.0 * 1024.0
    control_bytes: int = 256 * 1024
    bulk_bytes: int = 1024 * 1024
    token_lifetime_s: float = 600.0


class RelayConnection:
    """One WebSocket, from its opening on.

    Args:
        limits: How much it may ask for.
        now_s: The time, in seconds of any monotonic clock.

    Attributes:
        match_id: Of whose match; empty until attached.
        peer: Which peer; -1 until attached.
        opened_s: When it was opened.
        token_due_s: When a fresh token is due.
        closing: The close code and the reason once it is to be closed.
        is_expelled: Whether its peer has been removed from the match.
        dropped: Datagrams and reports that were replaced by newer ones.
    """

    __slots__ = (
        "_bulk",
        "_bulk_bytes",
        "_bytes",
        "_control_bytes",
        "_frames",
        "_limits",
        "_newest",
        "_urgent",
        "closing",
        "dropped",
        "is_expelled",
        "match_id",
        "opened_s",
        "peer",
        "token_due_s",
    )

    def __init__(self, limits: RelayLimits, now_s: float) -> None:
        self.match_id = ""
        self.peer = -1
        self.opened_s = now_s
        self.token_due_s = now_s
        self.closing: tuple[int, str] | None = None
        self.is_expelled = False
        self.dropped = 0
        self._limits = limits
        self._frames = TokenBucket(limits.frames_per_s, limits.frames_burst, now_s)
        self._bytes = TokenBucket(limits.bytes_per_s, limits.bytes_burst, now_s)
        self._urgent: deque[bytes] = deque()
        self._control_bytes = 0
        self._newest: dict[int, bytes] = {}
        self._bulk: deque[bytes] = deque()
        self._bulk_bytes = 0

    @property
    def is_attached(self) -> bool:
        """Whether it has said whose it is."""
        return self.peer >= 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits."""
        return not (self._urgent or self._newest or self._bulk or self.closing)

    def close(self, code: int, reason: str) -> None:
        """Have it closed; what waits is forgotten."""
        if self.closing is None:
            self.closing = (code, reason)
            self._urgent.clear()
            self._newest.clear()
            self._bulk.clear()

    def admit(self, size_bytes: int, now_s: float) -> bool:
        """Count a frame that came in. Returns whether it may count; if not, it was too much."""
        if size_bytes > MAX_FRAME_BYTES:
            self.close(TOO_BIG, f"a frame of {size_bytes} bytes")
        elif not self._frames.take(now_s):
            self.close(POLICY_VIOLATION, "too many frames")
        elif not self._bytes.take(now_s, size_bytes):
            self.close(POLICY_VIOLATION, "too many bytes")
        return self.closing is None

    def admit_more(self, size_bytes: int, now_s: float) -> bool:
        """Count what a frame costs beyond itself, for further recipients."""
        if not self._bytes.take(now_s, size_bytes):
            self.close(POLICY_VIOLATION, "too many bytes")
        return self.closing is None

    # --- what is to be sent

    def put_newest(self, slot: int, frame: bytes) -> None:
        """Queue a frame that replaces what waits in the same slot."""
        if self.closing is None:
            self.dropped += self._newest.pop(slot, None) is not None
            self._newest[slot] = frame

    def put_control(self, frame: bytes) -> None:
        """Queue a frame that must not be lost."""
        self._control_bytes += len(frame)
        if self._control_bytes > self._limits.control_bytes:
            self.close(TRY_AGAIN_LATER, "too much waits for this receiver")
        elif self.closing is None:
            self._urgent.append(frame)

    def put_bulk(self, frame: bytes) -> None:
        """Queue a frame that must not be lost, and may be late."""
        self._bulk_bytes += len(frame)
        if self._bulk_bytes > self._limits.bulk_bytes:
            self.close(TRY_AGAIN_LATER, "too much waits for this receiver")
        elif self.closing is None:
            self._bulk.append(frame)

    def take(self) -> list[bytes]:
        """The frames to send now; `bulk` one at a time, and only if nothing else waits."""
        if self._urgent or self._newest:
            taken = [*self._urgent, *self._newest.values()]
            self._urgent.clear()
            self._control_bytes = 0
            self._newest.clear()
            return taken
        if self._bulk:
            frame = self._bulk.popleft()
            self._bulk_bytes -= len(frame)
            return [frame]
        return []
