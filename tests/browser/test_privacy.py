"""What pages tell each other where addresses are hidden, and what they say when TURN does not help.

The TURN server is the real coturn, on the loopback address like everything else. The addresses that
must not be found are those of the machine's interfaces: Chromium is started so that it would name
them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aioice.ice import get_host_addresses
from playwright.sync_api import WebSocket

from peergym.server.ice import IceSettings
from peergym.server.turn import TurnService
from tests.browser.pages import Person, meet, play
from tests.browser.server import Venue
from tests.turn.coturn import Coturn, free_port, running_coturn

OWN_ADDRESSES = get_host_addresses(use_ipv4=True, use_ipv6=True)
CANDIDATE = re.compile(r"candidate:[\w+/]+ \d+ \w+ \d+ (\S+) (\d+) typ (\w+)([^\\\"]*)")
PLAY_S = 3.0
LONG = {"ball_speed": 7, "score_to_win": 21}
"""A game that is not over before the test is."""

needs_addresses = pytest.mark.skipif(
    not OWN_ADDRESSES, reason="the machine has no address but the loopback one"
)


class Wire:
    """Everything that goes over the WebSockets of a page."""

    def __init__(self, person: Person) -> None:
        self.sent: list[str] = []
        self.heard: list[str] = []
        person.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(_text(frame)))
        socket.on("framereceived", lambda frame: self.heard.append(_text(frame)))

    def candidates(self) -> list[tuple[str, str, str, str]]:
        """Address, port, type and rest of all candidates that went over it."""
        return CANDIDATE.findall("\n".join(self.sent + self.heard))

    def names(self, address: str) -> bool:
        """Whether an address went over it."""
        return any(address in frame for frame in self.sent + self.heard)


def _text(frame: Any) -> str:
    return frame.decode("latin-1") if isinstance(frame, bytes) else str(frame)


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[Coturn]:
    with running_coturn(tmp_path / "coturn") as running:
        yield running


def meet_with_wires(venue: Venue, people: tuple[Person, Person]) -> list[Wire]:
    wires = [Wire(person) for person in people]
    meet(*people, venue.url, **LONG)
    return wires


def types_of_paths(person: Person) -> list[tuple[str, str]]:
    """The types of the addresses in use, ours and the other's."""
    pairs = person.page.evaluate("window.peergym.selectedCandidatePairs()")
    return [(pair["localType"], pair["remoteType"]) for pair in pairs]


@needs_addresses
@pytest.mark.timeout(300)
def test_pages_meet_at_the_turn_server_and_tell_no_address(
    make_venue: Callable[..., Venue], coturn: Coturn, ada: Person, ben: Person, tmp_path: Path
) -> None:
    turn = TurnService((coturn.url,), coturn.secret)
    people = (ada, ben)
    venue = make_venue(signal_filter=None, ice=IceSettings(turn=turn, privacy="relay"))
    wires = meet_with_wires(venue, people)
    assert ada.page.get_by_text("Addresses hidden").is_visible()
    play(people, PLAY_S, seed=1)
    for person in people:
        assert types_of_paths(person) == [("relay", "relay")]
        # On one machine nothing is late; that it can be rolled back is for other tests to see.
        assert person.statistic("confirmedFrame") > 0
        assert person.look("iceTroubles") == []
        assert person.console_errors == []
        assert person.look("errors") == []
    for wire in wires:
        assert wire.candidates()
        for address, _, kind, rest in wire.candidates():
            assert (address, kind) == ("127.0.0.1", "relay")
            assert rest.startswith(" raddr 0.0.0.0 rport 0")
        assert not any(wire.names(address) for address in OWN_ADDRESSES)
    common = set(ada.checksums().items()) & set(ben.checksums().items())
    assert len(common) > 1
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert not any(address.encode() in path.read_bytes() for address in OWN_ADDRESSES)


