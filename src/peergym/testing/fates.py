"""What becomes of each packet on one direction of a path.

Theory of operation: a `LossProcess` and a `DelayProcess` draw from `Conditions` with a generator of
their own, so one direction of one pair of peers never disturbs another, and the same seed gives the
same fate to the same packet. A `TraceFates` reads both from a recording instead, from a place that
the seed chooses, again from the beginning when it is over.

Laws:
    - The long-run share of lost packets is ``loss``, whatever the burst length.
    - A delay is never negative.
    - Before its delay is asked for, it has been asked whether a packet is lost.

Source: losses in bursts follow E. N. Gilbert, "Capacity of a burst-noise channel" (1960).
"""

from __future__ import annotations

from math import inf
from random import Random
from typing import Protocol

from peergym.testing.conditions import Conditions
from peergym.testing.packet_trace import PacketTrace


class Fates(Protocol):
    """Says of one packet after another what becomes of it."""

    def is_lost(self, at_s: float = 0.0) -> bool:
        """Whether the next packet is lost, which is sent at ``at_s``."""

    def delay_s(self, at_s: float = 0.0) -> float:
        """How long that packet, or another copy of it, is under way, in seconds."""


def fates_of(conditions: Conditions, random: Random) -> Fates:
    """What says what becomes of the packets under these conditions."""
    if conditions.trace is not None:
        return TraceFates(conditions.trace, random)
    return DrawnFates(conditions, random)


class DrawnFates:
    """Losses and delays drawn from figures."""

    def __init__(self, conditions: Conditions, random: Random) -> None:
        self._losses = LossProcess(conditions, random)
        self._delays = DelayProcess(conditions, random)

    def is_lost(self, at_s: float = 0.0) -> bool:
        """Whether the next packet is lost, which is sent at ``at_s``."""
        return self._losses.is_lost(at_s)

    def delay_s(self, at_s: float = 0.0) -> float:
        """How long that packet, or another copy of it, is under way, in seconds."""
        return self._delays.delay_s(at_s)


class TraceFates:
    """Losses and delays read from a recording, in a loop."""

    def __init__(self, trace: PacketTrace, random: Random) -> None:
        self._delays_s = trace.delays_s
        self._next = random.randrange(len(trace.delays_s))
        self._delay_s = 0.0

    def is_lost(self, at_s: float = 0.0) -> bool:
        """Whether the next packet is lost."""
        delay_s = self._delays_s[self._next]
        self._next = (self._next + 1) % len(self._delays_s)
        self._delay_s = delay_s or 0.0
        return delay_s is None

    def delay_s(self, at_s: float = 0.0) -> float:
        """How long that packet is under way, in seconds."""
        return self._delay_s


class LossProcess:
    """Decides for one packet after another whether it is lost."""

    def __init__(self, conditions: Conditions, random: Random) -> None:
        self._random = random.random
        self._is_bad = False
        self._last_s = 0.0
        self._burst_s = conditions.burst_s or inf
        self._loss = loss = conditions.loss
        burst = conditions.burst_packets
        if burst == 1.0:
            self._to_bad = self._stay_bad = loss
        else:
            self._to_bad = loss / ((1.0 - loss) * burst)
            self._stay_bad = 1.0 - 1.0 / burst

    def is_lost(self, at_s: float = 0.0) -> bool:
        """Whether the next packet is lost, which is sent at ``at_s``."""
        odds = self._stay_bad if self._is_bad else self._to_bad
        if at_s - self._last_s >= self._burst_s:
            odds = self._loss
        self._last_s = at_s
        self._is_bad = self._random() < odds
        return self._is_bad


class DelayProcess:
    """Decides for one packet after another how long it takes."""

    def __init__(self, conditions: Conditions, random: Random) -> None:
        self._conditions = conditions
        self._random = random
        self._hold_s = (-inf, -inf)
        if conditions.hold_every_s and conditions.hold_s:
            self._hold_s = self._hold_after(0.0)

    def delay_s(self, at_s: float = 0.0) -> float:
        """How long the next packet is under way, which is sent at ``at_s``, in seconds."""
        conditions = self._conditions
        delay_s = conditions.delay_s
        if conditions.jitter_s:
            delay_s += conditions.jitter_s * (2.0 * self._random.random() - 1.0)
        if conditions.reorder and self._random.random() < conditions.reorder:
            delay_s += conditions.reorder_by_s * self._random.random()
        return max(0.0, delay_s, self._hold_back_s(at_s, delay_s))

    def _hold_back_s(self, at_s: float, delay_s: float) -> float:
        """Until the path holds nothing back any more, for what would arrive while it does."""
        arrival_s = at_s + delay_s
        while -inf < self._hold_s[1] < at_s:
            self._hold_s = self._hold_after(self._hold_s[1])
        from_s, until_s = self._hold_s
        return until_s - at_s if from_s <= arrival_s < until_s else 0.0

    def _hold_after(self, time_s: float) -> tuple[float, float]:
        """The next time in which the path holds everything back."""
        draw, conditions = self._random.expovariate, self._conditions
        from_s = time_s + draw(1.0 / conditions.hold_every_s)
        return from_s, from_s + draw(1.0 / conditions.hold_s)
