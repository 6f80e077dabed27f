"""What is wrong, strange or hostile gets a clear error, and nothing changes."""

import json

import pytest
from websockets.exceptions import ConnectionClosed

from peergym.server.tokens import TokenSigner
from peergym.signalling import RoomLimits
from tests.server.members import (
    code_of,
    health,
    member,
    picture_of,
    raw_member,
    rooms_of,
    two_in_a_match,
)

OFFER = {"type": "offer", "sdp": "v=0"}


NO_EVENTS = [
    ('427["disconnect"]', "no such event"),
    ('427["disconnect",{}]', "no such event"),
    ('427["connect",{}]', "no such event"),
    ('427["*",{}]', "no such event"),
    ('427["admin",{}]', "no such event"),
    ("427[]", "no such event"),
    ("427[[]]", "no such event"),
    ('427[{"a":1},2]', "no such event"),
    ('427["leave"]', "one object"),
    ('427["leave",{},{}]', "one object"),
    ('427["leave",null]', "one object"),
    ('427["leave",[1]]', "one object"),
    ('427["leave",{}', "JSON"),
    ('427["leave",{"token":' + "9" * 5000 + "}]", "JSON"),
    ("427" + "[" * 10_000, "JSON"),
    ('427["leave",{}]]', "JSON"),
    ('42/admin,7["leave",{}]', "plain JSON"),
    ('451-7["signal",{"payload":{"_placeholder":true,"num":0}}]', "plain JSON"),
    ('45999999999-7["signal"]', "plain JSON"),
]

NO_FRAMES = [
    *("", "x", "9", "4", "2", "2probe", "5", "b", "bAAAA", "4x", "43", "430[]", "44{}", "46"),
    *("40", "40{}", "40/admin,", "42", "427", "42{}", "\x00", "4\ud7ff"),
    *(b"", b"\x00\x01", b'427["leave",{}]'),
]


@pytest.fixture
async def someone(server):
    """Somebody who watches from a socket of his own, while two others play."""
    async with two_in_a_match(server), member(server) as someone:
        before = picture_of(server)
        yield someone
        assert picture_of(server) == before
        assert someone.heard.empty()


async def test_a_wrong_code(someone):
    assert code_of(await someone.join("CCCCCC")) == "wrong_code"
    assert code_of(await someone.join("")) == "wrong_code"
    assert code_of(await someone.join("' OR 1=1 --")) == "wrong_code"


async def test_a_full_room(server, someone):
    code = rooms_of(server).rooms()[0].code
    assert code_of(await someone.join(code)) == "room_full"


async def test_a_closed_room(server, someone):
    async with member(server) as host:
        created = await host.create()
        await host.leave()
    assert code_of(await someone.join(created["room"]["code"])) == "room_closed"


async def test_another_version_of_the_game(server, someone):
    code = rooms_of(server).rooms()[0].code
    version = f"{someone.version}0"
    for event, more in (("create_room", {}), ("join_room", {"code": code}), ("quick_match", {})):
        answer = await someone.ask(event, version=version, **more)
        assert code_of(answer) == "version_mismatch"


async def test_options_that_the_game_does_not_have(someone):
    for options in (
        {"ball_speed": 1e9},
        {"ball_speed": -1},
        {"ball_speed": 6.5},
        {"ball_speed": 10**90},
        {"ball_speed": 10**300},
        {"gravity": 1},
        {"ball_speed": "6"},
    ):
        assert code_of(await someone.create(options=options)) == "bad_request", options


async def test_requests_that_the_schema_does_not_allow(someone):
    for event, request in (
        ("create_room", {}),
        ("create_room", {"version": None}),
        ("join_room", {"version": "1", "code": {"$ne": None}}),
        ("resume", {"token": ["a", "b"]}),
        ("leave", {"token": "t", "room": "all"}),
        ("signal", {"token": "t", "to": "everybody", "kind": "description", "payload": OFFER}),
        ("signal", {"token": "t", "to": 0, "kind": "input", "payload": "AAAA"}),
    ):
        assert code_of(await someone.ask(event, **request)) == "bad_request", request


async def test_tokens_that_are_none(server, someone):
    forged = TokenSigner("another secret", 3600.0)
    room = rooms_of(server).rooms()[0]
    seat_pass = room.pass_of(room.players[0])
    tokens = ["", "nonsense", "a.b", "\u00e9", "." * 400, forged.issue(seat_pass, 0.0)]
    for token in tokens:
        assert code_of(await someone.ask("resume", token=token)) == "bad_token"
        assert code_of(await someone.ask("leave", token=token)) == "bad_token"
        assert code_of(await someone.signal(1, "description", OFFER, token)) == "bad_token"


async def test_an_expired_token(make_server):
    time_s = [1000.0]
    server = make_server(token_lifetime_s=60.0, wall_clock=lambda: time_s[0])
    async with two_in_a_match(server) as (ann, bob):
        before = picture_of(server)
        time_s[0] = 1059.0
        assert (await ann.signal(1, "candidate", None))["ok"]
        await bob.next("signal")
        time_s[0] = 1060.0
        assert code_of(await ann.signal(1, "candidate", None)) == "bad_token"
        assert code_of(await ann.leave()) == "bad_token"
        assert "expired" in (await ann.ask("resume", token=ann.token))["error"]["message"]
        assert picture_of(server) == before
        assert bob.heard.empty()


