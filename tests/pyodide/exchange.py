"""One script run by CPython and by Pyodide, which leave files for each other in one folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"


class Exchange:
    """Both Pythons, in a folder with the script.

    Args:
        tools: Node.js and Pyodide.
        script: The module that is run; it prints JSON.
        folder: Where it runs.
    """

    def __init__(self, tools: Any, script: ModuleType, folder: Path) -> None:
        self._tools = tools
        path = Path(str(script.__file__))
        self._module = path.stem
        self._folder = folder
        shutil.copy(path, folder)

    def natively(self, *arguments: str) -> Any:
        """Run the script here; return what it printed."""
        environment = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{self._folder}"}
        command = [sys.executable, "-m", self._module, *arguments]
        done = subprocess.run(
            command, cwd=self._folder, env=environment, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def in_pyodide(self, *arguments: str) -> Any:
        """Run the script in WebAssembly; return what it printed."""
        script = self._tools.client / "scripts" / "run_in_node.mjs"
        options = [f"--source={SOURCE}", f"--pyodide={self._tools.pyodide}"]
        command = (*options, "--", self._module, *arguments)
        return json.loads(self._tools.run(script, *command, cwd=self._folder))
