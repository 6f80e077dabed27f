"""A TURN client that asks for one thing at a time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from aioice import stun, turn

LIFETIME_S = 600


class Silent(asyncio.DatagramProtocol):
    """Wants nothing of what arrives."""


@asynccontextmanager
async def allocation(coturn, server):
    """A path at a TURN server, made with the credentials of an RTCIceServer.

    Raises:
        aioice.stun.TransactionFailed: The server refuses.
    """
    transport, _ = await turn.create_turn_endpoint(
        Silent,
        server_addr=("127.0.0.1", coturn.port),
        username=server["username"],
        password=server["credential"],
    )
    try:
        yield transport._TurnTransport__inner_protocol
    finally:
        transport.close()


async def refresh(client):
    """Ask for more time for a path."""
    request = stun.Message(message_method=stun.Method.REFRESH, message_class=stun.Class.REQUEST)
    request.attributes["LIFETIME"] = LIFETIME_S
    await client.request_with_retry(request)


async def permit(client, address):
    """Ask to be allowed to exchange packets with an address."""
    request = stun.Message(
        message_method=stun.Method.CREATE_PERMISSION, message_class=stun.Class.REQUEST
    )
    request.attributes["XOR-PEER-ADDRESS"] = (address, 5000)
    await client.request_with_retry(request)


def code_of(refusal):
    """The number of the error in a refusal."""
    return refusal.value.response.attributes["ERROR-CODE"][0]
