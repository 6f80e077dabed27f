"""What differs in a browser's Python is found before anybody plays, and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peergym.cli.check.browser import BrowserPython
from peergym.envs.check.examine import Plan, Subject, examine
from peergym.envs.check.findings import Finding, Report, Verdict
from peergym.envs.load import load_game
from peergym.envs.maker import game_maker
from peergym.envs.maths.substitute import with_portable_maths
from peergym.games.catalogue import find_game
from peergym.testing import rollback_test

PLANTED = Path(__file__).parents[1] / "envs" / "planted_games.py"
SAYS_NOTHING = '    metadata = {"name": "Sines"}\n'


def examined(tools: Any, game: str, frames: int = 240) -> tuple[Report, Finding]:
    elsewhere = BrowserPython(game, pyodide=str(tools.pyodide)).ask
    make = game_maker(with_portable_maths(find_game(game)))
    report = examine(Subject(game, make, None), Plan(1, frames, elsewhere))
    (finding,) = [each for each in report.findings if each.check == "browser's Python"]
    return report, finding


def changed_copy(folder: Path, metadata: str) -> str:
    source = PLANTED.read_text()
    before, after = source.split("class Sines(Sound):\n")
    (folder / "sines.py").write_text(f"{before}class Sines(Sound):\n{metadata}{after}")
    return f"{folder / 'sines.py'}:Sines"


@pytest.mark.parametrize("game", ["pong", "bomberman", "chaos"])
def test_bundled_games_come_to_the_same_states_in_a_browser(tools: Any, game: str) -> None:
    report, finding = examined(tools, game)
    assert finding.verdict is Verdict.PASSED, finding
    native, browser = report.figures
    assert (native.host, browser.host) == ("native", "browser")
    assert "emscripten" in browser.python
    assert browser.costs.step_s > 0
    assert browser.state_bytes == native.state_bytes
    assert browser.advice.fits


def test_a_game_that_says_it_is_portable_and_takes_sines_fails(tools: Any) -> None:
    report, finding = examined(tools, f"{PLANTED}:Sines")
    assert finding.verdict is Verdict.FAILED
    assert not report.passed
    assert any("math.sin()" in each for each in finding.places)
    assert any(name in finding.path for name in (".wave", ".x", ".trail"))


def test_one_that_says_nothing_is_told_who_may_play_it(tools: Any, tmp_path: Path) -> None:
    report, finding = examined(tools, changed_copy(tmp_path, SAYS_NOTHING))
    assert finding.verdict is Verdict.WARNED
    assert "native peers are refused" in finding.sentence
    assert report.passed


def test_portable_maths_makes_it_agree(tools: Any, tmp_path: Path) -> None:
    metadata = '    metadata = {"name": "Sines", "is_portable": True, "portable_maths": True}\n'
    report, finding = examined(tools, changed_copy(tmp_path, metadata))
    assert finding.verdict is Verdict.PASSED, finding
    assert report.passed


def test_the_test_function_asks_a_browser_when_it_is_given_one(tools: Any) -> None:
    elsewhere = BrowserPython(f"{PLANTED}:Sines", pyodide=str(tools.pyodide)).ask
    sines = load_game(f"{PLANTED}:Sines")
    with pytest.raises(AssertionError, match="browser's Python"):
        rollback_test(sines, frames=240, elsewhere=elsewhere)
