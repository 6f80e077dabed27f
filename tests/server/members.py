"""People at the server: some with the real Socket.IO client, some who write their own frames."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import httpx
import socketio
from websockets.asyncio.client import connect

from tests.signalling.lobby import picture

WITHIN_S = 20.0
"""Everything here takes milliseconds; this is for a machine that is busy."""

PUSHED = ("room", "match", "peer", "gone", "signal", "decision", "closed")


class Member:
    """A page's connection, by the library that pages of other people use."""

    def __init__(self, server):
        self.server = server
        self.version = server.app.state.server.game.version
        self.client = socketio.AsyncClient(reconnection=False)
        self.heard = asyncio.Queue()
        self.token = ""
        for event in PUSHED:
            self.client.on(event, self._hear(event))

    def _hear(self, event):
        async def hear(payload):
            await self.heard.put((event, payload))

        return hear

    async def ask(self, event, **request):
        answer = await self.client.call(event, request, timeout=WITHIN_S)
        if "token" in answer:
            self.token = answer["token"]
        return answer

    async def create(self, **request):
        return await self.ask("create_room", version=self.version, **request)

    async def join(self, code):
        return await self.ask("join_room", version=self.version, code=code)

    async def quick_match(self):
        return await self.ask("quick_match", version=self.version)

    async def signal(self, to, kind, payload, token=None):
        request = {"token": self.token if token is None else token}
        return await self.ask("signal", **request, to=to, kind=kind, payload=payload)

    async def leave(self):
        return await self.ask("leave", token=self.token)

    async def next(self, event):
        """Return the payload of what is heard next, which must be this event."""
        heard, payload = await asyncio.wait_for(self.heard.get(), WITHIN_S)
        assert heard == event, (heard, payload)
        return payload


@asynccontextmanager
async def member(server, **connect_arguments):
    """A connected member."""
    someone = Member(server)
    await someone.client.connect(server.url, transports=["websocket"], **connect_arguments)
    try:
        yield someone
    finally:
        await someone.client.disconnect()


@asynccontextmanager
async def two_in_a_match(server):
    """Two members in one room that plays, who have heard of it."""
    async with member(server) as ann, member(server) as bob:
        created = await ann.create()
        assert (await bob.join(created["room"]["code"]))["ok"]
        for someone, events in ((ann, ("room", "match")), (bob, ("match",))):
            for event in events:
                await someone.next(event)
        yield ann, bob


async def heard(someone, event):
    """Return the payload of the next event of this name; whatever comes before is left out."""
    while True:
        name, payload = await asyncio.wait_for(someone.heard.get(), WITHIN_S)
        if name == event:
            return payload


class RawMember:
    """A connection that writes its own frames."""

    def __init__(self, line):
        self.socket = line

    async def send(self, frame):
        await self.socket.send(frame)

    async def next(self):
        return await asyncio.wait_for(self.socket.recv(), WITHIN_S)

    async def answer(self, ack_id):
        """Wait for the answer to a frame with this id; pushes before it are left out."""
        start = f"43{ack_id}["
        while True:
            frame = await self.next()
            if isinstance(frame, str) and frame.startswith(start):
                return json.loads(frame[len(start) - 1 :])[0]

    async def ask(self, event, request, ack_id=77):
        await self.send(f"42{ack_id}{json.dumps([event, request])}")
        return await self.answer(ack_id)


def deaf_member(server):
    """Somebody for whom little arrives that he does not read."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", server.settings.port))
    plain.setblocking(False)
    return raw_member(server, compression=None, max_queue=1, close_timeout=0.1, sock=plain)


@asynccontextmanager
async def raw_member(server, origin=None, *, is_greeted=True, **arguments):
    """Connect as the protocols say, then write whatever one likes."""
    url = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with connect(url, origin=origin, proxy=None, **arguments) as line:
        someone = RawMember(line)
        assert (await someone.next()).startswith("0{")
        if is_greeted:
            await someone.send("40")
            assert (await someone.next()).startswith("40{")
        yield someone


def rooms_of(server):
    return server.app.state.server.rooms


def picture_of(server):
    """Everything there is to see of a server's rooms."""
    return picture(rooms_of(server))


async def until(condition):
    """Wait until something is so that nobody is told of."""
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(0.001)


async def health(server):
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{server.url}/api/health")).json()


def code_of(answer):
    assert answer["ok"] is False, answer
    assert answer["error"]["message"].endswith(".")
    return answer["error"]["code"]
