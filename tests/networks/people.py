"""People at browsers in namespaces: the same as in the browser tests, elsewhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Playwright

from tests.browser.pages import CHROMIUM_ARGUMENTS, SYSTEM_CHROMIUM, Person
from tests.networks.game_server import ORIGIN
from tests.networks.internet import Internet
from tests.networks.routes import WATCH_CONNECTIONS

ARGUMENTS = (
    *CHROMIUM_ARGUMENTS,
    # As if the page came by HTTPS, which pages in the internet do.
    f"--unsafely-treat-insecure-origin-as-secure={ORIGIN}",
)


class DistantPerson(Person):
    """Somebody whose page remembers its connections."""

    def __init__(self, name: str, browser: Browser, **context: Any) -> None:
        super().__init__(name, browser, **context)
        self.page.add_init_script(WATCH_CONNECTIONS)


def launch_in(internet: Internet, namespace: str, playwright: Playwright, folder: Path) -> Browser:
    """Start a Chromium in a namespace; it is controlled over a pipe, which needs no network."""
    named = os.environ.get("PEERGYM_CHROMIUM")
    installed = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    program = named or installed or playwright.chromium.executable_path
    wrapper = internet.sandbox.wrapper(namespace, program, folder / f"chromium-{namespace}")
    return playwright.chromium.launch(executable_path=wrapper, headless=True, args=list(ARGUMENTS))


def keep(people: Sequence[DistantPerson], folder: Path) -> None:
    """Keep what the pages of a failed test show and know."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in people:
        notes = [f"console errors: {each.console_errors}"]
        try:
            # Nothing is asked that waits for the worker, which may be what died.
            names = ("screen", "problem", "notice", "python", "statistics", "events", "errors")
            notes += [f"{name}: {each.look(name)}" for name in names]
            notes.append(f"connections: {each.page.evaluate('window.seenConnections()')}")
            each.page.screenshot(path=folder / f"{each.name}.png", timeout=5000)
        except Error as error:
            notes.append(f"the page does not answer: {error.message}")
        (folder / f"{each.name}.txt").write_text("\n".join(notes), encoding="utf-8")
    print(f"\nScreenshots and notes: {folder}")
