"""A Firefox, driven by WebDriver BiDi, which it speaks without any other program.

Source:
    https://www.w3.org/TR/webdriver-bidi/
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.drivers.page import DrivenPage
from tests.browser.drivers.remote import WITHIN_S, Remote, RemoteError

KEYS = {"ArrowUp": "\ue013", "ArrowDown": "\ue015"}
"""Source: https://www.w3.org/TR/webdriver2/#keyboard-actions, the table of code points."""

PREFERENCES: dict[str, bool | int | str] = {
    # Addresses as they are, for the proxies to stand in for them, and peers on loopback.
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.loopback": True,
    # No questions, and no word to anybody but the page's server.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
LOOK_EVERY_S = 0.02


class FirefoxPage(DrivenPage):
    """The page of a Firefox.

    Attributes:
        console_errors: Of it.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.console_errors: list[str] = []
        self.remote = Remote(f"{url}/session", self._note_event)
        self._context = ""

    def begin(self) -> None:
        """Open the session, on the tab that is there."""
        self.remote.send("session.new", capabilities={})
        self.remote.send("session.subscribe", events=["log.entryAdded"])
        (tab, *_) = self.remote.send("browsingContext.getTree", maxDepth=0)["contexts"]
        self._context = tab["context"]

    def goto(self, url: str) -> None:
        """Go to an address, and wait until the page is loaded."""
        self._send("browsingContext.navigate", url=url, wait="complete")

    def press(self, key: str, is_down: bool) -> None:
        """Press a key, or let go of it."""
        kind = "keyDown" if is_down else "keyUp"
        self._act("key", "keys", {"type": kind, "value": KEYS[key]})

    def click(self, x: int, y: int) -> None:
        """Click at a point."""
        self._act(
            "pointer",
            "mouse",
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    def run(self, script: str) -> str:
        """Run a script that makes a promise of a text, and return that."""
        target = {"context": self._context}
        answer = self.remote.send(
            "script.evaluate", expression=script, target=target, awaitPromise=True
        )
        if answer["type"] != "success":
            raise RemoteError(str(answer["exceptionDetails"]))
        return str(answer["result"]["value"])

    def wait_for_timeout(self, timeout_ms: float) -> None:
        """Let time pass."""
        self.remote.wait(timeout_ms / 1000)

    def _act(self, kind: str, source: str, *actions: dict[str, Any]) -> None:
        self._send(
            "input.performActions",
            actions=[{"type": kind, "id": source, "actions": list(actions)}],
        )

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self.remote.send(method, context=self._context, **params)

    def _note_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "log.entryAdded" and params["level"] == "error":
            self.console_errors.append(str(params["text"]))


@contextlib.contextmanager
def firefox_page(program: str, folder: Path) -> Iterator[FirefoxPage]:
    """Start a Firefox with an empty profile, controlled over a free port on loopback."""
    profile = folder / "profile"
    profile.mkdir()
    lines = (f'user_pref("{name}", {_literal(value)});' for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    log = folder / "firefox.log"
    command = [program, "--headless", "--no-remote", "--remote-debugging-port=0"]
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            [*command, "--profile", str(profile), "about:blank"],
            stdout=output, stderr=output, env={**os.environ, "HOME": str(folder)},
        ) as process,
    ):  # fmt: skip
        try:
            page = FirefoxPage(_wait_for_address(log, process))
            with page.remote:
                page.begin()
                yield page
        finally:
            process.terminate()


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _wait_for_address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline_s = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline_s and process.poll() is None:
        found = LISTENS.search(log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found[1]
        time.sleep(LOOK_EVERY_S)
    raise RemoteError(f"Firefox did not start: {log.read_text(errors='replace')[-1000:]}")
