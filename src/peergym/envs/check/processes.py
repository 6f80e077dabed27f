"""The same course in another process, whose sets have another order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LIMIT_S = 300.0
MODULE = "peergym.envs.check.elsewhere"


class ProcessError(Exception):
    """Another process did not come to an answer; says why."""


def ask_process(spec: str, request: str, hash_seed: int) -> dict[str, Any]:
    """Return what another process of this Python answers.

    Args:
        spec: How it finds the game.
        request: From `peergym.envs.check.elsewhere.request_of`.
        hash_seed: Of its strings' hashes, which the order of sets follows.

    Raises:
        ProcessError: It did not answer.
    """
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
    }
    try:
        done = subprocess.run(  # noqa: S603 - this Python, our own module
            [sys.executable, "-m", MODULE, spec],
            input=request,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
    except subprocess.TimeoutExpired as late:
        raise ProcessError(f"another process was not done in {LIMIT_S:.0f} s") from late
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise ProcessError(f"another process failed: {lines[-1]}")
    result: dict[str, Any] = json.loads(done.stdout)["result"]
    return result


def spec_of(env_fn: Any) -> str | None:
    """Return by which name another process finds a class or function; None if it cannot."""
    name = getattr(env_fn, "__qualname__", "")
    module = sys.modules.get(getattr(env_fn, "__module__", None) or "")
    if module is None or not name.isidentifier():
        return None  # a lambda, or something within a function or class
    if module.__package__ and module.__spec__ is not None:
        return f"{module.__name__}:{name}"
    file = getattr(module, "__file__", None)
    return f"{file}:{name}" if file and Path(file).is_file() else None
