"""Which way one peer is spoken to: directly, or through the relay. Decided here and nowhere else.

Theory of operation: silence decides, not ICE, which takes 5 to 15 s to notice. What is heard on the
direct route, and what the other side reports of it, is all that counts.

    route  | event                                             | next
    -------+---------------------------------------------------+-------
    NONE   | the direct channels are open                      | DIRECT
    NONE   | they are not within 3 s, or never will be         | RELAY
    DIRECT | nothing was heard on it for 1 s                   | RELAY
    DIRECT | the other side hears nothing on it                | RELAY
    DIRECT | its channels have closed                          | RELAY
    RELAY  | both sides have heard it well for 10 s            | DIRECT
    RELAY  | the relay is gone, the direct channels are open   | DIRECT
    any    | neither is there                                  | NONE

Half a second before a silent direct route is left, and for a second after any change, datagrams go
both ways: they do no harm twice. Whoever comes back to a direct route and loses it again within a
minute must like it for twice as long the next time.

Laws:
    - The relay is chosen only while it can reach the peer.
    - A silence is judged only after the peer was heard, or has been at the relay for as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from peergym.hosts.route_quality import RouteQuality
from peergym.rollback.route_report import Route, RouteReport

INTERRUPTED_AFTER_S = 0.5  # as in the session: below it, silence is jitter
RELAY_AFTER_S = 1.0  # two players stall by then; ICE would say "disconnected" after 5 s
DIRECT_WITHIN_S = 3.0  # a connection takes 0.5 to 1.5 s, under heavy loss 2.7; ICE gives up at 15
GOOD_FOR_S = 10.0  # longer than most interruptions of a radio link
MOST_GOOD_FOR_S = 160.0
STAYED_FOR_S = 60.0  # a direct route that lasted so long has made up for its past
MOST_LOSS = 0.2  # beyond it the relay, whose loss TCP repairs, is the better way
BOTH_FOR_S = 1.0
REPORT_FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """Another route is in use."""

    route: Route
    reason: str


class RouteChooser:
    """The routes to one peer.

    Args:
        now_s: The time.
        may_be_direct: Whether a direct connection is tried at all.

    Attributes:
        route: What is in use.
        reason: Why.
        direct: The direct route; through a TURN server, too.
        relay: The way through our relay; open while it can reach the peer.
        was_relayed: Whether the relay was the only way when it went away.
    """

    __slots__ = (
        "_both_until_s",
        "_expects_direct_until_s",
        "_good_for_s",
        "_good_since_s",
        "_likes_direct",
        "_reported_s",
        "_returned_s",
        "_unheard_since_s",
        "direct",
        "reason",
        "relay",
        "route",
        "was_relayed",
    )

    def __init__(self, now_s: float, *, may_be_direct: bool) -> None:
        self.route = Route.NONE
        self.reason = "no way was found yet"
        self.direct = RouteQuality()
        self.relay = RouteQuality()
        self.was_relayed = False
        self._expects_direct_until_s = now_s + DIRECT_WITHIN_S if may_be_direct else -inf
        self._both_until_s = -inf
        self._good_since_s: float | None = None
        self._good_for_s = GOOD_FOR_S
        self._returned_s = -inf
        self._reported_s = -inf
        self._unheard_since_s: float | None = None
        self._likes_direct = False

    # --- what is asked

    def quality(self, route: Route) -> RouteQuality:
        """Of the direct route, or of that through the relay."""
        return self.direct if route is Route.DIRECT else self.relay

    def hears_direct(self, now_s: float) -> bool:
        """Whether the peer is heard on the direct route."""
        return self.direct.is_open and self.direct.silent_s(now_s) < INTERRUPTED_AFTER_S

    def likes_direct(self, now_s: float) -> bool:
        """Whether the direct route has been good for long enough."""
        return self._good_since_s is not None and now_s - self._good_since_s >= self._good_for_s

    def ways(self, now_s: float) -> tuple[Route, ...]:
        """By which routes datagrams go now, the one in use first."""
        if self.route is Route.NONE:
            return ()
        other = Route.RELAY if self.route is Route.DIRECT else Route.DIRECT
        is_doubtful = self.route is Route.DIRECT and self._silent_s(now_s) >= INTERRUPTED_AFTER_S
        if self.quality(other).is_open and (now_s < self._both_until_s or is_doubtful):
            return (self.route, other)
        return (self.route,)

    # --- what happens

    def note_report(self, report: RouteReport, route: Route, now_s: float) -> None:
        """The peer's report has come over a route."""
        self.quality(route).note_report(report, now_s)
        self._reported_s = now_s
        if report.hears_direct:
            self._unheard_since_s = None
        elif self._unheard_since_s is None:
            self._unheard_since_s = now_s
        self._likes_direct = report.likes_direct

    def restart(self, now_s: float) -> None:
        """We slept: the silence of others means nothing, and nothing is known any more."""
        for quality in (self.direct, self.relay):
            if quality.heard_s > -inf:
                quality.heard_s = now_s
        self._good_since_s = None
        self._reported_s = -inf
        self._unheard_since_s = None

    def update(self, now_s: float) -> Change | None:
        """Look at the routes, and change to another if that is due."""
        self._judge_direct(now_s)
        found = self._find(now_s)
        if found is None:
            return None
        self._note_change(found, now_s)
        return found

    # --- the decision

    def _find(self, now_s: float) -> Change | None:
        if self.route is Route.DIRECT:
            return self._leave_direct(now_s)
        if self.route is Route.RELAY:
            return self._leave_relay(now_s)
        if self.direct.is_open:
            return Change(Route.DIRECT, "a direct connection came about")
        if not self.relay.is_open or now_s < self._expects_direct_until_s:
            return None
        if self._expects_direct_until_s == -inf:
            return Change(Route.RELAY, "this pair speaks through the relay")
        return Change(
            Route.RELAY, f"no direct connection came about within {DIRECT_WITHIN_S:.0f} s"
        )

    def _leave_direct(self, now_s: float) -> Change | None:
        if not self.direct.is_open:
            route = Route.RELAY if self.relay.is_open else Route.NONE
            return Change(route, "the direct connection was closed")
        if not self.relay.is_open:
            return None
        if self._silent_s(now_s) >= RELAY_AFTER_S:
            return Change(Route.RELAY, f"nothing was heard directly for {RELAY_AFTER_S:.0f} s")
        if self._is_unheard(now_s):
            return Change(Route.RELAY, "the other side hears nothing directly")
        return None

    def _leave_relay(self, now_s: float) -> Change | None:
        if not self.relay.is_open:
            route = Route.DIRECT if self.direct.is_open else Route.NONE
            return Change(route, "the relay does not reach the other side")
        was_told = now_s - self._reported_s <= REPORT_FRESH_S
        if self.likes_direct(now_s) and was_told and self._likes_direct:
            good_for_s = self._good_for_s
            return Change(Route.DIRECT, f"the direct route has been good for {good_for_s:.0f} s")
        return None

    def _silent_s(self, now_s: float) -> float:
        """How long the direct route has been silent while it should not have been."""
        direct = self.direct
        if direct.heard_s > -inf:
            return direct.silent_s(now_s)
        # Until the peer's host is up it says nothing; once it is, it is at the relay, too.
        return now_s - max(direct.opened_s, self.relay.opened_s) if self.relay.is_open else 0.0

    def _is_unheard(self, now_s: float) -> bool:
        """Whether the peer keeps saying that it hears nothing of us on the direct route."""
        since_s = self._unheard_since_s
        if since_s is None or now_s - self._reported_s > REPORT_FRESH_S:
            return False
        has_had_time = now_s - self.direct.opened_s >= RELAY_AFTER_S
        return has_had_time and now_s - since_s >= INTERRUPTED_AFTER_S

    def _judge_direct(self, now_s: float) -> None:
        direct = self.direct
        is_good = self.hears_direct(now_s) and max(direct.loss_in, direct.loss_out) <= MOST_LOSS
        if not is_good:
            self._good_since_s = None
        elif self._good_since_s is None:
            self._good_since_s = now_s
        if self.hears_direct(now_s):
            self.was_relayed = False

    def _note_change(self, change: Change, now_s: float) -> None:
        was, self.route, self.reason = self.route, change.route, change.reason
        if was is Route.RELAY and not self.relay.is_open:
            self.was_relayed = not self.hears_direct(now_s)
        elif change.route is Route.RELAY:
            self.was_relayed = False
        if was is Route.NONE:
            return
        self._both_until_s = now_s + BOTH_FOR_S
        if change.route is Route.DIRECT:
            self._returned_s = now_s
        elif was is Route.DIRECT:
            lasted_s = now_s - self._returned_s
            is_fickle = lasted_s < STAYED_FOR_S
            doubled_s = min(2 * self._good_for_s, MOST_GOOD_FOR_S)
            self._good_for_s = doubled_s if is_fickle else GOOD_FOR_S
            self._good_since_s = None
