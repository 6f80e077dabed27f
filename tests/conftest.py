"""What holds for all tests: which of them need Node.js or a browser, and how hypothesis looks."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

FOLDERS_WITH_MARKS = {"pyodide": pytest.mark.pyodide, "browser": pytest.mark.browser}

# What is decoded is judged, not how fast: a busy machine must not fail a test. The blob in a
# report of a failure repeats it.
settings.register_profile("tests", deadline=None, print_blob=True)
settings.register_profile("fuzz", parent=settings.get_profile("tests"), max_examples=20_000)
settings.load_profile("tests")

# A shell that starts the tests in the background has them ignore Ctrl-C, and so would all programs
# that they start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the folder they lie in, before any are chosen by their marks."""
    here = Path(__file__).parent
    for item in items:
        mark = FOLDERS_WITH_MARKS.get(item.path.relative_to(here).parts[0])
        if mark is not None:
            item.add_marker(mark)