async def test_another_rooms_token(server):
    async with two_in_a_match(server) as (ann, bob), two_in_a_match(server) as (cid, dan):
        before = picture_of(server)
        for token in (ann.token, bob.token, dan.token):
            assert code_of(await cid.signal(1, "description", OFFER, token)) == "bad_token"
            assert code_of(await cid.ask("leave", token=token)) == "bad_token"
        assert code_of(await cid.ask("resume", token=ann.token)) == "bad_request"
        assert picture_of(server) == before
        assert ann.heard.empty()
        assert bob.heard.empty()
        assert dan.heard.empty()


async def test_signals_to_nobody_or_against_the_roles(server):
    async with two_in_a_match(server) as (ann, bob):
        for to in (0, 2, 255):
            assert code_of(await ann.signal(to, "candidate", None)) == "bad_request"
        assert code_of(await bob.signal(0, "description", OFFER)) == "bad_request"
        assert ann.heard.empty()


async def test_a_server_with_as_many_rooms_as_it_serves(make_server):
    server = make_server(room_limits=RoomLimits(rooms=1))
    async with member(server) as ann, member(server) as bob:
        assert (await ann.create())["ok"]
        before = picture_of(server)
        assert code_of(await bob.create()) == "server_full"
        assert picture_of(server) == before


@pytest.mark.parametrize("size", [16_385, 100_000, 250_000])
async def test_messages_that_are_too_large_are_answered_and_not_read(server, size):
    async with two_in_a_match(server), raw_member(server) as someone:
        before = picture_of(server)
        answer = await someone.ask("join_room", {"version": "1", "code": "C" * size})
        assert code_of(answer) == "too_large"
        assert code_of(await someone.ask("leave", {"token": "x"})) == "bad_token"
        assert picture_of(server) == before


async def test_a_message_beyond_all_measure_ends_the_connection_and_no_other(server):
    async with two_in_a_match(server) as (ann, _), raw_member(server) as someone:
        before = picture_of(server)
        await someone.send("420" + json.dumps(["leave", {"token": "x" * 1_000_000}]))
        with pytest.raises(ConnectionClosed) as caught:
            await someone.answer(0)
        assert caught.value.rcvd.code == 1009
        assert picture_of(server) == before
        assert (await ann.signal(1, "candidate", None))["ok"]


async def test_events_that_are_none_are_answered(server):
    async with two_in_a_match(server), raw_member(server) as someone:
        before = picture_of(server)
        for frame, says in NO_EVENTS:
            await someone.send(frame)
            answer = await someone.answer(7)
            assert code_of(answer) == "bad_request", frame
            assert says in answer["error"]["message"], frame
            assert code_of(await someone.ask("leave", {"token": "x"})) == "bad_token", frame
            assert picture_of(server) == before, frame


async def test_frames_that_mean_nothing_change_nothing(server):
    async with two_in_a_match(server), raw_member(server) as someone:
        before = picture_of(server)
        for refused, frame in enumerate(NO_FRAMES):
            await someone.send(frame)
            assert code_of(await someone.ask("leave", {"token": "x"})) == "bad_token", frame
            assert picture_of(server) == before, frame
            told = (await health(server))["refused"]
            assert told == {"bad_token": refused + 1, "bad_request": refused + 1}, frame


async def test_who_has_not_been_greeted_is_not_heard(server):
    async with raw_member(server, is_greeted=False) as someone:
        version = server.app.state.server.game.version
        assert code_of(await someone.ask("create_room", {"version": version})) == "bad_request"
        assert picture_of(server) == []


async def test_a_seat_does_not_outlive_a_connection_that_ends_in_garbage(make_server):
    server = make_server(room_limits=RoomLimits(grace_s=0.05))
    async with member(server) as ann:
        created = await ann.create()
        async with raw_member(server) as someone:
            request = {"version": ann.version, "code": created["room"]["code"]}
            assert (await someone.ask("join_room", request))["ok"]
            await ann.next("room")
            await ann.next("match")
            await someone.send("x")
            await someone.send(b"\xff" * 100)
        assert not (await ann.next("room"))["seats"][1]["connected"]
        assert await ann.next("gone") == {"peer": 1, "reason": "lost"}


async def test_an_error_of_our_own_is_said_to_be_one(make_server, caplog):
    def broken(_):
        raise ZeroDivisionError

    server = make_server(signal_filter=broken)
    async with two_in_a_match(server) as (ann, bob):
        before = picture_of(server)
        assert code_of(await ann.signal(1, "candidate", None)) == "server_error"
        assert picture_of(server) == before
        assert bob.heard.empty()
    assert "ZeroDivisionError" in caplog.text


async def test_one_who_cannot_be_told_something_does_not_keep_others_from_being_told(
    make_server, caplog
):
    server = make_server()
    sockets = server.app.state.server.sockets
    told, failed = sockets._complete, []

    def broken(push):
        if push.event == "room" and not failed:
            failed.append(push)
            raise ZeroDivisionError
        return told(push)

    sockets._complete = broken
    async with member(server) as ann, member(server) as bob:
        created = await ann.create()
        assert (await bob.join(created["room"]["code"]))["ok"]
        for someone in (ann, bob):
            await someone.next("match")
    assert failed
    assert "ZeroDivisionError" in caplog.text
