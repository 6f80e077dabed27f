"""Four pages play Bomberman: one by the relay alone, one killed and back, and natives beside them.

It runs at 30 Hz, and the pages are small: so much can be drawn four times on two cores.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import peergym
from peergym.data.replay import read_replay
from tests.browser.pages import Person
from tests.browser.server import Venue

ARROWS = ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft")
BEAT_MS = 250
SMALL = {"viewport": {"width": 480, "height": 400}}
"""Four pages draw on two cores: small ones cost a quarter."""
FRAME_RATE_HZ = 30
FRAMES = 60 * FRAME_RATE_HZ
BEYOND = {4, 5, 6, 7}
"""Peers that are not among the four who form a mesh."""


def walk(people: Sequence[Person], frames: int, seed: int) -> None:
    """Have everybody walk about until the first of them has confirmed so many more frames."""
    scripts = [random.Random(f"{seed} {each.name}") for each in people]
    until = people[0].statistic("confirmedFrame") + frames
    while people[0].statistic("confirmedFrame") < until:
        assert not {"ended", "error"} & {each.screen for each in people}
        held = [script.choice(ARROWS) for script in scripts]
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.down(key)
        people[0].page.wait_for_timeout(BEAT_MS)
        for each, key in zip(people, held, strict=True):
            each.page.keyboard.up(key)


def begin(
    people: Sequence[Person], url: str, fill: Callable[[str], None] = lambda link: None
) -> str:
    """Meet in a room, fill its other seats, say that all are ready, and play. Returns the link."""
    first, *others = people
    first.open(url, checksums=1)
    link = first.create_game(seconds_until_walls_close=180)
    for each in others:
        each.open(link)
        each.wait_for_screen("waiting")
    fill(link)
    for each in people:
        each.press_button("I am ready")
    for each in people:
        each.wait_for_screen("playing")
    first.wait_until("peergym.effects.go > 0")
    return link


def kill_and_come_back(person: Person, link: str) -> None:
    """Kill the page; its tab is opened again by the browser, with what belongs to the tab."""
    kept = person.page.evaluate("({...sessionStorage})")
    person.crash()
    person.come_back(link, kept)


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
    peers = person.look("statistics")["peers"]
    return {each["peer"]: ("none", "direct", "relay")[each["route"]] for each in peers}


def have_been_direct(person: Person) -> set[int]:
    """The peers that this page has at some time reached directly.

    On two busy cores a second of silence may send any pair away from there, and back later.
    """
    changes = [each.fields for each in person.events("RouteChanged")]
    return {change["peer"] for change in changes if change["route"] == "direct"}


@pytest.mark.timeout(300)
def test_one_is_killed_and_comes_back_and_one_is_reached_by_the_relay_alone(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    venue = make_venue(game="bomberman", players=4)
    venue.network.unreached.add(3)
    people = [person(name, **SMALL) for name in ("ada", "ben", "eve", "dan")]
    ada, ben, eve, dan = people
    link = begin(people, venue.url)
    walk(people, FRAMES // 3, seed=1)
    assert have_been_direct(ada) == {1, 2}
    assert routes(dan) == {0: "relay", 1: "relay", 2: "relay"}

    kept = ben.checksums()
    kill_and_come_back(ben, link)
    for each in (ada, eve, dan):
        each.wait_for_event("PlayerCut")
    ben.wait_for_event("PlayerJoined")
    ben.wait_for_screen("playing")
    assert ben.look("localSeat") == 1
    walk(people, FRAMES * 2 // 3, seed=2)

    seen = ada.checksums()
    assert {frame: seen[frame] for frame in kept} == kept
    check_one_history(people, FRAMES)
    assert set(routes(dan).values()) == {"relay"}


def start_native(link: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start ``peergym join`` as a process of its own, which writes its record down."""
    command = [sys.executable, "-m", "peergym.cli", "join", link, "--record", str(folder)]
    source = str(Path(peergym.__file__).parents[1])
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": source}, stdout=subprocess.DEVNULL
    )


def leave(natives: Sequence[subprocess.Popen[bytes]]) -> None:
    """Interrupt them, as people do; they say goodbye and go."""
    for each in natives:
        each.send_signal(signal.SIGINT)
    for each in natives:
        each.wait(timeout=60)


@pytest.mark.timeout(300)
def test_native_peers_fill_the_room_to_eight_and_each_datagram_is_uploaded_once(
    make_venue: Callable[..., Venue], person: Callable[..., Person], tmp_path: Path
) -> None:
    venue = make_venue(game="bomberman", players=8)
    people = [person(name, **SMALL) for name in ("ada", "ben", "eve", "dan")]
    natives: list[subprocess.Popen[bytes]] = []

    def fill(link: str) -> None:
        natives.extend(start_native(link, tmp_path / "records") for _ in range(4))

    try:
        begin(people, venue.url, fill)
        before = venue.health()["relay"]
        walk(people, FRAMES // 3, seed=3)
        after = venue.health()["relay"]
        for seat, each in enumerate(people):
            mesh = {peer for peer in range(4) if peer != seat}
            assert have_been_direct(each) == mesh
            assert {peer for peer, route in routes(each).items() if route == "relay"} >= BEYOND
    finally:
        leave(natives)
    up, down = (after[name] - before[name] for name in ("datagrams_in", "datagrams_out"))
    # Of four in the mesh each is sent on to four, of four behind the relay each to seven.
    assert 4 < down / up < 7
    check_one_history(people, FRAMES // 3)
    seen = {frame: int(checksum, 16) for frame, checksum in people[0].checksums().items()}
    records = [read_replay(path.read_bytes()) for path in (tmp_path / "records").iterdir()]
    assert len(records) == 4
    for record in records:
        (episode,) = record.episodes
        common = seen.keys() & episode.checksums.keys()
        assert len(common) > FRAMES // 4
        assert {f: seen[f] for f in common} == {f: episode.checksums[f] for f in common}
