"""The links of a simulated network: one direction between two peers each.

Theory of operation: a datagram link loses, delays, duplicates and reorders. A reliable link
repeats what was lost after a timeout that doubles, and delivers in order, so one loss holds up
everything behind it (head-of-line blocking). Every link can be cut for a while: nothing sent then
arrives.

Laws:
    - The same seed and the same sends give the same deliveries, whatever other links do.
    - A reliable link delivers everything once and in order, unless it is cut for ever.

Source: the timeouts of the reliable link are of the size that Chromium's SCTP shows (RFC 9260
with a lower minimum).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from random import Random

from peergym.testing.clock import VirtualClock
from peergym.testing.conditions import Conditions
from peergym.testing.fates import fates_of

LEAST_TIMEOUT_S = 0.2  # until the first repetition on the reliable link
TIMEOUT_RTTS = 1.5
MOST_TIMEOUT_S = 1.0

Deliver = Callable[[bytes], None]
Cut = tuple[float, float]


@dataclass(slots=True)
class LinkStatistics:
    """What a link has done so far.

    Attributes:
        packets_sent, bytes_sent: Handed to the link.
        packets_lost: Never arrive (datagrams), or had to be sent again (reliable link; a packet
            lost twice counts twice).
        packets_carried, bytes_carried: Delivered, copies included.
    """

    packets_sent: int = 0
    bytes_sent: int = 0
    packets_lost: int = 0
    packets_carried: int = 0
    bytes_carried: int = 0


class Link:
    """What all kinds of link share: counters, cuts, and the fates of packets."""

    def __init__(
        self, clock: VirtualClock, conditions: Conditions, random: Random, deliver: Deliver
    ) -> None:
        self.conditions = conditions
        self.statistics = LinkStatistics()
        self.cuts: list[Cut] = []
        self._clock = clock
        self._fates = fates_of(conditions, random)
        self._random = random
        self._deliver = deliver

    def cut(self, from_s: float, until_s: float = inf) -> None:
        """Let nothing through that is sent between these times, in seconds."""
        self.cuts.append((from_s, until_s))

    def is_cut(self, at_s: float) -> bool:
        """Whether nothing gets through that is sent at this time."""
        return any(from_s <= at_s < until_s for from_s, until_s in self.cuts)

    def send(self, data: bytes) -> None:
        """Send a packet now."""
        raise NotImplementedError

    def _note_sent(self, data: bytes) -> None:
        self.statistics.packets_sent += 1
        self.statistics.bytes_sent += len(data)

    def _arrive(self, data: bytes) -> None:
        self.statistics.packets_carried += 1
        self.statistics.bytes_carried += len(data)
        self._deliver(data)


class DatagramLink(Link):
    """One direction of an unordered channel without retransmission.

    Args:
        clock: The time.
        conditions: What happens to packets.
        random: Where their fate comes from.
        deliver: Called with each packet that arrives, when it does.
    """

    def send(self, data: bytes) -> None:
        """Send a packet now."""
        self._note_sent(data)
        now_s = self._clock.now_s
        is_lost = self._fates.is_lost(now_s)  # drawn also in a cut, which shifts nobody's fate
        if is_lost or self.is_cut(now_s):
            self.statistics.packets_lost += 1
            return
        for _ in range(1 + self._extra_copies()):
            self._clock.call_after(self._fates.delay_s(now_s), partial(self._arrive, data))

    def _extra_copies(self) -> int:
        duplicate = self.conditions.duplicate
        if duplicate and self._random.random() < duplicate:
            return self.conditions.copies
        return 0


class ReliableLink(Link):
    """One direction of a reliable, ordered channel.

    Args:
        clock, conditions, random, deliver: As for `DatagramLink`. Packets are neither duplicated
            nor reordered, but the delays that reordering means hold up what follows.
        timeout_s: Wait before the first repetition, in seconds.
    """

    def __init__(
        self,
        clock: VirtualClock,
        conditions: Conditions,
        random: Random,
        deliver: Deliver,
        timeout_s: float = LEAST_TIMEOUT_S,
    ) -> None:
        super().__init__(clock, conditions, random, deliver)
        self._timeout_s = timeout_s
        self._last_arrival_s = 0.0

    def send(self, data: bytes) -> None:
        """Send a message now."""
        self._note_sent(data)
        departure_s = self._departure_s()
        if departure_s == inf:
            self._last_arrival_s = inf
            return
        # Not earlier than what was sent before: the head of the line blocks the rest.
        arrival_s = max(self._last_arrival_s, departure_s + self._fates.delay_s(departure_s))
        self._last_arrival_s = arrival_s
        if arrival_s < inf:
            self._clock.call_at(arrival_s, partial(self._arrive, data))

    def _departure_s(self) -> float:
        """When the first transmission that arrives is made; inf if none ever does."""
        at_s, timeout_s = self._clock.now_s, self._timeout_s
        while self.is_cut(at_s) or self._fates.is_lost(at_s):
            self.statistics.packets_lost += 1
            if self._is_cut_for_ever(at_s):
                return inf
            at_s += timeout_s
            timeout_s = min(2.0 * timeout_s, MOST_TIMEOUT_S)
        return at_s

    def _is_cut_for_ever(self, at_s: float) -> bool:
        return any(from_s <= at_s and until_s == inf for from_s, until_s in self.cuts)
