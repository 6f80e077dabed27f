"""One peer's reliable channel, as a queue of messages out and a filter of messages in.

Laws:
    - A message counts once, whatever route repeats it.
    - What waits is bounded; a host that drains loses nothing.
"""

from __future__ import annotations

from collections import deque

from peergym.rollback.control import ControlMessage, decode_control, encode_control

MOST_QUEUED_MESSAGES = 1024  # a host that never drains is broken; a peer cannot fill this
BULK_BYTES_PER_S = 256 * 1024  # a state of a megabyte in four seconds, and inputs still get through
BULK_BURST_BYTES = 64 * 1024


class Pace:
    """How much may be sent on ``bulk`` while a match is being played."""

    __slots__ = ("_allowance", "_at_s")

    def __init__(self) -> None:
        self._allowance = float(BULK_BURST_BYTES)
        self._at_s = 0.0

    def budget(self, now_s: float) -> int:
        """Bytes that may be sent now; the message that exceeds them still goes."""
        grown = self._allowance + (now_s - self._at_s) * BULK_BYTES_PER_S
        self._allowance = min(grown, float(BULK_BURST_BYTES))
        self._at_s = now_s
        return max(0, int(self._allowance))

    def spend(self, messages: list[bytes]) -> None:
        """So much was sent."""
        self._allowance -= sum([len(message) for message in messages])


class Lane:
    """A numbered stream of messages each way."""

    __slots__ = ("_last_sequence", "_next_sequence", "_outgoing")

    def __init__(self) -> None:
        self._next_sequence = 0
        self._last_sequence = -1
        self._outgoing: deque[bytes] = deque()

    @property
    def waiting(self) -> int:
        """How many messages wait to be sent."""
        return len(self._outgoing)

    def send(self, message: ControlMessage) -> None:
        """Queue a message."""
        if len(self._outgoing) < MOST_QUEUED_MESSAGES:
            self._outgoing.append(encode_control(message, self._next_sequence))
            self._next_sequence += 1

    def take(self, most_bytes: int | None = None) -> list[bytes]:
        """The messages to send, in order.

        Args:
            most_bytes: Stop once so many bytes were taken; 0 takes nothing.
        """
        taken: list[bytes] = []
        size = 0
        while self._outgoing and (most_bytes is None or size < most_bytes):
            taken.append(self._outgoing.popleft())
            size += len(taken[-1])
        return taken

    def accept(self, data: bytes) -> ControlMessage | None:
        """Decode a message.

        Returns:
            The message; None for a repetition.

        Raises:
            WireError: It is malformed.
        """
        sequence, message = decode_control(data)
        if sequence <= self._last_sequence:
            return None
        self._last_sequence = sequence
        return message


class Lanes:
    """Both reliable channels of a peer, for as long as the match lasts."""

    __slots__ = ("bulk", "control")

    def __init__(self) -> None:
        self.control = Lane()
        self.bulk = Lane()
