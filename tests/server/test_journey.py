"""From an empty server to a match and out again, with the client library that pages use."""

import pytest

from peergym.server import DROPPED
from peergym.server.ice import IceSettings
from peergym.signalling import RoomLimits
from tests.server.members import (
    code_of,
    health,
    heard,
    member,
    picture_of,
    rooms_of,
    two_in_a_match,
    until,
)

OFFER = {"type": "offer", "sdp": "v=0\r\na=ice-pwd:a+b/c+d==\r\na=x:\u00e9 \U0001f3d3\r\n"}
ANSWER = {"type": "answer", "sdp": "v=0\r\na=ice-pwd:+++\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 udp 2 192.0.2.7 5000 typ host", "sdpMid": "0"}


async def test_two_people_create_join_signal_and_leave(server):
    async with member(server) as ann, member(server) as bob:
        created = await ann.create(options={"ball_speed": 7}, input_delay=3)
        assert created["ok"]
        assert created["match"] is None
        room = created["room"]
        assert (room["state"], room["seat"], room["seats_total"]) == ("open", 0, 2)
        assert room["options"]["ball_speed"] == 7
        assert room["input_delay"] == 3

        joined = await bob.join(room["code"].lower())
        assert (joined["room"]["state"], joined["room"]["you"]) == ("playing", 1)
        assert [seat["connected"] for seat in (await ann.next("room"))["seats"]] == [True, True]
        match, told = await ann.next("match"), await bob.next("match")
        assert told == joined["match"]
        # Each may store his own record of the match, and nobody else's.
        tokens = {description.pop("record_token") for description in (match, told)}
        assert len(tokens) == 2
        # And each may attach himself to the relay, as himself.
        relays = [description.pop("relay") for description in (match, told)]
        assert {relay["path"] for relay in relays} == {"/relay"}
        assert len({relay["token"] for relay in relays}) == 2
        assert match == told
        assert match["owners"] == [0, 1]
        assert match["offers"] == [[0, 1]]
        assert match["ice_servers"] == []
        assert match["options"] == room["options"]
        assert match["checksum_interval_frames"] == 60
        assert 0 <= int(match["seed"]) < 2**64

        assert await ann.signal(1, "description", OFFER) == {"ok": True}
        assert await bob.next("signal") == {"from": 0, "kind": "description", "payload": OFFER}
        assert await bob.signal(0, "description", ANSWER) == {"ok": True}
        assert await bob.signal(0, "candidate", CANDIDATE) == {"ok": True}
        assert await bob.signal(0, "candidate", None) == {"ok": True}
        assert (await ann.next("signal"))["payload"] == ANSWER
        assert (await ann.next("signal"))["payload"] == CANDIDATE
        assert (await ann.next("signal"))["payload"] is None

        assert await ann.leave() == {"ok": True}
        assert await bob.next("gone") == {"peer": 0, "reason": "left"}
        assert [seat["peer"] for seat in (await bob.next("room"))["seats"]] == [1]
        assert await bob.leave() == {"ok": True}
    assert rooms_of(server).rooms() == []


async def test_the_answer_comes_before_what_it_caused(server):
    async with member(server) as ann:
        created = await ann.create()
        async with member(server) as bob:
            order = []
            bob.client.on("match", lambda _: order.append("match"))
            await bob.client.emit(
                "join_room",
                {"version": bob.version, "code": created["room"]["code"]},
                callback=lambda _: order.append("answer"),
            )
            await until(lambda: len(order) == 2)
            assert order == ["answer", "match"]


async def test_strangers_meet_by_quick_match(server):
    async with member(server) as ann, member(server) as bob:
        first, second = await ann.quick_match(), await bob.quick_match()
        assert first["room"]["code"] == second["room"]["code"]
        assert first["room"]["options"] == {"ball_speed": 6, "score_to_win": 5}
        assert (await bob.next("match"))["match_id"] == second["match"]["match_id"]


async def test_after_signalling_nothing_of_a_match_goes_through_the_server(server):
    async with two_in_a_match(server) as (ann, bob):
        await ann.signal(1, "description", OFFER)
        await bob.next("signal")
        figures = await health(server)
        assert figures["signals_forwarded"] == 1
        assert figures["signal_bytes_forwarded"] > len(OFFER["sdp"])
        assert figures["rooms"] == {"open": 0, "playing": 1}
        assert figures["sockets"] == 2
        assert await health(server) == figures


