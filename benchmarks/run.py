"""Measure peergym, and write the figures into docs/performance.md.

    python benchmarks/run.py
    python benchmarks/run.py --only start --rounds 9
    python benchmarks/run.py --json figures.json --no-page

Needs the built client and a Chromium; ``make bench`` provides both. Exit status 1 if a figure
misses its limit.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

import head_of_line
import latency
import payload
import rollback
import start
from benchmark import Benchmark, verdict_table
from machine import describe, describe_machine
from page import image_path, write_section

BENCHMARKS: dict[str, Benchmark] = {
    module.BENCHMARK.name: module.BENCHMARK
    for module in (rollback, payload, start, latency, head_of_line)
}
HAS_MATPLOTLIB = importlib.util.find_spec("matplotlib") is not None


def main() -> int:
    """Run what was asked for."""
    args = parse()
    if args.rounds:
        start.ROUNDS = latency.ROUNDS = head_of_line.ROUNDS = args.rounds
    everything: dict[str, Any] = {}
    is_all_met = True
    for name in args.only or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        everything[name], is_met = measure(benchmark, args.page)
        is_all_met &= is_met
        if args.json:
            args.json.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
    return 0 if is_all_met else 1


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", action="append", choices=BENCHMARKS, metavar="NAME",
        help=f"one of {', '.join(BENCHMARKS)}; may be repeated (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--rounds", type=int, metavar="N",
        help=f"of start (default: {start.ROUNDS}), latency (default: {latency.ROUNDS}) and "
        f"head_of_line (default: {head_of_line.ROUNDS})",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--no-page", dest="page", action="store_false", help="leave docs/performance.md as it is"
    )
    return parser.parse_args()


def measure(benchmark: Benchmark, writes_page: bool) -> tuple[dict[str, Any], bool]:
    """Run one benchmark and show it.

    Returns:
        Its figures, and whether all limits are met.
    """
    print(f"\n--- {benchmark.name}", flush=True)
    machine = describe_machine()
    begun_s = time.monotonic()
    figures = benchmark.run(lambda text: print(f"  {text}", flush=True))
    verdicts = benchmark.judge(figures)
    where = describe(machine, figures.get("chromium"))
    print(f"\n{benchmark.table(figures)}\n")
    for verdict in verdicts:
        print(f"  {verdict}")
    print(f"  on {where}; took {time.monotonic() - begun_s:.0f} s", flush=True)
    if writes_page:
        command = f"python benchmarks/run.py --only {benchmark.name}"
        parts = [f"`{command}`, {machine['date']}: {where}.", verdict_table(verdicts)]
        parts.append(benchmark.table(figures))
        if benchmark.plot is not None and HAS_MATPLOTLIB:
            benchmark.plot(figures, image_path(benchmark.name))
        write_section(benchmark.name, "\n" + "\n\n".join(parts) + "\n")
    return {"machine": machine, "figures": figures}, all(each.is_met for each in verdicts)


if __name__ == "__main__":
    sys.exit(main())
