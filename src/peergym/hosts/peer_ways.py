"""What there is of one peer: its routes, its reliable channels, and the reports that are due."""

from __future__ import annotations

from math import inf

from peergym.hosts.route_chooser import RouteChooser
from peergym.hosts.route_lane import LEAST_BULK_BYTES, CarriedLane
from peergym.rollback.round_trip import RoundTrip
from peergym.rollback.route_report import Route, RouteReport, encode_report
from peergym.rollback.wire import Trailer

INPUT, CONTROL, BULK = "input", "control", "bulk"

REPORT_EVERY_S = 0.2  # on a direct route that is watched: two may be lost before it is silent
CALM_REPORT_EVERY_S = 0.5  # on the route in use, over which datagrams go anyway
IDLE_REPORT_EVERY_S = 5.0  # through the relay, of a pair that speaks directly


CHANGES_TOLD = 30  # in a row: more than an evening brings, and few of the events a record holds
CHANGE_TOLD_EVERY_S = 5.0  # beyond: a peer may come and go as often as it likes


class PeerWays:
    """What there is of one peer.

    Args:
        now_s: The time.
        may_be_direct: Whether a direct connection is tried at all.

    Attributes:
        chooser: Decides by which way.
        lanes: Its reliable channels.
        has_left_relay: It has left the relay on purpose.
        was_direct: Its direct channels were open at some time.
        closed_s: When they closed last.
        gone_s: When it was last found to be at the relay no more.
        is_excused: Its silence is not judged for the moment.
    """

    __slots__ = (
        "_changes_left",
        "_changes_left_s",
        "_report_due_s",
        "chooser",
        "closed_s",
        "gone_s",
        "has_left_relay",
        "is_excused",
        "lanes",
        "was_direct",
    )

    def __init__(self, now_s: float, *, may_be_direct: bool) -> None:
        self.chooser = RouteChooser(now_s, may_be_direct=may_be_direct)
        self.lanes = {CONTROL: CarriedLane(), BULK: CarriedLane(LEAST_BULK_BYTES)}
        self.has_left_relay = False
        self.was_direct = False
        self.closed_s = self.gone_s = -inf
        self.is_excused = False
        self._changes_left, self._changes_left_s = float(CHANGES_TOLD), now_s
        self._report_due_s = {Route.DIRECT: -inf, Route.RELAY: -inf}

    @property
    def is_delivered(self) -> bool:
        """Whether the peer has said that it has all messages, or there is no way to it."""
        is_reached = self.chooser.route is not Route.NONE
        return not is_reached or all(lane.is_delivered for lane in self.lanes.values())

    def may_tell_change(self, now_s: float) -> bool:
        """Whether a change of the route is to be told of, which counts."""
        grown = self._changes_left + (now_s - self._changes_left_s) / CHANGE_TOLD_EVERY_S
        self._changes_left, self._changes_left_s = min(grown, float(CHANGES_TOLD)), now_s
        if self._changes_left < 1.0:
            return False
        self._changes_left -= 1.0
        return True

    def change_lanes(self, now_s: float) -> None:
        """Another route is in use, or the same one has begun anew."""
        for lane in self.lanes.values():
            lane.change_route(now_s)

    def report_now(self, now_s: float) -> None:
        """Have reports sent at once: something has changed."""
        for route in self._report_due_s:
            self._report_due_s[route] = now_s

    def take_report(self, route: Route, now_s: float) -> bytes:
        """The report to send over a route, if one is due; else nothing."""
        chooser = self.chooser
        quality = chooser.quality(route)
        if not quality.is_open or now_s < self._report_due_s[route]:
            return b""
        self._report_due_s[route] = now_s + self._report_every_s(route, now_s)
        return encode_report(
            RouteReport(
                hears_direct=chooser.hears_direct(now_s),
                likes_direct=chooser.likes_direct(now_s),
                route=chooser.route,
                loss=quality.loss_in,
                count=quality.count_sent(),
                trailer=Trailer(RoundTrip.stamp(now_s), quality.round_trip.echo(now_s)),
            )
        )

    def _report_every_s(self, route: Route, now_s: float) -> float:
        chooser = self.chooser
        is_doubtful = chooser.direct.is_open and not chooser.hears_direct(now_s)
        if route is Route.RELAY and chooser.route is Route.DIRECT and not is_doubtful:
            return IDLE_REPORT_EVERY_S
        if route is chooser.route and not is_doubtful:
            return CALM_REPORT_EVERY_S
        return REPORT_EVERY_S
