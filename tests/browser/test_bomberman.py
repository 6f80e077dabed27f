"""Three pages play Bomberman in one room: they walk with the arrow keys, and bomb as they walk."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.browser.pages import Person
from tests.browser.server import Venue

ARROWS = ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft")
BEATS = 240
"""More than a match can have whose walls close in after 15 s."""
BEAT_MS = 250


def walk_and_bomb(people: list[Person], seed: int) -> None:
    """Have everybody walk about, each in a way of his own, and now and then lay a bomb."""
    scripts = [random.Random(f"{seed} {each.name}") for each in people]
    for _ in range(BEATS):
        if any(each.screen == "ended" for each in people):
            return
        held = [script.choice(ARROWS) for script in scripts]
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.down(key)
        for each, script in zip(people, scripts, strict=True):
            if script.random() < 0.4:  # while the arrow is held
                each.page.keyboard.press(" ", delay=70)
        people[0].page.wait_for_timeout(BEAT_MS)
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.up(key)


def test_three_pages_share_every_frame_and_every_death(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    venue = make_venue(game="bomberman", players=3)
    people = [person(name) for name in ("ada", "ben", "eve")]
    people[0].open(venue.url, checksums=1)
    link = people[0].create_game(seconds_until_walls_close=15)
    for each in people[1:]:
        each.open(link, checksums=1)
    for each in people:
        each.wait_for_screen("waiting")
        each.press_button("I am ready")
    for each in people:
        each.wait_for_screen("playing")
    people[0].wait_until("peergym.effects.go > 0")
    walk_and_bomb(people, seed=5)
    for each in people:
        each.wait_for_screen("ended")
    histories = [each.checksums() for each in people]
    common = {*histories[0]} & {*histories[1]} & {*histories[2]}
    assert len(common) > 100
    for frame in common:
        assert len({history[frame] for history in histories}) == 1
    for each in people:
        assert each.statistic("rollbacks") > 0
        assert each.events("DesyncDetected") == []
        assert each.console_errors == []
        assert {"countdown", "go", "bomb", "explosion"} <= each.look("effects").keys()
    told = [[name for _, _, name in each.look("confirmed")] for each in people]
    assert told[0] == told[1] == told[2]
    assert told[0].count("death") == 3 - told[0].count("win")
    assert told[0][-1] in ("win", "draw")
