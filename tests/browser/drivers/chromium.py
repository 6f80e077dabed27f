"""A Chromium with tabs of which one is shown, as on a desk; Playwright shows all it has.

Nor is it told, as Playwright tells it, to let timers of hidden pages run on.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.drivers.page import DrivenPage
from tests.browser.drivers.remote import WITHIN_S, Remote, RemoteError
from tests.browser.pages import CHROMIUM_ARGUMENTS

KEY_CODES = {"ArrowUp": 38, "ArrowDown": 40}
PORT_FILE = "DevToolsActivePort"
LOOK_EVERY_S = 0.02


class ChromiumTab(DrivenPage):
    """A tab.

    Attributes:
        console_errors: Of its page.
    """

    def __init__(self, remote: Remote, target: str, console_errors: list[str]) -> None:
        super().__init__()
        self.console_errors = console_errors
        self._remote = remote
        self._target = target
        self._session: str = remote.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")

    def bring_to_front(self) -> None:
        """Show this tab; the one that was shown is hidden."""
        self._remote.send("Target.activateTarget", targetId=self._target)
        self.wait_for_function("() => document.visibilityState === 'visible'")

    def goto(self, url: str) -> None:
        """Go to an address, and wait until the page is loaded."""
        failure = self._send("Page.navigate", url=url).get("errorText")
        if failure is not None:
            raise RemoteError(f"{url}: {failure}")
        self.wait_for_function("() => document.readyState === 'complete'")

    def press(self, key: str, is_down: bool) -> None:
        """Press a key, or let go of it."""
        kind = "keyDown" if is_down else "keyUp"
        code = KEY_CODES[key]
        self._send(
            "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
        )

    def click(self, x: int, y: int) -> None:
        """Click at a point."""
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def run(self, script: str) -> str:
        """Run a script that makes a promise of a text, and return that."""
        answer = self._send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RemoteError(str(answer["exceptionDetails"]))
        return str(answer["result"]["value"])

    def wait_for_timeout(self, timeout_ms: float) -> None:
        """Let time pass."""
        self._remote.wait(timeout_ms / 1000)

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._remote.send(method, self._session, **params)


class ChromiumWindow:
    """A window with tabs."""

    def __init__(self, url: str) -> None:
        self.console_errors: list[str] = []
        self.remote = Remote(url, self._note_event)

    def open_tab(self) -> ChromiumTab:
        """Open another tab and show it; the one that was shown is hidden."""
        target = self.remote.send("Target.createTarget", url="about:blank")["targetId"]
        tab = ChromiumTab(self.remote, target, self.console_errors)
        tab.bring_to_front()
        return tab

    def _note_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.console_errors.append(str(params["args"]))
        elif method == "Runtime.exceptionThrown":
            self.console_errors.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.console_errors.append(params["entry"]["text"])


@contextlib.contextmanager
def chromium_window(program: str, profile: Path) -> Iterator[ChromiumWindow]:
    """Start a Chromium with an empty profile, controlled over a free port on loopback."""
    arguments = (f"--user-data-dir={profile}", "--remote-debugging-port=0", "--headless")
    with subprocess.Popen(
        [program, *CHROMIUM_ARGUMENTS, *arguments, "about:blank"], stderr=subprocess.DEVNULL
    ) as process:
        try:
            window = ChromiumWindow(_wait_for_address(profile / PORT_FILE, process))
            with window.remote:
                yield window
        finally:
            process.terminate()


def _wait_for_address(file: Path, process: subprocess.Popen[bytes]) -> str:
    deadline_s = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline_s and process.poll() is None:
        words = file.read_text(encoding="ascii").split() if file.exists() else []
        if len(words) == 2:
            port, path = words
            return f"ws://127.0.0.1:{port}{path}"
        time.sleep(LOOK_EVERY_S)
    raise RemoteError("Chromium did not start")
