"""Portable maths gives the same bits under CPython and in Pyodide, where `math` does not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from tools.maths_points import KINDS, digest, digest_of_chance

ROOT = Path(__file__).parents[2]
COUNT = 3000

THEIRS = """
import json, math
print(json.dumps([math.tan(n / 97).hex() for n in range(2000)]))
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
