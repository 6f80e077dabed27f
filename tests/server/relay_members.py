"""Peers at a real server's relay, who write their own frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect

from peergym.rollback import relay_wire as wire
from peergym.server.serve import ServerThread

WITHIN_S = 20.0
"""Everything here takes milliseconds; this is for a machine that is busy."""


class RelayMember:
    """One connection to the relay."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, *frames: bytes) -> None:
        for frame in frames:
            await self.socket.send(frame)

    async def next(self, kind: type | None = None) -> wire.DownFrame:
        """What is heard next; with a kind, the next of that kind."""
        while True:
            data = await asyncio.wait_for(self.socket.recv(), WITHIN_S)
            assert isinstance(data, bytes)
            frame = wire.decode_down(data)
            if kind is None or isinstance(frame, kind):
                return frame


def token_of(server: ServerThread, match_id: str, peer: int) -> str:
    """What the server would give a peer of a match."""
    state = server.app.state.server
    return state.sockets._relay.issue(match_id, peer, state.settings.wall_clock())


def relay_url(server: ServerThread) -> str:
    return server.url.replace("http", "ws", 1) + "/relay"


@asynccontextmanager
async def relay_member(
    server: ServerThread, peer: int, match_id: str = "m", token: str | None = None
) -> AsyncIterator[RelayMember]:
    """Somebody who is attached."""
    async with connect(relay_url(server), compression=None) as socket:
        member = RelayMember(socket)
        await member.send(wire.encode_attach(token or token_of(server, match_id, peer)))
        welcome = await member.next()
        assert isinstance(welcome, wire.Welcome)
        assert welcome.peer == peer
        yield member
