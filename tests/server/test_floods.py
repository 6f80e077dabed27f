"""Too much, too often, too many: an answer while that is cheap, then the end."""

import asyncio
import json

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from peergym.server import SocketLimits
from peergym.server.backlog import MOST_WAITING
from tests.server.members import (
    code_of,
    deaf_member,
    health,
    heard,
    member,
    picture_of,
    raw_member,
    two_in_a_match,
    until,
)


async def test_who_asks_too_often_is_refused_until_time_has_passed(make_server):
    time_s = [0.0]
    limits = SocketLimits(messages_per_s=10.0, messages_burst=5.0)
    server = make_server(socket_limits=limits, clock=lambda: time_s[0])
    async with raw_member(server) as someone:
        before = picture_of(server)
        answers = [await someone.ask("leave", {"token": "x"}) for _ in range(8)]
        assert [code_of(answer) for answer in answers] == ["bad_token"] * 5 + ["rate_limited"] * 3
        time_s[0] = 0.2
        answers = [await someone.ask("leave", {"token": "x"}) for _ in range(3)]
        assert [code_of(answer) for answer in answers] == ["bad_token"] * 2 + ["rate_limited"]
        assert picture_of(server) == before


async def test_a_flood_of_signals_is_cut_and_the_rest_of_the_match_goes_on(make_server):
    limits = SocketLimits(messages_per_s=0.001, messages_burst=10.0)
    server = make_server(socket_limits=limits)
    async with two_in_a_match(server) as (ann, bob):
        answers = [await ann.signal(1, "candidate", None) for _ in range(20)]
        assert [answer["ok"] for answer in answers] == [True] * 9 + [False] * 11
        for _ in range(9):
            await bob.next("signal")
        assert bob.heard.empty()
        assert (await bob.signal(0, "candidate", None))["ok"]


async def flood(someone):
    for _ in range(1000):
        await someone.send('42["leave",{"token":"x"}]')
    while True:
        await someone.next()


async def test_who_floods_without_waiting_is_thrown_out(make_server):
    server = make_server(socket_limits=SocketLimits(frames_per_s=0.001, frames_burst=50.0))
    async with two_in_a_match(server) as (ann, bob), raw_member(server) as someone:
        before = picture_of(server)
        with pytest.raises(ConnectionClosed) as caught:
            await flood(someone)
        assert caught.value.rcvd.code == 1008
        assert "too much" in caught.value.rcvd.reason
        assert picture_of(server) == before
        assert (await ann.signal(1, "candidate", None))["ok"]
        await bob.next("signal")
        assert (await health(server))["sockets"] == 2


async def test_guessing_codes_is_slowed_down_over_all_connections_of_an_address(make_server):
    server = make_server(socket_limits=SocketLimits(entries_per_s=0.001, entries_burst=6.0))
    async with member(server) as ann, member(server) as bob:
        created = await ann.create()
        answers = [await each.join("CCCCCC") for each in (ann, bob) for _ in range(4)]
        codes = [code_of(answer) for answer in answers]
        # The first of them sits in a room already, which is said before codes are looked at.
        assert codes == ["bad_request"] * 4 + ["wrong_code"] + ["rate_limited"] * 3
        before = picture_of(server)
        assert code_of(await bob.join(created["room"]["code"])) == "rate_limited"
        assert picture_of(server) == before


async def test_coming_back_is_not_slowed_down(make_server):
    server = make_server(socket_limits=SocketLimits(entries_per_s=0.001, entries_burst=2.0))
    async with two_in_a_match(server) as (ann, _):
        for _ in range(5):
            async with member(server) as returned:
                assert (await returned.ask("resume", token=ann.token))["ok"]


async def test_there_are_only_so_many_connections(make_server):
    server = make_server(socket_limits=SocketLimits(sockets=2))
    async with two_in_a_match(server):
        with pytest.raises(InvalidStatus) as caught:
            async with raw_member(server):
                pass
        assert caught.value.response.status_code == 503
        assert code_of(json.loads(caught.value.response.body)) == "server_full"
    await until(lambda: server.app.state.server.gate.sockets == 0)
    async with raw_member(server):
        pass


async def test_many_at_once_end_up_in_pairs_and_nobody_twice(make_server):
    server = make_server(socket_limits=SocketLimits(entries_burst=100.0))
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(60):
        done = asyncio.Event()
        seated = asyncio.Queue()

        async def play():
            async with member(server) as someone:
                await seated.put(await someone.quick_match())
                await done.wait()

        for _ in range(20):
            tasks.create_task(play())
        answers = [await seated.get() for _ in range(20)]
        places = [(answer["room"]["code"], answer["room"]["seat"]) for answer in answers]
        assert len(set(places)) == 20
        assert len({code for code, _ in places}) == 10
        assert (await health(server))["rooms"] == {"open": 0, "playing": 10}
        done.set()


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", "http://127.0.0.1:1", ""])
async def test_pages_of_a_foreign_origin_are_refused(server, origin):
    with pytest.raises(InvalidStatus) as caught:
        async with raw_member(server, origin=origin):
            pass
    assert caught.value.response.status_code == 403
    answer = json.loads(caught.value.response.body)
    assert code_of(answer) == "bad_origin"
    assert "--origin" in answer["error"]["message"]
    assert (await health(server))["refused"] == {"bad_origin": 1}


async def test_pages_that_are_served_and_those_allowed_are_heard(make_server):
    server = make_server(origins=("https://play.example.org/",))
    port = server.settings.port
    for origin in (
        f"http://127.0.0.1:{port}",
        f"http://localhost:{port}",
        "https://play.example.org",
    ):
        async with raw_member(server, origin=origin):
            pass


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_there_is_no_way_round_the_websocket(server, method):
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.request(method, "/socket.io/?EIO=4&transport=polling")
        assert answer.status_code == 400
        assert code_of(answer.json()) == "bad_request"


async def test_who_reads_nothing_of_what_he_is_told_loses_his_connection_not_the_servers_memory(
    make_server,
):
    limits = SocketLimits(messages_per_s=1e6, messages_burst=1e6, frames_per_s=1e6)
    server = make_server(socket_limits=limits)
    offer = {"type": "offer", "sdp": "x" * 11_000}
    async with member(server) as ann, deaf_member(server) as bob:
        created = await ann.create()
        version, code = ann.version, created["room"]["code"]
        assert (await bob.ask("join_room", {"version": version, "code": code}))["ok"]
        lines = server.app.state.server.sockets.sio.eio.sockets
        most_waiting = 0
        for _ in range(2 * MOST_WAITING):
            await ann.signal(1, "description", offer)
            most_waiting = max([most_waiting, *(line.queue.qsize() for line in lines.values())])
        assert MOST_WAITING - 1 <= most_waiting <= MOST_WAITING
        while [seat["connected"] for seat in (await heard(ann, "room"))["seats"]] != [True, False]:
            pass


async def test_who_asks_and_reads_no_answer_is_treated_alike(make_server):
    limits = SocketLimits(messages_per_s=1e6, messages_burst=1e6, frames_per_s=1e6)
    server = make_server(socket_limits=limits)
    sockets = server.app.state.server.sockets
    async with deaf_member(server) as bob:
        version = server.app.state.server.game.version
        await bob.ask("create_room", {"version": version})
        for _ in range(10 * MOST_WAITING):
            await bob.send('421["leave",{"token":"x"}]')
        await until(lambda: not sockets._addresses)
        assert sum(line.queue.qsize() for line in sockets.sio.eio.sockets.values()) < 10
