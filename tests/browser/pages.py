"""Somebody at a browser: what a person does there, and what the page says of itself.

Everything goes through the real page: links, forms, buttons and keys. What happened is read from
`window.peergym`, which is documented in ``client/src/app/testing_window.ts`` and read-only.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright

WITHIN_MS = 60_000
"""Nothing a person waits for takes this long, even on two busy cores; a hang does."""

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Addresses as they are, for the proxies to stand in for them, and peers on loopback.
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection",
)

KEYS = ("ArrowUp", "ArrowDown", None)
KEY_CHANGES_PER_S = 4
"""As in the lab: faster than a person, and every change is a misprediction for the other side."""

LAPTOP = {"width": 1280, "height": 800}


def launch_chromium(playwright: Playwright) -> Browser:
    """Start a Chromium: the one named by PEERGYM_CHROMIUM, the system's, or Playwright's own."""
    executable = os.environ.get("PEERGYM_CHROMIUM")
    if executable is None and SYSTEM_CHROMIUM.exists():
        executable = str(SYSTEM_CHROMIUM)
    return playwright.chromium.launch(
        executable_path=executable, headless=True, args=list(CHROMIUM_ARGUMENTS)
    )


@dataclass(frozen=True)
class Noted:
    """An event of the session, as the page noted it."""

    time_ms: float
    name: str
    fields: Mapping[str, Any]


class Person:
    """Somebody with a page of their own."""

    def __init__(self, name: str, browser: Browser, **context: Any) -> None:
        self.name = name
        self.context: BrowserContext = browser.new_context(**{"viewport": LAPTOP, **context})
        self.console_errors: list[str] = []
        self.page: Page = self._new_page()

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(WITHIN_MS)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        return page

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    # --- what a person does

    def open(self, url: str, **flags: Any) -> None:
        """Go to an address, with switches of the page; ``no_snapshot=""`` is ``?no-snapshot``."""
        query = urlencode({key.replace("_", "-"): value for key, value in flags.items()})
        self.page.goto(f"{url}?{query}" if query else url)

    def crash(self) -> None:
        """Let the page die as if its process had been killed; nothing of it has time to react."""
        with self.page.expect_event("crash"), contextlib.suppress(Error):
            self.page.goto("chrome://crash")

    def come_back(self, url: str, kept: Mapping[str, str] | None = None) -> None:
        """Open another page in the same browser, with what the first one left there.

        Args:
            url: Where to.
            kept: What a browser that opens a tab again keeps for it: its session's storage.
        """
        self.page = self._new_page()
        if kept is not None:
            self.page.add_init_script(f"Object.assign(sessionStorage, {json.dumps(kept)})")
        self.open(url)

    def create_game(
        self,
        input_delay: str | None = None,
        absent: str | None = None,
        grace_s: int | None = None,
        **options: float,
    ) -> str:
        """Fill in the form for a new game and return the link to the room."""
        if absent is not None or grace_s is not None:
            self.page.get_by_text("More", exact=True).click()
        if grace_s is not None:
            options["grace"] = grace_s
        for name, value in options.items():
            self.page.locator(f"#option-{name}").fill(str(value))
        if input_delay is not None:
            self.page.locator("#input-delay").select_option(input_delay)
        if absent is not None:
            self.page.locator("#absent").select_option(absent)
        self.press_button("Create game")
        self.wait_for_screen("waiting")
        return str(self.look("link"))

    def press_button(self, name: str) -> None:
        """Click a button by its name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def hold(self, key: str | None) -> None:
        """Hold this key and no other."""
        for other in KEYS:
            if other is not None and other != key:
                self.page.keyboard.up(other)
        if key is not None:
            self.page.keyboard.down(key)

    # --- what the page says

    def look(self, name: str) -> Any:
        """Read one of the values of `window.peergym`."""
        return self.page.evaluate("name => window.peergym[name]", name)

    @property
    def screen(self) -> str:
        """The screen shown."""
        return str(self.look("screen"))

    @property
    def room(self) -> str:
        """The code of the room."""
        return str(self.look("roomCode"))

    def statistic(self, name: str) -> float:
        """One figure of the newest statistics."""
        return float((self.look("statistics") or {}).get(name, 0))

    def events(self, name: str | None = None) -> list[Noted]:
        """The session's events so far, of all kinds or of one."""
        noted = [
            Noted(each["timeMs"], each["event"]["name"], each["event"])
            for each in self.look("events")
        ]
        return [each for each in noted if name in (None, each.name)]

    def checksums(self, episode: int = 0) -> dict[int, str]:
        """The confirmed checksums of an episode, by frame."""
        return dict(self.look("checksums").get(str(episode), []))

    def remote_address(self) -> str:
        """The other side's address, as this page's connection sees it."""
        pairs = self.page.evaluate("window.peergym.selectedCandidatePairs()")
        assert len(pairs) == 1, pairs
        return str(pairs[0]["remote"])

    def recording(self) -> bytes | None:
        """The flight recording (with ``?record``); None without one."""
        # A worker that never answers, as without Python, must not hold up what is told of it.
        text = self.page.evaluate(
            "ms => Promise.race([window.peergym.recording(), "
            "new Promise((resolve) => setTimeout(() => resolve(null), ms))])",
            WITHIN_MS,
        )
        return None if text is None else base64.b64decode(text)

    # --- waiting

    def wait_for_screen(self, *screens: str) -> None:
        """Wait until one of these screens is shown."""
        self.page.wait_for_function(
            "screens => screens.includes(window.peergym?.screen)", arg=list(screens)
        )

    def wait_until(self, condition: str, argument: Any = None) -> None:
        """Wait until an expression over ``peergym`` and ``argument`` is true on the page."""
        self.page.wait_for_function(
            f"argument => {{ const peergym = window.peergym; return {condition}; }}", arg=argument
        )

    def wait_for_event(self, name: str, count: int = 1) -> Noted:
        """Wait until the session has told this event so often; return the newest."""
        self.wait_until(
            "peergym.events.filter(({event}) => event.name === argument[0]).length >= argument[1]",
            [name, count],
        )
        return self.events(name)[-1]

    def wait_for_python(self) -> None:
        """Wait until Python is ready to play."""
        self.wait_until("peergym.python.isReady")

    def wait_for_frames(self, count: int) -> None:
        """Wait until the match has confirmed so many more frames."""
        self.wait_until(
            "peergym.statistics?.confirmedFrame >= argument",
            self.statistic("confirmedFrame") + count,
        )


