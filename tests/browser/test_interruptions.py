"""A page is reloaded, a machine sleeps, the server begins again: it stays one match."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from websockets.sync.client import connect
from websockets.typing import Origin

from peergym.rollback.relay_wire import encode_attach
from peergym.server.ice import IceSettings
from peergym.server.relay_connection import BAD_TOKEN, RelayLimits
from tests.browser.pages import Person, meet, play
from tests.browser.server import Venue
from tests.server.relay_members import relay_url, token_of

OBSERVED = {"checksums": 1}
FRAMES = 120
SLEEP_S = 8.0
"""Longer than the 3 s that three players wait for one, shorter than the room keeps a seat."""
SERVER_IS_AWAY = "ERR_CONNECTION_REFUSED"
"""What a browser says by itself of a server that does not answer."""


def meet_for_long(venue: Venue, ada: Person, ben: Person) -> None:
    meet(ada, ben, venue.url, creator_flags=OBSERVED, score_to_win=21)
    play((ada, ben), duration_s=3, seed=1)


def reload(person: Person) -> None:
    """Reload the page, and wait until it plays in the match again."""
    person.page.reload()
    person.wait_for_event("PlayerJoined")
    person.wait_for_screen("playing", "ended")


def wait_until_all_are_back(venue: Venue, person: Person) -> None:
    """Wait until the new server has a connection to everybody in its only room."""
    (room,) = venue.server.app.state.server.rooms.rooms()
    while not room.are_all_connected():
        person.page.wait_for_timeout(50)


def check_shared_since(back: Person, other: Person) -> None:
    """Check that somebody who has come back confirms what another one does."""
    first, second = other.checksums(), back.checksums()
    common = sorted(set(first) & set(second))
    assert len(common) >= 20
    assert common[0] > 0
    assert [first[frame] for frame in common] == [second[frame] for frame in common]
    for person in (back, other):
        assert person.statistic("rollbacks") > 0
        assert person.events("DesyncDetected") == []
        assert person.look("errors") == []


def check_shared_since_the_reload(ada: Person, ben: Person) -> None:
    """Check that both confirmed the same states, frame by frame, since one has come back."""
    first, second = ada.checksums(), ben.checksums()
    since = min(second)
    assert since > 0, "the page has not come into the middle"
    common = sorted(set(first) & set(second))
    assert common == list(range(since, common[-1] + 1)), "a frame is missing"
    assert len(common) >= FRAMES
    assert [first[frame] for frame in common] == [second[frame] for frame in common]
    assert len({first[frame] for frame in common}) > 0.9 * len(common), "the state hardly changed"
    for person in (ada, ben):
        assert person.statistic("rollbacks") > 0
        assert person.events("DesyncDetected") == []
        assert person.events("ProtocolViolated") == []
        assert person.look("errors") == []


@pytest.mark.timeout(200)
def test_a_page_that_is_reloaded_is_back_in_its_seat_and_plays_on(
    venue: Venue, ada: Person, ben: Person
) -> None:
    meet_for_long(venue, ada, ben)
    room = ben.room
    reload(ben)
    assert (ben.room, ben.look("localSeat"), ben.look("localPeer")) == (room, 1, 2)
    assert ada.look("localPeer") == 0
    assert len(ada.events("EpisodeStarted")) == 1, "it is another game"
    for person in (ada, ben):
        assert [event.fields["player"] for event in person.events("PlayerJoined")] == [1]
    ada.wait_until("peergym.news.includes('Other player is back.')")
    play((ada, ben), duration_s=5, seed=2)
    ben.wait_for_frames(FRAMES)
    check_shared_since_the_reload(ada, ben)
    assert ada.console_errors == ben.console_errors == []


@pytest.fixture
def asleep(browsers: tuple[Browser, Browser]) -> Iterator[Callable[[bool], None]]:
    """Puts the pages of the second browser to sleep, as a laptop's lid does, and wakes them."""
    session = browsers[1].new_browser_cdp_session()
    stopped: list[int] = []

    def set_asleep(is_asleep: bool) -> None:
        if is_asleep:
            processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
            stopped.extend(each["id"] for each in processes if each["type"] == "renderer")
        for process in stopped:
            os.kill(process, signal.SIGSTOP if is_asleep else signal.SIGCONT)
        if not is_asleep:
            stopped.clear()

    yield set_asleep
    set_asleep(False)
    session.detach()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be stopped here")
