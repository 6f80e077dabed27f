"""Which servers and which policy a peer is told, and what cannot be configured."""

import pytest

from peergym.errors import ConfigurationError
from peergym.server.ice import (
    IceIssuer,
    IceSettings,
    check_ice_server,
    read_ice_server,
    read_turn_url,
)
from peergym.server.turn import TurnService

STUN = {"urls": ["stun:stun.example.org:3478"]}
FIXED_TURN = {"urls": ["turn:t.example.org"], "username": "ann", "credential": "a+b/c=="}
SERVICE = TurnService(("turn:turn.example.org:3478",), "0123456789abcdef")
MATCH = {"match_id": "m", "offers": [[0, 1]], "record_token": "r"}


def told(peer=0, **settings):
    """What a peer is told with its match."""
    return IceIssuer(IceSettings(**settings), lambda: 1000.0).complete(MATCH, "m", peer)


def test_unless_configured_no_server_is_named_and_peers_connect_directly():
    assert told() == {**MATCH, "ice_servers": [], "ice_policy": "all"}


def test_servers_are_passed_on_as_they_are_and_turn_comes_with_credentials():
    answer = told(servers=(STUN, FIXED_TURN), turn=SERVICE)
    assert answer["ice_servers"][:2] == [STUN, FIXED_TURN]
    assert answer["ice_servers"][2]["urls"] == ["turn:turn.example.org:3478"]
    assert answer["ice_servers"][2]["username"].startswith("1900:")
    assert answer["offers"] == [[0, 1]]


def test_each_peer_has_credentials_of_its_own():
    first, second = (told(peer, turn=SERVICE)["ice_servers"][0] for peer in (0, 1))
    assert first["username"] != second["username"]
    assert first["credential"] != second["credential"]


def test_a_policy_of_relay_needs_no_stun_server():
    answer = told(servers=(STUN, FIXED_TURN), policy="relay")
    assert answer["ice_servers"] == [FIXED_TURN]
    assert answer["ice_policy"] == "relay"


def test_where_addresses_are_hidden_peers_meet_at_the_turn_server():
    answer = told(servers=(STUN,), turn=SERVICE, privacy="relay")
    assert answer["ice_policy"] == "relay"
    assert [server["urls"] for server in answer["ice_servers"]] == [list(SERVICE.urls)]
    assert answer["offers"] == [[0, 1]]


@pytest.mark.parametrize("settings", [{"privacy": "relay"}, {"is_p2p": False, "turn": SERVICE}])
def test_without_turn_or_without_p2p_nobody_connects_directly(settings):
    answer = told(servers=(STUN,), **settings)
    assert answer["offers"] == []
    assert answer["ice_servers"] == []
    assert answer["record_token"] == "r"


def test_a_policy_of_relay_without_turn_is_told_with_two_ways_out():
    with pytest.raises(ConfigurationError, match=r"--turn.*--no-p2p"):
        IceSettings(servers=(STUN,), policy="relay")
    assert IceSettings(policy="relay", is_p2p=False).connects_directly is False


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("stun:stun.example.org:3478", STUN),
        ("stun:[2001:db8::1]:3478", {"urls": ["stun:[2001:db8::1]:3478"]}),
        (
            "turn:t.example.org:3478?transport=tcp,ann,a+b,c=",
            {
                "urls": ["turn:t.example.org:3478?transport=tcp"],
                "username": "ann",
                "credential": "a+b,c=",
            },
        ),
    ],
)
def test_ice_servers_are_read_as_they_are_written(text, server):
    assert read_ice_server(text) == server


@pytest.mark.parametrize(
    "text", ["", "stun:", "http://x", "turn:x", "turn:x,u", "stun:x,u,p", "stun:x?y", "stun:a b"]
)
def test_what_is_no_ice_server_is_told(text):
    with pytest.raises(ConfigurationError, match=r"turn:host:port,user,password"):
        read_ice_server(text)


def test_a_turn_server_without_credentials_is_told_of_the_other_way():
    with pytest.raises(ConfigurationError, match="--turn"):
        read_ice_server("turn:turn.example.org")


@pytest.mark.parametrize(
    "url", ["turn:t", "turns:t:5349", "turn:t:1?transport=tcp", "turn:[::1]:1"]
)
def test_a_turn_address_is_read_as_browsers_read_it(url):
    assert read_turn_url(url) == url


@pytest.mark.parametrize("url", ["turn.example.org", "turn:", "turn:t?transport=sctp", "turn:t,u"])
def test_what_is_no_turn_address_is_told(url):
    with pytest.raises(ConfigurationError, match="turn:host:port"):
        read_turn_url(url)


def test_servers_may_be_written_as_browsers_write_them():
    assert check_ice_server({"urls": "stun:stun.example.org:3478"}) == STUN
    assert check_ice_server(FIXED_TURN) == FIXED_TURN


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ({"url": "stun:x"}, "has no url; it has urls"),
        ({}, "without urls"),
        ({"urls": ["turn:x"]}, "turn:host:port"),
        ({"urls": ["turn:x"], "username": "u", "credential": 7}, "are texts"),
    ],
)
def test_what_browsers_would_not_take_is_told(server, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        check_ice_server(server)