def play(people: Sequence[Person], duration_s: float, seed: int) -> None:
    """Have everybody press and let go of keys for a time, each in a way of his own."""
    play_until(people, seed, after_s=duration_s)


def play_until(
    people: Sequence[Person],
    seed: int,
    *,
    after_s: float = WITHIN_MS / 1000,
    is_over: Callable[[], bool] = lambda: False,
) -> bool:
    """Have everybody press keys until it is over, but not longer than `after_s`.

    Returns:
        Whether it is over.
    """
    scripts = [random.Random(f"{seed} {person.name}") for person in people]
    begun_s = time.monotonic()
    while time.monotonic() - begun_s < after_s:
        if is_over():
            return True
        for person, script in zip(people, scripts, strict=True):
            person.hold(script.choice(KEYS))
        people[0].page.wait_for_timeout(1000 / KEY_CHANGES_PER_S)
    return is_over()


def meet(
    creator: Person,
    joiner: Person,
    url: str,
    *,
    creator_flags: Mapping[str, Any] | None = None,
    joiner_flags: Mapping[str, Any] | None = None,
    input_delay: str | None = None,
    absent: str | None = None,
    **options: float,
) -> str:
    """One creates a game, the other follows the link; wait until both play.

    Returns:
        The code of the room.
    """
    creator.open(url, **(creator_flags or {}))
    link = creator.create_game(input_delay, absent, **options)
    joiner.open(link, **(joiner_flags or {}))
    for person in (creator, joiner):
        person.wait_for_screen("playing")
    return creator.room