@pytest.mark.timeout(300)
def test_a_machine_that_sleeps_is_back_in_its_seat_and_the_others_have_played_on(
    make_venue: Callable[..., Venue],
    person: Callable[..., Person],
    asleep: Callable[[bool], None],
) -> None:
    venue = make_venue(game="bomberman", players=3)
    ada, ben, eve = (person(name) for name in ("ada", "ben", "eve"))
    ada.open(venue.url, **OBSERVED)
    # Without a computer player nobody lays bombs.
    link = ada.create_game(absent="noop", seconds_until_walls_close=180)
    for each in (ben, eve):  # one after the other, so that the seats are known
        each.open(link)
        each.wait_for_screen("waiting")
    for each in (ada, ben, eve):
        each.press_button("I am ready")
    for each in (ada, ben, eve):
        each.wait_for_screen("playing")
    play((ada, ben, eve), duration_s=2, seed=4)
    room, page = ben.room, ben.look("localPeer")
    asleep(True)
    begun_s = time.monotonic()
    for each in (ada, eve):
        assert each.wait_for_event("PlayerCut").fields["player"] == 1
        each.wait_for_frames(30)
    ada.page.wait_for_timeout(max(0.0, SLEEP_S - (time.monotonic() - begun_s)) * 1000)
    asleep(False)
    ben.wait_until("peergym.localPeer !== argument", page)
    ben.wait_for_event("PlayerJoined")
    ben.wait_for_screen("playing", "ended")
    assert (ben.room, ben.look("localSeat"), ben.look("localPeer")) == (room, 1, 3)
    assert len(ada.events("EpisodeStarted")) == 1, "it is another game"
    play((ada, ben, eve), duration_s=3, seed=5)
    ben.wait_for_frames(30)
    check_shared_since(ben, ada)
    check_shared_since(ben, eve)
    assert ada.console_errors == ben.console_errors == eve.console_errors == []


@pytest.mark.timeout(200)
def test_a_match_goes_on_while_the_server_is_gone_and_a_later_reload_finds_the_room(
    venue: Venue, ada: Person, ben: Person
) -> None:
    meet_for_long(venue, ada, ben)
    room = ada.room
    venue.stop()
    for person in (ada, ben):
        person.wait_for_frames(FRAMES)
        assert person.screen == "playing"
    venue.start_again()
    wait_until_all_are_back(venue, ada)
    assert venue.health()["rooms"] == {"open": 0, "playing": 1}
    reload(ben)
    assert (ben.room, ben.look("localSeat"), ben.look("localPeer")) == (room, 1, 2)
    play((ada, ben), duration_s=5, seed=3)
    ben.wait_for_frames(FRAMES)
    check_shared_since_the_reload(ada, ben)
    for person in (ada, ben):
        assert [each for each in person.console_errors if SERVER_IS_AWAY not in each] == []


@pytest.mark.timeout(200)
def test_a_page_whose_relay_token_has_expired_gets_another_without_taking_its_seat_again(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    ahead_s = 0.0
    ice = IceSettings(is_p2p=False)
    venue = make_venue(ice=ice, wall_clock=lambda: time.time() + ahead_s)
    # Over loopback the relay is so fast that one frame of delay would leave nothing to predict.
    meet(ada, ben, venue.url, creator_flags=OBSERVED, input_delay="0", score_to_win=21)
    play((ada, ben), duration_s=2, seed=6)
    (room,) = venue.server.app.state.server.rooms.rooms()
    ahead_s = RelayLimits().token_lifetime_s + 1
    closed = venue.server.app.state.server.relay.core.traffic.closed
    url = relay_url(venue.server)
    with connect(url, origin=Origin(venue.url), proxy=None) as impostor:
        # Whoever attaches last has the place: the page loses it, and comes with the token it has.
        impostor.send(encode_attach(token_of(venue.server, room.match.match_id, 0)))
        impostor.recv()
        while closed[BAD_TOKEN] == 0:
            ada.page.wait_for_timeout(50)
        for person in (ada, ben):
            person.wait_for_frames(FRAMES)
    assert closed[BAD_TOKEN] <= 2, "it was not answered at once"
    for person in (ada, ben):
        assert person.screen == "playing"
        assert person.events("PeerLost") == person.events("DesyncDetected") == []
        assert person.statistic("rollbacks") > 0
        assert person.console_errors == []
