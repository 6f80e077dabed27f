"""The way from what is confirmed to where the others are, for somebody who has just come.

Theory of operation: the others stand at some position on the frame axis and go on from there. Until
we stand there too, a tick simulates several frames, and our own inputs are given ahead, so that
nobody waits for us; then our clock is set as if we had been there all the time.
"""

from __future__ import annotations

from math import floor

from peergym.rollback.membership import Arrival
from peergym.rollback.tick_clock import TickClock


class CatchUp:
    """Where the others are.

    Args:
        position_frames: Where they stand now.
        now_s: The time.
        frame_period_s: Nominal length of a frame, in seconds.
        arrival: Our own.

    Attributes:
        players: Our seats.
        first_frame: The first frame on which our inputs act.
    """

    def __init__(
        self, position_frames: float, now_s: float, frame_period_s: float, arrival: Arrival
    ) -> None:
        self.players = arrival.players
        self.first_frame = arrival.frame
        self._period_s = frame_period_s
        self._zero_s = 0.0
        self.note_position(position_frames, now_s)

    def note_position(self, position_frames: float, now_s: float) -> None:
        """The others are heard to stand there now: they may have waited for somebody."""
        self._zero_s = now_s - position_frames * self._period_s

    def frame_at(self, now_s: float) -> int:
        """The frame that the others simulate now."""
        return floor((now_s - self._zero_s) / self._period_s)

    def clock_for(self, frame: int) -> TickClock:
        """The clock of somebody who is to simulate ``frame`` when the others do."""
        return TickClock(self._period_s, self._zero_s + frame * self._period_s, frame)
