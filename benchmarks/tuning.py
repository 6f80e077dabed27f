"""Simulates the matches of docs/tuning.md, and writes its tables and plots.

Run it as ``python -m benchmarks.tuning --out FOLDER``: it stops and goes on like any sweep, and
only what is missing in the folder is simulated. Everything happens on virtual time, so the figures
are the same on every machine, but for those about the time of the computer.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import tuning_tables as tables
from benchmarks.page import DOCS, IMAGES, write_section
from benchmarks.tuning_tables import Rows
from peergym.cli import main as peergym
from peergym.lab.charts import Chart, write_svg

PAGE = DOCS / "tuning.md"


@dataclass(frozen=True)
class Experiment:
    """One section of the page.

    Attributes:
        sweeps: The arguments of each sweep; their rows are put together.
        describe: Makes the tables.
        draw: Makes the plots; none without any.
        shows: What the plots show, for those who do not see them.
    """

    sweeps: tuple[str, ...]
    describe: Callable[[Rows], str]
    draw: Callable[[Rows], list[Chart]] | None = None
    shows: str = ""


PROFILES = "--profile fibre,wifi,lte,transatlantic,satellite,geostationary"

EXPERIMENTS = {
    "delay": Experiment(
        (
            (
                "chaos --rtt-ms 0,40,80,120,160,200,250 --jitter-ms 15 --loss 1 "
                "--input-delay 0,1,2,3,5,auto,article --repeats 2"
            ),
        ),
        tables.delay,
        tables.draw_delay,
        "Rollbacks, their depth and felt latency by round-trip time, a line for each input delay",
    ),
    "rules": Experiment(
        (f"chaos {PROFILES} --input-delay 0,2,3,auto,article --repeats 6",), tables.rules
    ),
    "depth": Experiment(
        (f"chaos {PROFILES} --window 4,8,12,16 --input-delay auto --repeats 6",),
        tables.depth,
        tables.draw_depth,
        "Depth of rollbacks and stalls by prediction window, a line for each network",
    ),
    "snapshots": Experiment(
        (
            (
                "chaos --snapshot-interval 1,2,3,5,8 --rtt-ms 50,100,200 --jitter-ms 15 --loss 1 "
                "--repeats 2"
            ),
        ),
        tables.snapshots,
    ),
    "limits": Experiment(
        (
            (
                "chaos --max-snapshots 30,160 --snapshot-interval 1,5 --rtt-ms 50,150,300,450 "
                "--jitter-ms 15 --loss 1 --repeats 2"
            ),
            (
                "chaos --window 4,12,16,30 --rtt-ms 50,150,300,450 --jitter-ms 15 --loss 1 "
                "--repeats 2"
            ),
        ),
        tables.limits,
    ),
    "buffer": Experiment(
        (
            (
                "chaos --input-buffer 16,30,60,120,240 --profile wifi,satellite,geostationary "
                "--repeats 2"
            ),
            (
                "chaos --input-buffer 16,30,60,120,240 --rtt-ms 80 --hold-every-ms 15000 "
                "--hold-ms 1000 --repeats 2"
            ),
        ),
        tables.buffer,
    ),
    "redundancy": Experiment(
        (
            (
                "chaos --loss 1,2,5,10 --burst 1,5 --redundancy last3,last10,all --rtt-ms 80 "
                "--jitter-ms 10 --frames 18000"
            ),
        ),
        tables.redundancy,
        tables.draw_redundancy,
        "Holes an hour and stalls by loss, a line for each rule",
    ),
    "transport": Experiment(
        (
            (
                "chaos --transport datagram,ordered --loss 0,1,2,5,10 --rtt-ms 40,100 "
                "--jitter-ms 10 --repeats 3"
            ),
        ),
        tables.transport,
        tables.draw_transport,
        "Input latency and stalls by loss, over datagrams and over an ordered channel",
    ),
    "players": Experiment(
        ("chaos --players 2,3,4,8 --rtt-ms 80 --jitter-ms 15 --loss 2 --frames 1800 --repeats 2",),
        tables.players,
        tables.draw_players,
        "Bytes, rollbacks and time of the computer by number of players",
    ),
    "lockstep": Experiment(
        (
            (
                "chaos --window 0,8 --input-delay auto --rtt-ms 0,20,40,80,120,160,200 "
                "--jitter-ms 10 --loss 0,2 --repeats 2"
            ),
        ),
        tables.lockstep,
        tables.draw_lockstep,
        "Felt latency and stalls of lockstep and of rollback by round-trip time",
    ),
}


def main() -> int:
    """Carry out what is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.tuning", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the results are kept")
    parser.add_argument("--only", choices=list(EXPERIMENTS), action="append")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-page", action="store_true", help="print instead of writing the page")
    chosen = parser.parse_args()
    for name in chosen.only or EXPERIMENTS:
        experiment = EXPERIMENTS[name]
        rows: Rows = []
        for number, sweep in enumerate(experiment.sweeps):
            folder = chosen.out / f"{name}-{number}"
            more = ["--out", str(folder), "--processes", str(chosen.processes)]
            status = peergym(["lab", "sweep", *shlex.split(sweep), *more])
            if status:
                return status
            rows += read_rows(folder / "runs.csv")
        publish(name, experiment, rows, to_page=not chosen.no_page)
    return 0


def read_rows(path: Path) -> Rows:
    """The table of a sweep, numbers as numbers."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)]


def _number(text: str) -> int | float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def publish(name: str, experiment: Experiment, rows: Rows, *, to_page: bool) -> None:
    """Write a section, or print it."""
    machine = f"{os.cpu_count()} cores of a shared virtual machine"
    made = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, Python {platform.python_version()}"
    commands = "\n".join(
        f"    peergym lab sweep {sweep} --out {name}" for sweep in experiment.sweeps
    )
    frames = sum(int(row["frames"]) for row in rows)
    said = f"{commands}\n\n{len(rows)} matches, {frames:,} frames; {made}.\n"
    if experiment.draw is not None:
        picture = IMAGES / f"tuning-{name}.svg"
        charts = experiment.draw(rows)
        if to_page:
            write_svg(charts, 2, experiment.shows, picture)
        said += f"\n![{experiment.shows}](images/{picture.name})\n"
    said += f"\n{experiment.describe(rows)}"
    if to_page:
        write_section(name, said, PAGE)
    else:
        print(said)


if __name__ == "__main__":
    sys.exit(main())
