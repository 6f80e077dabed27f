"""A page is hidden in mid-match, by another tab before it: its player keeps step all the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import missing
from tests.browser.drivers.chromium import ChromiumWindow, chromium_window
from tests.browser.drivers.person import DrivenPerson
from tests.browser.pages import SYSTEM_CHROMIUM, Person, meet, play
from tests.browser.server import Venue
from tests.browser.test_journey import check_no_errors, check_rolled_back, shared_history
from tests.networks.routes import wait_for_direct

HIDDEN_S = 20
FRAME_RATE_HZ = 60
LEAST_SHARE_CONFIRMED = 0.8
MOST_SHARE_STALLED = 0.2
"""Of the ticks; what a machine stalls that is busy with other things, too."""
WINDOW_FRAMES = 8


@pytest.fixture
def window(tmp_path: Path) -> Iterator[ChromiumWindow]:
    """A Chromium whose pages can be hidden."""
    program = os.environ.get("PEERGYM_CHROMIUM") or str(SYSTEM_CHROMIUM)
    if not Path(program).is_file():
        missing("no Chromium (PEERGYM_CHROMIUM names one)")
    with chromium_window(program, tmp_path / "profile") as window:
        yield window


def figures(person: Person) -> dict[str, float]:
    """What a page says of its match, at one moment."""
    names = ("timeMs", "confirmedFrame", "stalls")
    return {"drawn": person.look("framesDrawn"), **{n: person.statistic(n) for n in names}}


def check_kept_step(before: dict[str, float], after: dict[str, float]) -> None:
    """Check that the match went on at full speed in the worker, whatever the page did."""
    frames = (after["timeMs"] - before["timeMs"]) / 1000 * FRAME_RATE_HZ
    print(f"{before} -> {after}")
    assert frames > 0.9 * HIDDEN_S * FRAME_RATE_HZ
    assert after["confirmedFrame"] - before["confirmedFrame"] >= LEAST_SHARE_CONFIRMED * frames
    assert after["stalls"] - before["stalls"] <= MOST_SHARE_STALLED * frames


def test_a_hidden_page_keeps_step_for_twenty_seconds(
    venue: Venue, window: ChromiumWindow, ada: Person
) -> None:
    tab = window.open_tab()
    hidden = DrivenPerson("hidden", tab, tab.console_errors)
    people = (ada, hidden)
    meet(ada, hidden, venue.url, creator_flags={"checksums": 1}, score_to_win=21)
    wait_for_direct(people)
    play(people, duration_s=2, seed=1)
    hidden.hold("ArrowUp")

    window.open_tab()
    assert tab.evaluate("document.visibilityState") == "hidden"
    before = [figures(person) for person in people]
    play([ada], duration_s=HIDDEN_S, seed=2)
    after = [figures(person) for person in people]
    assert tab.evaluate("document.visibilityState") == "hidden"
    assert after[1]["drawn"] - before[1]["drawn"] < HIDDEN_S, "the page was not really hidden"
    for one, other in zip(before, after, strict=True):
        check_kept_step(one, other)

    tab.bring_to_front()
    drawn = hidden.look("framesDrawn")
    play(people, duration_s=2, seed=3)
    assert hidden.look("framesDrawn") > drawn + FRAME_RATE_HZ
    for person in people:
        assert person.events("PeerLost") == []
        assert len(person.events("EpisodeStarted")) == 1
        assert person.statistic("maxRollbackDepthFrames") <= WINDOW_FRAMES
    assert len(shared_history(people)) > LEAST_SHARE_CONFIRMED * HIDDEN_S * FRAME_RATE_HZ
    check_rolled_back(people)
    check_no_errors(people)
