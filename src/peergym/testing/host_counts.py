"""What a peer's host has seen of its session: how smoothly it ran, and at what cost.

Law: all times are virtual, and nothing is counted but while an episode runs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil


@dataclass(slots=True)
class HostCounts:
    """What a peer's host has counted while episodes were running.

    Attributes:
        ticks: Calls of ``advance_frame``.
        stalls: Those that simulated no new frame although the episode went on.
        packets_sent, bytes_sent: On channel ``input``.
        playing_s: Virtual time spent with an episode running, but for the one that runs now.
        longest_gap_s: Longest time between two new frames of an episode.
        lags_frames: How many ticks left so many simulated frames unconfirmed.
    """

    ticks: int = 0
    stalls: int = 0
    packets_sent: int = 0
    bytes_sent: int = 0
    playing_s: float = 0.0
    longest_gap_s: float = 0.0
    lags_frames: Counter[int] = field(default_factory=Counter)
    _playing_since_s: float | None = None
    _advanced_s: float | None = None

    @property
    def is_playing(self) -> bool:
        """Whether an episode runs, as of the last note."""
        return self._playing_since_s is not None

    def note_playing(self, now_s: float, *, is_playing: bool) -> None:
        """Note whether an episode runs."""
        is_playing = is_playing and bool(self.ticks)
        if is_playing and self._playing_since_s is None:
            self._playing_since_s = now_s
        elif not is_playing and self._playing_since_s is not None:
            self.playing_s = self.total_playing_s(now_s)
            self.longest_gap_s = self.gap_s(now_s)
            self._playing_since_s = self._advanced_s = None

    def note_sent(self, packets: int, total_bytes: int) -> None:
        """Note datagrams that went out."""
        if self._playing_since_s is not None:
            self.packets_sent += packets
            self.bytes_sent += total_bytes

    def note_tick(self, now_s: float, lag_frames: int, *, has_advanced: bool) -> None:
        """Note what a tick of a running episode came to."""
        self.lags_frames[lag_frames] += 1
        if has_advanced:
            self.longest_gap_s = self.gap_s(now_s)
            self._advanced_s = now_s

    def gap_s(self, now_s: float) -> float:
        """The longest time between two new frames, the wait at this moment included, in seconds."""
        waiting_s = 0.0 if self._advanced_s is None else now_s - self._advanced_s
        return max(self.longest_gap_s, waiting_s)

    def total_playing_s(self, now_s: float) -> float:
        """Virtual time spent with an episode running, up to now, in seconds."""
        running_s = 0.0 if self._playing_since_s is None else now_s - self._playing_since_s
        return self.playing_s + running_s


def percentile_of_counts(counts: Counter[int], share: float) -> int:
    """The smallest value that at least ``share`` of all counted do not exceed; 0 of none."""
    wanted = ceil(share * counts.total())
    for value in sorted(counts):
        wanted -= counts[value]
        if wanted <= 0:
            return value
    return 0
