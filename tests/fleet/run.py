"""The command: ``python -m tests.fleet.run``; ``make fleet`` calls it."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from peergym.errors import ConfigurationError
from tests.fleet.report import summary, tables, write_tables
from tests.fleet.results import Result
from tests.fleet.shard import SHARD_S, Fleet, peer_frames, run_shard
from tests.fleet.trials import FAILURES

KEPT = Path(".build/fleet")
SAY_EVERY_S = 10.0  # where nobody watches a bar
DESCRIPTION = """\
Simulate matches over every number of players, network and failure, and check all of them against
an oracle. One call plays for less than ten minutes; the next goes on where it stopped, be it that
time was up, Ctrl-C, or worse.
"""
EPILOGUE = f"""\
examples:
  make fleet                                   the next matches, on all cores
  make fleet ARGS=--report                     tables of what has been played, play nothing
  make fleet ARGS="8p-200ms drop"              only matches with all these words in their names
  make fleet ARGS="--part 1/2"                 half of them; another machine plays --part 2/2

A match is named by players, round trip, loss, burst, failure and round, as in
4p-100ms-5pc-b10-drop-two-0. The failures:
  {", ".join(list(FAILURES)[:10])},
  {", ".join(list(FAILURES)[10:])}

Of a match that goes wrong two files are kept, as it was and cut down to the least that still goes
wrong; peergym lab chaos --match FILE plays either.

exit status: 0 all that has been played is sound, 1 something is not, 2 a wrong argument
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play a shard, or report. Returns the exit status."""
    asked = _read_arguments(arguments)
    part, parts = asked.part
    fleet = Fleet(
        folder=asked.folder,
        rounds=asked.rounds,
        most_peer_frames=asked.peer_frames,
        part=part,
        parts=parts,
        words=tuple(asked.words),
    )
    console = Console(highlight=False, soft_wrap=True)
    if not any(True for _ in fleet.ours()):
        words = " ".join(asked.words)
        console.print(f"No match has {words} in its name; --help says how they are named.")
        return 2
    try:
        if not (asked.report or asked.write):
            _play(console, fleet, asked.seconds, asked.processes)
        return _say_all(console, fleet, asked)
    except OSError as error:
        console.print(f"{error.filename}: {error.strerror}", markup=False)
    except ConfigurationError as error:
        console.print(str(error), markup=False)
    except KeyboardInterrupt:
        console.print("Interrupted; the same command goes on.")
        return 130
    return 2


def _say_all(console: Console, fleet: Fleet, asked: argparse.Namespace) -> int:
    kept = fleet.read()
    results = list(kept.results.values())
    for sentence in kept.broken:
        console.print(sentence, markup=False)
    if kept.foreign:
        console.print(f"{kept.foreign} results are of another version of the source: left out.")
    if asked.report:
        console.print(tables(results), markup=False)
    else:
        console.print(summary(results))
    if asked.write:
        of = f"{len(results):,} of the {sum(1 for _ in fleet.wanted()):,} matches of {fleet.rounds}"
        where = f"{datetime.now(UTC):%Y-%m-%d}, {_python()}, {asked.machine}"
        said = f"`make fleet`, {of} rounds, {where}:"
        write_tables(asked.write, said, results)
    left = sum(trial.name not in kept.results for trial in fleet.ours())
    if left and sum(map(peer_frames, results)) < fleet.most_peer_frames:
        console.print(f"{left:,} matches are left: the same command goes on.")
    return 1 if any(result["problems"] for result in results) else 0


def _play(console: Console, fleet: Fleet, seconds: float, processes: int) -> None:
    """Play a shard, with a bar on a terminal and a line now and then elsewhere."""
    known = fleet.read().results
    ours = [trial.name for trial in fleet.ours()]
    display = _Display(console, len(ours), [known[name] for name in ours if name in known])
    with display.bar if console.is_terminal else nullcontext():
        run_shard(fleet, display.note, seconds, processes)


class _Display:
    def __init__(self, console: Console, matches: int, known: Sequence[Result]) -> None:
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("matches"), TimeElapsedColumn(), console=console,
        )  # fmt: skip
        self._console = console
        self._matches = matches
        self._played = len(known)
        self._frames = sum(peer_frames(result) for result in known)
        self._wrong = sum(bool(result["problems"]) for result in known)
        self._task = self.bar.add_task(self._text, total=matches, completed=self._played)
        self._said_s = time.monotonic()

    @property
    def _text(self) -> str:
        return f"{self._frames:,} peer-frames, {self._wrong} wrong"

    def note(self, result: Result) -> None:
        self._played += 1
        self._frames += peer_frames(result)
        self._wrong += bool(result["problems"])
        for kind, text in result["problems"]:
            self._console.print(f"{result['trial']}: {kind}: {text}", markup=False)
        if "smallest" in result:
            self._console.print(f"    peergym lab chaos --match {result['smallest']}", markup=False)
        self.bar.update(self._task, description=self._text, completed=self._played)
        if not self._console.is_terminal and time.monotonic() - self._said_s > SAY_EVERY_S:
            self._said_s = time.monotonic()
            self._console.print(f"{self._played} of {self._matches} matches, {self._text}")


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py fleet",
        description=DESCRIPTION,
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cores = os.cpu_count() or 1
    add = parser.add_argument
    add("words", nargs="*", metavar="WORD", help="of the names of matches")
    add("--part", type=_part, default=(1, 1), metavar="I/N", help="play every N-th, from the I-th")
    add("--seconds", type=_number(float, 0), default=SHARD_S, help=f"for so long ({SHARD_S:g})")
    add("--processes", type=_number(int, 1), default=cores, help=f"matches at once ({cores})")
    add("--rounds", type=_number(int, 1), default=2, help="of the whole grid, new seeds each (2)")
    add("--peer-frames", type=_number(int, 1), default=10_000_000, help="are enough (10,000,000)")
    add("--folder", type=Path, default=KEPT, help=f"of the results ({KEPT})")
    add("--report", action="store_true", help="print tables, play nothing")
    add("--write", type=Path, metavar="PAGE", help="put tables into a page, play nothing")
    add("--machine", default=f"{cores} cores, {platform.machine()}", help="what --write says of it")
    return parser.parse_args(arguments)


def _part(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    part, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= parts:
        raise argparse.ArgumentTypeError(f"{text!r} is no part: 1/2 and 2/2 are the parts of two")
    return part, parts


def _number(kind: type[int | float], least: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = least - 1
        if not value >= least:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least:g} on")
        return value

    return read


if __name__ == "__main__":
    sys.exit(main())
