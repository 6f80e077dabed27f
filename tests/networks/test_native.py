"""Peers without a browser behind routers: against each other, and against a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import play
from tests.networks.game_server import GameServer
from tests.networks.internet import HOME_A, HOME_B, Internet
from tests.networks.nat import Nat
from tests.networks.native_peer import native_peer
from tests.networks.people import DistantPerson
from tests.networks.routes import REFLEXIVE, wait_for_direct_routes
from tests.networks.turn_server import TurnServer

pytest.importorskip("aiortc", reason="native peers need aiortc")
pytestmark = pytest.mark.networks

WITHIN_S = 30.0
LEAST_FRAMES = 60

PAIRS = [
    (Nat.FULL_CONE, Nat.FULL_CONE, False),
    (Nat.PORT_RESTRICTED, Nat.PORT_RESTRICTED, False),
    (Nat.SYMMETRIC, Nat.SYMMETRIC, True),
]


@pytest.mark.parametrize(("one", "other", "has_turn"), PAIRS)
def test_two_native_peers_play_across_their_routers(
    internet: Internet,
    turn: TurnServer,
    serve: Callable[..., GameServer],
    one: Nat,
    other: Nat,
    has_turn: bool,
) -> None:
    internet.set_nat(HOME_A, one)
    internet.set_nat(HOME_B, other)
    url = serve(*turn.stun, *(turn.turn if has_turn else ())).url
    with native_peer(internet.sandbox, HOME_A.page, url) as first:
        room = first.wait_for_room()
        with native_peer(internet.sandbox, HOME_B.page, url, room) as second:
            played = [first.wait_for_played(), second.wait_for_played()]
    common = played[0].checksums.keys() & played[1].checksums.keys()
    print(
        f"{one.value} - {other.value}: {[each.after_s for each in played]} s, {len(common)} equal"
    )
    assert {f: played[0].checksums[f] for f in common} == {
        f: played[1].checksums[f] for f in common
    }
    assert len({played[0].checksums[f] for f in common}) > 2
    for each in played:
        assert each.rollbacks > 0
        assert each.after_s < WITHIN_S


def test_a_page_and_a_native_peer_play_through_the_usual_routers(
    internet: Internet,
    turn: TurnServer,
    serve: Callable[..., GameServer],
    person_in: Callable[[str, str], DistantPerson],
) -> None:
    for home in internet.homes:
        internet.set_nat(home, Nat.PORT_RESTRICTED)
    url = serve(*turn.stun).url
    ada = person_in("ada", HOME_A.page)
    ada.open(url, checksums=1)
    ada.create_game("0", score_to_win=21)
    with native_peer(internet.sandbox, HOME_B.page, url, ada.room) as native:
        ada.wait_for_screen("playing")
        play([ada], duration_s=5, seed=3)
        played = native.wait_for_played()
        (route,) = wait_for_direct_routes([ada])
        there = ada.checksums()
    common = there.keys() & {int(frame) for frame in played.checksums}
    print(f"page - native: {route}, {len(common)} frames equal")
    assert {f: there[f] for f in common} == {f: played.checksums[str(f)] for f in common}
    assert len(common) >= LEAST_FRAMES
    assert route.name == REFLEXIVE
    assert played.rollbacks > 0
    assert ada.console_errors == []
