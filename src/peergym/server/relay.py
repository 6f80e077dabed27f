"""The relay's endpoint: WebSockets in front of `RelayCore`.

Theory of operation: one task reads a connection and puts what comes into the core; another sends
what the core has queued. The second waits while the receiver is slow, and meanwhile only the newest
datagrams are kept for it. It is an ASGI application of its own: through a framework's WebSocket
each frame would cost more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

from peergym.errors import SignallingError
from peergym.server.gate import AsgiEvent, Receive, Send, deny
from peergym.server.relay_connection import POLICY_VIOLATION, RelayConnection, RelayLimits
from peergym.server.relay_core import RelayCore
from peergym.server.relay_tokens import RelayTokens
from peergym.signalling import ErrorCode, refusal

log = logging.getLogger(__name__)

ABNORMAL = 1006


class RelayEndpoint:
    """The ASGI application at ``/relay``.

    Args:
        tokens: Reads and makes what peers attach themselves with.
        origins: Whose pages may connect. Programs send no origin, and may.
        limits: How much each peer may ask for.
        clock: Monotonic seconds.
        wall_clock: Seconds since 1970.

    Attributes:
        core: Who is attached, and what has gone through.
    """

    def __init__(
        self,
        tokens: RelayTokens,
        origins: frozenset[str],
        limits: RelayLimits,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self.core = RelayCore(tokens, limits, wall_clock, self._wake)
        self._origins = origins
        self._clock = clock
        self._wakers: dict[RelayConnection, asyncio.Event] = {}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve a connection."""
        error = self._find_objection(scope)
        connection = None if error else self.core.open(self._clock())
        if connection is None:
            await deny(error or refusal(ErrorCode.SERVER_FULL), scope, receive, send)
            return
        waker = self._wakers[connection] = asyncio.Event()
        code = ABNORMAL
        sending: asyncio.Task[None] | None = None
        try:
            await receive()  # the request to connect
            await send({"type": "websocket.accept"})
            sending = asyncio.create_task(self._send_all(connection, waker, send))
            code = await self._receive_all(connection, receive)
        finally:
            del self._wakers[connection]
            self.core.lost(connection, code)
            if sending is not None:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await sending

    def health(self) -> dict[str, object]:
        """What an operator may want to know."""
        core, traffic = self.core, self.core.traffic
        return {
            "connections": core.connections,
            "matches": core.matches,
            "frames_in": traffic.frames_in,
            "bytes_in": traffic.bytes_in,
            "frames_out": traffic.frames_out,
            "bytes_out": traffic.bytes_out,
            "datagrams_in": traffic.datagrams_in,
            "datagrams_out": traffic.datagrams_out,
            "dropped": traffic.dropped,
            "closed": {str(code): count for code, count in sorted(traffic.closed.items())},
        }

    def _wake(self, connection: RelayConnection) -> None:
        waker = self._wakers.get(connection)
        if waker is not None:
            waker.set()

    def _find_objection(self, scope: MutableMapping[str, Any]) -> SignallingError | None:
        if scope["type"] != "websocket":
            return refusal(ErrorCode.BAD_REQUEST, "The relay speaks WebSocket only.")
        origin = Headers(scope=scope).get("origin")
        if origin is not None and origin not in self._origins:
            return refusal(ErrorCode.BAD_ORIGIN)
        return None

    async def _receive_all(self, connection: RelayConnection, receive: Receive) -> int:
        """Take in frames until the end. Returns the close code."""
        core, clock = self.core, self._clock
        while True:
            event = await receive()
            if event["type"] != "websocket.receive":
                return int(event.get("code") or ABNORMAL)
            data = event.get("bytes")
            if connection.closing is not None:
                continue  # it does not count any more, and the end is on its way
            if data is None:
                connection.close(POLICY_VIOLATION, "the relay speaks binary only")
                self._wake(connection)
            else:
                core.receive(connection, data, clock())

    async def _send_all(
        self, connection: RelayConnection, waker: asyncio.Event, send: Send
    ) -> None:
        """Send what is queued until the connection is to be closed."""
        traffic = self.core.traffic
        try:
            while connection.closing is None:
                frames = connection.take()
                for frame in frames:
                    traffic.frames_out += 1
                    traffic.bytes_out += len(frame)
                    event: AsgiEvent = {"type": "websocket.send", "bytes": frame}
                    await send(event)
                if not frames:
                    await self._wait_for_news(connection, waker)
            code, reason = connection.closing
            await send({"type": "websocket.close", "code": code, "reason": reason})
        except OSError:  # the client has gone; the other task is told so
            log.debug("a relay connection broke while it was written to")

    async def _wait_for_news(self, connection: RelayConnection, waker: asyncio.Event) -> None:
        waker.clear()
        loop = asyncio.get_running_loop()
        due_s = self.core.timer_s(connection)
        # Cheaper than a timeout around the wait, a hundred times a second.
        timer = loop.call_later(max(0.0, due_s - self._clock()), waker.set)
        try:
            await waker.wait()
        finally:
            timer.cancel()
        self.core.handle_timer(connection, self._clock())
