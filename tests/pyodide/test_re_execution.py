"""Records executed again by the browser's own Python, under Node.js."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from peergym.data.replay import read_replay
from peergym.data.verify import Outcome
from peergym.errors import ReplayError
from peergym.server.child import ChildRunner
from peergym.server.re_execution import PackedGame, verify_in_pyodide, verify_natively
from peergym.server.runtime import make_runtime
from peergym.server.settings import PACKAGE_DIR
from tests.data.records import played, with_flipped_input

TESTS = Path(__file__).parents[1]

# What `sin` gives differs between WebAssembly and here for 3 % of all values.
WAVES = """
import math
class Waves:
    possible_agents = ["left", "right"]
    metadata = {"name": "Waves", "render_fps": 60}
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None):
        self.x = 0.1
        return {}, {}
    def step(self, actions):
        self.x = 3.9 * self.x * (1 - self.x) + 1e-9 * sum(actions.values())
        self.x = abs(math.sin(self.x * 2 + math.tan(self.x)))
        print("a game that prints")
        return {}, {}, {}, {}, {}
"""
RECORD_IT = """
from pathlib import Path
import tests.data.pair as pair
from peergym.games.catalogue import find_game
pair.find_game = lambda name: find_game("waves.py:Waves")
two = pair.Pair("waves")
two.run_frames(600)
two.leave()
Path("waves.pgr").write_bytes(two.records[0])
"""


def keep(folder: Path, data: bytes) -> Path:
    path = folder / "match.pgr"
    path.write_bytes(data)
    return path


def test_a_record_is_verified_as_a_browser_would(tools: Any, tmp_path: Path) -> None:
    record = keep(tmp_path, played())
    told: list[tuple[int, int]] = []
    found = verify_in_pyodide(record, None, lambda *at: told.append(at), pyodide_dir=tools.pyodide)
    assert found.outcome is Outcome.VERIFIED, found
    assert (found.frames, found.checksums) == (895, 15)
    assert not found.same_maths  # it was played here, natively; Pong does not care
    assert told == [(600, 894), (894, 894)]


def test_a_flipped_input_is_found_at_the_same_frame(tools: Any, tmp_path: Path) -> None:
    record = keep(tmp_path, with_flipped_input(played(), 50))
    found = verify_in_pyodide(record, "pong", pyodide_dir=tools.pyodide)
    assert found.outcome is Outcome.DIFFERS
    assert found.mismatch is not None
    assert found.mismatch.frame == 60


def test_a_match_of_a_browser_whose_maths_is_its_own_is_verified_there_alone(
    tools: Any, tmp_path: Path
) -> None:
    (tmp_path / "waves.py").write_text(WAVES)
    (tmp_path / "record_it.py").write_text(RECORD_IT)
    (tmp_path / "tests" / "data").mkdir(parents=True)
    shutil.copy(TESTS / "data" / "pair.py", tmp_path / "tests" / "data")
    script = tools.client / "scripts" / "run_in_node.mjs"
    options = [f"--source={PACKAGE_DIR.parent}", f"--pyodide={tools.pyodide}"]
    tools.run(script, *options, "--", "record_it", cwd=tmp_path)
    record = tmp_path / "waves.pgr"
    assert read_replay(record.read_bytes()).frames > 500

    with pytest.raises(ReplayError, match="not bundled"):
        verify_in_pyodide(record, None, pyodide_dir=tools.pyodide)
    runtime = make_runtime(f"{tmp_path / 'waves.py'}:Waves", PACKAGE_DIR)
    game = PackedGame(tmp_path / "runtime.zip", runtime.spec)
    game.runtime.write_bytes(runtime.data)
    natively = verify_natively(record, game)
    assert (natively.outcome, natively.same_maths) == (Outcome.DIFFERS, False)
    assert natively.mismatch is not None
    assert ".x" in natively.mismatch.field
    found = verify_in_pyodide(record, game, pyodide_dir=tools.pyodide)
    assert (found.outcome, found.same_maths) == (Outcome.VERIFIED, True)


def test_what_goes_wrong_there_is_a_finding(tools: Any, tmp_path: Path) -> None:
    record = keep(tmp_path, played())
    broken = PackedGame(tmp_path / "runtime.zip", "pong")
    broken.runtime.write_bytes(b"no zip")
    found = verify_in_pyodide(record, broken, None, ChildRunner(60.0), tools.pyodide)
    assert found.outcome is Outcome.FAILED
    assert "ModuleNotFoundError" in found.error
