"""The routes' part of a worker's mail: which records are theirs, and which they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from peergym.hosts.driver import Driver
from peergym.hosts.figures import MS
from peergym.hosts.mailbox import STAMP, In, Out
from peergym.hosts.peer_ways import BULK, CONTROL, INPUT
from peergym.hosts.routes import Routes

IS_TOKEN = 1  # index of a `RELAY` whose payload is one

ARRIVES_ON = {In.DATAGRAM: INPUT, In.MESSAGE: CONTROL, In.BULK: BULK}
LEAVES_AS = {INPUT: Out.DATAGRAM, CONTROL: Out.MESSAGE, BULK: Out.BULK}


def open_routes(driver: Driver, order: Mapping[str, Any], now_s: float) -> Routes:
    """Make the routes of a match that `WorkerHost.start_match` was told to play."""
    match = order["match"]
    return Routes(driver.session, order["localPeer"], match, match["owners"], now_s)


def take_mail(routes: Routes, kind: int, index: int, payload: bytes, now_s: float) -> bool:
    """Take in a record of the inbox, if it is for the routes. Returns whether it was."""
    if kind in (In.DATAGRAM, In.MESSAGE, In.BULK):
        data, arrived_s = _unstamped(payload)
        routes.receive_direct(ARRIVES_ON[In(kind)], data, index, arrived_s)
    elif kind == In.RELAYED:
        routes.receive_relayed(*_unstamped(payload))
    elif kind == In.LINK:
        routes.note_direct(index, now_s, is_open=payload == b"\x01")
    elif kind == In.RELAY and index == IS_TOKEN:
        routes.relay.set_token(payload.decode())
    elif kind == In.RELAY:
        routes.note_relay(now_s, is_open=payload == b"\x01")
    else:
        return False
    return True


def mail_to_send(routes: Routes, now_s: float) -> Iterator[tuple[int, int, bytes]]:
    """What the routes want sent, as (kind, index, payload) of records of the outbox."""
    for out in routes.drain(now_s):
        if out.channel:
            yield LEAVES_AS[out.channel], out.peer, out.data
        else:
            yield Out.RELAYED, 0, out.data


def _unstamped(payload: bytes) -> tuple[bytes, float]:
    """Bytes that came over a channel, and when, in seconds."""
    (arrival_ms,) = STAMP.unpack_from(payload)
    return payload[STAMP.size :], arrival_ms / MS
