"""Adds golden vectors of the relay's frames and of reports: run it after adding a case below.

python tests/wire/vectors/add_relay.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from peergym.rollback import relay_wire as relay
from peergym.rollback.relay_wire import DownKind, UpKind
from peergym.rollback.route_report import Route, RouteReport, decode_report, encode_report
from peergym.rollback.wire import Trailer
from tests.wire import independent_relay_decoder as independent
from tests.wire import relay_meaning as meanings
from tests.wire.independent_decoder import RefusedError
from tests.wire.vectors.add import add

BODY = bytes.fromhex("11fcd600a49c010e539768")
FRAMES: dict[str, tuple[str, bytes]] = {
    "attach": ("up", relay.encode_attach("token")),
    "input for one": ("up", relay.encode_input([(1, bytes.fromhex("409c4d81"))], BODY)),
    "input for three": (
        "up",
        relay.encode_input([(255, bytes(4)), (0, bytes(4)), (7, bytes.fromhex("419c0000"))], BODY),
    ),
    "control up": ("up", relay.encode_addressed(UpKind.CONTROL, 2, bytes.fromhex("010003ac02"))),
    "bulk up": ("up", relay.encode_addressed(UpKind.BULK, 2, b"\x01")),
    "report up": ("up", relay.encode_addressed(UpKind.REPORT, 2, bytes(9))),
    "ping": ("up", relay.encode_ping(0xFFFFFFFE)),
    "welcome alone": ("down", relay.encode_welcome(3, ())),
    "welcome among others": ("down", relay.encode_welcome(3, (9, 0, 4))),
    "input down": ("down", relay.encode_addressed(DownKind.INPUT, 0, BODY + bytes(4))),
    "control down": ("down", relay.encode_addressed(DownKind.CONTROL, 255, b"\x01\x00\x02")),
    "bulk down": ("down", relay.encode_addressed(DownKind.BULK, 1, b"\x01\x00\x02")),
    "report down": ("down", relay.encode_addressed(DownKind.REPORT, 1, bytes(9))),
    "pong": ("down", relay.encode_pong(0)),
    "came": ("down", relay.encode_came(5)),
    "gone": ("down", relay.encode_gone(5, is_goodbye=False)),
    "gone for good": ("down", relay.encode_gone(5, is_goodbye=True)),
    "token": ("down", relay.encode_token("ä token")),
}
REPORTS = {
    "first report": RouteReport(
        hears_direct=False,
        likes_direct=False,
        route=Route.NONE,
        loss=0.0,
        count=1,
        trailer=Trailer(0, None),
    ),
    "report of a relayed pair": RouteReport(
        hears_direct=True,
        likes_direct=True,
        route=Route.RELAY,
        loss=0.2,
        count=65535,
        trailer=Trailer(40000, 333),
    ),
    "all is lost": RouteReport(
        hears_direct=False,
        likes_direct=False,
        route=Route.DIRECT,
        loss=1.0,
        count=0,
        trailer=Trailer(65535, 0),
    ),
}
REFUSED = {
    "no kind": ("up", ""),
    "kind of the relay": ("up", "120105"),
    "kind of a peer": ("down", "030105"),
    "input for nobody": ("up", "0200 aabb"),
    "input without a body": ("up", "0201 0100000000"),
    "recipients that do not ascend": ("up", "0202 0200000000 0100000000 aa"),
    "a recipient twice": ("up", "0202 0100000000 0100000000 aa"),
    "a recipient without a trailer": ("up", "0202 0100000000 01"),
    "body too long": ("up", "0201 0100000000" + "00" * 1197),
    "control without a message": ("up", "0301"),
    "control too long": ("up", "0301" + "00" * (24 * 1024 + 1)),
    "a short ping": ("up", "05000000"),
    "a long ping": ("up", "050000000000"),
    "attach without a token": ("up", "01"),
    "attach with a long token": ("up", "01" + "61" * 1025),
    "attach with no text": ("up", "01ff"),
    "a welcome to nobody": ("down", "11"),
    "a welcome among oneself": ("down", "110303"),
    "a welcome in disorder": ("down", "11030504"),
    "gone, perhaps": ("down", "180502"),
    "gone without a word": ("down", "1805"),
    "two came": ("down", "170506"),
    "a report of another mark": ("report", "020000010000000000"),
    "a report with another route": ("report", "010c00010000000000"),
    "a report with unknown flags": ("report", "011000010000000000"),
    "a short report": ("report", "0100000100000000"),
    "a long report": ("report", "01000001000000000000"),
    "a report with an unmarked echo": ("report", "010000010000000100"),
}


def frame(case: tuple[str, bytes]) -> dict[str, Any]:
    way, data = case
    decoded = relay.decode_up(data) if way == "up" else relay.decode_down(data)
    return {"way": way, "hex": data.hex(), "meaning": meanings.of_frame(decoded)}


def report(case: RouteReport) -> dict[str, Any]:
    data = encode_report(case)
    meaning = meanings.of_report(decode_report(data))
    return {"way": "report", "hex": data.hex(), "meaning": meaning}


def refused(case: tuple[str, str]) -> dict[str, Any]:
    way, data = case[0], bytes.fromhex(case[1])
    try:
        if way == "report":
            independent.decode_report(data)
        else:
            independent.decode_frame(way, data)
    except RefusedError as reason:
        return {"way": way, "hex": data.hex(), "reason": str(reason)}
    raise SystemExit(f"{data.hex()}, {way}, is not refused")


if __name__ == "__main__":
    add("relay.json", FRAMES, frame)
    add("relay.json", REPORTS, report)
    add("relay_refused.json", REFUSED, refused)
