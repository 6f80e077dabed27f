"""Chromium and the real server for benchmarks, and workers of ours on pages of that server."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from peergym.server import ServerSettings
from peergym.server.serve import ServerThread

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # for the people of the browser tests

from tests.browser.pages import Person, launch_chromium, meet, play  # noqa: E402
from tests.browser.proxy import Conditions  # noqa: E402
from tests.browser.server import Venue  # noqa: E402

__all__ = [
    "HERE",
    "Conditions",
    "Person",
    "Venue",
    "describe_game",
    "fresh_page",
    "meet",
    "open_browsers",
    "play",
    "run_worker",
    "serve_pong",
]

PYODIDE_PATH = "/pyodide/"
BLANK_PATH = "/robots.txt"
"""Not there: a page of the server's origin and headers without any script of ours."""

RUN_WORKER = """
async ([script, message]) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const startMs = performance.now();
  const worker = new Worker(url, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => {
        if (data.failure) reject(new Error(data.failure));
        else if (data.progress) globalThis.sayProgress?.(data.progress);
        else resolve({ ...data, durationMs: performance.now() - startMs });
      };
      worker.postMessage(message);
    });
  } finally {
    worker.terminate();
  }
}
"""


class ClientNotBuiltError(Exception):
    """There is no page to measure; the message says what helps."""


@contextlib.contextmanager
def open_browsers(count: int) -> Iterator[list[Browser]]:
    """Start so many Chromium processes."""
    with sync_playwright() as playwright:
        browsers = [launch_chromium(playwright) for _ in range(count)]
        try:
            yield browsers
        finally:
            for browser in browsers:
                browser.close()


@contextlib.contextmanager
def serve_pong() -> Iterator[str]:
    """Serve Pong on a free port of loopback.

    Raises:
        ClientNotBuiltError: If the client has not been built.
    """
    if not (ServerSettings().client_dir / "index.html").is_file():
        raise ClientNotBuiltError("the client has not been built; `make bench` builds it first")
    with (
        tempfile.TemporaryDirectory() as data_dir,
        ServerThread(ServerSettings(data_dir=Path(data_dir))) as server,
    ):
        yield server.url


def describe_game(url: str) -> dict[str, Any]:
    """What the server says about its game and its runtime."""
    with urlopen(f"{url}/api/game", timeout=30) as response:  # noqa: S310 - our own server
        description: dict[str, Any] = json.load(response)
    return description


@contextlib.contextmanager
def fresh_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """A page in a context of its own: nothing is cached, nothing is compiled."""
    made: BrowserContext = browser.new_context(**context)
    try:
        yield made.new_page()
    finally:
        made.close()


def run_worker(
    page: Page,
    url: str,
    script: str,
    message: dict[str, Any],
    progress: Callable[[str], object] | None = None,
) -> dict[str, Any]:
    """Run a worker of ours from a blank page of the server.

    Args:
        page: A fresh page.
        url: The server.
        script: Name of a file in ``workers/``.
        message: What to tell the worker first; ``pyodideUrl`` is added.
        progress: Is told what the worker says on the way.

    Returns:
        The worker's last message, with ``durationMs`` from its start to that message.
    """
    page.goto(f"{url}{BLANK_PATH}")
    if progress is not None:
        # Playwright notes something on what it is given, which built-in functions do not allow.
        page.expose_function("sayProgress", lambda text: progress(text))  # noqa: PLW0108
    source = (HERE / "workers" / script).read_text(encoding="utf-8")
    told = {"pyodideUrl": f"{url}{PYODIDE_PATH}", **message}
    result: dict[str, Any] = page.evaluate(RUN_WORKER, [source, told])
    return result
