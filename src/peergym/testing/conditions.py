"""What a path through the network does to packets.

Theory of operation: `Conditions` are plain figures for one direction, checked at construction, and
`PairConditions` are both directions as people tell them. Instead of figures there may be a
recording (`peergym.testing.packet_trace`). What becomes of each packet is drawn from them in
`peergym.testing.fates`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from peergym.errors import ConfigurationError
from peergym.testing.packet_trace import PacketTrace

REORDER_BY_S = 10 / 60  # a held-back packet is overtaken by up to ten others at 60 Hz


class Transport(StrEnum):
    """What carries the inputs.

    DATAGRAM loses and reorders; ORDERED repeats what was lost and keeps the order.
    """

    DATAGRAM = "datagram"
    ORDERED = "ordered"


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
        hold_every_s: Mean time between two moments from which on the path holds everything back,
            in seconds; 0 is never. A radio that scans or is handed over does that.
        hold_s: Mean length of such a time, in seconds; what was held back comes at its end.
        trace: A recording that says what becomes of each packet, instead of delay, jitter, loss
            and bursts.
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
    hold_every_s: float = 0.0
    hold_s: float = 0.0
    trace: PacketTrace | None = None

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
        _check(self.hold_every_s >= 0.0, "hold_every_s", "must not be negative", self.hold_every_s)
        _check(0.0 <= self.hold_s <= 10.0, "hold_s", "must lie in 0 to 10 s", self.hold_s)


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
        burst_packets, burst_s, duplicate, copies, reorder, reorder_by_s, hold_every_s, hold_s:
            As for `Conditions`, each way.
        trace: Likewise; each way begins somewhere else in it.
        transport: What carries the inputs.
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
    hold_every_s: float = 0.0
    hold_s: float = 0.0
    trace: PacketTrace | None = None
    transport: Transport = Transport.DATAGRAM

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
    def usual_rtt_s(self) -> float:
        """How long a packet and its answer usually take, in seconds."""
        return self.rtt_s if self.trace is None else 2.0 * self.trace.mean_delay_s

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
            hold_every_s=self.hold_every_s,
            hold_s=self.hold_s,
            trace=self.trace,
        )

    @property
    def towards_lower(self) -> Conditions:
        """From the higher to the lower peer id."""
        return replace(self.towards_higher, delay_s=(self.rtt_s - self.asymmetry_s) / 2)


def _check(condition: bool, name: str, message: str, value: float) -> None:
    if not condition:
        raise ConfigurationError(name, f"{message}, is {value:g}")
