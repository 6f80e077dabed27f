"""The part of a Playwright page that `Person` uses, for whatever runs scripts and takes keys."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from typing import Any

WITHIN_S = 60.0
"""As long as people in the browser tests wait for anything."""
LOOK_EVERY_S = 0.05

CALL = """(async () => {{
  const it = ({script});
  const value = await (typeof it === "function" ? it({argument}) : it);
  return JSON.stringify(value ?? null);
}})()"""

MIDDLE_OF_BUTTON = """name => {
  const buttons = [...document.querySelectorAll("button")];
  const button = buttons.find(each => each.textContent.trim() === name && each.checkVisibility());
  if (button === undefined) return null;
  button.scrollIntoView({block: "center", behavior: "instant"});
  const {x, y, width, height} = button.getBoundingClientRect();
  return button.disabled ? null : [Math.round(x + width / 2), Math.round(y + height / 2)];
}"""

IS_SHOWN = "selector => document.querySelector(selector)?.checkVisibility() ?? false"
SET_VALUE = """([selector, value]) => {
  const element = document.querySelector(selector);
  element.value = value;
  if (element.value !== value) throw new Error(`${selector} does not take ${value}`);
  for (const name of ["input", "change"]) element.dispatchEvent(new Event(name, {bubbles: true}));
}"""


class DrivenPage(ABC):
    """A page in a browser; `keyboard`, `locator` and `get_by_role` are as in Playwright."""

    def __init__(self) -> None:
        self.keyboard = Keyboard(self)

    # --- what a browser must be able to do

    @abstractmethod
    def goto(self, url: str) -> None:
        """Go to an address, and wait until the page is loaded."""

    @abstractmethod
    def press(self, key: str, is_down: bool) -> None:
        """Press a key, or let go of it."""

    @abstractmethod
    def click(self, x: int, y: int) -> None:
        """Click at a point, in pixels from the upper left."""

    @abstractmethod
    def run(self, script: str) -> str:
        """Run a script that makes a promise of a text, and return that."""

    @abstractmethod
    def wait_for_timeout(self, timeout_ms: float) -> None:
        """Let time pass."""

    # --- what follows from it

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """Evaluate an expression, or call a function with an argument; promises are awaited."""
        return json.loads(self.run(CALL.format(script=script, argument=json.dumps(argument))))

    def wait_for_function(self, script: str, *, arg: Any = None) -> None:
        """Wait until a function of the page returns something true."""
        deadline_s = time.monotonic() + WITHIN_S
        while not self.evaluate(script, arg):
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{script} with {arg!r}, after {WITHIN_S:g} s")
            self.wait_for_timeout(1000 * LOOK_EVERY_S)

    def locator(self, selector: str) -> Field:
        """Return the field that a selector names."""
        return Field(self, selector)

    def get_by_role(self, role: str, *, name: str, exact: bool) -> Button:
        """Return the button of this name."""
        assert (role, exact) == ("button", True), "nothing else is needed"
        return Button(self, name)


class Keyboard:
    """A page's keys."""

    def __init__(self, page: DrivenPage) -> None:
        self._page = page

    def down(self, key: str) -> None:
        """Press a key."""
        self._page.press(key, is_down=True)

    def up(self, key: str) -> None:
        """Let go of it."""
        self._page.press(key, is_down=False)


class Button:
    """A button, by its name."""

    def __init__(self, page: DrivenPage, name: str) -> None:
        self._page = page
        self._name = name

    def click(self) -> None:
        """Wait until it can be clicked, and click it."""
        script = f"({MIDDLE_OF_BUTTON})"
        self._page.wait_for_function(script, arg=self._name)
        x, y = self._page.evaluate(script, self._name)
        self._page.click(x, y)


class Field:
    """A field of a form."""

    def __init__(self, page: DrivenPage, selector: str) -> None:
        self._page = page
        self._selector = selector

    def fill(self, value: str) -> None:
        """Wait until it is shown, and put a value in, as if it had been typed."""
        self._page.wait_for_function(IS_SHOWN, arg=self._selector)
        self._page.evaluate(SET_VALUE, [self._selector, value])

    select_option = fill
