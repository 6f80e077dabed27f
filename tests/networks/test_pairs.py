"""Two people behind routers of all kinds: they play by the way they should."""

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
    HOST,
    REFLEXIVE,
    RELAY,
    TURN_TCP,
    TURN_UDP,
    read_route,
    wait_for_direct_routes,
    wait_for_route,
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
PAIRS = [
    pytest.param(Pair(CONE, CONE, False, REFLEXIVE), marks=LONG),
    Pair(RESTRICTED, RESTRICTED, False, REFLEXIVE),
    pytest.param(Pair(CONE, SYMMETRIC, False, REFLEXIVE), marks=LONG),
    pytest.param(Pair(RESTRICTED, SYMMETRIC, False, RELAY), marks=LONG),
    pytest.param(Pair(SYMMETRIC, SYMMETRIC, False, RELAY), marks=LONG),
    pytest.param(Pair(BLOCKED, BLOCKED, False, RELAY), marks=LONG),
    pytest.param(Pair(RESTRICTED, RESTRICTED, True, REFLEXIVE), marks=LONG),
    pytest.param(Pair(RESTRICTED, SYMMETRIC, True, TURN_UDP), marks=LONG),
    Pair(SYMMETRIC, SYMMETRIC, True, TURN_UDP),
    pytest.param(Pair(RESTRICTED, BLOCKED, True, TURN_TCP), marks=LONG),
    Pair(BLOCKED, BLOCKED, True, TURN_TCP),
]
"""Of two who need TURN, the one whose way is longer names the route."""


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_two_people_play_by_the_route_that_their_routers_leave(
    internet: Internet,
    turn: TurnServer,
    serve: Callable[..., GameServer],
    people: tuple[DistantPerson, DistantPerson],
    pair: Pair,
) -> None:
    internet.set_nat(HOME_A, pair.one)
    internet.set_nat(HOME_B, pair.other)
    words = turn.turn if BLOCKED in {pair.one, pair.other} else turn.turn_over_udp
    url = serve(*turn.stun, *(words if pair.has_turn else ())).url
    play_some_seconds(people, url)
    if pair.route == RELAY:
        for person in people:
            wait_for_route(person, "relay")
        routes = [read_route(person) for person in people]
    else:
        routes = wait_for_direct_routes(people)
    print(f"{pair}: {routes}, RTT {[person.statistic('rttMs') for person in people]} ms")
    assert pair.route in {route.name for route in routes}
    assert max(route.after_s for route in routes) < WITHIN_S


@LONG
def test_two_people_in_one_home_play_without_leaving_it(
    internet: Internet,
    serve: Callable[..., GameServer],
    person_in: Callable[[str, str], DistantPerson],
) -> None:
    internet.set_nat(HOME_A, SYMMETRIC)
    people = (person_in("ada", HOME_A.page), person_in("ben", HOME_A.guest))
    play_some_seconds(people, serve().url)
    assert [route.name for route in wait_for_direct_routes(people)] == [HOST, HOST]
