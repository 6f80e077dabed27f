"""Environments with libraries come to the same states in a browser's Python as here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peergym.cli.check.browser import BrowserPython
from peergym.data.verify import Outcome
from peergym.envs.check.examine import Plan, Subject, examine
from peergym.envs.check.findings import Finding, Verdict
from peergym.envs.maker import game_maker
from peergym.envs.objects.own import PutBack
from peergym.games.catalogue import find_game
from peergym.server.re_execution import PackedGame, verify_in_pyodide, verify_natively
from peergym.server.runtime import make_served_runtime
from peergym.server.settings import PACKAGE_DIR
from tests.browser.numpy_pyodide import numpy_pyodide
from tests.data.pair import Pair

EXAMPLES = Path(__file__).parents[2] / "examples"
DRIFT = '''
import numpy as np


class Drift:
    """Whole numbers in an array, which are the same everywhere."""

    possible_agents = ("left", "right")
    metadata = {"name": "Drift", "render_fps": 60}

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.at = np.random.default_rng(seed).integers(0, 997, 8)
        return {}, {}

    def step(self, actions):
        self.at = (self.at * 3 + actions["left"] - 2 * actions["right"]) % 997
        nobody = dict.fromkeys(actions, False)
        return {}, {}, nobody, nobody, {}
'''


def in_a_browser(game: str, needs: str) -> Finding:
    """Ask a browser's Python whether it comes to the same states, for 60 frames."""
    pytest.importorskip(needs, reason=f"NOT TESTED: {needs} is not installed")
    elsewhere = BrowserPython(game, pyodide=str(numpy_pyodide())).ask
    report = examine(Subject(game, game_maker(find_game(game)), None), Plan(1, 60, elsewhere))
    assert "emscripten" in report.figures[1].python
    (finding,) = [each for each in report.findings if each.check == "browser's Python"]
    return finding


@pytest.mark.parametrize(
    ("game", "needs"),
    [
        ("mpe2.simple_spread_v3", "mpe2"),  # holds a surface, for which something stands there
        ("pettingzoo.classic.connect_four_v3", "pettingzoo"),
    ],
)
def test_environments_of_other_people_come_to_the_same_states(
    tools: Any, game: str, needs: str
) -> None:
    assert in_a_browser(game, needs).verdict is Verdict.PASSED


def test_whoever_asks_an_environment_for_its_state_comes_to_the_same(tools: Any) -> None:
    spec = f"{Path(__file__).parents[1] / 'envs' / 'self_saving_forms.py'}:limited"
    cls = find_game(spec)
    assert cls.put_back.asked
    looking = type(cls.__name__, (cls,), {"put_back": PutBack(), "__module__": cls.__module__})
    for made in (cls, looking):
        subject = Subject(spec, game_maker(made), None)
        findings = examine(subject, Plan(1, 60, BrowserPython(spec).ask)).findings
        (finding,) = [each for each in findings if each.check == "browser's Python"]
        assert finding.verdict is Verdict.PASSED, finding


def test_where_numbers_are_narrower_in_a_browser_that_is_told_and_browsers_play_on(
    tools: Any,
) -> None:
    example = EXAMPLES / "foraging.py"
    finding = in_a_browser(f"{example}:forage drawn by {example}:draw", "lbforaging")
    assert finding.verdict is Verdict.WARNED
    assert "_food_spawned" in finding.path
    assert "32 bits" in finding.sentence
    assert not finding.places


def test_a_record_of_a_match_with_numpy_is_executed_again_with_numpy(
    tools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drift.py").write_text(DRIFT)
    folder = numpy_pyodide()
    spec = "drift.py:Drift"
    runtime = make_served_runtime(spec, PACKAGE_DIR, tmp_path, pyodide=str(folder))
    game = PackedGame(tmp_path / "runtime.zip", runtime.spec)
    game.runtime.write_bytes(runtime.data)
    record = tmp_path / "drift.pgr"
    pair = Pair(spec)
    pair.run_frames(200)
    pair.leave()
    record.write_bytes(pair.records[0])
    for found in (
        verify_natively(record, game),
        verify_in_pyodide(record, game, pyodide_dir=folder),
    ):
        assert found.outcome is Outcome.VERIFIED, found
        assert found.frames > 190
