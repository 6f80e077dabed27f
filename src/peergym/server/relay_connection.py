"""What waits for one attached peer, and how much the peer may ask for. Sans-IO.

Laws:
    - Of `input` and of reports, only the newest of each sender waits.
    - What is reliable leaves in order, and never with a gap: when too much waits, the connection is
      closed.
    - `bulk` leaves only when nothing else waits.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from peergym.rollback.relay_wire import MAX_FRAME_BYTES
from peergym.signalling import TokenBucket

GOING_AWAY, TOO_BIG, POLICY_VIOLATION, TRY_AGAIN_LATER = 1001, 1009, 1008, 1013
"""WebSocket close codes. Source: RFC 6455, 7.4.1, and IANA's registry."""

REPLACED, BAD_TOKEN = 4001, 4003
"""Close codes of our own: attached a second time; the token is not good."""

RELAY = -1
"""The sender of what the relay itself has to say."""


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
        bulk_bytes: The same of `bulk`.
        sender_bytes: The same of one sender; hosts have 256 KiB and a message under way at most,
            and repeat it where the route has changed.
        token_lifetime_s: For how long a token is good.
    """

    connections: int = 500
    attach_s: float = 5.0
    frames_per_s: float = 480.0
    frames_burst: float = 1000.0
    bytes_per_s: float = 1024.0 * 1024.0
    bytes_burst: float = 8.0 * 1024.0 * 1024.0
    control_bytes: int = 1536 * 1024
    bulk_bytes: int = 1536 * 1024
    sender_bytes: int = 600 * 1024
    token_lifetime_s: float = 600.0


class Waiting:
    """Frames that must not be lost, in order.

    Attributes:
        size_bytes: Of all of them.
    """

    __slots__ = ("_frames", "_of_sender", "size_bytes")

    def __init__(self) -> None:
        self.size_bytes = 0
        self._frames: deque[tuple[int, bytes]] = deque()
        self._of_sender: Counter[int] = Counter()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._frames)

    def bytes_of(self, sender: int) -> int:
        """How much of a sender waits."""
        return self._of_sender[sender]

    def put(self, sender: int, frame: bytes) -> None:
        """Add a frame."""
        self._frames.append((sender, frame))
        self._of_sender[sender] += len(frame)
        self.size_bytes += len(frame)

    def take(self) -> bytes:
        """Take the oldest one."""
        sender, frame = self._frames.popleft()
        self._of_sender[sender] -= len(frame)
        self.size_bytes -= len(frame)
        return frame

    def take_all(self) -> list[bytes]:
        """Take them, in order."""
        frames = [frame for _, frame in self._frames]
        self.clear()
        return frames

    def clear(self) -> None:
        """Forget them."""
        self._frames.clear()
        self._of_sender.clear()
        self.size_bytes = 0


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
        "_bytes",
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
        self._urgent = Waiting()
        self._newest: dict[int, bytes] = {}
        self._bulk = Waiting()

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

    def put_control(self, frame: bytes, sender: int = RELAY) -> bool:
        """Queue a frame that must not be lost.

        Returns:
            Whether its sender may have so much wait here; if not, it has not been queued.
        """
        return self._put(self._urgent, self._limits.control_bytes, frame, sender)

    def put_bulk(self, frame: bytes, sender: int) -> bool:
        """Queue a frame that must not be lost, and may be late; else as `put_control`."""
        return self._put(self._bulk, self._limits.bulk_bytes, frame, sender)

    def _put(self, waiting: Waiting, most_bytes: int, frame: bytes, sender: int) -> bool:
        if self.closing is not None:
            return True
        if waiting.bytes_of(sender) + len(frame) > self._limits.sender_bytes and sender != RELAY:
            return False
        if waiting.size_bytes + len(frame) > most_bytes:
            self.close(TRY_AGAIN_LATER, "too much waits for this receiver")
        else:
            waiting.put(sender, frame)
        return True

    def take(self) -> list[bytes]:
        """The frames to send now; `bulk` one at a time, and only if nothing else waits."""
        if self._urgent or self._newest:
            taken = [*self._urgent.take_all(), *self._newest.values()]
            self._newest.clear()
            return taken
        return [self._bulk.take()] if self._bulk else []
