"""Four pages play Bomberman for a minute: one by the relay alone, one is killed and comes back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from tests.browser.pages import Person
from tests.browser.server import Venue

ARROWS = ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft")
BEAT_MS = 250
SMALL = {"viewport": {"width": 480, "height": 400}}
"""Four pages draw on two cores: small ones cost a quarter."""
FRAME_RATE_HZ = 30
FRAMES = 60 * FRAME_RATE_HZ


def walk(people: Sequence[Person], frames: int, seed: int) -> None:
    """Have everybody walk about until the first of them has confirmed so many more frames."""
    scripts = [random.Random(f"{seed} {each.name}") for each in people]
    until = people[0].statistic("confirmedFrame") + frames
    while people[0].statistic("confirmedFrame") < until:
        assert all(each.screen == "playing" for each in people)
        held = [script.choice(ARROWS) for script in scripts]
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.down(key)
        people[0].page.wait_for_timeout(BEAT_MS)
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.up(key)


def begin(people: Sequence[Person], url: str) -> str:
    """Meet in a room of four, say that all are ready, and play. Returns the link."""
    first, *others = people
    first.open(url, checksums=1)
    link = first.create_game(seconds_until_walls_close=180)
    for each in others:
        each.open(link)
    for each in people:
        each.wait_for_screen("waiting")
        each.press_button("I am ready")
    for each in people:
        each.wait_for_screen("playing")
    first.wait_until("peergym.effects.go > 0")
    return link


def kill_and_come_back(person: Person, link: str) -> None:
    """Kill the page; its tab is opened again by the browser, with what belongs to the tab."""
    kept = person.page.evaluate("JSON.stringify({...sessionStorage})")
    person.crash()
    restore = f"for (const [k, v] of Object.entries({kept})) sessionStorage.setItem(k, v);"
    person.context.add_init_script(restore)
    person.come_back(link)


def check_one_history(people: Sequence[Person], frames: int) -> None:
    """Check that all confirmed the same states, frame by frame, as far as each was there."""
    histories = [each.checksums() for each in people]
    longest = histories[0]
    assert len(longest) >= frames
    for each, history in zip(people, histories, strict=True):
        common = sorted(longest.keys() & history.keys())
        assert common == list(range(common[0], common[-1] + 1)), f"{each.name} lacks a frame"
        assert len(common) >= FRAME_RATE_HZ
        assert {f: history[f] for f in common} == {f: longest[f] for f in common}
        assert each.statistic("rollbacks") > 0
        assert each.events("DesyncDetected") == []
        assert each.events("ProtocolViolated") == []
        assert each.look("errors") == []
        assert each.console_errors == []


def routes(person: Person) -> dict[int, str]:
    """By which route this page reaches each peer."""
    return {each["peer"]: each["route"] for each in person.look("statistics")["peers"]}


@pytest.mark.timeout(300)
def test_one_is_killed_and_comes_back_and_one_is_reached_by_the_relay_alone(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    venue = make_venue(game="bomberman", players=4)
    venue.network.unreached.add(3)
    people = [person(name, **SMALL) for name in ("ada", "ben", "eve", "dan")]
    ada, ben, eve, dan = people
    link = begin(people, venue.url)
    walk(people, FRAMES // 4, seed=1)
    assert routes(ada) == {1: "direct", 2: "direct", 3: "relay"}
    assert routes(dan) == {0: "relay", 1: "relay", 2: "relay"}

    kept = ben.checksums()
    kill_and_come_back(ben, link)
    for each in (ada, eve, dan):
        each.wait_for_event("PlayerCut")
    ben.wait_for_event("PlayerJoined")
    ben.wait_for_screen("playing")
    assert ben.look("localSeat") == 1
    walk(people, FRAMES // 2, seed=2)

    assert {f: ada.checksums()[f] for f in kept} == kept
    check_one_history(people, FRAMES * 3 // 4)
    assert routes(dan)[0] == "relay"
    assert routes(ada)[2] == "direct"
