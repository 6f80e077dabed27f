"""Gamepads play what keys play, and buttons on the page say what they do.

No machine has a gamepad when it tests, so one is planted where the browser would tell of it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import Person
from tests.browser.server import Venue
from tests.browser.test_touch_pad import NOTE_ACTIONS, PHONE

PLANT = (
    NOTE_ACTIONS
    + """
window.pads = [];
Object.defineProperty(navigator, "getGamepads", { value: () => window.pads });
window.plug = () => {
  const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
  window.pads = [{ index: 0, connected: true, mapping: "standard", axes: [0, 0, 0, 0], buttons }];
  window.dispatchEvent(new Event("gamepadconnected"));
};
window.unplug = () => {
  window.pads = [null];
  window.dispatchEvent(new Event("gamepaddisconnected"));
};
"""
)
SET = """
({ axes = [0, 0, 0, 0], down = [] }) => {
  const [pad] = window.pads;
  pad.axes = axes;
  pad.buttons = pad.buttons.map((_, at) => ({ pressed: down.includes(at) }));
}
"""
A, CROSS_UP, CROSS_LEFT = 0, 12, 14

NIM = '''
"""Take one or two of seven in turns; who takes the last one wins."""

from types import SimpleNamespace


class Nim:
    metadata = {
        "name": "Nim",
        "render_fps": 10,
        "action_names": ["TAKE_ONE", "TAKE_TWO"],
        "screen": (400, 300),
    }
    possible_agents = ["first", "second"]

    def action_space(self, agent):
        return SimpleNamespace(n=2, start=0, shape=())

    def agent_iter(self):
        raise NotImplementedError

    def observe(self, agent):
        return {"action_mask": [self.left > n for n in range(2)]}

    def reset(self, seed=None, options=None):
        self.left = 7
        self.agents = list(self.possible_agents)
        self.agent_selection = "first"
        self.rewards = dict.fromkeys(self.agents, 0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos = {agent: {} for agent in self.agents}

    def step(self, action):
        mover = self.agent_selection
        if self.terminations[mover]:
            self.agents.remove(mover)
        else:
            self.left -= action + 1
            self.terminations = dict.fromkeys(self.terminations, self.left == 0)
        self.agent_selection = "second" if mover == "first" else "first"


def draw(env, surface, player):
    surface.text(f"{env.left} left", 200, 150, 40, "#ffffff", align="centre")
'''


def act(person: Person, told: list[int], **change: Any) -> None:
    """Change what the gamepad does, and wait until exactly this was told to the game."""
    person.page.evaluate("told.length = 0")
    person.page.evaluate(SET, change)
    person.page.wait_for_function("count => told.length >= count", arg=len(told))
    assert person.page.evaluate("told") == told


def practise(person: Person, venue: Venue) -> None:
    person.page.add_init_script(PLANT)
    person.open(venue.url)
    person.press_button("Practise")
    person.wait_for_screen("practice")
    person.wait_until("peergym.framesReceived > 10")


def test_a_gamepad_that_comes_in_the_middle_of_a_game_walks_and_bombs(
    make_venue: Callable[..., Venue], ada: Person
) -> None:
    practise(ada, make_venue(game="bomberman", players=4))
    hint = ada.page.locator(".input-hint")
    assert not hint.is_visible()
    ada.page.evaluate("plug()")
    hint.wait_for()
    assert hint.inner_text() == "Gamepad: the stick steers · A: Bomb"
    act(ada, [2], axes=[0.9, 0.3, 0, 0])
    act(ada, [7], axes=[0.4, 0, 0, 0], down=[A])  # nearer, but not let go
    act(ada, [5], down=[A])
    act(ada, [9], down=[A, CROSS_LEFT])
    act(ada, [4], down=[CROSS_LEFT])
    ada.page.evaluate("told.length = 0")
    ada.page.evaluate("unplug()")
    ada.page.wait_for_function("told.length > 0")
    assert ada.page.evaluate("told") == [0]
    ada.page.evaluate("plug()")
    act(ada, [1], axes=[0, -1, 0, 0])
    ada.page.evaluate("told.length = 0; document.hasFocus = () => false")
    ada.page.evaluate("dispatchEvent(new Event('blur'))")
    assert ada.page.evaluate("told") == [0]
    assert ada.console_errors == []


def test_a_gamepad_moves_the_paddle_and_the_page_says_so(
    make_venue: Callable[..., Venue], ada: Person
) -> None:
    practise(ada, make_venue())
    ada.page.evaluate("plug()")
    act(ada, [0], down=[CROSS_UP])
    act(ada, [2], axes=[0.3, 0.9, 0, 0])
    act(ada, [1], axes=[1, 0.1, 0, 0])  # across means nothing here
    ada.press_button("Keys")
    help_text = ada.page.locator(".key-help").inner_text()
    assert "Directions" in help_text
    assert "stick" in help_text
    assert "The mouse over the court steers" in help_text
    ada.press_button("Close the keys")
    assert not ada.page.locator(".key-help").is_visible()
    assert ada.console_errors == []


def test_two_phones_play_in_turns_by_buttons_with_the_names_of_the_moves(
    make_venue: Callable[..., Venue], person: Callable[..., Person], tmp_path: Path
) -> None:
    path = tmp_path / "nim.py"
    path.write_text(NIM, encoding="utf-8")
    venue = make_venue(game=f"{path}:Nim", draw=f"{path}:draw")
    phone = {"viewport": {"width": 390, "height": 844}, **PHONE}
    ada, ben = person("ada", **phone), person("ben", **phone)
    for each in (ada, ben):
        each.page.add_init_script(NOTE_ACTIONS)
    ada.open(venue.url)
    link = ada.create_game()
    ben.open(link)
    for each in (ada, ben):
        each.wait_for_screen("playing")
        assert each.page.locator(".pad-button").all_inner_texts() == ["Take one", "Take two"]
        assert each.page.locator(".input-hint").inner_text() == (
            "Nothing moves until somebody acts."
        )

    def wait_for(text: str) -> None:
        for each in (ada, ben):
            each.wait_until("atob(peergym.picture.list).includes(argument)", text)

    wait_for("7 left")
    ada.page.get_by_text("Take two").tap()  # for much less than one of ten frames in a second
    wait_for("5 left")
    ben.page.get_by_text("Take one").tap()
    wait_for("4 left")
    ada.page.wait_for_function("told.length === 2")
    assert ada.page.evaluate("told") == [1, -1]
    picture = base64.b64decode(ben.look("picture")["list"])
    assert b"4 left" in picture
    assert ada.console_errors + ben.console_errors == []


pytestmark = pytest.mark.timeout(180)
