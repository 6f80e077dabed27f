"""A direct way is cut in mid-match: the match goes on by another, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.networks.game_server import GameServer
from tests.networks.internet import Internet
from tests.networks.matches import check_match, play_some_seconds
from tests.networks.people import DistantPerson
from tests.networks.routes import (
    REFLEXIVE,
    RELAY,
    TURN_TCP,
    TURN_UDP,
    read_route,
    wait_for_direct_routes,
    wait_for_route,
)
from tests.networks.turn_server import TurnServer

pytestmark = pytest.mark.networks

People = tuple[DistantPerson, DistantPerson]


@pytest.fixture
def cut(restricted: Internet) -> Iterator[Callable[[bool], None]]:
    """Cuts, or mends, the way between the homes; it is whole at the end."""
    is_cut = False

    def change(wanted: bool) -> None:
        nonlocal is_cut
        if wanted is not is_cut:
            restricted.block_direct(wanted)
        is_cut = wanted

    yield change
    change(False)


def check_one_match(people: People) -> None:
    """Check that nobody was lost, and that it is the same match as before."""
    for person in people:
        assert person.events("PeerLost") == []
        assert len(person.events("EpisodeStarted")) == 1
        silences_ms = [each.fields["silentMs"] for each in person.events("PeerResumed")]
        ways = [(each.fields["route"], each.time_ms) for each in person.events("RouteChanged")]
        print(f"{person.name}: silences of the other {silences_ms} ms, {ways}")


def test_a_direct_way_that_is_cut_gives_way_to_the_relay_and_comes_back(
    turn: TurnServer,
    serve: Callable[..., GameServer],
    people: People,
    cut: Callable[[bool], None],
) -> None:
    play_some_seconds(people, serve(*turn.stun).url)
    assert [route.name for route in wait_for_direct_routes(people)] == [REFLEXIVE, REFLEXIVE]
    cut(True)
    for person in people:
        wait_for_route(person, "relay")
    check_match(people, seed=2)
    assert [read_route(person).name for person in people] == [RELAY, RELAY]
    cut(False)
    for person in people:
        wait_for_route(person, "direct")
    check_match(people, seed=3)
    assert [route.name for route in wait_for_direct_routes(people)] == [REFLEXIVE, REFLEXIVE]
    check_one_match(people)


def test_where_there_is_turn_the_browser_finds_a_way_through_it(
    turn: TurnServer,
    serve: Callable[..., GameServer],
    people: People,
    cut: Callable[[bool], None],
) -> None:
    play_some_seconds(people, serve(*turn.stun, *turn.turn).url)
    assert [route.name for route in wait_for_direct_routes(people)] == [REFLEXIVE, REFLEXIVE]
    cut(True)
    for person in people:
        wait_for_route(person, "relay")
    for person in people:
        wait_for_route(person, "direct")
    check_match(people, seed=2)
    assert {route.name for route in wait_for_direct_routes(people)} <= {TURN_UDP, TURN_TCP}
    check_one_match(people)
