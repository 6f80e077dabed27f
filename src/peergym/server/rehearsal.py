"""Plays a game under what a browser will have, before anybody connects.

Theory of operation: a process of its own imports the game, makes it, plays some frames and draws
it, while compiled modules that no browser has are refused and absent libraries are replaced by
their stand-ins. What it imported on the way is what has to be sent along; what it lacked is told
by name. A library that is asked for and can be done without is no obstacle, for the environment
itself has just done without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError

SCRIPT = Path(__file__).with_name("rehearsal_child.py")
TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was found.

    Attributes:
        error: Why the game cannot be played so; empty if it can.
        modules: Top-level modules that were imported, other than the standard library and ours.
        lacking: The top-level module whose compiled part is not there, if that is why.
        lacks_drawing: Whether it is why that a drawing library is not there.
    """

    error: str
    modules: tuple[str, ...]
    lacking: str
    lacks_drawing: bool


def rehearse(
    spec: str, players: int | None, compiled: Sequence[str], stand_ins: Sequence[str]
) -> Rehearsal:
    """Play a game under what a browser will have.

    Args:
        spec: The game, as `peergym.games.catalogue.find_game` takes it.
        players: How many play; None leaves it to the game.
        compiled: Top-level modules that the browser's Pyodide has.
        stand_ins: Libraries that are replaced.

    Raises:
        ConfigurationError: The process did not come to a result.
    """
    wanted = {"spec": spec, "players": players, "compiled": [*compiled], "stand_ins": [*stand_ins]}
    command = [sys.executable, str(SCRIPT)]
    try:
        done = subprocess.run(  # noqa: S603 - this very Python
            command,
            input=json.dumps(wanted),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
            env=_environment(),
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(
            "game", f"{spec} did not start within {TIMEOUT_S:.0f} s when it was tried out"
        ) from error
    except ValueError as error:
        last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise ConfigurationError("game", f"{spec} ended the process: {last[0]}") from error
    return Rehearsal(told["error"], tuple(told["modules"]), told["lacking"], told["lacks_drawing"])


def _environment() -> dict[str, str]:
    """The environment in which another Python finds what this one finds."""
    folders = [folder for folder in sys.path if folder]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(folders),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
