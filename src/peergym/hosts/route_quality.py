"""How good one route to one peer is, from every datagram and every report that comes over it.

Theory of operation: each end counts what it sends on the route and says so in its reports, so each
knows what share of it was lost. The stamps of reports travel on this route alone and give its round
trip; the stamps of all datagrams tell how much longer than at best each took, and from that the
jitter. That change of the way needs no common clock: only differences of it are looked at.

Law: nothing here decides anything.
"""

from __future__ import annotations

from collections import deque
from math import inf

from peergym.rollback.round_trip import STAMP_MODULUS, STAMPS_PER_S, RoundTrip
from peergym.rollback.route_report import COUNT_MODULUS, RouteReport

LOSS_OVER_S = 2.0  # long enough for a share of a hundred datagrams, short enough to notice a change
FEWEST_COUNTED = 4  # of fewer a share says nothing
SILENCE_S = 0.5  # after it, what was lost before says nothing of what is lost now
BEST_FORGOTTEN_S = 30.0  # clocks drift by some ppm: a best way of long ago is none


class RouteQuality:
    """One route to one peer.

    Attributes:
        is_open: Whether bytes can be given to it.
        opened_s: Since when.
        heard_s: When something came over it last; -inf before.
        round_trip: Of this route alone.
        sent: Datagrams and reports sent on it.
        loss_in: Share of the other side's that were lost lately, 0 to 1.
        loss_out: The same of ours, as the other side reports it.
        jitter_s: Mean deviation of the time under way.
        one_way_change_s: How much longer than at best the newest datagram was under way.
    """

    __slots__ = (
        "_best_s",
        "_best_transit",
        "_counted",
        "_last_transit",
        "_received",
        "heard_s",
        "is_open",
        "jitter_s",
        "loss_in",
        "loss_out",
        "one_way_change_s",
        "opened_s",
        "round_trip",
        "sent",
    )

    def __init__(self) -> None:
        self.is_open = False
        self.opened_s = -inf
        self.heard_s = -inf
        self.sent = 0
        self._received = 0
        self._counted: deque[tuple[float, int, int]] = deque()
        self.forget()

    def forget(self) -> None:
        """Begin to measure anew: the route has become another one, or both ends have slept."""
        self.round_trip = RoundTrip()
        self.loss_in = self.loss_out = 0.0
        self.jitter_s = self.one_way_change_s = 0.0
        self._counted.clear()
        self._best_transit: int | None = None
        self._best_s = 0.0
        self._last_transit = 0

    def set_open(self, now_s: float, *, is_open: bool) -> bool:
        """The route has opened or closed. Returns whether that is news."""
        if is_open == self.is_open:
            return False
        self.is_open = is_open
        if is_open:
            self.opened_s = now_s
            self.heard_s = -inf
            self.forget()
        return True

    def silent_s(self, now_s: float) -> float:
        """How long nothing has been heard; infinite before anything was."""
        return now_s - self.heard_s

    def note_message(self, now_s: float) -> None:
        """Something reliable has come: a sign of life, and nothing to count."""
        if self.silent_s(now_s) > SILENCE_S:
            self._counted.clear()
            self.loss_in = 0.0
        self.heard_s = max(self.heard_s, now_s)

    def note_datagram(self, sent_stamp: int, now_s: float) -> None:
        """A datagram has come, sent at a stamp of the other side's clock."""
        self.note_message(now_s)
        self._received += 1
        # Differences of clocks, modulo what a stamp holds; signed, around the best one.
        transit = int(now_s * STAMPS_PER_S) - sent_stamp
        if self._best_transit is None:
            self._best_transit, self._best_s = transit, now_s
            self._last_transit = 0
            return
        change = (transit - self._best_transit) % STAMP_MODULUS
        if change >= STAMP_MODULUS // 2 or now_s - self._best_s > BEST_FORGOTTEN_S:
            self._best_transit, self._best_s = transit, now_s
            change = 0
        self.jitter_s += (abs(change - self._last_transit) / STAMPS_PER_S - self.jitter_s) / 16
        self._last_transit = change
        self.one_way_change_s = change / STAMPS_PER_S

    def note_report(self, report: RouteReport, now_s: float) -> None:
        """The other side's report has come over this route."""
        trailer = report.trailer
        self.note_datagram(trailer.sent, now_s)
        self.round_trip.receive(trailer.sent, trailer.echo, now_s)
        self.loss_out = report.loss
        counted = self._counted
        counted.append((now_s, report.count, self._received))
        while len(counted) > 2 and counted[1][0] <= now_s - LOSS_OVER_S:
            counted.popleft()
        _, count, received = counted[0]
        sent = (report.count - count) % COUNT_MODULUS
        # Half the range and more: an older report that came late.
        if FEWEST_COUNTED <= sent < COUNT_MODULUS // 2:
            self.loss_in = min(1.0, max(0.0, 1.0 - (self._received - received) / sent))

    def count_sent(self) -> int:
        """Note that a datagram or report is sent. Returns its number, as a report has it."""
        self.sent += 1
        return self.sent % COUNT_MODULUS
