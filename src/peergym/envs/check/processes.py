"""The same course in another process, whose sets have another order."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

from peergym.envs.modules import FILE_PREFIX

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
    file = getattr(module, "__file__", None)
    if module.__name__.startswith(FILE_PREFIX):
        return f"{file}:{name}"
    # By the same name, for it is part of the states. So nothing else will do: no script, whose
    # classes are those of __main__, and no file that a test runner has imported in its own way.
    try:
        found = importlib.util.find_spec(module.__name__)
    except (ImportError, ValueError):
        return None
    return f"{module.__name__}:{name}" if found is not None and found.origin == file else None