async def test_who_loses_the_connection_comes_back_to_the_same_seat(server):
    async with two_in_a_match(server) as (ann, bob):
        match_id = rooms_of(server).rooms()[0].match.match_id
        await bob.client.disconnect()
        assert [seat["connected"] for seat in (await ann.next("room"))["seats"]] == [True, False]
        assert await ann.signal(1, "description", OFFER) == {"ok": True}
        async with member(server) as returned:
            answer = await returned.ask("resume", token=bob.token)
            assert answer["room"]["you"] == 1
            assert answer["match"]["match_id"] == match_id
            assert (await returned.next("signal"))["payload"] == OFFER
            assert (await ann.next("room"))["seats"][1]["connected"]
            assert await returned.signal(0, "description", ANSWER) == {"ok": True}
            assert (await ann.next("signal"))["payload"] == ANSWER


async def test_who_does_not_come_back_loses_the_seat_after_the_grace(make_server):
    server = make_server(room_limits=RoomLimits(grace_s=0.05))
    async with two_in_a_match(server) as (ann, bob):
        await bob.client.disconnect()
        assert not (await ann.next("room"))["seats"][1]["connected"]
        assert await ann.next("gone") == {"peer": 1, "reason": "lost"}
        assert len((await ann.next("room"))["seats"]) == 1
        async with member(server) as returned:
            answer = await returned.ask("resume", token=bob.token)
            assert answer["error"]["code"] == "bad_token"
            answer = await returned.join(rooms_of(server).rooms()[0].code)
            assert (answer["room"]["seat"], answer["room"]["you"]) == (1, 2)
            assert (await heard(ann, "peer"))["offers"] == [[0, 2]]


async def test_a_page_that_was_reloaded_comes_back_as_somebody_new(server):
    async with two_in_a_match(server) as (ann, bob), member(server) as reloaded:
        answer = await reloaded.ask("resume", token=bob.token, rejoin=True)
        assert (answer["room"]["seat"], answer["room"]["you"]) == (1, 2)
        assert answer["match"]["owners"] == [0, -1]
        assert (await bob.next("closed"))["code"] == "bad_token"
        assert await ann.next("gone") == {"peer": 1, "reason": "replaced"}
        assert (await ann.next("room"))["seats"][1]["peer"] == 2
        come = await ann.next("peer")
        assert (come["peer"], come["seat"], come["offers"]) == (2, 1, [[0, 2]])


async def test_a_match_of_three_begins_when_its_host_does_not_wait_and_one_watches(make_server):
    server = make_server(game="bomberman", players=3)
    async with member(server) as ann, member(server) as bob, member(server) as eve:
        created = await ann.create(absent="noop", grace_s=30, prediction_window=5)
        code = created["room"]["code"]
        assert (await bob.join(code))["room"]["state"] == "open"
        watching = await eve.ask("join_room", version=eve.version, code=code, watch=True)
        assert watching["room"]["seat"] is None
        assert code_of(await ann.ask("start", token=ann.token)) == "bad_request"
        assert (await bob.ask("ready", token=bob.token, ready=True)) == {"ok": True}
        assert (await ann.ask("start", token=ann.token)) == {"ok": True}
        match = await heard(bob, "match")
        assert match["owners"] == [0, 1, -1]
        assert (match["absent"], match["grace_s"]) == ("noop", 30)
        assert (match["prediction_window"], match["has_arbiter"]) == (5, True)
        watched = await heard(eve, "match")
        assert watched["offers"] == [[0, 2], [1, 2]]
        assert "record_token" not in watched
        assert (await heard(ann, "peer"))["seat"] is None


async def test_the_host_sends_somebody_away_for_good(server):
    async with two_in_a_match(server) as (ann, bob):
        (_, sitting) = rooms_of(server).rooms()[0].sittings.values()
        assert code_of(await bob.ask("kick", token=bob.token, sitting=0)) == "bad_request"
        assert (await ann.ask("kick", token=ann.token, sitting=sitting.number)) == {"ok": True}
        assert (await bob.next("closed"))["code"] == "kicked"
        assert code_of(await bob.ask("resume", token=bob.token)) == "kicked"


