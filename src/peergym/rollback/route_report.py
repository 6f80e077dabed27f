"""A route's report: nine bytes that two hosts exchange on each route that is open between them.

Theory of operation: a session's datagrams say what a peer holds, not by which way they came. So a
host sends on each route, a few times a second, what only the route's two ends can know: how much
was sent on it, how much of the other side's was lost, whether the direct route is heard, and stamps
of this route alone, from which its round trip follows as in `peergym.rollback.round_trip`. Its
first byte is one with which no datagram of a session begins.

Laws:
    - A report has one encoding; any other is refused by `WireError`.
    - A lost, repeated or late report does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from peergym.rollback.binary import WireError
from peergym.rollback.wire import Trailer, decode_trailer, encode_trailer

REPORT_FIRST_BYTE = 0x01  # the high nibble of a datagram of a session is its version, never 0
REPORT_BYTES = 9
COUNT_MODULUS = 1 << 16
LOSS_STEPS = 255

_REPORT_HEAD = bytes((REPORT_FIRST_BYTE,))
_HEARS_DIRECT, _LIKES_DIRECT, _ROUTE_SHIFT = 1, 2, 2


class Route(IntEnum):
    """By which way a pair of peers speaks."""

    NONE = 0
    DIRECT = 1
    RELAY = 2


@dataclass(frozen=True, slots=True)
class RouteReport:
    """What one end of a route tells the other.

    Attributes:
        hears_direct: Whether the sender hears the recipient on the direct route.
        likes_direct: Whether that has been good for so long that the sender would use it.
        route: What the sender uses towards the recipient.
        loss: Share of the recipient's datagrams on this route that were lost, 0 to 1.
        count: Datagrams that the sender has sent on this route, this one included, modulo 2**16.
        trailer: The stamps of this route.
    """

    hears_direct: bool
    likes_direct: bool
    route: Route
    loss: float
    count: int
    trailer: Trailer


def encode_report(report: RouteReport) -> bytes:
    """Encode a report.

    Raises:
        WireError: A number is out of range.
    """
    if not 0.0 <= report.loss <= 1.0 or not 0 <= report.count < COUNT_MODULUS:
        raise WireError(f"loss {report.loss} or count {report.count} is out of range")
    flags = report.hears_direct * _HEARS_DIRECT | report.likes_direct * _LIKES_DIRECT
    flags |= report.route << _ROUTE_SHIFT
    loss = round(report.loss * LOSS_STEPS)
    head = bytes((REPORT_FIRST_BYTE, flags, loss)) + report.count.to_bytes(2, "little")
    return head + encode_trailer(report.trailer)


def decode_report(data: bytes) -> RouteReport:
    """Decode a report.

    Raises:
        WireError: It is none.
    """
    if len(data) != REPORT_BYTES or data[0] != REPORT_FIRST_BYTE:
        raise WireError(f"a report has {REPORT_BYTES} bytes, not {len(data)}")
    flags = data[1]
    route = flags >> _ROUTE_SHIFT
    if route > Route.RELAY:
        raise WireError(f"there is no route {route}")
    return RouteReport(
        hears_direct=bool(flags & _HEARS_DIRECT),
        likes_direct=bool(flags & _LIKES_DIRECT),
        route=Route(route),
        loss=data[2] / LOSS_STEPS,
        count=int.from_bytes(data[3:5], "little"),
        trailer=decode_trailer(data[5:]),
    )


def is_report(data: bytes) -> bool:
    """Whether something that came on ``input`` is for the host and not for the session."""
    return data[:1] == _REPORT_HEAD
