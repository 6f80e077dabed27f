"""What members are told to connect with, and what they may not tell each other."""

import pytest

from peergym.server.ice import IceSettings
from peergym.server.turn import TurnService, make_password
from tests.server.members import code_of, heard, member, two_in_a_match

SECRET = "a secret of sixteen or more".replace(" ", "-")
SERVICE = TurnService(("turn:turn.example.org",), SECRET, lifetime_s=60)
HOST = "candidate:1 1 udp 2122260223 203.0.113.5 61234 typ host"
REFLEXIVE = "candidate:2 1 udp 1686052607 203.0.113.5 61234 typ srflx raddr 10.0.0.5 rport 9"
RELAY = "candidate:3 1 udp 41885439 198.51.100.9 50001 typ relay raddr 203.0.113.5 rport 61234"
SDP = f"v=0\r\nc=IN IP4 203.0.113.5\r\na={HOST}\r\na={RELAY}\r\na=ice-pwd:+/\r\n"


class Time:
    """A clock that is set by hand; seconds since 1970."""

    def __init__(self):
        self.now_s = 1_700_000_000.0

    def __call__(self):
        return self.now_s


def user_of(told):
    """The one user name among what somebody was told."""
    (server,) = told["ice_servers"]
    assert server["credential"] == make_password(SECRET, server["username"])
    return server["username"]


async def test_each_member_has_credentials_of_its_own_and_gets_new_ones(make_server):
    clock = Time()
    server = make_server(ice=IceSettings(turn=SERVICE), wall_clock=clock)
    async with member(server) as ann, member(server) as bob:
        room = (await ann.create())["room"]
        assert code_of(await ann.ask("ice_servers", token=ann.token)) == "bad_request"
        entry = await bob.join(room["code"])
        assert entry["ok"]
        ann_user, bob_user = user_of(await heard(ann, "match")), user_of(await heard(bob, "match"))
        assert ann_user != bob_user
        assert ann_user.startswith("1700000060:")
        clock.now_s += 3600.0
        fresh = await ann.ask("ice_servers", token=ann.token)
        assert fresh["ice_policy"] == "all"
        assert user_of(fresh) == ann_user.replace("1700000060", "1700003660")
        assert code_of(await ann.ask("ice_servers", token=bob.token)) == "bad_token"


async def test_who_is_there_gets_new_credentials_with_everybody_who_comes(make_server):
    clock = Time()
    server = make_server(ice=IceSettings(turn=SERVICE), wall_clock=clock)
    async with two_in_a_match(server) as (ann, bob):
        clock.now_s += 3600.0
        assert (await bob.ask("resume", token=bob.token, rejoin=True))["ok"]
        assert user_of(await heard(ann, "peer")).startswith("1700003660:")


async def test_where_addresses_are_hidden_none_is_passed_on(make_server):
    server = make_server(ice=IceSettings(turn=SERVICE, privacy="relay"))
    async with two_in_a_match(server) as (ann, bob):
        for candidate in (HOST, REFLEXIVE, "nonsense 203.0.113.5", RELAY):
            assert (await ann.signal(1, "candidate", {"candidate": candidate}))["ok"]
        assert (await ann.signal(1, "description", {"type": "offer", "sdp": SDP}))["ok"]
        assert (await ann.signal(1, "candidate", None))["ok"]
        passed_on = [(await bob.next("signal"))["payload"] for _ in range(3)]
    hidden = RELAY.replace("raddr 203.0.113.5 rport 61234", "raddr 0.0.0.0 rport 0")
    assert passed_on == [
        {"candidate": hidden},
        {
            "type": "offer",
            "sdp": f"v=0\r\nc=IN IP4 0.0.0.0\r\na={hidden}\r\na=ice-pwd:+/\r\n",
        },
        None,
    ]


async def test_where_nothing_is_hidden_signals_are_passed_on_letter_by_letter(server):
    async with two_in_a_match(server) as (ann, bob):
        assert (await ann.signal(1, "description", {"type": "offer", "sdp": SDP}))["ok"]
        assert (await bob.next("signal"))["payload"]["sdp"] == SDP


async def test_whoever_answers_may_ask_for_a_new_offer(server):
    async with two_in_a_match(server) as (ann, bob):
        assert (await bob.signal(0, "restart", None))["ok"]
        assert await ann.next("signal") == {"from": 1, "kind": "restart", "payload": None}
        assert code_of(await bob.signal(0, "restart", {"now": True})) == "bad_request"


@pytest.mark.parametrize("ice", [IceSettings(privacy="relay"), IceSettings(is_p2p=False)])
async def test_without_turn_or_p2p_no_two_members_are_to_connect(make_server, ice):
    server = make_server(ice=ice)
    async with member(server) as ann, member(server) as bob:
        room = (await ann.create())["room"]
        await bob.join(room["code"])
        match = await heard(ann, "match")
        assert match["offers"] == []
        assert match["ice_servers"] == []
