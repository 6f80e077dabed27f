"""The relay at a real server: real sockets, a slow reader, a flood, a server that starts anew."""

from __future__ import annotations

import asyncio
import socket

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from peergym.rollback import relay_wire as wire
from peergym.rollback.relay_wire import Addressed, DownKind, UpKind
from peergym.server.relay_connection import RelayLimits
from tests.server.members import code_of, health, member, two_in_a_match
from tests.server.relay_members import WITHIN_S, relay_member, relay_url, token_of

TRAILER = b"\x01\x02\x03\x04"


async def test_two_members_of_a_match_speak_through_the_relay(server):
    async with two_in_a_match(server) as members:
        resumed = [await each.ask("resume", token=each.token) for each in members]
        tokens = [entry["match"]["relay"]["token"] for entry in resumed]
        async with (
            relay_member(server, 0, token=tokens[0]) as first,
            relay_member(server, 1, token=tokens[1]) as second,
        ):
            assert await first.next() == wire.Came(1)
            await first.send(wire.encode_input([(1, TRAILER)], b"\x11body"))
            await second.send(wire.encode_addressed(UpKind.CONTROL, 0, b"message"))
            assert await second.next() == Addressed(DownKind.INPUT, 0, b"\x11body" + TRAILER)
            assert await first.next() == Addressed(DownKind.CONTROL, 1, b"message")


async def test_a_fresh_token_is_to_be_had_without_taking_the_seat_again(server):
    async with member(server) as eve:
        await eve.create()
        assert code_of(await eve.ask("relay_token", token=eve.token)) == "bad_request"
    async with two_in_a_match(server) as (ann, bob):
        assert code_of(await bob.ask("relay_token", token=ann.token)) == "bad_token"
        match = (await bob.ask("resume", token=bob.token))["match"]
        relay = (await bob.ask("relay_token", token=bob.token))["relay"]
        assert relay["path"] == match["relay"]["path"]
        async with (
            relay_member(server, 0, match["match_id"]) as first,
            relay_member(server, 1, token=relay["token"]),
        ):
            assert await first.next() == wire.Came(1)


async def test_whom_the_host_removes_the_relay_does_not_carry_any_longer(server):
    async with two_in_a_match(server) as (ann, bob):
        entries = [await each.ask("resume", token=each.token) for each in (ann, bob)]
        tokens = [entry["match"]["relay"]["token"] for entry in entries]
        async with (
            relay_member(server, 0, token=tokens[0]) as first,
            relay_member(server, 1, token=tokens[1]) as second,
        ):
            assert await first.next() == wire.Came(1)
            sitting = entries[1]["room"]["sitting"]
            assert (await ann.ask("kick", token=ann.token, sitting=sitting)) == {"ok": True}
            with pytest.raises(ConnectionClosed) as caught:
                await second.next(wire.Gone)
            assert caught.value.rcvd.code == 4003
            assert await first.next() == wire.Gone(1, is_goodbye=True)
            async with connect(relay_url(server), compression=None) as again:
                await again.send(wire.encode_attach(tokens[1]))
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(again.recv(), WITHIN_S)


async def test_it_is_counted_that_a_datagram_goes_up_once(server):
    async with (
        relay_member(server, 0) as ann,
        relay_member(server, 1) as bob,
        relay_member(server, 2) as cid,
    ):
        for number in range(30):
            body = bytes((17, number))
            await ann.send(wire.encode_input([(1, TRAILER), (2, TRAILER)], body))
            for each in (bob, cid):
                frame = await each.next(Addressed)
                assert isinstance(frame, Addressed)
                assert frame.data == body + TRAILER
        told = (await health(server))["relay"]
        assert (told["datagrams_in"], told["datagrams_out"]) == (30, 60)
        assert server.app.state.server.relay.core.by_peer["m"][0].datagrams == 30


async def test_a_page_of_another_origin_is_refused(server):
    async with connect(relay_url(server), origin=server.url):
        pass
    with pytest.raises(InvalidStatus) as caught:
        await connect(relay_url(server), origin="https://elsewhere.example")
    assert caught.value.response.status_code == 403


async def flood(someone):
    await someone.send(*[wire.encode_input([(1, TRAILER)], bytes(1000))] * 1000)
    while True:
        await someone.next()


async def test_a_flooding_client_is_cut_off_and_another_match_does_not_notice(make_server):
    server = make_server(relay_limits=RelayLimits(frames_per_s=1.0, frames_burst=200.0))
    async with (
        relay_member(server, 0, "far") as far,
        relay_member(server, 1, "far") as further,
        relay_member(server, 0) as ann,
        relay_member(server, 1) as bob,
    ):
        with pytest.raises(ConnectionClosed) as caught:
            await flood(ann)
        assert caught.value.rcvd.code == 1008
        assert await bob.next(wire.Gone) == wire.Gone(0, is_goodbye=False)
        for _ in range(20):
            await far.send(wire.encode_addressed(UpKind.CONTROL, 1, b"still"))
            assert await further.next(Addressed) == Addressed(DownKind.CONTROL, 0, b"still")
    assert server.app.state.server.relay.core.traffic.closed == {1008: 1}


async def test_a_reader_who_does_not_read_finds_the_newest_datagrams_not_the_oldest(make_server):
    server = make_server(relay_limits=RelayLimits(frames_per_s=1e6, bytes_per_s=1e9))
    count, size = 4000, 1100
    async with (
        relay_member(server, 0) as ann,
        connect(
            relay_url(server), compression=None, max_queue=1, sock=_narrow_socket(server)
        ) as slow,
    ):
        await slow.send(wire.encode_attach(token_of(server, "m", 1)))
        await ann.next(wire.Came)
        for number in range(count):
            body = bytes((17,)) + number.to_bytes(4, "little") + bytes(size)
            await ann.send(wire.encode_input([(1, TRAILER)], body))
        numbers = [-1]
        while numbers[-1] != count - 1:
            frame = wire.decode_down(await asyncio.wait_for(slow.recv(), WITHIN_S))
            if isinstance(frame, Addressed):
                numbers.append(int.from_bytes(frame.data[1:5], "little"))
        assert numbers == sorted(numbers)
        assert len(numbers) < count // 4
    assert server.app.state.server.relay.core.traffic.datagrams_in == count


def _narrow_socket(server):
    """A socket that takes little before its owner reads."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", server.settings.port))
    plain.setblocking(False)
    return plain


async def test_who_closes_is_gone_for_good_and_who_breaks_off_may_come_back(server):
    async with relay_member(server, 0) as ann:
        async with relay_member(server, 1):
            pass
        assert await ann.next(wire.Gone) == wire.Gone(1, is_goodbye=True)
        async with relay_member(server, 2) as cid:
            cid.socket.transport.abort()
            assert await ann.next(wire.Gone) == wire.Gone(2, is_goodbye=False)


async def test_a_token_outlives_the_server_that_made_it(make_server):
    token = token_of(make_server(), "m", 4)
    async with relay_member(make_server(), 4, token=token) as ann:
        await ann.send(wire.encode_ping(7))
        assert await ann.next() == wire.Pong(7)
