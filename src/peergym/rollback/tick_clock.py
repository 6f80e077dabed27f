"""When the next frame is due, and where on the frame axis we stand.

Theory of operation: each tick has a nominal time, and the next is a (trimmed) period later, so
the jitter of the host's timers does not add up. A host that comes late ticks at once until it is
back on the nominal times; if it comes very late, the lost time is dropped and the timeline goes on
from now. The position is what datagrams tell the others: frames advanced, plus the part of the
period that has passed since the nominal time of the last.

Law: between two ticks the position never passes the next frame, and it does not move in a stall.
"""

from __future__ import annotations

CATCH_UP_FRAMES = 6  # a tenth of a second at 60 Hz is made up for; beyond it, lost time is lost


class TickClock:
    """The nominal times of the ticks of one episode.

    Args:
        frame_period_s: Nominal length of a frame, in seconds.
        start_s: When the first tick is due.
        first_frame: The frame that it is due for.
    """

    __slots__ = ("_advanced_s", "_first_frame", "_frames", "_period_s", "next_tick_s")

    def __init__(self, frame_period_s: float, start_s: float, first_frame: int = 0) -> None:
        self._period_s = frame_period_s
        self.next_tick_s = start_s
        self._first_frame = first_frame
        self._frames = first_frame
        self._advanced_s = start_s

    def tick(self, now_s: float, advanced: int, trim: float, skip_ticks: int) -> None:
        """Note a tick and set the time of the next.

        Args:
            now_s: The time.
            advanced: New frames; 0 for a stalled tick.
            trim: Relative lengthening of the period.
            skip_ticks: Periods to wait in addition.
        """
        late_s = now_s - self.next_tick_s
        on_time = -self._period_s / 2 <= late_s <= CATCH_UP_FRAMES * self._period_s
        nominal_s = self.next_tick_s if on_time else now_s
        wait_s = skip_ticks * self._period_s
        if advanced:
            self._frames += advanced
            self._advanced_s = nominal_s + wait_s
        elif skip_ticks:
            self._advanced_s += wait_s
        self.next_tick_s = nominal_s + self._period_s * (1.0 + trim) + wait_s

    def position_frames(self, now_s: float) -> float:
        """Where on the frame axis we stand: frame n is due at position n.

        Below the first frame before its tick is due.
        """
        since = (now_s - self._advanced_s) / self._period_s
        if self._frames == self._first_frame:
            return self._first_frame + min(since, 0.0)
        return self._frames - 1 + min(since, 0.9999)
