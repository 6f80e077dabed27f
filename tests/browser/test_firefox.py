"""Somebody at a Firefox plays against somebody at a Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.drivers.firefox import FirefoxPage, firefox_page
from tests.browser.drivers.person import DrivenPerson
from tests.browser.pages import Person, meet, play, play_until
from tests.browser.server import Venue
from tests.browser.test_journey import (
    check_carried,
    check_no_errors,
    check_rolled_back,
    rematch,
    shared_history,
)
from tests.networks.routes import wait_for_direct

PROGRAMS = ("firefox", "firefox-esr")
NOT_FOUND = "no Firefox (on Debian: apt-get install firefox-esr; PEERGYM_FIREFOX names one)"
CAN_INSTALL = os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0
"""As root, `make test` installs one; elsewhere it is a person's to decide."""

PLAY_S = 4
FRAME_RATE_HZ = 60


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[FirefoxPage]:
    """A Firefox: the one named by PEERGYM_FIREFOX, or the system's."""
    named = os.environ.get("PEERGYM_FIREFOX")
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        (pytest.fail if CAN_INSTALL else pytest.skip)(NOT_FOUND)
    with firefox_page(found, tmp_path) as page:
        yield page


@pytest.fixture
def fox(firefox: FirefoxPage) -> DrivenPerson:
    """Sits at the Firefox."""
    return DrivenPerson("fox", firefox, firefox.console_errors)


def check_match(venue: Venue, people: tuple[Person, Person]) -> None:
    check_carried(venue, people, datagrams=PLAY_S * FRAME_RATE_HZ // 2)
    check_rolled_back(people)
    check_no_errors(people)


def test_firefox_invites_chromium_and_they_play_to_the_end_and_again(
    venue: Venue, fox: DrivenPerson, ada: Person
) -> None:
    people = (fox, ada)
    meet(*people, venue.url, creator_flags={"checksums": 1}, ball_speed=7, score_to_win=2)
    wait_for_direct(people)
    print(f"Python in Firefox: {fox.look('python')}")
    assert play_until(people, seed=1, is_over=lambda: fox.screen == "ended")
    ends = [person.wait_for_event("EpisodeEnded").fields for person in people]
    assert ends[0] == ends[1]
    history = shared_history(people)
    print(f"end at {ends[0]}; {len(history)} frames equal")
    assert max(history) >= ends[0]["frame"]
    rematch(people)
    check_match(venue, people)


def test_chromium_invites_firefox(venue: Venue, fox: DrivenPerson, ada: Person) -> None:
    people = (ada, fox)
    meet(*people, venue.url, creator_flags={"checksums": 1}, ball_speed=7, score_to_win=21)
    wait_for_direct(people)
    play(people, duration_s=PLAY_S, seed=2)
    assert len(shared_history(people)) > PLAY_S * FRAME_RATE_HZ / 2
    check_match(venue, people)
