"""The lobby as a person meets it: ways into a game, and every sentence that stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, Route

from peergym.server.relay_connection import RelayLimits
from peergym.server.settings import DROPPED, ForwardedSignal
from tests.browser.pages import Person, meet, play
from tests.browser.server import Venue

TOLD_WITHIN_MS = 1000
SILENCE_MS = 500
DROP_MS = 10_000
PATH_WITHIN_S = 25  # as the page has it; a person at a slow one is given that long
SECOND_LOOPBACK = "127.0.0.2"  # stands for the address in the local network: traffic stays here


def decode_qr(page: Page) -> str:
    """What a phone would read off the page."""
    picture = page.get_by_label("QR code of the link").screenshot()
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text)


def check_problem(person: Person, code: str, words: str) -> None:
    """The problem's sentence is shown."""
    person.wait_for_screen("error")
    assert person.look("problem") == code
    assert words in person.page.get_by_role("alert").inner_text()


def follow_button(person: Person, name: str, *screens: str) -> None:
    """The problem's button leads on."""
    person.page.get_by_role("alert").get_by_role("button", name=name, exact=True).click()
    person.wait_for_screen(*screens)


def reload_button(person: Person, name: str) -> None:
    """The problem's button loads the page anew."""
    with person.page.expect_navigation():
        person.page.get_by_role("alert").get_by_role("button", name=name, exact=True).click()


def without_addresses(signal: ForwardedSignal) -> Any:
    """Lets descriptions through without their candidates, and no candidates."""
    if signal.kind == "candidate" or signal.payload is None:
        return DROPPED
    lines = signal.payload["sdp"].split("\r\n")
    bare = [line for line in lines if not line.startswith("a=candidate")]
    return {**signal.payload, "sdp": "\r\n".join(bare)}


# --- ways in


def test_the_code_the_link_and_the_qr_code_lead_to_the_same_room(
    venue: Venue, ada: Person, ben: Person
) -> None:
    ada.open(venue.url)
    link = ada.create_game()
    assert link == f"{venue.url}/join/{ada.room}"
    assert decode_qr(ada.page) == link
    assert ada.page.get_by_label("Code of this room").inner_text().replace(" ", "") == ada.room
    ben.open(venue.url)
    ben.page.get_by_label("Room code").fill(ada.room.lower())
    ben.press_button("Join")
    for person in (ada, ben):
        person.wait_for_screen("playing")
        assert person.console_errors == []


