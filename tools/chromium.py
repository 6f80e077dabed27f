"""Find a Chromium for the browser tests, or install one where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

VARIABLE = "PEERGYM_CHROMIUM"
"""Names the Chromium to use; the tests read it too."""

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ASK_PLAYWRIGHT = """\
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""

NOT_FOUND = f"""\
The browser tests need Chromium, and none was found.
Install it (on Debian: apt-get install chromium), or set {VARIABLE} to the path of a Chromium or
Chrome. Without a browser, `python dev.py test tests/rollback` and the like still run."""


class ChromiumError(Exception):
    """There is no Chromium, and none could be installed; the message says what helps."""


def provide_chromium(python: Path) -> str:
    """Return the path of a Chromium; install one if there is none.

    Args:
        python: A Python that can import Playwright.

    Raises:
        ChromiumError: If there is none and none could be installed.
    """
    found = find_chromium(python)
    if found is None:
        install_chromium(python)
        found = find_chromium(python)
    if found is None:
        raise ChromiumError(NOT_FOUND)
    return found


def find_chromium(python: Path) -> str | None:
    """Look for a Chromium: the one named by the environment, a system's, Playwright's own."""
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise ChromiumError(f"{VARIABLE} names {named}, which is not a file.")
        return named
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    run = subprocess.run(
        [python, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    path = run.stdout.strip()
    return path if path and Path(path).is_file() else None


def install_chromium(python: Path) -> None:
    """Install Chromium, from Debian's packages as root, else by Playwright. May fail."""
    print("Installing Chromium for the browser tests ...", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], env=quiet, check=False)
    else:
        subprocess.run([python, "-m", "playwright", "install", "chromium"], check=False)
