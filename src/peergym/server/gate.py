"""What a WebSocket must be like to reach the signalling: origin, number, size, rate, form.

The Socket.IO library trusts its clients in places: a frame that is no packet ends its task
without cleaning up, ``disconnect`` may be sent as if it were an event, and an attachment that
never comes is waited for. So every frame is looked at first. What is not an event of ours is
answered with an error where it asks for an answer, and goes no further: nothing changes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from peergym.errors import SignallingError
from peergym.server.settings import SocketLimits
from peergym.signalling import ErrorCode, TokenBucket, refusal
from peergym.signalling.messages import CLIENT_EVENTS

AsgiEvent: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[AsgiEvent]]
Send: TypeAlias = Callable[[AsgiEvent], Awaitable[None]]
App: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

POLICY_VIOLATION = 1008
"""The WebSocket close code for a client that does what it must not. Source: RFC 6455, 7.4.1."""

CONNECT_FRAME = re.compile(r"40(\{.*)?", re.DOTALL)
HOUSEKEEPING_FRAMES = frozenset({"1", "3", "41"})
"""Engine.IO close and pong, Socket.IO disconnect. Source: Engine.IO protocol 4, Socket.IO 5."""

EVENT_FRAME = re.compile(r"42(\d{1,9})?(\[.*)", re.DOTALL)
ACK_ID = re.compile(r"4[25](?:\d+-)?(?:/[^,]{0,99},)?(\d{1,9})\[")
"""Finds which answer a frame waits for, also in frames that are refused."""

MAX_INTEGER_DIGITS = 100
"""Source: python-engineio, `json.py`."""

HTTP_STATUS = {ErrorCode.BAD_ORIGIN: 403, ErrorCode.SERVER_FULL: 503, ErrorCode.BAD_REQUEST: 400}


@dataclass(slots=True)
class Traffic:
    """What has come in and gone through since the server started.

    Attributes:
        frames: Frames received, heartbeats not counted.
        frame_bytes: Bytes of them.
        signals: Signals forwarded to another peer.
        signal_bytes: Bytes of their payloads, as JSON.
        refused: How often something was refused, by error code.
    """

    frames: int = 0
    frame_bytes: int = 0
    signals: int = 0
    signal_bytes: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class SocketGate:
    """The ASGI application in front of the Socket.IO one."""

    def __init__(
        self,
        app: App,
        origins: frozenset[str],
        limits: SocketLimits,
        traffic: Traffic,
        clock: Callable[[], float],
    ) -> None:
        """Make a gate.

        Args:
            app: What is behind it.
            origins: Whose pages may pass. Programs send no origin, and pass.
            limits: How much a connection may ask for.
            traffic: Where to count.
            clock: Monotonic seconds.
        """
        self._app = app
        self._origins = origins
        self._limits = limits
        self._traffic = traffic
        self._clock = clock
        self.sockets = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve a connection."""
        error = self._find_objection(scope)
        if error is not None:
            self._traffic.refused[error.code] += 1
            await deny(error, scope, receive, send)
            return
        guard = FrameGuard(receive, send, self._limits, self._traffic, self._clock)
        self.sockets += 1
        try:
            await self._app(scope, guard.receive, send)
        finally:
            self.sockets -= 1

    def _find_objection(self, scope: MutableMapping[str, Any]) -> SignallingError | None:
        if scope["type"] != "websocket":
            return refusal(ErrorCode.BAD_REQUEST, "Signalling speaks WebSocket only.")
        origin = Headers(scope=scope).get("origin")
        if origin is not None and origin not in self._origins:
            return refusal(ErrorCode.BAD_ORIGIN)
        if self.sockets >= self._limits.sockets:
            return refusal(ErrorCode.SERVER_FULL)
        return None