def test_in_a_local_network_link_and_qr_code_show_its_address(
    make_venue: Callable[..., Venue], ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peergym.server.addresses.find_lan_address", lambda: SECOND_LOOPBACK)
    venue = make_venue(lan=True)
    port = venue.url.rsplit(":", 1)[1]
    ada.open(f"http://127.0.0.1:{port}")
    link = ada.create_game()
    assert link.startswith(f"http://{SECOND_LOOPBACK}:{port}/join/")
    assert decode_qr(ada.page) == link


def test_a_quick_match_brings_two_who_wait_together(venue: Venue, ada: Person, ben: Person) -> None:
    for person in (ada, ben):
        person.open(venue.url)
        person.press_button("Quick match")
    for person in (ada, ben):
        person.wait_for_screen("playing")
    assert ada.room == ben.room


def test_a_progress_bar_shows_the_loading_of_python(venue: Venue, ada: Person) -> None:
    def leave_unanswered(route: Route) -> None:
        """A fast machine would be done before we look."""

    ada.context.route("**/runtime/**", leave_unanswered)
    ada.open(venue.url)
    bar = ada.page.get_by_role("progressbar", name="Loading of Python")
    bar.wait_for()
    assert int(bar.get_attribute("aria-valuenow") or 100) < 100
    ada.context.unroute("**/runtime/**")  # which answers them
    ada.wait_for_python()
    assert bar.get_attribute("aria-valuenow") == "100"


def test_while_one_waits_the_computer_plays(venue: Venue, ada: Person) -> None:
    ada.open(venue.url)
    ada.create_game()
    ada.wait_for_python()
    ada.wait_until("peergym.framesDrawn > 60 && peergym.statistics?.frame > 60")
    assert ada.screen == "waiting"


# --- the other side leaves


def test_a_goodbye_is_told_within_a_second(venue: Venue, ada: Person, ben: Person) -> None:
    meet(ada, ben, venue.url, absent="end")
    play((ada, ben), duration_s=1, seed=1)
    ben.page.get_by_role("button", name="Leave", exact=False).first.click()
    pressed_ms = ada.page.evaluate("performance.now()")
    left = ada.wait_for_event("PeerLeft")
    assert left.time_ms - pressed_ms < TOLD_WITHIN_MS
    ada.wait_for_screen("ended")


def test_a_closed_tab_is_told_within_a_second(venue: Venue, ada: Person, ben: Person) -> None:
    meet(ada, ben, venue.url, absent="end")
    play((ada, ben), duration_s=1, seed=1)
    pressed_ms = ada.page.evaluate("performance.now()")
    ben.page.close()
    left = ada.wait_for_event("PeerLeft")
    assert left.time_ms - pressed_ms < TOLD_WITHIN_MS
    ada.wait_for_screen("ended")


def test_silence_is_shown_after_half_a_second_and_ends_the_match_for_both_after_ten(
    venue: Venue, ada: Person, ben: Person
) -> None:
    meet(ada, ben, venue.url, absent="end")
    play((ada, ben), duration_s=1, seed=1)
    venue.stop()  # or they would go on through its relay
    venue.network.conditions.is_cut = True
    for person in (ada, ben):
        interrupted = person.wait_for_event("PeerInterrupted")
        assert interrupted.fields["silentMs"] >= SILENCE_MS
        person.wait_for_screen("interrupted")
        assert "No signal for" in person.page.locator("[role=alert]:visible").inner_text()
    for person in (ada, ben):
        (interrupted,) = person.events("PeerInterrupted")
        lost = person.wait_for_event("PeerLost")
        assert lost.time_ms - interrupted.time_ms >= DROP_MS - 2 * SILENCE_MS
        person.wait_for_screen("ended")


# --- what stands in the way


def test_a_wrong_code_is_said_and_another_can_be_entered(venue: Venue, ada: Person) -> None:
    ada.open(f"{venue.url}/join/ZZZZZZ")
    check_problem(ada, "wrong_code", "no room with the code ZZZZZZ")
    follow_button(ada, "Enter another code", "lobby")


def test_a_full_room_is_said(
    venue: Venue, ada: Person, ben: Person, person: Callable[..., Person]
) -> None:
    room = meet(ada, ben, venue.url)
    eve = person("eve")
    eve.open(f"{venue.url}/join/{room}")
    check_problem(eve, "room_full", "All seats of the room")
    follow_button(eve, "Go to the lobby", "lobby")


def test_a_closed_room_is_said(venue: Venue, ada: Person, ben: Person) -> None:
    ada.open(venue.url)
    link = ada.create_game()
    ada.press_button("Leave the room")
    ada.wait_for_screen("lobby")
    ben.open(link)
    check_problem(ben, "room_closed", "is closed")
    follow_button(ben, "Go to the lobby", "lobby")


def test_a_browser_without_webrtc_can_play_the_computer(venue: Venue, ada: Person) -> None:
    ada.page.add_init_script("delete window.RTCPeerConnection")
    ada.open(venue.url)
    check_problem(ada, "no_webrtc", "WebRTC is missing")
    follow_button(ada, "Play against the computer", "practice")


def test_a_clock_coarser_than_eight_milliseconds_is_said(venue: Venue, ada: Person) -> None:
    ada.page.add_init_script(
        "const now = performance.now.bind(performance);"
        "performance.now = () => Math.floor(now() / 16.67) * 16.67;"
    )
    ada.open(venue.url)
    check_problem(ada, "coarse_clock", "8 ms or less")
    reload_button(ada, "Check again")
    check_problem(ada, "coarse_clock", "8 ms or less")


def test_a_clock_of_one_millisecond_is_fine_enough(venue: Venue, ada: Person) -> None:
    ada.page.add_init_script(
        "const now = performance.now.bind(performance); performance.now = () => Math.floor(now());"
    )
    ada.open(venue.url)
    ada.wait_for_screen("lobby")


def test_another_version_of_the_game_is_said_and_reloaded(venue: Venue, ada: Person) -> None:
    def answer_with_an_old_version(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "version": "0.0.0-old"})

    ada.page.route("**/api/game", answer_with_an_old_version, times=1)
    ada.open(venue.url)
    ada.press_button("Create game")
    check_problem(ada, "version_mismatch", "another version of the game")
    reload_button(ada, "Reload the page")
    ada.wait_for_screen("lobby")
    ada.create_game()


def test_a_server_that_does_not_answer_is_said(venue: Venue, ada: Person) -> None:
    ada.page.route("**/api/game", lambda route: route.abort(), times=1)
    ada.open(venue.url)
    check_problem(ada, "server_unreachable", "No answer came from the server")
    reload_button(ada, "Try again")
    ada.wait_for_screen("lobby")


def test_python_that_cannot_be_loaded_is_said(venue: Venue, ada: Person) -> None:
    refuse: dict[str, Any] = {"status": 404}
    ada.context.route("**/runtime/**", lambda route: route.fulfill(**refuse))
    ada.open(venue.url)
    check_problem(ada, "python_failed", "Python could not be started")
    ada.context.unroute("**/runtime/**")
    reload_button(ada, "Reload the page")
    ada.wait_for_python()


def test_players_between_whom_there_is_no_path_are_told(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    relay_limits = RelayLimits(connections=0)
    venue = make_venue(signal_filter=without_addresses, relay_limits=relay_limits)
    ada.page.clock.install()
    ada.open(venue.url)
    link = ada.create_game()
    ben.open(link)
    ada.wait_for_screen("connecting")
    # Until then it is the game that is waited for.
    ada.wait_for_python()
    ada.page.clock.fast_forward(1000)
    ada.page.clock.fast_forward(1000 * (PATH_WITHIN_S - 10))
    assert ada.screen == "connecting"
    ada.page.clock.fast_forward(10_000)
    check_problem(ada, "connection_failed", "No direct connection")
    follow_button(ada, "Go to the lobby", "lobby")
