"""A native peer's connection to the server breaks, and is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from peergym.errors import SignallingError
from peergym.hosts.native_signalling import Signalling, SignallingHandlers
from peergym.server.serve import ServerThread
from tests.native.peers import WITHIN_S, Witness


class Member:
    """A connection, and what the server said over it."""

    def __init__(self, server: ServerThread, http: aiohttp.ClientSession) -> None:
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        handlers = SignallingHandlers(
            *[
                lambda *said, name=name: self.heard.put_nowait(
                    (name, said if len(said) > 1 else said[0])
                )
                for name in ("room", "match", "signal", "peer", "gone", "decision", "closed")
            ]
        )
        self.signalling = Signalling(server.url, handlers, http)
        self.version = server.app.state.server.game.version

    async def next(self, name: str) -> Any:
        """Wait for something of this name; what comes before it is left out."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                heard, payload = await self.heard.get()
                if heard == name:
                    return payload

    async def cut(self) -> None:
        """Lose the connection as a network does it: nobody says anything."""
        await self.signalling._socket.eio.ws.close()


@asynccontextmanager
async def member(server: ServerThread) -> AsyncIterator[Member]:
    async with aiohttp.ClientSession() as http:
        someone = Member(server, http)
        await someone.signalling.connect()
        try:
            yield someone
        finally:
            await someone.signalling.close()


async def test_a_lost_connection_comes_back_to_its_seat_and_what_waited_follows_in_order(
    server: ServerThread,
) -> None:
    async with member(server) as ann, member(server) as bob:
        room = await ann.signalling.enter("create_room", version=ann.version)
        await ann.cut()
        code = room["code"]
        await bob.signalling.enter("join_room", version=bob.version, code=code)
        match = await ann.next("match")
        assert match["match_id"] == (await bob.next("match"))["match_id"]

        await bob.cut()
        bob.signalling._is_seated = False  # as soon as the library notices
        for number in range(3):
            candidate = {"candidate": f"candidate:{number} 1 udp 1 192.0.2.1 9 typ host"}
            await bob.signalling.signal(0, "candidate", candidate)
        for number in range(3):
            sender, kind, payload = await ann.next("signal")
            assert (sender, kind) == (1, "candidate")
            assert payload["candidate"].startswith(f"candidate:{number} ")


async def test_a_room_that_is_gone_when_the_server_is_back_ends_the_waiting(
    make_server: Any, tmp_path: Path
) -> None:
    server = make_server()
    alone = Witness(server)
    await alone.wait_for_room()
    server.__exit__(None, None, None)
    make_server(port=server.settings.port, data_dir=tmp_path / "of another server")
    with pytest.raises(SignallingError) as told:
        await alone.over()
    assert told.value.code in ("bad_token", "room_closed")
    assert str(told.value).endswith(".")
