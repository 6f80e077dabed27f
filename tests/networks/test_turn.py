"""TURN and STUN servers that hide addresses, are not there, or refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from peergym.server.turn import read_turn_secret
from tests.networks.game_server import GameServer
from tests.networks.internet import HOME_A, HOME_B, NOBODY_ADDRESS, SERVER_ADDRESS, Internet
from tests.networks.matches import play_some_seconds
from tests.networks.nat import Nat
from tests.networks.people import DistantPerson
from tests.networks.routes import REFLEXIVE, TURN_UDP, wait_for_direct_routes
from tests.networks.sniffer import sniffer
from tests.networks.turn_server import TurnServer, credentials, url

pytestmark = pytest.mark.networks

Serve = Callable[..., GameServer]
People = tuple[DistantPerson, DistantPerson]


def fixed(place: str, user: str, password: str) -> tuple[str, str]:
    """Words of the command line that name a TURN server with credentials for everybody."""
    return "--ice-server", f"{place},{user},{password}"


@pytest.mark.parametrize("option", ["--ice-policy=relay", "--privacy=relay"])
def test_whoever_is_told_to_keep_to_turn_sends_nothing_to_the_other_home(
    restricted: Internet, turn: TurnServer, serve: Serve, people: People, option: str
) -> None:
    server = serve(*turn.turn_over_udp, option)
    with (
        sniffer(restricted.sandbox, HOME_A.router) as at_a,
        sniffer(restricted.sandbox, HOME_B.router) as at_b,
    ):
        play_some_seconds(people, server.url)
        assert [route.name for route in wait_for_direct_routes(people)] == [TURN_UDP, TURN_UDP]
        heard_at_a, heard_at_b = at_a.addresses(), at_b.addresses()
    print(f"{option}: a heard {heard_at_a}, b heard {heard_at_b}")
    assert HOME_B.address not in heard_at_a
    assert HOME_A.address not in heard_at_b


def test_a_dead_stun_server_keeps_nobody_from_playing_where_there_is_turn(
    restricted: Internet, turn: TurnServer, serve: Serve, people: People
) -> None:
    dead = f"stun:{NOBODY_ADDRESS}:3478"
    play_some_seconds(people, serve("--ice-server", dead, *turn.turn).url)
    # A TURN server tells whoever asks it for a path the address that it sees, too.
    assert [route.name for route in wait_for_direct_routes(people)] == [REFLEXIVE, REFLEXIVE]


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("wrong", "does not accept the credentials it was shown"),
        ("expired", "does not accept the credentials, which have expired"),
        ("down", f"The TURN server {SERVER_ADDRESS}:3478 does not answer over TCP"),
        ("silent", f"The TURN server {NOBODY_ADDRESS}:3478 does not answer;"),
    ],
)
def test_a_turn_server_that_does_not_help_is_told_of_in_a_sentence(
    internet: Internet, turn: TurnServer, serve: Serve, people: People, case: str, sentence: str
) -> None:
    for home in internet.homes:
        internet.set_nat(home, Nat.SYMMETRIC)
    secret = read_turn_secret(turn.secret_file)
    good = credentials(secret, expires_in_s=3600)
    options = {
        "wrong": fixed(url("udp"), *credentials("of another server", expires_in_s=3600)),
        "expired": fixed(url("udp"), *credentials(secret, expires_in_s=-60)),
        "down": fixed(url("tcp", SERVER_ADDRESS), *good),  # a machine on which nothing listens
        "silent": fixed(url("udp", NOBODY_ADDRESS), *good),
    }
    ada, ben = people
    ada.open(serve(*options[case]).url)
    ben.open(ada.create_game())
    for person in people:
        hear_trouble(person, sentence)


def hear_trouble(person: DistantPerson, sentence: str) -> None:
    """Wait until a page knows of this trouble with a server."""
    person.wait_until("peergym.iceTroubles.some((told) => told.includes(argument))", sentence)
    print(f"{person.name}: {person.look('iceTroubles')}")