async def test_the_server_decides_between_two_halves(server):
    async with two_in_a_match(server) as (ann, bob):
        asked = {"epoch": 0, "members": [0, 1]}
        assert (await bob.ask("arbitrate", token=bob.token, group=[1], **asked)) == {"ok": True}
        assert await bob.next("decision") == {"epoch": 0, "group": [1], "is_granted": True}
        assert (await ann.ask("arbitrate", token=ann.token, group=[0], **asked)) == {"ok": True}
        assert not (await ann.next("decision"))["is_granted"]


async def test_an_agent_is_chosen_only_where_the_game_has_one(make_server):
    server = make_server(game="chaos")
    async with member(server) as ann:
        assert code_of(await ann.create(absent="agent")) == "bad_request"
        assert (await ann.create())["room"]["absent"] == "noop"


async def test_a_room_whose_creator_vanishes_is_not_left_behind(make_server):
    server = make_server(room_limits=RoomLimits(grace_s=0.01))
    async with member(server) as ann:
        created = await ann.create()
    async with member(server) as bob:
        await until(lambda: not rooms_of(server).rooms())
        assert (await bob.join(created["room"]["code"]))["error"]["code"] == "room_closed"


async def test_after_a_match_both_may_play_another(server):
    async with two_in_a_match(server) as (ann, bob):
        await ann.leave()
        await bob.leave()
        again = await bob.create()
        assert (await ann.join(again["room"]["code"]))["ok"]


async def test_rooms_have_as_many_seats_as_the_server_was_told(make_server):
    server = make_server(game="bomberman", players=3)
    async with member(server) as ann, member(server) as bob, member(server) as eve:
        room = (await ann.create())["room"]
        assert room["seats_total"] == 3
        assert (await bob.join(room["code"]))["room"]["state"] == "open"
        assert (await eve.join(room["code"]))["room"]["state"] == "open"
        for someone in (ann, bob, eve):
            await someone.ask("ready", token=someone.token, ready=True)
        assert (await heard(eve, "match"))["owners"] == [0, 1, 2]
    assert server.app.state.server.game.description.players == 3


async def test_configured_ice_servers_reach_the_match_as_they_are(make_server):
    turn = {"urls": ["turn:turn.example.org"], "username": "u", "credential": "a+b/c=="}
    server = make_server(ice=IceSettings(servers=(turn,)))
    async with member(server) as ann, member(server) as bob:
        await ann.quick_match()
        assert (await bob.quick_match())["match"]["ice_servers"] == [turn]


@pytest.mark.parametrize("is_dropped", [False, True])
async def test_a_signal_filter_may_change_what_is_forwarded_or_drop_it(make_server, is_dropped):
    seen = []

    def divert(signal):
        seen.append((signal.sender, signal.to, signal.kind))
        if signal.kind != "candidate":
            return signal.payload
        return DROPPED if is_dropped else {**signal.payload, "candidate": "elsewhere"}

    server = make_server(signal_filter=divert)
    async with two_in_a_match(server) as (ann, bob):
        await ann.signal(1, "candidate", CANDIDATE)
        await ann.signal(1, "description", OFFER)
        if not is_dropped:
            assert (await bob.next("signal"))["payload"]["candidate"] == "elsewhere"
        assert (await bob.next("signal"))["payload"] == OFFER
    assert seen == [(0, 1, "candidate"), (0, 1, "description")]


async def test_two_servers_in_one_process_share_nothing(make_server, tmp_path):
    one = make_server(data_dir=tmp_path / "one")
    other = make_server(data_dir=tmp_path / "other", game="chaos")
    async with member(one) as ann, member(other) as bob:
        code = (await ann.create())["room"]["code"]
        before = picture_of(one)
        assert (await bob.join(code))["error"]["code"] == "wrong_code"
        assert (await bob.ask("resume", token=ann.token))["error"]["code"] == "bad_token"
        assert (await bob.create())["room"]["options"] == {"score_to_win": 0}
        assert picture_of(one) == before
        assert (await health(one))["refused"] == {}
        assert (await health(other))["refused"] == {"wrong_code": 1, "bad_token": 1}
