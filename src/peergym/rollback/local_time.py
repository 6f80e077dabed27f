"""The session's own time, from the times its caller gives.

Laws:
    - Ours starts at 0 with the first call and never goes back.
    - It is counted in whole microseconds, so that the caller's offset leaves no trace in the last
      bits: adding a constant to every time given in changes nothing.
"""

from __future__ import annotations

RESOLUTION_S = 1e-6  # below any host's clock


class LocalTime:
    """Our time, in seconds.

    Attributes:
        now_s: The time of the latest call.
        has_started: Whether there has been one.
    """

    __slots__ = ("_origin_s", "has_started", "now_s")

    def __init__(self) -> None:
        self.now_s = 0.0
        self.has_started = False
        self._origin_s = 0.0

    def enter(self, caller_s: float) -> float:
        """Note the time of a call.

        Returns:
            How far it lies after the call before it, in seconds; 0.0 for the first.
        """
        if not self.has_started:
            self.has_started = True
            self._origin_s = caller_s
        before_s = self.now_s
        ours_s = round((caller_s - self._origin_s) / RESOLUTION_S) * RESOLUTION_S
        self.now_s = max(before_s, ours_s)
        return self.now_s - before_s

    def deadline(self, our_s: float) -> float:
        """Turn a time of ours into the caller's, such that it has passed when he comes then."""
        return round(our_s + RESOLUTION_S + self._origin_s, 6)
