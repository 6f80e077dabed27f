"""Requests of several members to the rooms of a server, sensible and not, in any order."""

from __future__ import annotations

from typing import Any

from peergym.signalling.messages import CLIENT_EVENTS
from tests.fuzz.choices import EDGES, Choices
from tests.fuzz.server import Server, served_game

MEMBERS = ("ann", "bob", "eve", "mallory")
PAUSES_S = (0.1, 1.0, 16.0, 99.0, 201.0)
MOST_STEPS = 60
ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1, 3.5, 10**400, float("nan"), float("inf"), "", "a" * 501, "\ud800+/=",
    "\0", [], ["x"] * 40, {}, {"a": {"a": {}}}, {str(n): n for n in range(40)},
)  # fmt: skip
FIELDS = (
    "version", "options", "input_delay", "checksum_interval_frames", "code", "token", "to", "kind",
    "payload", "unknown", "watch", "rejoin", "ready", "sitting", "group", "members", "epoch",
    "absent", "grace_s", "prediction_window",
)  # fmt: skip


DEEP = frozenset({
    *CLIENT_EVENTS, "room", "match", "peer", "gone", "signal", "decision", "closed", "bad_request",
    "too_large", "wrong_code", "kicked", "room_full", "room_closed", "bad_token", "seat_taken",
    "server_full", "version_mismatch", "rate_limited",
})  # fmt: skip


def reach(data: bytes) -> set[str]:
    """The bytes decide who asks for what."""
    choices = Choices(data)
    server = Server(2 + choices.below(2))
    for _ in range(MOST_STEPS):
        if not choices.left:
            break
        member = choices.pick(MEMBERS)
        kind = choices.below(16)
        if member not in server.members:
            server.connect(member)
        if kind == 0:
            server.disconnect(member)
        elif kind == 1:
            server.pass_time(choices.pick(PAUSES_S))
        else:
            event = choices.pick(CLIENT_EVENTS)
            request = _request(member, event, choices, server)
            if kind < 5:
                _spoil(request, choices)
            server.hear(member, event, request)
    return server.reached


def _request(member: str, event: str, choices: Choices, server: Server) -> dict[str, Any]:
    """A request that could be meant."""
    if event == "create_room":
        delay = choices.pick(("auto", "article", 0, 3, 10, 11))
        return {
            "version": served_game().version,
            "options": {"ball_speed": choices.number()} if choices.flag() else {},
            "input_delay": delay,
        }
    if event == "join_room":
        version = served_game().version
        asked = {"version": version, "code": _code(choices, server)}
        how = choices.byte()
        return {**asked, "watch": how % 4 == 0, **({"seat": how % 3} if how >= 224 else {})}
    if event == "quick_match":
        return {"version": served_game().version}
    request: dict[str, Any] = {"token": _token(member, choices, server)}
    if event == "signal":
        request |= {"to": choices.below(4), **_signal(choices)}
    elif event == "resume":
        request["rejoin"] = choices.flag()
    elif event == "ready":
        request["ready"] = choices.below(4) > 0
    elif event == "kick":
        request["sitting"] = choices.below(4)
    elif event == "arbitrate":
        group = [peer for peer in range(4) if choices.flag()] or [0]
        request |= {"epoch": choices.below(3), "group": group}
    return request


def _signal(choices: Choices) -> dict[str, Any]:
    kind = choices.below(4)
    if kind < 2:
        payload = {"type": ("offer", "answer")[kind], "sdp": choices.text()}
        return {"kind": "description", "payload": payload}
    if kind == 2:
        return {"kind": "candidate", "payload": None}
    payload = {"candidate": choices.text(), "sdpMid": choices.text()}
    payload |= {"sdpMLineIndex": choices.number()} if choices.flag() else {}
    return {"kind": "candidate", "payload": payload}


def _token(member: str, choices: Choices, server: Server) -> str:
    """Mostly one's own, now and then another's, or what is none."""
    if not server.tokens:
        return choices.text()
    kind = choices.below(8)
    if kind > 2 and member in server.token_of:
        return server.token_of[member]
    token = choices.pick(server.tokens)
    if kind > 0:
        return token
    return choices.mutate(token.encode()).decode("utf-8", "replace")


def _code(choices: Choices, server: Server) -> str:
    if not server.codes or not choices.below(8):
        return choices.text()
    return choices.pick(server.codes)


def _spoil(request: dict[str, Any], choices: Choices) -> None:
    """Put something else in the place of one field, or where none belongs."""
    name = choices.pick((*request, *FIELDS))
    kind = choices.below(4)
    if kind == 0:
        request.pop(name, None)
    elif kind == 1:
        request[name] = choices.pick(EDGES)
    elif kind == 2 and isinstance(request.get("payload"), dict):
        inner = request["payload"]
        inner[choices.pick((*inner, "x"))] = choices.pick(ODD_VALUES)
    else:
        request[name] = choices.pick(ODD_VALUES)
