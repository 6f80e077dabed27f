"""Games of objects are saved, sent and continued in WebAssembly as they are natively."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.pyodide import object_exchange

SOURCE = Path(__file__).parents[2] / "src"
SCRIPT = Path(object_exchange.__file__)


def test_objects_mean_the_same_natively_and_in_webassembly(tools: Any, tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path)

    def natively(*arguments: str) -> Any:
        environment = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{tmp_path}"}
        command = [sys.executable, "-m", SCRIPT.stem, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def in_pyodide(*arguments: str) -> Any:
        script = tools.client / "scripts" / "run_in_node.mjs"
        options = [f"--source={SOURCE}", f"--pyodide={tools.pyodide}"]
        return json.loads(tools.run(script, *options, "--", SCRIPT.stem, *arguments, cwd=tmp_path))

    course = natively("make", "native")
    assert len(set(course)) == object_exchange.FRAMES_AFTER
    assert in_pyodide("make", "wasm") == course
    assert (tmp_path / "native").read_bytes() == (tmp_path / "wasm").read_bytes()
    assert in_pyodide("take", "native") == course
    assert natively("take", "wasm") == course
