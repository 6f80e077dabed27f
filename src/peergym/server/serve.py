"""Run the server: listen, say where, and stop cleanly."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from peergym.errors import InvariantError
from peergym.server.addresses import Listeners, listen
from peergym.server.app import create_app
from peergym.server.settings import ServerSettings
from peergym.signalling import TokenBucket

WEBSOCKET_MESSAGE_BYTES = 262_144
"""Beyond this uvicorn closes the connection without reading on; sixteen times what is accepted,
so that whoever is merely too long still gets an answer."""

UNSENT_BYTES = 16 * 1024
"""So much may wait in the process, and as much in the system where that can be told: a quarter of
a second at 64 KiB/s. The system's own choice is some megabytes."""

FAREWELL_S = 2
"""How long connections may take to close when the server stops."""

PING_EVERY_S, PONG_WITHIN_S = 20.0, 20.0
"""How somebody is noticed who vanished without a word, or reads nothing: after 40 s at the latest.
The system itself notices only if something is sent to him, and takes a quarter of an hour."""

PINGS_PER_S, PINGS_BURST = 1.0, 20.0
"""What clients may ask in their turn. Browsers ask nothing, libraries every 20 s."""

MOST_PARTS = 64
"""Of a message. Browsers send all we accept in one; empty ones count towards no other limit."""

START_S = 30.0
"""How long a server in a thread may take to come up; it takes a fraction of a second."""


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's fastest WebSocket, with less trust in clients.

    Uvicorn 0.54 answers pings however many there are, and keeps the answers in memory for whoever
    does not read them; likewise the parts of a message, which may be empty, until the last one
    comes. A connection that is mute it closes as it closes others, after all that waits has been
    sent, which then takes until the system gives up: a quarter of an hour. And it logs an error
    for each connection that is refused with a body, as if the application had not answered.
    """

    def connection_made(self, transport: Any) -> None:
        """Keep what waits for a slow receiver with us, where newer datagrams replace older ones."""
        super().connection_made(transport)
        self._pings = TokenBucket(PINGS_PER_S, PINGS_BURST, self.loop.time())
        transport.set_write_buffer_limits(high=UNSENT_BYTES)
        raw = transport.get_extra_info("socket")
        if raw is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    def handle_ping(self) -> None:
        """Answer a ping, or break with whoever sends too many."""
        if self._pings.take(self.loop.time()):
            super().handle_ping()
        else:
            self.transport.abort()

    def handle_cont(self, event: Any) -> None:
        """Take in the next part of a message, or break with whoever sends too many."""
        if len(self.frames) < MOST_PARTS:
            super().handle_cont(event)
        else:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Break with somebody who does not answer; what waits for him will not be read."""
        self.transport.abort()

    async def send(self, message: Any) -> None:
        """Send what the application sends."""
        await super().send(message)
        is_body = message["type"] == "websocket.http.response.body"
        if is_body and not message.get("more_body", False):
            self.handshake_complete = True


class AnnouncingServer(uvicorn.Server):
    """A uvicorn server that tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        """Make a server; `on_started` is called once, when it accepts connections."""
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._on_started()


def serve(settings: ServerSettings, on_started: Callable[[ServerSettings, FastAPI], None]) -> None:
    """Serve until Ctrl-C.

    Args:
        settings: What to serve. A port of 0 is replaced by a free one.
        on_started: Called once with the settings in force and the application, when the server
            accepts connections.

    Raises:
        ConfigurationError: If the port is in use, or the settings are unusable.
        EnvironmentContractError: If the game is not one.
    """
    settings, listeners = _listen(settings)
    try:
        app = create_app(settings)
    except BaseException:
        listeners.close()
        raise
    server = AnnouncingServer(_configure(app), lambda: on_started(settings, app))
    # Uvicorn passes Ctrl-C on after it has shut down.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=list(listeners.sockets))


class ServerThread:
    """A server in a thread of its own, for tests and notebooks.

    Use it as a context manager; `url` is where it is, `app` what it runs.
    """

    def __init__(self, settings: ServerSettings) -> None:
        """Listen and make the application; the thread starts with the ``with`` block.

        Raises:
            ConfigurationError: As `serve`.
        """
        self.settings, self._listeners = _listen(settings)
        try:
            self.app = create_app(self.settings)
        except BaseException:
            self._listeners.close()
            raise
        self.url = self._listeners.base_urls[0]
        self._is_up = threading.Event()
        self._server = AnnouncingServer(_configure(self.app), self._is_up.set)
        self._thread = threading.Thread(target=self._run, name="peergym server", daemon=True)

    def __enter__(self) -> Self:
        """Start, and wait until connections are accepted."""
        self._thread.start()
        if not self._is_up.wait(START_S):
            raise InvariantError(f"the server did not start within {START_S} s")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until everything is closed."""
        self._server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        self._server.run(sockets=list(self._listeners.sockets))


def _listen(settings: ServerSettings) -> tuple[ServerSettings, Listeners]:
    """Open the sockets and put the addresses they got into the settings."""
    listeners = listen(settings.host, settings.port, settings.lan)
    base_urls = settings.base_urls or listeners.base_urls
    return replace(settings, port=listeners.port, base_urls=base_urls), listeners


def _configure(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws=WebSocketProtocol,
        ws_max_size=WEBSOCKET_MESSAGE_BYTES,
        # Signalling is small and rare, and compressing costs memory for each connection.
        ws_per_message_deflate=False,
        ws_ping_interval=PING_EVERY_S,
        ws_ping_timeout=PONG_WITHIN_S,
        timeout_graceful_shutdown=FAREWELL_S,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
