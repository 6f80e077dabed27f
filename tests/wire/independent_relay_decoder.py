"""A decoder of the relay's frames and of reports, written from ``docs/relay.md`` alone."""

from __future__ import annotations

from typing import Any

from tests.wire.independent_decoder import Cursor, RefusedError, require

UP = {1: "Attach", 2: "Input", 3: "Control", 4: "Bulk", 5: "Ping", 6: "Report"}
DOWN = {
    17: "Welcome",
    18: "Input",
    19: "Control",
    20: "Bulk",
    21: "Pong",
    22: "Report",
    23: "Came",
    24: "Gone",
    25: "Token",
}
MOST = {"Input": 1200, "Report": 1200, "Control": 24 * 1024, "Bulk": 24 * 1024}
ROUTES = ["none", "direct", "relay"]


def decode_frame(way: str, data: bytes) -> dict[str, Any]:
    """The meaning of a frame that goes ``up`` or ``down``."""
    require(0 < len(data) <= 24 * 1024 + 2, "length")
    cursor = Cursor(data)
    kind = cursor.fixed(1)
    names = UP if way == "up" else DOWN
    require(kind in names, "kind")
    name = names[kind]
    meaning: dict[str, Any] = {"frame": name}
    if name in ("Attach", "Token"):
        meaning["token"] = text(cursor)
    elif name in ("Ping", "Pong"):
        meaning["stamp"] = cursor.fixed(4)
    elif way == "up" and name == "Input":
        meaning |= fanned(cursor)
    elif name == "Welcome":
        meaning["peer"] = cursor.fixed(1)
        others = list(rest(cursor))
        require(others == sorted(set(others) - {meaning["peer"]}), "others")
        meaning["others"] = others
    elif name in ("Came", "Gone"):
        meaning["peer"] = cursor.fixed(1)
        if name == "Gone":
            flag = cursor.fixed(1)
            require(flag in (0, 1), "flag")
            meaning["goodbye"] = flag == 1
    else:
        meaning["peer"] = cursor.fixed(1)
        carried = rest(cursor)
        require(0 < len(carried) <= MOST[name], "length of what is carried")
        meaning["data"] = carried.hex()
    cursor.finish()
    return meaning


def fanned(cursor: Cursor) -> dict[str, Any]:
    recipients: dict[str, str] = {}
    last = -1
    for _ in range(cursor.fixed(1)):
        peer = cursor.fixed(1)
        require(peer > last, "recipients ascend")
        last = peer
        recipients[str(peer)] = cursor.take(4).hex()
    body = rest(cursor)
    require(bool(recipients) and 0 < len(body) <= 1200 - 4, "datagram")
    return {"recipients": recipients, "body": body.hex()}


def decode_report(data: bytes) -> dict[str, Any]:
    """The meaning of a report."""
    cursor = Cursor(data)
    require(cursor.fixed(1) == 1, "mark")
    flags, loss = cursor.fixed(1), cursor.fixed(1)
    require(flags // 4 < len(ROUTES), "flags")
    meaning = {
        "hears_direct": flags % 2 == 1,
        "likes_direct": flags // 2 % 2 == 1,
        "route": ROUTES[flags // 4],
        "loss_of_255": loss,
        "count": cursor.fixed(2),
        "sent": cursor.fixed(2),
    }
    stamped = cursor.fixed(2)
    require(stamped == 0 or stamped >= 2**15, "echo without its mark")
    meaning["echo"] = stamped - 2**15 if stamped else None
    cursor.finish()
    return meaning


def rest(cursor: Cursor) -> bytes:
    return cursor.take(len(cursor.rest))


def text(cursor: Cursor) -> str:
    data = rest(cursor)
    require(0 < len(data) <= 1024, "length of a token")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError("text is not UTF-8") from None
