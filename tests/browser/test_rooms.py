"""Rooms of more than two: who is ready, who is removed, who watches, comes late and leaves."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import expect

from peergym.envs.surface import POLYGON
from peergym.games.bomberman.sprites import COLOURS
from tests.browser.pages import Person, meet, play
from tests.browser.server import Venue

LONG = {"seconds_until_walls_close": 180}
COMMON_FRAMES = 20
"""At 30 frames a second; all of them are looked at, and each costs a page on two busy cores."""


def check_shared(people: Sequence[Person], least: int = COMMON_FRAMES) -> None:
    """Check that all confirmed the same states in the frames that they have in common."""
    histories = [person.checksums() for person in people]
    common = set.intersection(*[set(history) for history in histories])
    assert len(common) >= least
    for frame in common:
        assert len({history[frame] for history in histories}) == 1, frame
    for person in people:
        assert person.events("DesyncDetected") == []
        assert person.events("ProtocolViolated") == []


def check_no_errors(people: Sequence[Person]) -> None:
    for person in people:
        assert person.console_errors == []
        assert person.look("errors") == []


def marked(person: Person) -> str:
    """The colour of the bomber over whose head the arrow is: of whoever looks."""
    picture = base64.b64decode(person.look("picture")["list"])
    head = bytes((POLYGON, len(b"own"))) + b"own"
    at = picture.find(head)
    return "" if at < 0 else f"#{picture[at + len(head) :][:3].hex()}"


def check_views(watcher: Person, player: Person) -> None:
    """Check that who watches sees the court as each player in turn, by button and by key."""
    seen: list[str] = []
    for press in ("", "button", "v", "V"):
        if press == "button":
            watcher.page.get_by_role("button", name="View: Player 1").click()
        elif press:
            watcher.page.keyboard.press(press)
        seat = len(seen) % 3
        shown = watcher.page.get_by_role("button", name=f"View: Player {seat + 1}")
        expect(shown).to_have_css("color", as_css(COLOURS[seat]))
        watcher.wait_for_frames(3)
        seen.append(marked(watcher))
    assert seen == [*COLOURS[:3], COLOURS[0]]
    assert player.page.locator(".view-switch").is_hidden()
    names = watcher.page.locator(".seats .seat")
    for seat in range(3):
        expect(names.nth(seat)).to_have_css("color", as_css(COLOURS[seat]))


def as_css(colour: str) -> str:
    """A colour as browsers tell it."""
    return "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))


@pytest.mark.timeout(300)
def test_a_host_does_not_wait_one_watches_then_plays_and_another_leaves(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    venue = make_venue(game="bomberman", players=3)
    ada, ben, eve = (person(name) for name in ("ada", "ben", "eve"))
    ada.open(venue.url, checksums=1)
    link = ada.create_game(**LONG)
    assert ada.page.get_by_role("button", name="Start now").is_hidden()
    ben.open(link)
    ben.wait_for_screen("waiting")
    ben.press_button("I am ready")
    ada.press_button("Start now")
    for each in (ada, ben):
        each.wait_for_screen("playing")
    assert ada.page.get_by_title("Player 3 (computer)").is_visible()

    eve.open(f"{link}?watch")
    eve.wait_for_screen("playing")
    assert eve.look("isWatching")
    assert eve.page.get_by_text("You are watching", exact=True).is_visible()
    play([ada, ben], duration_s=3, seed=1)
    eve.wait_for_frames(COMMON_FRAMES)
    check_shared((ada, ben, eve))
    check_views(eve, ada)

    eve.page.get_by_role("button", name="Leave", exact=True).click()
    eve.wait_for_screen("lobby")
    eve.open(link)
    eve.wait_for_event("PlayerJoined")
    assert (eve.look("localSeat"), eve.look("isWatching")) == (2, False)
    ada.wait_for_event("PlayerJoined")
    assert "Player 3 has joined." in ada.look("news")
    play([ada, ben, eve], duration_s=4, seed=2)
    for each in (ada, ben, eve):
        each.wait_for_frames(COMMON_FRAMES)
    check_shared((ada, ben, eve))

    ben.page.get_by_role("button", name="Leave", exact=True).click()
    for each in (ada, eve):
        each.wait_for_event("PlayerCut")
        assert "Player 2 left; the computer plays on." in each.look("news")
        each.wait_for_frames(COMMON_FRAMES)
    check_shared((ada, eve))
    for each in (ada, eve):
        assert each.statistic("rollbacks") > 0
    check_no_errors((ada, ben, eve))


def test_who_is_removed_is_told_and_does_not_come_back(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    venue = make_venue(game="bomberman", players=3)
    ada.open(venue.url)
    link = ada.create_game()
    ben.open(link)
    ben.wait_for_screen("waiting")
    assert ben.page.get_by_role("button", name="Remove player 1").is_hidden()
    ada.page.get_by_role("button", name="Remove player 2").click()
    ben.wait_for_screen("error")
    assert ben.look("problem") == "kicked"
    ada.wait_until("peergym.room.seats.length === 1")
    ben.open(link)
    ben.wait_for_screen("error")
    assert ben.page.get_by_text("The host has removed you").is_visible()
    check_no_errors((ada, ben))


def test_when_the_other_player_leaves_the_computer_plays_on_and_somebody_else_may_come(
    venue: Venue, ada: Person, ben: Person, person: Callable[..., Person]
) -> None:
    room = meet(ada, ben, venue.url, creator_flags={"checksums": 1}, score_to_win=21)
    play([ada, ben], duration_s=2, seed=3)
    eve = person("eve")
    eve.open(f"{venue.url}/join/{room}")
    eve.wait_for_screen("error")
    eve.press_button("Watch")
    eve.wait_for_screen("playing")
    assert eve.look("isWatching")
    ben.page.get_by_role("button", name="Leave", exact=True).click()
    for each in (ada, eve):
        each.wait_until("peergym.news.some((each) => each.endsWith('the computer plays on.'))")
    for each in (ada, eve):
        each.wait_for_frames(COMMON_FRAMES)
    assert ada.screen == "playing"
    check_shared((ada, eve))
    ben.open(f"{venue.url}/join/{room}")
    ben.wait_for_event("PlayerJoined")
    assert ben.look("localSeat") == 1
    assert ben.look("localPeer") == 3
    play([ada, ben], duration_s=3, seed=4)
    ben.wait_for_frames(COMMON_FRAMES)
    check_shared((ada, ben))
    check_no_errors((ada, ben, eve))
