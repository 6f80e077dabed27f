"""Portable maths gives the same bits under CPython and in Pyodide, where `math` does not."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.maths_points import KINDS, digest, digest_of_chance

ROOT = Path(__file__).parents[2]
COUNT = 3000

THEIRS = """
import json, math
print(json.dumps([math.tan(n / 97).hex() for n in range(2000)]))
"""

# What `sin` gives differs between WebAssembly and here for 3 % of all values.
WAVES = """
import math
from math import tan
class Waves:
    possible_agents = ["left", "right"]
    metadata = {"name": "Waves", "render_fps": 60, "portable_maths": IS_PORTABLE}
    def action_space(self, agent): return 3
    def reset(self, seed=None, options=None):
        self.x = 0.1
        return {}, {}
    def step(self, actions):
        self.x = 3.9 * self.x * (1 - self.x) + 1e-9 * sum(actions.values())
        self.x = abs(math.sin(self.x * 2 + tan(self.x)))
        return {}, {}, {}, {}, {}
"""
PLAY_IT = """
import json
from peergym.envs import GameAdapter, load_game
from peergym.envs.maths.substitute import with_portable_maths
game = GameAdapter(with_portable_maths(load_game("waves.py:Waves"))())
game.reset(1)
seen = []
for frame in range(600):
    game.step((frame % 3, frame // 7 % 3))
    seen.append(game.env.x.hex())
print(json.dumps(seen))
"""


def run_in_pyodide(tools: Any, module: str, *arguments: str, cwd: Path) -> Any:
    script = tools.client / "scripts" / "run_in_node.mjs"
    options = [f"--source={ROOT / 'src'}", f"--pyodide={tools.pyodide}"]
    return json.loads(tools.run(script, *options, "--", module, *arguments, cwd=cwd))


def test_every_function_gives_the_same_bits_in_a_browser(tools: Any) -> None:
    there = run_in_pyodide(tools, "tools.maths_points", str(COUNT), cwd=ROOT)
    here = {name: digest(name, COUNT) for name in KINDS}
    assert there == {**here, "chance": digest_of_chance(COUNT)}


def test_the_library_of_c_does_not(tools: Any, tmp_path: Path) -> None:
    """Otherwise the test above would say little."""
    (tmp_path / "theirs.py").write_text(THEIRS)
    there = run_in_pyodide(tools, "theirs", cwd=tmp_path)
    assert there != [math.tan(n / 97).hex() for n in range(2000)]


@pytest.mark.parametrize("is_portable", [False, True])
def test_a_game_that_diverges_agrees_when_it_asks_for_portable_maths(
    tools: Any, tmp_path: Path, is_portable: bool
) -> None:
    (tmp_path / "waves.py").write_text(WAVES.replace("IS_PORTABLE", str(is_portable)))
    (tmp_path / "play_it.py").write_text(PLAY_IT)
    there = run_in_pyodide(tools, "play_it", cwd=tmp_path)
    command = [sys.executable, "play_it.py"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    here = json.loads(subprocess.check_output(command, cwd=tmp_path, env=environment, text=True))
    assert len(set(here)) > 500
    assert (there == here) is is_portable
