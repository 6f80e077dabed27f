"""The sockets that the server listens on."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from peergym.server.addresses import listen


def test_small_writes_leave_at_once_and_do_not_wait_for_an_answer() -> None:
    async def read_option() -> int:
        listeners = listen("127.0.0.1", 0, is_lan=False)
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            raw = writer.get_extra_info("socket")
            accepted.set_result(raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        (bound,) = listeners.sockets
        server = await asyncio.start_server(take, sock=bound)
        async with server:
            _, writer = await asyncio.open_connection(*bound.getsockname())
            option = await accepted
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        return option

    assert asyncio.run(read_option()) != 0
