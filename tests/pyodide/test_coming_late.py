"""People come to a match, go, return and watch: in WebAssembly as natively."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.hosts import scenario

SOURCE = Path(__file__).parents[2] / "src"


def test_a_match_with_comings_and_goings_is_the_same_in_webassembly(
    tools: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "tests" / "hosts"
    folder.mkdir(parents=True)
    for file in Path(scenario.__file__).parent.glob("*.py"):
        shutil.copy(file, folder)
    script = tools.client / "scripts" / "run_in_node.mjs"
    options = [f"--source={SOURCE}", f"--pyodide={tools.pyodide}"]
    told = tools.run(script, *options, "--", "tests.hosts.scenario", cwd=tmp_path)
    wasm, native = json.loads(told), json.loads(json.dumps(scenario.play()))
    assert wasm == native
    assert native["rollbacks"] > 0
    assert [event["name"] for event in native["events"]["4"]].count("PlayerJoined") == 1
