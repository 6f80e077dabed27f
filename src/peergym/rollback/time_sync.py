"""Keeping everybody's frames at the same moment, without a common clock.

Theory of operation: a datagram says where on the frame axis its sender stood when it was sent;
half a round trip later it is here. So each datagram gives one sample of our lead over its sender,
in seconds. Samples are noisy and now and then wrong by a lot, so a peer's lead is the mean of the
middle third of its last 30. Who leads runs up to 1 % slower, who lags up to 1 % faster, until the
lead is below the resolution of a browser's clock. Only in the first seconds, when nobody has
looked at the court for long, is a large lead taken away at once, by the leading peer alone, by
skipping ticks.

Laws:
    - The trim lies within +-1 %, and is 0 within the dead zone.
    - Skips happen only while they are allowed, only by who leads, and never for less than
      `LEAST_SKIP_FRAMES`.
    - A skip shifts the samples with it, so that the same lead is not corrected twice.

Not seen by any estimate: asymmetry of the path. Both sides take half a round trip for either way,
so the timelines end up apart by half the difference, and both get the other's inputs equally late:
the rollbacks are shared. What makes them one-sided all the same (a player who delays his inputs
less, say) is counted and exchanged.

Source: the lead from stamps is mitxela's "WebRTC Pong" (2021); the filter, the trim and the first
two seconds are Slippi's (https://github.com/project-slippi), which hears a whole match of
Melee through them; that peers on both sides correct is safe because each sees half the gain.
"""

from __future__ import annotations

from collections import deque

SAMPLES = 30  # half a second at 60 Hz: long against jitter, short against drift
LEAST_SAMPLES = 6  # before this many, a peer's lead is not known
DEAD_ZONE_S = 0.001  # the resolution of most browsers' clocks
MOST_TRIM = 0.01  # 1 % of speed is below what players notice
TRIM_PER_FRAME = 0.01  # of lead: both sides correct, time constant 0.8 s, slow against the filter
SKIP_PERIOD_S = 2.0  # after the start or a resume
LEAST_SKIP_FRAMES = 1.5  # below that the trim is quick enough
MOST_SKIP_FRAMES = 120  # two seconds at 60 Hz; more is somebody's lie


class LeadFilter:
    """Our lead over one peer, from noisy samples."""

    def __init__(self) -> None:
        self._samples_s: deque[float] = deque(maxlen=SAMPLES)
        self._lead_s = 0.0
        self._stale = False

    def add(self, lead_s: float) -> None:
        """Add a sample, in seconds; positive means that we lead."""
        self._samples_s.append(lead_s)
        self._stale = True

    def shift(self, by_s: float) -> None:
        """Account for a jump of our own timeline."""
        self._samples_s = deque([sample + by_s for sample in self._samples_s], SAMPLES)
        self._stale = True

    def clear(self) -> None:
        """Forget everything: the peer's timeline has been interrupted."""
        self._samples_s.clear()

    @property
    def is_known(self) -> bool:
        """Whether there are enough samples to say anything."""
        return len(self._samples_s) >= LEAST_SAMPLES

    @property
    def lead_s(self) -> float:
        """The lead in seconds: the mean of the middle third of the samples."""
        if self._stale:
            self._stale = False
            self._lead_s = _mean_of_middle_third(self._samples_s)
        return self._lead_s


class TimeSync:
    """What to do about the leads over all peers."""

    def __init__(self, frame_period_s: float) -> None:
        self._period_s = frame_period_s
        self._skips_until_s = 0.0
        self.trim = 0.0
        self.skipped_ticks = 0

    def allow_skips(self, now_s: float) -> None:
        """Allow skips for the next `SKIP_PERIOD_S`: a match starts or resumes."""
        self._skips_until_s = now_s + SKIP_PERIOD_S

    def update(self, filters: list[LeadFilter], now_s: float) -> int:
        """Set `trim` from the leads over all connected peers.

        Returns:
            The number of ticks to skip now; usually 0.
        """
        leads_s = sorted([lead.lead_s for lead in filters if lead.is_known])
        if not leads_s:
            self.trim = 0.0
            return 0
        skip = self._skip_frames(leads_s[-1], now_s)
        if skip:
            for lead in filters:
                lead.shift(-skip * self._period_s)
            self.skipped_ticks += skip
            self.trim = 0.0
            return skip
        mean_s = _mean_of_middle(leads_s)
        if abs(mean_s) < DEAD_ZONE_S:
            self.trim = 0.0
        else:
            wanted = TRIM_PER_FRAME * mean_s / self._period_s
            self.trim = min(max(wanted, -MOST_TRIM), MOST_TRIM)
        return 0

    def _skip_frames(self, most_lead_s: float, now_s: float) -> int:
        lead_frames = most_lead_s / self._period_s
        if now_s >= self._skips_until_s or lead_frames < LEAST_SKIP_FRAMES:
            return 0
        return min(int(lead_frames + 0.5), MOST_SKIP_FRAMES)


def _mean_of_middle_third(samples: deque[float]) -> float:
    if not samples:
        return 0.0
    ordered = sorted(samples)
    third = len(ordered) // 3
    return _mean(ordered[third : len(ordered) - third])


def _mean_of_middle(ordered: list[float]) -> float:
    """Mean without the two extremes, where three or more are known."""
    return _mean(ordered[1:-1] if len(ordered) >= 3 else ordered)


def _mean(values: list[float]) -> float:
    total = 0.0
    for value in values:  # not sum(): it rounds differently from Python 3.12 on
        total += value
    return total / len(values)
