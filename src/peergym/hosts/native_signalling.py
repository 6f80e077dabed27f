"""The connection to the server, as a page has it: rooms, and what peers tell each other first.

Theory of operation: requests wait for their answers; what the server pushes goes to the handlers.
Once in a room, a lost connection is taken up again by itself with the room's token. What was to be
sent meanwhile waits and follows in order; the match itself does not need the server and goes on.

The protocol is ``docs/signalling.md``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import socketio
from socketio.exceptions import SocketIOError

from peergym.errors import SignallingError

ANSWER_WITHIN_S = 8.0
"""How long the server may take. It answers within milliseconds; this is for bad networks."""

UNREACHABLE = "server_unreachable"


@dataclass(frozen=True, slots=True)
class SignallingHandlers:
    """Who is told what the server says.

    Attributes:
        on_room: The room has changed.
        on_match: The match is described; more than once if a connection was taken up again.
        on_signal: (from, kind, payload) Another peer's description or candidate.
        on_peer: Somebody has come to the match while it runs.
        on_gone: (peer, is_removed) Nobody is behind a peer id any more, as far as the server
            knows, or because the host wants it so.
        on_decision: What was asked for by `Signalling.arbitrate` has been decided.
        on_closed: (code, message) The room exists no longer, or our seat in it.
    """

    on_room: Callable[[Mapping[str, Any]], None]
    on_match: Callable[[Mapping[str, Any]], None]
    on_signal: Callable[[int, str, Any], None]
    on_peer: Callable[[Mapping[str, Any]], None]
    on_gone: Callable[[int, bool], None]
    on_decision: Callable[[Mapping[str, Any]], None]
    on_closed: Callable[[str, str], None]


class Signalling:
    """A seat in a room of a server.

    Args:
        url: Where the server is.
        handlers: Who is told.
        http: What the connection is made with; closed by whoever made it.
    """

    def __init__(self, url: str, handlers: SignallingHandlers, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._handlers = handlers
        self._token: str | None = None
        self._is_seated = False  # the server knows this connection as the holder of our token
        self._outbox: deque[tuple[str, dict[str, Any]]] = deque()
        self._resuming: asyncio.Task[None] | None = None
        self._socket = socketio.AsyncClient(
            handle_sigint=False, reconnection_delay_max=5, http_session=http
        )
        self._listen()

    async def connect(self) -> None:
        """Connect to the server.

        Raises:
            SignallingError: It cannot be reached.
        """
        try:
            await self._socket.connect(
                self._url, transports=["websocket"], wait_timeout=ANSWER_WITHIN_S
            )
        except SocketIOError as error:
            raise SignallingError(UNREACHABLE, f"{self._url} does not answer: {error}") from error

    async def enter(self, event: str, **request: Any) -> Mapping[str, Any]:
        """Ask for a seat.

        Args:
            event: ``create_room``, ``join_room``, ``quick_match`` or ``resume``.
            request: Its fields.

        Returns:
            The room.

        Raises:
            SignallingError: The server refuses, or does not answer.
        """
        return await self._take_seat(await self._ask(event, request))

    async def rejoin(self) -> Mapping[str, Any]:
        """Come anew to the match in which we sit, as another peer; it is told to `on_match`.

        Returns:
            The room.

        Raises:
            SignallingError: The server refuses, or does not answer.
        """
        self._outbox.clear()
        return await self.enter("resume", token=self._token, rejoin=True)

    async def set_ready(self) -> None:
        """Say that the match may begin, now or when the server is back."""
        self._outbox.append(("ready", {"ready": True}))
        await self._flush()

    async def signal(self, to: int, kind: str, payload: Any) -> None:
        """Pass something on to another peer of the room, now or when the server is back."""
        self._outbox.append(("signal", {"to": to, "kind": kind, "payload": payload}))
        await self._flush()

    async def arbitrate(self, epoch: int, group: Sequence[int], members: Sequence[int]) -> None:
        """Ask which half of the match goes on, now or when the server is back.

        Args:
            epoch: Of the latest agreement.
            group: Our half.
            members: Those it is a half of.
        """
        asked = {"epoch": epoch, "group": list(group), "members": list(members)}
        self._outbox.append(("arbitrate", asked))
        await self._flush()

    async def fresh_relay_token(self) -> str | None:
        """Ask for a token that the relay takes; None without an answer, or without a match."""
        if self._token is None or not self._is_seated:
            return None
        try:
            reply = await self._ask("relay_token", {"token": self._token})
        except SignallingError:
            return None
        return str(reply["relay"]["token"])

    async def close(self) -> None:
        """Give up the seat, if we have one, and the connection."""
        token, self._token = self._token, None
        self._is_seated = False
        if self._resuming is not None:
            self._resuming.cancel()
        if token is not None and self._socket.connected:
            # Without an answer the server finds out by itself that nobody holds the seat.
            with contextlib.suppress(SignallingError):
                await self._ask("leave", {"token": token})
        await self._socket.shutdown()

    # --- inside

    def _listen(self) -> None:
        handlers, socket = self._handlers, self._socket
        socket.on("room", handlers.on_room)
        socket.on("match", handlers.on_match)
        socket.on("signal", lambda s: handlers.on_signal(s["from"], s["kind"], s["payload"]))
        socket.on("peer", handlers.on_peer)
        socket.on("gone", lambda gone: handlers.on_gone(gone["peer"], gone["reason"] == "removed"))
        socket.on("decision", handlers.on_decision)
        socket.on("closed", self._note_closed)
        socket.on("connect", self._note_connected)
        socket.on("disconnect", self._note_disconnected)

    def _note_closed(self, reason: Mapping[str, str]) -> None:
        self._token = None
        self._is_seated = False
        self._outbox.clear()
        self._handlers.on_closed(reason["code"], reason["message"])

    def _note_connected(self) -> None:
        if self._token is not None and not self._is_seated:
            # Not here: an answer can only come once this handler has returned.
            self._resuming = asyncio.create_task(self._resume(self._token))

    def _note_disconnected(self, _reason: str = "") -> None:
        self._is_seated = False

    async def _resume(self, token: str) -> None:
        try:
            entry = await self._ask("resume", {"token": token})
            self._handlers.on_room(await self._take_seat(entry))
        except SignallingError as error:
            # No answer: the connection is going down again, and its return comes back here.
            if error.code != UNREACHABLE:
                self._note_closed({"code": error.code, "message": str(error)})

    async def _take_seat(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        self._token = entry["token"]
        self._is_seated = True
        await self._flush()
        if entry["match"] is not None:
            # The room first: it says who we are.
            asyncio.get_running_loop().call_soon(self._handlers.on_match, entry["match"])
        room: Mapping[str, Any] = entry["room"]
        return room

    async def _ask(self, event: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            reply: Mapping[str, Any] = await self._socket.call(
                event, dict(request), timeout=ANSWER_WITHIN_S
            )
        except SocketIOError as error:
            raise SignallingError(UNREACHABLE, "The server does not answer.") from error
        if not reply["ok"]:
            raise SignallingError(reply["error"]["code"], reply["error"]["message"])
        return reply

    async def _flush(self) -> None:
        while self._is_seated and self._outbox:
            event, said = self._outbox.popleft()
            try:
                await self._socket.emit(event, {"token": self._token, **said})
            except SocketIOError:
                self._outbox.appendleft((event, said))
                return
