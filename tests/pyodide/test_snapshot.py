"""The memory snapshot: what is made of our package starts, also with a game that came later."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from peergym.server.packing import package_digest
from peergym.server.runtime import make_runtime

PACKAGE = Path(__file__).parents[2] / "src" / "peergym"

GAME = '''
import colorsys
from random import Random


class Walk:
    """Two points wander; a module is imported that no snapshot holds."""

    possible_agents = ["left", "right"]
    metadata = {"name": "walk"}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.random = Random(seed)
        self.at = {agent: 0.0 for agent in self.possible_agents}
        return {}, {}

    def step(self, actions):
        for agent, action in actions.items():
            self.at[agent] += action * self.random.random()
        done = {agent: False for agent in actions}
        return {}, {}, done, dict(done), {}

    def draw(self, surface, player):
        red, green, blue = colorsys.hsv_to_rgb(0.5, 1.0, 1.0)
        colour = (int(red * 255), int(green * 255), int(blue * 255))
        surface.circle(self.at["left"], 10, 5, colour, key="left")
'''


def test_a_snapshot_starts_a_game_that_it_does_not_hold(tools: Any, tmp_path: Path) -> None:
    (tmp_path / "walk.py").write_text(GAME, encoding="utf-8")
    runtime = make_runtime(f"{tmp_path / 'walk.py'}:Walk", PACKAGE)
    (tmp_path / "runtime.zip").write_bytes(runtime.data)
    tools.run(
        tools.client / "scripts" / "build_snapshot.mjs",
        f"--package={PACKAGE}",
        f"--out={tmp_path / 'snapshot'}",
        f"--python={sys.executable}",
        f"--pyodide={tools.pyodide}",
        cwd=tmp_path,
    )
    output = tools.run(
        Path(__file__).with_name("start_from_snapshot.mjs"),
        f"--client={tools.client}",
        f"--pyodide={tools.pyodide}",
        f"--snapshot={tmp_path / 'snapshot'}",
        f"--zip={tmp_path / 'runtime.zip'}",
        f"--spec={runtime.spec}",
        cwd=tmp_path,
    )
    result = json.loads(output)
    assert result["wasImported"]
    assert result["frame"] > 80
    assert result["isDigestRight"]
    assert result["isVersionRight"]
    assert result["packageDigest"] == package_digest(PACKAGE) == runtime.package_digest
    # Otherwise nobody would need it. A fifth is usual; the machine may be busy.
    assert result["snapshotMs"] < result["plainMs"]
