"""Limits of signalling, and the bucket that keeps a rate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """How much rooms may take, in number and in time.

    Attributes:
        rooms: How many rooms may be open or playing. A room costs a few kilobytes; the bound is
            for whoever creates them in a loop.
        room_lifetime_s: After this long a room closes, whatever it does. Twelve hours are longer
            than anybody plays, and end what was forgotten.
        grace_s: For how long a place is kept for somebody whose connection to the server is
            lost, where the room says nothing else. A reloading page is back within seconds,
            whoever has sent the link from another app of a phone within a minute.
        spectators: How many may watch one room.
        held_signals: How many signals wait for somebody in his grace. Two peers exchange about
            20 to get connected.
        remembered_codes: Of how many closed rooms the code is remembered, to say "closed"
            instead of "no such room".
    """

    rooms: int = 200
    room_lifetime_s: float = 12 * 3600.0
    grace_s: float = 60.0
    spectators: int = 8
    held_signals: int = 64
    remembered_codes: int = 1000


class TokenBucket:
    """Allows a burst, then a steady rate."""

    def __init__(self, rate_per_s: float, burst: float, now_s: float) -> None:
        """Make a full bucket.

        Args:
            rate_per_s: How much comes back per second.
            burst: How much is allowed at once.
            now_s: The time, in seconds of any monotonic clock.
        """
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._level = burst
        self._filled_s = now_s

    def take(self, now_s: float, amount: float = 1.0) -> bool:
        """Take an amount if so much is there. Returns whether it was."""
        self._fill(now_s)
        if self._level < amount:
            return False
        self._level -= amount
        return True

    def is_full(self, now_s: float) -> bool:
        """Whether the bucket remembers nothing, so that a new one would be the same."""
        self._fill(now_s)
        return self._level >= self._burst

    def _fill(self, now_s: float) -> None:
        passed_s = max(0.0, now_s - self._filled_s)
        self._level = min(self._burst, self._level + passed_s * self._rate_per_s)
        self._filled_s = now_s
