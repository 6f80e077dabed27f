"""A wire between a peer and the server, on which everything that the server says can be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK_BYTES = 65_536


class Tap:
    """What went over a wire.

    Attributes:
        url: Where a peer finds the server behind the wire.
        heard: All that the server said; its WebSocket frames are neither masked nor compressed.
        said: All that the peer said; its frames are masked.
    """

    def __init__(self) -> None:
        self.url = ""
        self.heard = bytearray()
        self.said = bytearray()


@asynccontextmanager
async def tapped(port: int) -> AsyncIterator[Tap]:
    """Lay a wire to a server on the loopback address.

    Args:
        port: Of the server.
    """
    tap = Tap()
    wires: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        wires.add(task)
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(
                _copy(reader, server_writer, tap.said), _copy(server_reader, writer, tap.heard)
            )
        finally:
            wires.discard(task)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    tap.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield tap
    finally:
        server.close()
        for wire in wires:
            wire.cancel()
        await asyncio.gather(*wires, return_exceptions=True)


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray
) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK_BYTES):
            kept += data
            writer.write(data)
            await writer.drain()
    writer.close()
