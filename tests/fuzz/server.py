"""The signalling of a server without a network: gate, library and requests, called by hand.

Laws, checked after every request:
    - Every request is answered, and never with "the server failed".
    - What is refused has changed no room and is told to nobody.
    - What the gate lets through, the library behind it can read.
    - Nobody sits twice, no room is left behind, and all that is kept is bounded.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Coroutine
from functools import cache
from random import Random
from typing import Any, TypeVar

import engineio
import socketio

from peergym.envs.description import describe
from peergym.games.catalogue import find_game
from peergym.server.game import ServedGame
from peergym.server.gate import FrameGuard, Traffic
from peergym.server.ice import IceIssuer
from peergym.server.kept_rooms import KeptRooms
from peergym.server.record_tokens import RecordIssuer, RecordTokens
from peergym.server.relay_tokens import RelayTokens
from peergym.server.room_store import RoomStore
from peergym.server.runtime import Runtime
from peergym.server.settings import ServerSettings, SocketLimits
from peergym.server.sockets import SignallingSockets
from peergym.server.tokens import TokenSigner
from peergym.signalling import ErrorCode, RoomLimits, Rooms, RoomState
from peergym.signalling.messages import CLIENT_EVENTS, MAX_PEERS
from tests.signalling.lobby import picture

T = TypeVar("T")

ROOMS = RoomLimits(rooms=3, room_lifetime_s=200.0, grace_s=15.0, held_signals=3, remembered_codes=4)
SOCKETS = SocketLimits(messages_burst=20.0, frames_burst=30.0, entries_burst=25.0)
PUSHED = ("room", "match", "peer", "gone", "signal", "decision", "closed")
MOST_NEWS = 2 * MAX_PEERS
"""Of those who come and go, for somebody who is away."""
END = {"type": "websocket.disconnect", "code": 1000}
DEEPER_FRAMES = 60
"""How much deeper than the gate's the library's stack may be; on a real server it was about 26."""


class Server:
    """A server and the members that are connected to it.

    Args:
        seats: Of each room.
    """

    def __init__(self, seats: int) -> None:
        self.now_s = 0.0
        self.seats = seats
        self.rooms = Rooms(seats, Random(1).randbytes, ROOMS)
        self.settings = ServerSettings(
            socket_limits=SOCKETS,
            clock=lambda: self.now_s,
            wall_clock=lambda: self.now_s,
            entropy=Random(2).randbytes,
        )
        self.traffic = Traffic()
        signer = TokenSigner("a secret", 100.0)
        tokens = RecordTokens("a secret", 100.0)
        records = RecordIssuer(tokens, served_game().runtime, lambda: self.now_s, lambda: None)
        ice = IceIssuer(self.settings.ice, self.settings.wall_clock)
        relay = RelayTokens("a secret", 100.0)
        self.sockets = SignallingSockets(
            self.settings,
            served_game(),
            self.rooms,
            signer,
            records,
            ice,
            relay,
            lambda match_id, peer: relay.revoke(match_id, peer, self.now_s),
            # Only the task that pushes writes them, and here nothing does.
            KeptRooms(self.rooms, _NoStore(), records, self.settings.clock, self.settings.clock),
            self.traffic,
        )
        self.members: dict[str, FrameGuard] = {}
        self.tokens: list[str] = []
        self.token_of: dict[str, str] = {}
        self.codes: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.reached: set[str] = set()
        self._waiting: list[dict[str, Any]] = []
        _raise_what_is_logged()

    def connect(self, member: str) -> None:
        """Somebody opens a connection."""
        self.members[member] = FrameGuard(
            self._receive, self._send, SOCKETS, self.traffic, self.settings.clock
        )
        run(self._handler("connect")(member, {"asgi.scope": {"client": ("::1", 1)}}, None))

    def disconnect(self, member: str) -> None:
        """A connection is gone."""
        del self.members[member]
        run(self._handler("disconnect")(member, "gone"))
        self._check_pushes()
        self._check_rooms()

    def hear_frame(self, member: str, frame: str) -> None:
        """Put a frame through the gate, and what passes through the library."""
        before = picture(self.rooms)
        refused = self.traffic.refused.total()
        self._waiting = [{"type": "websocket.receive", "text": frame}]
        passed = run(self.members[member].receive())
        if passed is END:
            assert self.traffic.refused.total() == refused + 1
            self.reached.add("refused")
        elif passed["type"] == "websocket.disconnect" or frame in ("1", "41"):
            self.reached.add("left" if frame in ("1", "41") else "hung up")
            self.disconnect(member)
            return
        elif frame[:2] == "42":
            event, request = _deeper(DEEPER_FRAMES, frame)
            self.hear(member, event, request)
            return
        elif frame != "3":
            self.reached.add("passed")
            _deeper(DEEPER_FRAMES, frame)
        assert picture(self.rooms) == before

    def hear(self, member: str, event: str, request: Any) -> dict[str, Any]:
        """Put a request to the server. Returns its answer."""
        assert event in CLIENT_EVENTS
        before = picture(self.rooms)
        answer: dict[str, Any] = run(self._handler("*")(event, member, request))
        json.dumps(answer, allow_nan=False)
        pushes = self._check_pushes()
        self.reached.add(event if answer["ok"] else answer["error"]["code"])
        if answer["ok"]:
            if "token" in answer:
                self.tokens.append(answer["token"])
                self.token_of[member] = answer["token"]
                self.codes.append(answer["room"]["code"])
        else:
            assert answer["error"]["code"] in set(ErrorCode) - {ErrorCode.SERVER_ERROR}
            assert answer["error"]["message"].endswith(".")
            assert picture(self.rooms) == before
            assert not pushes
        self._check_rooms()
        return answer

    def pass_time(self, for_s: float) -> None:
        """Let time pass."""
        self.now_s += for_s
        self.rooms.handle_timer(self.now_s)
        self._check_pushes()
        self._check_rooms()

    def _check_pushes(self) -> int:
        pushes = self.rooms.pushes_to_send()
        for push in pushes:
            assert push.event in PUSHED
            self.reached.add(push.event)
            assert push.member in self.members
            json.dumps(push.payload, allow_nan=False)
        return len(pushes)

    def _check_rooms(self) -> None:
        rooms = self.rooms.rooms()
        assert len(rooms) <= ROOMS.rooms
        known = self.rooms._known
        assert len(known.by_code) == len({room.code for room in rooms}) == len(rooms)
        assert len(known._closed) <= 2 * ROOMS.remembered_codes
        holders = []
        for room in rooms:
            seats = [one.seat for one in room.players]
            assert 0 < len(seats) == len(set(seats))
            assert set(seats) <= set(range(self.seats))
            assert len(room.spectators) <= ROOMS.spectators
            assert (room.state is RoomState.PLAYING) == (room.match is not None)
            for one in room.sittings.values():
                assert (one.member is None) == (one.lost_s is not None)
                assert len(one.held) <= ROOMS.held_signals + MOST_NEWS
                holders += [one.member] if one.member is not None else []
        assert sorted(holders) == sorted(set(holders)) == sorted(known.place_of)

    def _handler(self, event: str) -> Any:
        return self.sockets.sio.handlers["/"][event]

    async def _receive(self) -> Any:
        return self._waiting.pop(0) if self._waiting else END

    async def _send(self, event: Any) -> None:
        self.sent.append(event)
        if "text" in event:
            answer = json.loads(event["text"].lstrip("0123456789"))
            assert answer[0]["ok"] is False


class _NoStore(RoomStore):
    """Keeps nothing."""

    def __init__(self) -> None:
        pass


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run something that awaits nothing that waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise AssertionError("waits for something")


@cache
def served_game() -> ServedGame:
    """Pong, with nothing for browsers."""
    return ServedGame(describe(find_game("pong")), Runtime(b"", "f" * 64, "", "pong"))


def _deeper(frames: int, frame: str) -> Any:
    """Read a frame as the library does, from as deep a stack. Returns event and request."""
    if frames:
        return _deeper(frames - 1, frame)
    outer = engineio.packet.Packet(encoded_packet=frame)
    assert outer.packet_type == engineio.packet.MESSAGE
    inner = socketio.packet.Packet(encoded_packet=outer.data)
    assert inner.namespace in (None, "/")
    if inner.packet_type == socketio.packet.CONNECT:
        return inner.data
    assert inner.packet_type == socketio.packet.EVENT
    event, request = inner.data
    return event, request


class _RaisingHandler(logging.Handler):
    """The server logs an error of its own and goes on; here it is a finding."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            raise record.exc_info[1]
        raise AssertionError(record.getMessage())


def _raise_what_is_logged() -> None:
    log = logging.getLogger("peergym.server.sockets")
    if not any(isinstance(handler, _RaisingHandler) for handler in log.handlers):
        log.addHandler(_RaisingHandler())
