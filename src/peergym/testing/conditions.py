"""What a path through the network does to packets, in one direction.

Theory of operation: `Conditions` are plain figures, checked at construction. A `LossProcess` and a
`DelayProcess` draw from them with a generator of their own, so one direction of one pair of peers
never disturbs another, and the same seed gives the same fate to the same packet.

Laws:
    - The long-run share of lost packets is ``loss``, whatever the burst length.
    - A delay is never negative.

Source: losses in bursts follow E. N. Gilbert, "Capacity of a burst-noise channel" (1960).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from random import Random

from peergym.errors import ConfigurationError

REORDER_BY_S = 10 / 60  # a held-back packet is overtaken by up to ten others at 60 Hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """One direction of a path.

    Attributes:
        delay_s: Mean one-way time in seconds.
        jitter_s: Each packet's delay is off by up to this much, uniformly, in seconds.
        loss: Share of packets lost, 0 to below 1.
        burst_packets: Mean number of packets lost in a row; 1 means independent losses.
        burst_s: A burst is over after so many seconds without a packet, as on a real path: then
            the next is lost as often as any. 0 lets it last for its packets, however seldom
            they are sent.
        duplicate: Share of packets that arrive more than once, 0 to 1.
        copies: How many more times such a packet arrives.
        reorder: Share of packets that are held back, 0 to 1.
        reorder_by_s: A packet that is held back waits up to this long, uniformly, in seconds.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    burst_packets: float = 1.0
    burst_s: float = 0.0
    duplicate: float = 0.0
    copies: int = 1
    reorder: float = 0.0
    reorder_by_s: float = REORDER_BY_S

    def __post_init__(self) -> None:
        _check(0.0 <= self.delay_s <= 10.0, "delay_s", "must lie in 0 to 10 s", self.delay_s)
        _check(self.jitter_s >= 0.0, "jitter_s", "must not be negative", self.jitter_s)
        _check(0.0 <= self.loss < 1.0, "loss", "must lie in 0 to below 1", self.loss)
        _check(self.burst_packets >= 1.0, "burst_packets", "must be 1 or more", self.burst_packets)
        _check(
            self.loss <= (1.0 - self.loss) * self.burst_packets,
            "burst_packets",
            f"must be {self.loss / (1.0 - self.loss):.2f} or more for a loss of {self.loss:g}",
            self.burst_packets,
        ) if self.burst_packets > 1.0 else None
        _check(self.burst_s >= 0.0, "burst_s", "must not be negative", self.burst_s)
        _check(0.0 <= self.duplicate <= 1.0, "duplicate", "must lie in 0 to 1", self.duplicate)
        _check(0 <= self.copies <= 10, "copies", "must lie in 0 to 10", self.copies)
        _check(0.0 <= self.reorder <= 1.0, "reorder", "must lie in 0 to 1", self.reorder)
        _check(self.reorder_by_s >= 0.0, "reorder_by_s", "must not be negative", self.reorder_by_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairConditions:
    """Both directions of the path between two peers, told as people tell them.

    Attributes:
        rtt_s: Mean round-trip time in seconds.
        jitter_s: The round-trip time varies by up to this much either way: half of it on each
            direction, uniformly.
        loss: Share of packets lost each way.
        asymmetry_s: How much longer the way from the lower to the higher peer id takes than the
            way back, in seconds.
        burst_packets, burst_s, duplicate, copies, reorder, reorder_by_s: As for `Conditions`, each
            way.
    """

    rtt_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    asymmetry_s: float = 0.0
    burst_packets: float = 1.0
    burst_s: float = 0.0
    duplicate: float = 0.0
    copies: int = 1
    reorder: float = 0.0
    reorder_by_s: float = REORDER_BY_S

    def __post_init__(self) -> None:
        _check(0.0 <= self.rtt_s <= 20.0, "rtt_s", "must lie in 0 to 20 s", self.rtt_s)
        _check(
            abs(self.asymmetry_s) <= self.rtt_s,
            "asymmetry_s",
            f"cannot exceed the round-trip time of {self.rtt_s:g} s",
            self.asymmetry_s,
        )
        self.towards_higher  # noqa: B018  checks the rest

    @property
    def towards_higher(self) -> Conditions:
        """From the lower to the higher peer id."""
        return Conditions(
            delay_s=(self.rtt_s + self.asymmetry_s) / 2,
            jitter_s=self.jitter_s / 2,
            loss=self.loss,
            burst_packets=self.burst_packets,
            burst_s=self.burst_s,
            duplicate=self.duplicate,
            copies=self.copies,
            reorder=self.reorder,
            reorder_by_s=self.reorder_by_s,
        )

    @property
    def towards_lower(self) -> Conditions:
        """From the higher to the lower peer id."""
        return replace(self.towards_higher, delay_s=(self.rtt_s - self.asymmetry_s) / 2)


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

    def delay_s(self) -> float:
        """How long the next packet is under way, in seconds."""
        conditions = self._conditions
        delay_s = conditions.delay_s
        if conditions.jitter_s:
            delay_s += conditions.jitter_s * (2.0 * self._random.random() - 1.0)
        if conditions.reorder and self._random.random() < conditions.reorder:
            delay_s += conditions.reorder_by_s * self._random.random()
        return max(0.0, delay_s)


def _check(condition: bool, name: str, message: str, value: float) -> None:
    if not condition:
        raise ConfigurationError(name, f"{message}, is {value:g}")
