"""What portable maths costs, as a ratio to `math`, natively and in Pyodide under Node.js.

    python benchmarks/maths.py                 both, as a table
    python benchmarks/maths.py --no-browser    natively alone

The same arguments for both, by turns, and the median of several rounds; the loop around the calls
is part of both. The file runs itself in Pyodide, where it prints its figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from peergym.envs import maths

CALLS = 2000
ROUNDS = 15
ROOT = Path(__file__).resolve().parents[1]

ANGLES = [(Random(n).uniform(-7.0, 7.0),) for n in range(CALLS)]
SINES = [(Random(n).uniform(-1.0, 1.0),) for n in range(CALLS)]
POSITIVE = [(Random(n).uniform(0.01, 20.0),) for n in range(CALLS)]
PLANE = [(Random(n).uniform(-9.0, 9.0), Random(-n).uniform(-9.0, 9.0)) for n in range(1, CALLS)]
POWERS = [(x, Random(n).uniform(-5.0, 5.0)) for n, (x,) in enumerate(POSITIVE)]
ARGUMENTS: dict[str, list[Any]] = {
    "sin": ANGLES,
    "cos": ANGLES,
    "tan": ANGLES,
    "asin": SINES,
    "acos": SINES,
    "atan": ANGLES,
    "atan2": PLANE,
    "hypot": PLANE,
    "exp": ANGLES,
    "log": POSITIVE,
    "pow": POWERS,
    "expm1": SINES,
    "log1p": POSITIVE,
    "log2": POSITIVE,
    "log10": POSITIVE,
    "sinh": SINES,
    "cosh": SINES,
    "tanh": SINES,
    "asinh": ANGLES,
    "acosh": [(1.0 + x,) for (x,) in POSITIVE],
    "atanh": SINES,
    "cbrt": ANGLES,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="What portable maths costs.")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--json", action="store_true", help="only this host's figures, as JSON")
    chosen = parser.parse_args()
    here = figures()
    if chosen.json:
        print(json.dumps(here))
        return
    there = None if chosen.no_browser else in_pyodide()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
    print("| function | µs | times `math` | in Pyodide, µs | times `math` there |")
    print("| --- | --: | --: | --: | --: |")
    for name, measured in here.items():
        print(f"| `{name}` |{cells(measured)}{cells(there[name]) if there is not None else ''}")


def cells(measured: tuple[float, float]) -> str:
    ours_us, theirs_us = measured
    return f" {ours_us:.2f} | {ours_us / theirs_us:.0f} |"


def figures() -> dict[str, tuple[float, float]]:
    """Microseconds a call, of ours and of `math`, by function."""
    found = {}
    for name, arguments in ARGUMENTS.items():
        pairs: list[tuple[float, float]] = [
            (time_us(getattr(maths, name), arguments), time_us(getattr(math, name), arguments))
            for _ in range(ROUNDS)
        ]
        ours, theirs = zip(*pairs, strict=True)
        found[name] = (statistics.median(ours), statistics.median(theirs))
    draw, theirs_draw = Random(1), Random(1)
    gauss = [
        (time_us(maths.gauss, [(draw,)] * CALLS), time_us(theirs_draw.gauss, [()] * CALLS))
        for _ in range(ROUNDS)
    ]
    ours, theirs = zip(*gauss, strict=True)
    found["gauss"] = (statistics.median(ours), statistics.median(theirs))
    return found


def time_us(function: Callable[..., float], arguments: list[Any]) -> float:
    begin_s = time.perf_counter()
    for each in arguments:
        function(*each)
    return (time.perf_counter() - begin_s) / len(arguments) * 1e6


def in_pyodide() -> dict[str, tuple[float, float]]:
    from peergym.server.re_execution import find_node  # noqa: PLC0415 - absent in Pyodide

    script = ROOT / "client" / "scripts" / "run_in_node.mjs"
    command = [find_node(), str(script), f"--source={ROOT / 'src'}", "--", "maths", "--json"]
    folder = Path(__file__).parent
    told = subprocess.check_output(command, cwd=folder, env=dict(os.environ), text=True)  # noqa: S603
    return {name: (ours, theirs) for name, (ours, theirs) in json.loads(told).items()}


if __name__ == "__main__":
    sys.exit(main())
