"""The WebSocket to the relay, by aiohttp. It carries bytes; what is in them, `Routes` knows.

Theory of operation: one task keeps a socket open, and opens another when it is lost, after a pause
that grows; a second one writes what was queued. As in the page (``relay_socket.ts``): a datagram
that cannot leave soon is skipped, a message never, and leaving for good is said by the close code.
When the relay refuses the token, a fresh one is asked for, and the next socket attaches with that.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

import aiohttp

from peergym.rollback.relay_wire import UpKind

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0  # a server that starts anew is back within seconds
OPEN_WITHIN_S = 8.0  # a network that swallows what is sent says nothing
LEAVE_WITHIN_S = 2.0  # who cannot be told by then will notice by himself
LASTED_S = 5.0  # a socket that lasted so long has worked
BAD_TOKEN = 4003  # the relay's close code for a token that is not good
INPUT_BUFFER_BYTES = 16 * 1024  # above this, a datagram would be late anyway
MOST_WAITING_BYTES = 8 * 1024 * 1024

_DATAGRAMS = (UpKind.INPUT, UpKind.REPORT)


class NativeRelay:
    """A socket to the relay, for as long as the match lasts.

    Args:
        url: Of the relay, beginning with ``ws``.
        http: What sockets are made with; closed by whoever made it.
        on_state: (is open) A socket has opened or closed.
        on_frame: (bytes) A frame has come.
        renew_token: Waits for a fresh token; asked when the relay has refused the one it was given.
    """

    def __init__(
        self,
        url: str,
        http: aiohttp.ClientSession,
        on_state: Callable[[bool], None],
        on_frame: Callable[[bytes], None],
        renew_token: Callable[[], Awaitable[None]],
    ) -> None:
        self._url = url
        self._http = http
        self._on_state = on_state
        self._on_frame = on_frame
        self._renew_token = renew_token
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._has_mail = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open a socket, and others after it."""
        self._work = asyncio.create_task(self._keep_open(), name="relay")

    def send(self, frame: bytes) -> None:
        """Send a frame, if there is a socket; with nothing in it: open another socket."""
        if not frame:
            self.reopen()
        elif self._socket is not None:
            is_datagram = frame[0] in _DATAGRAMS
            if is_datagram and self._waiting_bytes > INPUT_BUFFER_BYTES:
                return
            self._waiting.append(frame)
            self._waiting_bytes += len(frame)
            self._has_mail.set()
            if self._waiting_bytes > MOST_WAITING_BYTES:
                self.reopen()

    def reopen(self) -> None:
        """Give this socket up and open another."""
        if self._socket is not None:
            self._forget_mail()
            self._socket._response.close()  # noqa: SLF001 - at once, without a word to the server

    async def close(self) -> None:
        """Leave the relay for good."""
        socket = self._socket
        if socket is not None and not socket.closed:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with asyncio.timeout(LEAVE_WITHIN_S):
                    while self._waiting:
                        await socket.send_bytes(self._waiting.popleft())
                    await socket.close(code=aiohttp.WSCloseCode.OK)
        if self._work is not None:
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work

    # --- inside

    async def _keep_open(self) -> None:
        pause_s = FIRST_PAUSE_S
        clock = asyncio.get_running_loop().time
        while True:
            began_s = clock()
            with contextlib.suppress(aiohttp.ClientError, OSError, asyncio.TimeoutError):
                async with asyncio.timeout(OPEN_WITHIN_S):
                    socket = await self._http.ws_connect(self._url, autoping=True)
                async with socket:
                    await self._use(socket)
                if socket.close_code == BAD_TOKEN:
                    await self._renew_token()
            if clock() - began_s > LASTED_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _use(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._forget_mail()
        writing = asyncio.create_task(self._write(socket), name="relay, writing")
        self._on_state(True)
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self._on_frame(message.data)
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError, OSError):
                await writing
            self._socket = None
            self._on_state(False)

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await self._has_mail.wait()
            self._has_mail.clear()
            while self._waiting:
                frame = self._waiting.popleft()
                self._waiting_bytes -= len(frame)
                await socket.send_bytes(frame)

    def _forget_mail(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0


def relay_of(
    base_url: str,
    http: aiohttp.ClientSession,
    path: str,
    on_state: Callable[[bool], None],
    on_frame: Callable[[bytes], None],
    renew_token: Callable[[], Awaitable[None]],
) -> NativeRelay:
    """Make what connects to the relay of a server, whose address begins with ``http``."""
    url = base_url.replace("http", "ws", 1) + path
    return NativeRelay(url, http, on_state, on_frame, renew_token)
