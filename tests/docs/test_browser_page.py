"""The page on libraries in the browser says what the code says."""

from __future__ import annotations

import re
from typing import Any

from peergym.envs.absent import DRAWING_LIBRARIES
from peergym.server import dependencies
from peergym.server.library_files import MAX_BYTES
from peergym.server.pyodide_distribution import REQUIRED_FILES, PyodideDistribution
from peergym.server.rehearsal import Rehearsal
from tests.docs.test_snippets import ROOT

TEXT = re.sub(r"\s+", " ", (ROOT / "docs/browser.md").read_text())


def test_the_refusal_that_it_shows_is_the_one_that_is_told(monkeypatch: Any) -> None:
    shipped = PyodideDistribution(
        "/pyodide/", "", "3.14.2", "", {}, frozenset({"numpy"}), None, is_shipped=True
    )
    found = Rehearsal("it failed", ("numpy",), "numpy", lacks_drawing=False)
    monkeypatch.setattr(dependencies, "rehearse", lambda *_: found)
    monkeypatch.setattr(
        dependencies.metadata, "packages_distributions", lambda: {"numpy": ["numpy"]}
    )
    try:
        dependencies.find_surroundings("my_game.py:MyGame", None, shipped)
    except dependencies.ConfigurationError as error:
        told = str(error).partition(" Peers outside")[0]
    assert told in TEXT


def test_its_figures_and_names_are_those_of_the_code() -> None:
    assert f"Up to {MAX_BYTES // 2**20} MB of libraries" in TEXT
    assert f"for drawing ({', '.join(DRAWING_LIBRARIES)})" in TEXT
    assert all(f"`{name}`" in TEXT for name in REQUIRED_FILES)
