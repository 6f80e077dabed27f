"""A native peer's socket to the relay, where the network swallows what is sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from peergym.hosts import native_relay
from peergym.hosts.native_relay import NativeRelay
from peergym.rollback import relay_wire as wire
from peergym.rollback.relay_wire import UpKind

WITHIN_S = 20.0
"""Everything here takes milliseconds; this is for a machine that is busy."""


@asynccontextmanager
async def relay_at(
    port: int, on_state: Callable[[bool], None] = lambda is_open: None
) -> AsyncIterator[NativeRelay]:
    async def renew() -> None:
        """There is no other token."""

    async with aiohttp.ClientSession() as http:
        url = f"ws://127.0.0.1:{port}/relay"
        relay = NativeRelay(url, http, on_state, lambda frame: None, renew)
        relay.start()
        try:
            yield relay
        finally:
            async with asyncio.timeout(WITHIN_S):
                await relay.close()


async def test_a_socket_that_does_not_open_in_time_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(native_relay, "OPEN_WITHIN_S", 0.1)
    tries: asyncio.Queue[None] = asyncio.Queue()

    async def take_and_say_nothing(reader: asyncio.StreamReader, writer: Any) -> None:
        tries.put_nowait(None)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(take_and_say_nothing, "127.0.0.1", 0)
    async with server, relay_at(server.sockets[0].getsockname()[1]), asyncio.timeout(WITHIN_S):
        for _ in range(3):
            await tries.get()


async def test_who_leaves_does_not_wait_for_a_server_that_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(native_relay, "LEAVE_WITHIN_S", 0.1)
    opened, is_over = asyncio.Event(), asyncio.Event()

    async def open_and_read_nothing(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await is_over.wait()
        return line

    async with _serving(open_and_read_nothing) as port:
        try:
            async with relay_at(port, lambda is_open: opened.set()) as relay:
                await asyncio.wait_for(opened.wait(), WITHIN_S)
                for _ in range(300):
                    relay.send(wire.encode_addressed(UpKind.BULK, 1, bytes(24_000)))
        finally:
            is_over.set()


@asynccontextmanager
async def _serving(
    handler: Callable[[web.Request], Coroutine[Any, Any, web.WebSocketResponse]],
) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/relay", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # of those it accepts
        await web.SockSite(runner, listener).start()
        try:
            yield listener.getsockname()[1]
        finally:
            await runner.cleanup()
