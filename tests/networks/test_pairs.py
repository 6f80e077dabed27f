"""Two people behind routers of all kinds: they play by the way they should, or hear why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.networks.game_server import GameServer
from tests.networks.internet import HOME_A, HOME_B, Internet
from tests.networks.matches import play_some_seconds
from tests.networks.nat import Nat
from tests.networks.people import DistantPerson
from tests.networks.routes import (
    REFLEXIVE,
    TURN_TCP,
    TURN_UDP,
    WITHOUT_ANY_PATH,
    read_route,
)
from tests.networks.turn_server import TurnServer

WITHIN_S = 30.0
"""From the making of a connection until it works."""

LONG = pytest.mark.networks


@dataclass(frozen=True)
class Pair:
    """Two routers, what helps those behind them, and what comes of it."""

    one: Nat
    other: Nat
    has_turn: bool
    route: str

    def __str__(self) -> str:
        return f"{self.one.value} - {self.other.value} - {'TURN' if self.has_turn else 'STUN'}"


CONE, RESTRICTED = Nat.FULL_CONE, Nat.PORT_RESTRICTED
SYMMETRIC, BLOCKED = Nat.SYMMETRIC, Nat.UDP_BLOCKED
CONNECTED = [
    pytest.param(Pair(CONE, CONE, False, REFLEXIVE), marks=LONG),
    Pair(RESTRICTED, RESTRICTED, False, REFLEXIVE),
    pytest.param(Pair(CONE, SYMMETRIC, False, REFLEXIVE), marks=LONG),
    pytest.param(Pair(RESTRICTED, RESTRICTED, True, REFLEXIVE), marks=LONG),
    pytest.param(Pair(RESTRICTED, SYMMETRIC, True, TURN_UDP), marks=LONG),
    Pair(SYMMETRIC, SYMMETRIC, True, TURN_UDP),
    pytest.param(Pair(RESTRICTED, BLOCKED, True, TURN_TCP), marks=LONG),
    Pair(BLOCKED, BLOCKED, True, TURN_TCP),
]
"""Of two who need TURN, the one whose way is longer names the route."""
WITHOUT_PATH = [
    Pair(RESTRICTED, SYMMETRIC, False, WITHOUT_ANY_PATH),
    Pair(SYMMETRIC, SYMMETRIC, False, WITHOUT_ANY_PATH),
    Pair(BLOCKED, BLOCKED, False, WITHOUT_ANY_PATH),
]


def prepare(
    internet: Internet, turn: TurnServer, serve: Callable[..., GameServer], pair: Pair
) -> str:
    """Set the routers up and start a server; returns its address."""
    internet.set_nat(HOME_A, pair.one)
    internet.set_nat(HOME_B, pair.other)
    turns = (turn.turn("udp"), turn.turn("tcp")) if pair.has_turn else ()
    return serve(turn.stun, *turns).url


@pytest.mark.parametrize("pair", CONNECTED, ids=str)
def test_two_pages_play_by_the_route_that_their_routers_leave(
    internet: Internet,
    turn: TurnServer,
    serve: Callable[..., GameServer],
    people: tuple[DistantPerson, DistantPerson],
    pair: Pair,
) -> None:
    url = prepare(internet, turn, serve, pair)
    frames = play_some_seconds(people, url)
    routes = [read_route(person) for person in people]
    rtts_ms = [person.statistic("rttMs") for person in people]
    print(f"{pair}: {routes}, {frames} frames, RTT {rtts_ms} ms")
    assert pair.route in {route.name for route in routes}
    assert max(route.after_s for route in routes) < WITHIN_S


@pytest.mark.networks
@pytest.mark.parametrize("pair", WITHOUT_PATH, ids=str)
def test_without_a_path_the_page_says_so_in_a_sentence(
    internet: Internet,
    turn: TurnServer,
    serve: Callable[..., GameServer],
    people: tuple[DistantPerson, DistantPerson],
    pair: Pair,
) -> None:
    url = prepare(internet, turn, serve, pair)
    ada, ben = people
    ada.open(url)
    ben.open(ada.create_game())
    for person in people:
        person.wait_until("peergym.problem === 'connection_failed'")
        assert "No direct connection" in person.page.inner_text("main")
        assert read_route(person).name == pair.route