class FrameGuard:
    """Looks at every frame of one connection."""

    def __init__(
        self,
        receive: Receive,
        send: Send,
        limits: SocketLimits,
        traffic: Traffic,
        clock: Callable[[], float],
    ) -> None:
        """Make the guard of a new connection; arguments as of `SocketGate`."""
        now_s = clock()
        self._receive = receive
        self._send = send
        self._limits = limits
        self._traffic = traffic
        self._clock = clock
        self._frames = TokenBucket(limits.frames_per_s, limits.frames_burst, now_s)
        self._messages = TokenBucket(limits.messages_per_s, limits.messages_burst, now_s)
        self._is_connected = False

    async def receive(self) -> AsgiEvent:
        """Wait for the next frame that may pass, or for the end."""
        while True:
            event = await self._receive()
            if event["type"] != "websocket.receive":
                return event
            text: str = event.get("text") or ""
            size = len(text.encode()) or len(event.get("bytes") or b"")
            if text not in HOUSEKEEPING_FRAMES:
                self._traffic.frames += 1
                self._traffic.frame_bytes += size
            if not self._frames.take(self._clock()):
                return await self._hang_up()
            try:
                self._check(text, size)
            except SignallingError as error:
                await self._refuse(error, text)
            else:
                return event

    def _check(self, text: str, size: int) -> None:
        """Raise a `SignallingError` unless a frame may pass; empty text is a binary frame."""
        if text in HOUSEKEEPING_FRAMES:
            return
        if size > self._limits.message_bytes:
            raise refusal(ErrorCode.TOO_LARGE)
        if not self._is_connected and CONNECT_FRAME.fullmatch(text):
            self._is_connected = True
            return
        if not self._messages.take(self._clock()):
            raise refusal(ErrorCode.RATE_LIMITED)
        if not self._is_connected:
            raise refusal(ErrorCode.BAD_REQUEST, "The connection must begin with a CONNECT packet.")
        check_event(text)

    async def _refuse(self, error: SignallingError, text: str) -> None:
        self._traffic.refused[error.code] += 1
        awaited = ACK_ID.match(text)
        if awaited is not None:
            answer = json.dumps([failure(error)])
            await self._send({"type": "websocket.send", "text": f"43{awaited[1]}{answer}"})

    async def _hang_up(self) -> AsgiEvent:
        error = refusal(ErrorCode.RATE_LIMITED)
        self._traffic.refused[error.code] += 1
        close = {"type": "websocket.close", "code": POLICY_VIOLATION, "reason": str(error)}
        await self._send(close)
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}


def check_event(text: str) -> None:
    """Check that a frame is an event of ours with one argument.

    Raises:
        SignallingError: If it is not; says what is missing.
    """
    frame = EVENT_FRAME.fullmatch(text)
    if frame is None:
        raise refusal(ErrorCode.BAD_REQUEST, "This is not a Socket.IO event of plain JSON.")
    try:
        event = json.loads(frame[2], parse_int=_short_integer)
    except (ValueError, RecursionError) as error:
        raise refusal(ErrorCode.BAD_REQUEST, "The event is not valid JSON.") from error
    if not isinstance(event[0] if event else None, str) or event[0] not in CLIENT_EVENTS:
        names = ", ".join(CLIENT_EVENTS)
        raise refusal(ErrorCode.BAD_REQUEST, f"There is no such event; there are {names}.")
    if len(event) != 2 or not isinstance(event[1], dict):
        raise refusal(ErrorCode.BAD_REQUEST, f"{event[0]} takes one object.")


def _short_integer(digits: str) -> int:
    """Read an integer as the library behind us does, which drops what holds a longer one."""
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError
    return int(digits)


def failure(error: SignallingError) -> dict[str, Any]:
    """Return the answer that tells an error."""
    return {"ok": False, "error": {"code": error.code, "message": str(error)}}


async def deny(
    error: SignallingError, scope: MutableMapping[str, Any], receive: Receive, send: Send
) -> None:
    """Refuse a connection with a status and a sentence."""
    if scope["type"] == "websocket":
        await receive()  # the request to connect
    status = HTTP_STATUS[ErrorCode(error.code)]
    await JSONResponse(failure(error), status)(scope, receive, send)
