"""A reliable, ordered link as good as they come: what the inputs are *not* sent over.

Theory of operation: packets are numbered. The recipient hands them on in order, so whatever comes
after a lost one waits for it: head-of-line blocking. The sender repeats a packet after a timeout
that doubles, or, once, as soon as it hears that three later ones have arrived (fast retransmit).
That is what SCTP and TCP do to a stream of small packets; a queue, congestion control and delayed
acknowledgements would only make it worse, and are left out. (`ReliableLink`, for messages that come
seldom, has the timeout alone.)

Law: everything is delivered once and in order, unless the link is cut for ever.

Source: RFC 9260, sections 6.3 (timer) and 7.2.4 (fast retransmit, once for a packet). The timeout
is 0.2 s or more, where Chromium's dcSCTP waits for at least 0.22 to 0.4 s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random

from peergym.testing.clock import VirtualClock
from peergym.testing.conditions import Conditions
from peergym.testing.links import LEAST_TIMEOUT_S, MOST_TIMEOUT_S, Deliver, Link

REPORTS_FOR_REPEAT = 3  # later packets that are reported before one is repeated at once


@dataclass(slots=True)
class _Pending:
    """A packet that has not got through yet.

    Attributes:
        data: What it carries.
        timeout_s: Wait before it is sent again.
        reports: How many later packets are known to have arrived.
        is_repeated: Whether it has been sent more than once.
    """

    data: bytes
    timeout_s: float
    reports: int = 0
    is_repeated: bool = False


class OrderedLink(Link):
    """One direction of a reliable, ordered channel with fast retransmit.

    Args:
        clock, conditions, random, deliver: As for `DatagramLink`; nothing is duplicated.
        rtt_s: After which the sender hears what has become of a packet, in seconds.
        timeout_s: Wait before the first repetition, in seconds.
    """

    def __init__(
        self,
        clock: VirtualClock,
        conditions: Conditions,
        random: Random,
        deliver: Deliver,
        rtt_s: float = 0.0,
        timeout_s: float = LEAST_TIMEOUT_S,
    ) -> None:
        super().__init__(clock, conditions, random, deliver)
        self._rtt_s = rtt_s
        self._timeout_s = timeout_s
        self._next_number = 0
        self._next_delivered = 0
        self._pending: dict[int, _Pending] = {}
        self._arrived: dict[int, bytes] = {}

    def send(self, data: bytes) -> None:
        """Send a packet now."""
        self._note_sent(data)
        number = self._next_number
        self._next_number += 1
        self._transmit(number, _Pending(data, self._timeout_s))

    def _transmit(self, number: int, packet: _Pending) -> None:
        now_s = self._clock.now_s
        is_lost = self._fates.is_lost(now_s)
        if not is_lost and not self.is_cut(now_s):
            self._pending.pop(number, None)
            self._clock.call_after(
                self._fates.delay_s(now_s), partial(self._take_in, number, packet.data)
            )
            if not packet.is_repeated and self._pending:
                self._clock.call_after(self._rtt_s, partial(self._hear_of, number))
            return
        self.statistics.packets_lost += 1
        self._pending[number] = packet
        self._clock.call_after(packet.timeout_s, partial(self._time_out, number))

    def _hear_of(self, arrived: int) -> None:
        """The sender learns that a packet has arrived: those before it that have not, are late."""
        for number, packet in list(self._pending.items()):
            if number < arrived and not packet.is_repeated:
                packet.reports += 1
                if packet.reports == REPORTS_FOR_REPEAT:
                    packet.is_repeated = True
                    self._transmit(number, packet)

    def _time_out(self, number: int) -> None:
        packet = self._pending.get(number)
        if packet is not None:
            packet.is_repeated = True
            packet.timeout_s = min(2.0 * packet.timeout_s, MOST_TIMEOUT_S)
            self._transmit(number, packet)

    def _take_in(self, number: int, data: bytes) -> None:
        """The recipient hands on what is in order."""
        self._arrived[number] = data
        while (ready := self._arrived.pop(self._next_delivered, None)) is not None:
            self._next_delivered += 1
            self._arrive(ready)
