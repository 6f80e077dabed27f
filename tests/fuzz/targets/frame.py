"""Any text frames on the WebSocket of signalling, through the gate and the library behind it."""

from __future__ import annotations

import json

from peergym.signalling.messages import CLIENT_EVENTS
from tests.fuzz.choices import Choices
from tests.fuzz.server import Server, served_game

SOUND_FRAMES = (
    "40", "40{}", "3", "2", "41", '427["leave",{"token":"x"}]',
    "421" + json.dumps(["create_room", {"version": served_game().version}]),
    "42" + json.dumps(["quick_match", {"version": served_game().version}]),
)  # fmt: skip
NESTS = (("[", "]"), ('{"a":[', "]}"), ("[{},[", "]]"))


DEEP = frozenset({"passed", "refused", "hung up", "left", "create_room", "bad_token"})


def reach(data: bytes) -> set[str]:
    """The bytes decide about frames of two members, one after the other."""
    choices = Choices(data)
    server = Server(2)
    for _ in range(40):
        if not choices.left:
            break
        member = choices.pick(("ann", "bob"))
        if member not in server.members:
            server.connect(member)
            if choices.flag():
                server.hear_frame(member, "40")
        server.hear_frame(member, _frame(choices, server))
        assert len(server.sent) <= 80
    return server.reached


def _frame(choices: Choices, server: Server) -> str:
    kind = choices.below(5)
    if kind == 0:
        # A WebSocket carries UTF-8, so no half of a pair.
        return choices.text().encode("utf-8", "replace").decode()
    if kind == 1:
        return choices.take(2 * choices.byte()).decode("utf-8", "replace")
    if kind == 2:
        sound = choices.pick(SOUND_FRAMES).encode()
        return choices.mutate(sound).decode("utf-8", "replace")
    if kind == 3:
        opening, closing = choices.pick(NESTS)
        depth = choices.below(1100)
        nested = opening * depth + closing * depth
        return f'42{choices.byte()}["{choices.pick(CLIENT_EVENTS)}",{{"a":{nested or 0}}}]'
    event = json.dumps([choices.pick(CLIENT_EVENTS), _request(choices, server)])
    return f"42{choices.pick(('', '0', '7', '123456789'))}{event}"


def _request(choices: Choices, server: Server) -> dict[str, object]:
    request: dict[str, object] = {}
    if choices.flag():
        request["version"] = served_game().version
    if choices.flag():
        request["token"] = choices.pick(server.tokens or ["x"])
    if choices.flag():
        request["code"] = choices.pick(server.codes or ["CCCCCC"])
    return request