@needs_addresses
@pytest.mark.timeout(300)
def test_without_a_turn_server_all_goes_through_the_relay_and_no_address_is_told(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    people = (ada, ben)
    venue = make_venue(signal_filter=None, ice=IceSettings(privacy="relay"))
    wires = meet_with_wires(venue, people)
    play(people, PLAY_S, seed=4)
    for person, wire in zip(people, wires, strict=True):
        assert types_of_paths(person) == []
        assert wire.candidates() == []
        assert not any(wire.names(address) for address in OWN_ADDRESSES)
        assert person.statistic("confirmedFrame") > 0
        assert person.console_errors == []
    assert set(ada.checksums().items()) & set(ben.checksums().items())


@needs_addresses
def test_where_nothing_is_hidden_the_same_search_finds_addresses(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    wires = meet_with_wires(make_venue(signal_filter=None), (ada, ben))
    assert ada.page.get_by_text("Addresses hidden").is_hidden()
    for wire in wires:
        assert any(wire.names(address) for address in OWN_ADDRESSES)


def no_secret_of(coturn: Coturn) -> tuple[dict[str, Any], str]:
    """Credentials made with another secret."""
    turn = TurnService((coturn.url,), "not-the-secret-of-coturn")
    cause = (
        "does not accept the credentials it was shown; it and the game's server may not share "
        "one secret (401)."
    )
    return {"ice": IceSettings(turn=turn)}, cause


def wrong_clock(coturn: Coturn) -> tuple[dict[str, Any], str]:
    """A server whose clock is an hour slow."""
    ice = IceSettings(turn=TurnService((coturn.url,), coturn.secret))
    cause = "does not accept the credentials, which have expired."
    return {"ice": ice, "wall_clock": lambda: time.time() - 3600.0}, cause


def nobody_there(coturn: Coturn) -> tuple[dict[str, Any], str]:
    """An address at which nothing runs."""
    turn = TurnService((f"turn:127.0.0.1:{free_port()}",), coturn.secret)
    cause = "does not answer; it may be down, or something on the way lets nothing through."
    return {"ice": IceSettings(turn=turn)}, cause


@pytest.mark.parametrize("make", [no_secret_of, wrong_clock, nobody_there])
def test_a_turn_server_that_does_not_help_is_told_and_is_no_alarm(
    make_venue: Callable[..., Venue], coturn: Coturn, ada: Person, ben: Person, make: Any
) -> None:
    settings, cause = make(coturn)
    meet(ada, ben, make_venue(**settings).url, **LONG)
    ada.wait_until("peergym.iceTroubles.length > 0")
    (sentence,) = ada.look("iceTroubles")
    (url,) = settings["ice"].turn.urls
    assert sentence == f"The TURN server {url.removeprefix('turn:')} {cause}"
    ada.page.keyboard.press("F2")
    ada.page.get_by_text(sentence).wait_for()
    assert ada.screen == "playing"
    assert ada.console_errors == []


@pytest.mark.timeout(300)
def test_hours_later_a_new_path_is_opened_with_new_credentials(
    make_venue: Callable[..., Venue], coturn: Coturn, ada: Person, ben: Person
) -> None:
    # They are good for 30 s, and the page takes them for new during 20 s.
    turn = TurnService((coturn.url,), coturn.secret, lifetime_s=30.0)
    ice = IceSettings(turn=turn, policy="relay")
    venue = make_venue(signal_filter=None, ice=ice)
    meet(ada, ben, venue.url, **LONG)
    first = users_of(coturn)
    until_s = time.monotonic() + 32.0
    while time.monotonic() < until_s:
        play((ada, ben), 4.0, seed=2)
    for person in (ada, ben):
        person.page.evaluate("window.dispatchEvent(new Event('online'))")
    for _ in range(10):
        play((ada, ben), 1.0, seed=3)
        if len(users_of(coturn) - first) >= 2:
            break
    assert len(users_of(coturn) - first) >= 2
    assert {name.split(":")[1] for name in users_of(coturn)} == {
        name.split(":")[1] for name in first
    }
    for person in (ada, ben):
        assert types_of_paths(person) == [("relay", "relay")]
        assert person.look("iceTroubles") == []
        assert person.events("PeerInterrupted") == []


def users_of(coturn: Coturn) -> set[str]:
    """The names with which paths were opened."""
    return set(coturn.said(r"user <(\d+:[0-9a-f]+)>: incoming packet ALLOCATE processed, success"))
