"""Routers do what their names say, asked with plain sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.networks.internet import HOME_A, SERVER, SERVER_ADDRESS, TURN, TURN_ADDRESS, Internet
from tests.networks.nat import Nat
from tests.networks.udp_peer import UdpPeer, udp_peer

FIRST, SECOND = (SERVER_ADDRESS, 5000), (TURN_ADDRESS, 5000)

LETS_STRANGERS_IN = {Nat.FULL_CONE: True, Nat.PORT_RESTRICTED: False, Nat.SYMMETRIC: False}
SAME_PORT_FOR_ALL = {Nat.FULL_CONE: True, Nat.PORT_RESTRICTED: True, Nat.SYMMETRIC: False}


@pytest.fixture
def at_home(internet: Internet) -> Iterator[UdpPeer]:
    """A socket behind a router."""
    with udp_peer(internet.sandbox, HOME_A.page) as peer:
        yield peer


@pytest.fixture
def outside(internet: Internet) -> Iterator[tuple[UdpPeer, UdpPeer]]:
    """Sockets at two places of the internet."""
    with (
        udp_peer(internet.sandbox, SERVER, FIRST[1]) as first,
        udp_peer(internet.sandbox, TURN, SECOND[1]) as second,
    ):
        yield first, second


@pytest.mark.parametrize("nat", LETS_STRANGERS_IN, ids=lambda nat: nat.value)
def test_a_router_lets_in_whom_it_should_and_shows_the_ports_it_should(
    internet: Internet, at_home: UdpPeer, outside: tuple[UdpPeer, UdpPeer], nat: Nat
) -> None:
    internet.set_nat(HOME_A, nat)
    first, second = outside
    at_home.send(FIRST)
    seen = first.hear()
    assert seen[0] == HOME_A.address
    first.send(seen)
    assert at_home.hear() == FIRST, "an answer came back"

    second.send(seen)
    assert at_home.hears_anything() is LETS_STRANGERS_IN[nat]

    at_home.send(SECOND)
    seen_by_second = second.hear()
    assert (seen_by_second[1] == seen[1]) is SAME_PORT_FOR_ALL[nat]
    second.send(seen_by_second)
    assert at_home.hear() == SECOND, "who was written to may answer"


def test_a_router_that_blocks_udp_lets_nothing_out(
    internet: Internet, at_home: UdpPeer, outside: tuple[UdpPeer, UdpPeer]
) -> None:
    internet.set_nat(HOME_A, Nat.UDP_BLOCKED)
    at_home.send(FIRST)
    assert not outside[0].hears_anything()
