"""One peer's three channels, seen from the sending side: what leaves, what waits, what is skipped.

Theory of operation: as in the page (``client/src/shared/channels.ts``, ``silent_pace.ts``). A
datagram that cannot leave soon is skipped, for the next one says all that it says and more. What
is reliable waits in a bounded queue.

Laws:
    - Nothing is sent before a channel is open.
    - Reliable data is never discarded: when its queue overflows, the channel is closed, for a gap
      in it would never be repaired.
    - To a peer that is silent, little is sent, so that the end of its silence is not held up
      behind what is out of date by then.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Protocol

INPUT, CONTROL, BULK = "input", "control", "bulk"
CHANNEL_IDS = {INPUT: 0, CONTROL: 1, BULK: 2}
"""The channels' fixed ids: both sides make them, so nothing has to be agreed on."""

MOST_BUFFERED_BYTES = {
    INPUT: 16 * 1024,  # above this, a datagram would be late anyway
    CONTROL: 256 * 1024,
    BULK: 64 * 1024,  # what is in the buffer stands before the inputs of those who play
}
MOST_WAITING_BYTES = 8 * 1024 * 1024

SILENT_AFTER_S = 0.5  # as in the session: below it, silence is jitter
SILENT_EVERY_S = 0.25  # nobody notices whether a silence ends a quarter of a second sooner
SILENT_S_PER_BYTE = 0.006  # longer datagrams take longer turns: 500 bytes in 3 s
CHUNK_BYTES = 19  # around each datagram: a DATA chunk's head, and its padding at most


class RawChannel(Protocol):
    """What is below: the part of a DataChannel that is used here."""

    @property
    def readyState(self) -> str:  # noqa: N802 - named as in WebRTC
        """``open``, or anything else."""

    @property
    def bufferedAmount(self) -> int:  # noqa: N802
        """Bytes that were given to `send` and have not left."""

    def send(self, data: bytes) -> None:
        """Send a message."""

    def close(self) -> None:
        """Close the channel."""


class Channel:
    """The sending side of one channel.

    Args:
        name: ``input``, ``control`` or ``bulk``.
        raw: What is below.

    Attributes:
        name: The same.
        skipped: Datagrams that were not sent because too much lay in the buffer.
    """

    __slots__ = ("_most_buffered_bytes", "_raw", "_waiting", "_waiting_bytes", "name", "skipped")

    def __init__(self, name: str, raw: RawChannel) -> None:
        self.name = name
        self.skipped = 0
        self._raw = raw
        self._most_buffered_bytes = MOST_BUFFERED_BYTES[name]
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0

    @property
    def is_open(self) -> bool:
        """Whether bytes can be sent."""
        return self._raw.readyState == "open"

    def send(self, data: bytes) -> bool:
        """Send; returns whether the bytes left or will leave."""
        return self._send_now(data) if self.name == INPUT else self._send_surely(data)

    def flush(self) -> None:
        """Send what had to wait; to be called when the channel opens or its buffer has drained."""
        while self._waiting and self.is_open and not self._is_full():
            data = self._waiting.popleft()
            self._waiting_bytes -= len(data)
            self._raw.send(data)

    def close(self) -> None:
        """Close, and forget what waits."""
        self._waiting.clear()
        self._waiting_bytes = 0
        self._raw.close()

    def _send_now(self, data: bytes) -> bool:
        if not self.is_open:
            return False
        if self._is_full():
            self.skipped += 1
            return False
        self._raw.send(data)
        return True

    def _send_surely(self, data: bytes) -> bool:
        if self._waiting_bytes + len(data) > MOST_WAITING_BYTES:
            self.close()
            return False
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        self.flush()
        return True

    def _is_full(self) -> bool:
        return self._raw.bufferedAmount >= self._most_buffered_bytes


class SilentPace:
    """Says when a datagram may be sent to a peer, which may be silent."""

    __slots__ = ("_heard_s", "_next_s")

    def __init__(self) -> None:
        # Until the peer was heard once it is not silent, but may be loading.
        self._heard_s = inf
        self._next_s = -inf

    def note_heard(self, now_s: float) -> None:
        """Something arrived from the peer."""
        self._heard_s = now_s

    def admits(self, size_bytes: int, now_s: float) -> bool:
        """Whether a datagram may leave now. If so, the next turn is counted from here.

        Source: as ``silent_pace.ts``, which has the measurements; RFC 9260, section 7.2.3.
        """
        if now_s - self._heard_s > SILENT_AFTER_S and now_s < self._next_s:
            return False
        turn_s = (size_bytes + CHUNK_BYTES) * SILENT_S_PER_BYTE
        self._next_s = now_s + max(SILENT_EVERY_S, turn_s)
        return True
