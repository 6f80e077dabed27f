"""A phone plays Bomberman by thumbs: a cross and a button below the court, or beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.pages import Person
from tests.browser.server import Venue

PHONE = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
NOTE_ACTIONS = """
window.told = [];
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...more) {
  if (message?.type === "action") window.told.push(message.action);
  return post.call(this, message, ...more);
};
"""
"""What the page tells its worker is what thumbs do; nothing else shows it, for agents play too."""

UP, RIGHT, DOWN, LEFT, BOMB = 1, 2, 3, 4, 5


class Thumbs:
    """Fingers on a screen: Playwright's own taps cannot be held."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp = page.context.new_cdp_session(page)
        self.down: dict[int, tuple[float, float]] = {}

    def place(self, selector: str, x: float = 0.5, y: float = 0.5) -> tuple[float, float]:
        """Where a part of an element is, by its share of width and height."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def put(self, finger: int, at: tuple[float, float]) -> None:
        """Put a finger down, or slide it."""
        kind = "touchMove" if finger in self.down else "touchStart"
        self.down[finger] = at
        self._tell(kind, self.down)

    def lift(self, finger: int) -> None:
        """Lift a finger."""
        self._tell("touchEnd", {finger: self.down.pop(finger)})

    def _tell(self, kind: str, fingers: dict[int, tuple[float, float]]) -> None:
        points = [{"id": finger, "x": x, "y": y} for finger, (x, y) in fingers.items()]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.parametrize(
    "viewport", [{"width": 390, "height": 844}, {"width": 844, "height": 390}], ids=["up", "side"]
)
def test_two_thumbs_walk_and_bomb(
    make_venue: Callable[..., Venue], person: Callable[..., Person], viewport: dict[str, Any]
) -> None:
    venue = make_venue(game="bomberman", players=4)
    ada = person("ada", viewport=viewport, **PHONE)
    ada.page.add_init_script(NOTE_ACTIONS)
    ada.open(venue.url)
    ada.press_button("Practise")
    ada.wait_for_screen("practice")
    ada.wait_until("peergym.effects.go > 0")
    thumbs = Thumbs(ada.page)
    ada.page.evaluate("told.length = 0")

    thumbs.put(1, thumbs.place(".pad-cross", x=0.9))
    thumbs.put(2, thumbs.place(".pad-button"))
    thumbs.put(1, thumbs.place(".pad-cross", y=0.9))
    thumbs.lift(2)
    thumbs.put(1, thumbs.place(".pad-cross"))
    thumbs.lift(1)
    ada.wait_until("told.length >= 5")
    assert ada.page.evaluate("told") == [RIGHT, RIGHT + BOMB, DOWN + BOMB, DOWN, 0]

    for part in (".pad-cross", ".pad-button"):
        box = ada.page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]
        assert box["y"] + box["height"] <= viewport["height"]
        canvas = ada.page.locator(".court canvas").bounding_box()
        assert canvas is not None
        is_beside = (
            box["x"] >= canvas["x"] + canvas["width"] or box["x"] + box["width"] <= canvas["x"]
        )
        assert is_beside or box["y"] >= canvas["y"] + canvas["height"], f"{part} hides the court"
    assert ada.console_errors == []


def test_a_mouse_sees_no_keys_for_thumbs(
    make_venue: Callable[..., Venue], person: Callable[..., Person]
) -> None:
    ada = person("ada")
    ada.open(make_venue(game="bomberman", players=4).url)
    ada.press_button("Practise")
    ada.wait_for_screen("practice")
    assert not ada.page.locator(".pad").is_visible()
