"""Environments that somebody else wrote, or that need libraries, played in two pages."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser.numpy_pyodide import numpy_pyodide
from tests.browser.pages import WITHIN_MS, Person
from tests.browser.server import Venue

EXAMPLES = Path(__file__).parents[2] / "examples"
ARROWS = ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", " ", None)
BEAT_MS = 200
STARTS_WITHIN_MS = 180_000
"""Two pages start Python at once, plainly, and NumPy: six seconds each, and machines are shared."""

pytestmark = pytest.mark.timeout(420)

PLASMA = '''
import numpy as np


class Plasma:
    """What each does moves a wave of colours; it renders itself and knows nothing of surfaces."""

    possible_agents = ("red", "blue")
    keys = {"ArrowLeft": 1, "ArrowRight": 2, "ArrowUp": 3, "ArrowDown": 4}
    metadata = {"name": "Plasma", "render_fps": 30, "keys_to_action": keys, "screen": (512, 512)}

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.rng = np.random.default_rng(seed)
        self.phase = self.rng.integers(0, 256, 2)
        return {}, {}

    def step(self, actions):
        for index, agent in enumerate(self.possible_agents):
            self.phase[index] = (self.phase[index] + 3 * actions[agent]) % 256
        self.phase = (self.phase + self.rng.integers(0, 2, 2)) % 256
        nobody = dict.fromkeys(actions, False)
        return {}, {}, nobody, nobody, {}

    def render(self):
        pixels = np.zeros((256, 256, 3), np.uint8)
        pixels[:, :, 0] = (np.arange(256)[:, None] + self.phase[0]) % 256
        pixels[:, :, 2] = (np.arange(256)[None, :] + self.phase[1]) % 256
        pixels[96:160, 96:160] = (0, 255, 0)
        return pixels
'''


def walk(people: Sequence[Person], seconds: float, seed: int) -> None:
    """Have everybody hold arrow keys, each in a way of his own."""
    scripts = [random.Random(f"{seed} {each.name}") for each in people]
    held: list[str | None] = [None] * len(people)
    for _ in range(round(seconds * 1000 / BEAT_MS)):
        for index, (each, script) in enumerate(zip(people, scripts, strict=True)):
            key = script.choice(ARROWS)
            if key == held[index]:
                continue
            if held[index] is not None:
                each.page.keyboard.up(str(held[index]))
            if key is not None:
                each.page.keyboard.down(key)
            held[index] = key
        people[0].page.wait_for_timeout(BEAT_MS)


def meet_at(venue: Venue, people: Sequence[Person], **flags: Any) -> None:
    first, *others = people
    for each in people:
        each.page.set_default_timeout(STARTS_WITHIN_MS)
    first.open(venue.url, checksums=1, **flags)
    link = first.create_game(input_delay="0")
    for each in others:
        each.open(link, checksums=1, **flags)
    for each in people:
        each.wait_for_screen("playing")
        each.page.set_default_timeout(WITHIN_MS)


def assert_one_history(people: Sequence[Person], frames: int) -> None:
    histories = [each.checksums() for each in people]
    common = {*histories[0]}.intersection(*histories)
    assert len(common) > frames
    assert all(len({history[frame] for history in histories}) == 1 for frame in common)
    assert len({histories[0][frame] for frame in common}) > frames / 4
    for each in people:
        assert each.statistic("rollbacks") > 0
        assert each.events("DesyncDetected") == []
        assert each.console_errors == []


def colour_in_the_middle(person: Person) -> list[int]:
    """The pixel in the middle of the court's canvas."""
    script = """() => {
      const canvas = document.querySelector('.court canvas');
      const context = canvas.getContext('2d');
      const [x, y] = [canvas.width / 2, canvas.height / 2];
      return [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
    }"""
    return [int(value) for value in person.page.evaluate(script)]


def test_an_environment_of_the_standard_library_runs_on_the_pyodide_that_comes_with_us(
    make_venue: Callable[..., Venue], ada: Person, ben: Person
) -> None:
    venue = make_venue(game=f"{EXAMPLES / 'tag.py'}:Tag")
    meet_at(venue, [ada, ben])
    walk([ada, ben], seconds=10, seed=1)
    assert_one_history([ada, ben], frames=300)


def test_what_an_environment_renders_with_numpy_is_seen_as_it_comes(
    make_venue: Callable[..., Venue], ada: Person, ben: Person, tmp_path: Path
) -> None:
    (tmp_path / "plasma.py").write_text(PLASMA, encoding="utf-8")
    venue = make_venue(game=f"{tmp_path / 'plasma.py'}:Plasma", pyodide=str(numpy_pyodide()))
    meet_at(venue, [ada, ben])
    walk([ada, ben], seconds=10, seed=2)
    assert_one_history([ada, ben], frames=200)
    for each in (ada, ben):
        assert colour_in_the_middle(each) == [0, 255, 0]


@pytest.mark.parametrize(
    ("library", "example", "function", "frames"),
    [("lbforaging", "foraging.py", "forage", 400), ("cogrid", "overcooked.py", "kitchen", 300)],
)
def test_what_others_wrote_is_played_for_a_minute_over_a_bad_network(
    make_venue: Callable[..., Venue],
    ada: Person,
    ben: Person,
    library: str,
    example: str,
    function: str,
    frames: int,
) -> None:
    pytest.importorskip(library, reason=f"NOT TESTED: {library} is not installed")
    path = EXAMPLES / example
    venue = make_venue(game=f"{path}:{function}", draw=f"{path}:draw", pyodide=str(numpy_pyodide()))
    meet_at(venue, [ada, ben])
    walk([ada, ben], seconds=60, seed=3)
    assert_one_history([ada, ben], frames)


def test_a_package_that_is_not_what_the_server_named_is_refused_by_the_page(
    make_venue: Callable[..., Venue], ada: Person, tmp_path: Path
) -> None:
    folder = tmp_path / "pyodide"
    shutil.copytree(numpy_pyodide(), folder)
    (tmp_path / "plasma.py").write_text(PLASMA, encoding="utf-8")
    venue = make_venue(game=f"{tmp_path / 'plasma.py'}:Plasma", pyodide=str(folder))
    (wheel,) = folder.glob("numpy-*.whl")
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"?")
    ada.page.set_default_timeout(STARTS_WITHIN_MS)
    ada.open(venue.url)
    ada.wait_for_screen("error")
    assert ada.look("problem") == "python_failed"
    assert "numpy cannot be loaded" in ada.page.inner_text("body")
