"""Playwright, of which a process can have only one, for several packages of tests at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Playwright, sync_playwright


class _Shared:
    """What is running, and for how many."""

    playwright: Playwright | None = None
    users = 0


@contextmanager
def shared_playwright() -> Iterator[Playwright]:
    """Start it for the first who wants it, and stop it after the last.

    Where tests are spread over processes file by file, those of two packages take turns in one.
    """
    if _Shared.playwright is None:
        _Shared.playwright = sync_playwright().start()
    _Shared.users += 1
    try:
        yield _Shared.playwright
    finally:
        _Shared.users -= 1
        if _Shared.users == 0:
            _Shared.playwright.stop()
            _Shared.playwright = None
