"""The same seeded match under CPython and under Pyodide: equal to the last byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from peergym.rollback.flight_recorder import Op, read_recording

SOURCE = Path(__file__).parents[2] / "src"

MODULE = "peergym"
MATCH = ["--rtt-ms", "120", "--jitter-ms", "20", "--loss", "5", "--frames", "900", "--json"]


def run_natively(arguments: list[str], cwd: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-m", MODULE, *arguments]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_in_pyodide(tools: Any, arguments: list[str], cwd: Path) -> str:
    script = tools.client / "scripts" / "run_in_node.mjs"
    options = [f"--source={SOURCE}", f"--pyodide={tools.pyodide}"]
    return tools.run(script, *options, "--", MODULE, *arguments, cwd=cwd)


@pytest.mark.parametrize(
    ("game", "players", "seed"), [("pong", 2, 11), ("chaos", 3, 12), ("bomberman", 4, 13)]
)
def test_bytes_on_the_wire_and_checksums_are_equal(
    tools: Any, tmp_path: Path, game: str, players: int, seed: int
) -> None:
    arguments = ["lab", game, "--players", str(players), "--seed", str(seed), *MATCH]
    native = run_natively([*arguments, "--trace", "native.trace"], tmp_path)
    wasm = run_in_pyodide(tools, [*arguments, "--trace", "wasm.trace"], tmp_path)
    assert wasm == native
    figures = json.loads(native)
    assert figures["diverged"] == 0
    assert figures["rollbacks"] > 0
    trace = (tmp_path / "native.trace").read_bytes()
    assert (tmp_path / "wasm.trace").read_bytes() == trace
    # The recording holds every byte received and a digest of every byte sent.
    calls = read_recording(trace).calls
    assert sum(call.op is Op.RECEIVE_DATAGRAM for call in calls) > 500
    inputs = {call.payload for call in calls if call.op is Op.ADD_LOCAL_INPUT}
    assert len(inputs) > 1


def test_a_native_recording_is_replayed_in_pyodide(tools: Any, tmp_path: Path) -> None:
    run_natively(["lab", "pong", "--seed", "13", *MATCH, "--trace", "a.trace"], tmp_path)
    arguments = ["lab", "replay-trace", "a.trace"]
    assert run_in_pyodide(tools, arguments, tmp_path) == run_natively(arguments, tmp_path)
