"""``peergym lab sweep``: many simulated matches, as tables and plots."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peergym.cli.lab.match import option
from peergym.cli.lab.network import MEANINGS, add_list_profiles, option_of
from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game
from peergym.lab.json_files import read_json
from peergym.lab.networks import FIGURES, PROFILE, TEXTS
from peergym.lab.profiles import PROFILES

if TYPE_CHECKING:
    from peergym.lab.sweep import Grid, Run, Store
    from peergym.lab.sweep.tables import Row

INTERRUPTED = 130

DESCRIPTION = """\
Simulate every combination of the values that you list, on all cores, and draw what came of it:
how often and how deep rollbacks are, how often the game stalls, how late inputs are, how many
bytes are sent and states are kept.

In the folder of --out you find afterwards
  report.html    plots and a table, one file, to open or to send to somebody
  runs.csv       a row for each match, and runs.parquet with the same (pip install 'peergym[data]')
  runs.jsonl     the results as they come in. Stop whenever you like and give the same command
                 again: what is there is not simulated again. More values only add matches."""

EPILOG = """\
examples:
  peergym lab sweep pong --rtt-ms 0,50,100,150,200 --input-delay 0,2,3,auto --out delay
      which input delay is best on which network? 20 matches
  peergym lab sweep chaos --loss 0,2,5,10 --redundancy last3,last10,all --repeats 5 --out copies
      how often shall an input be sent? Every combination with five seeds
  peergym lab sweep pong --profile fibre,wifi,lte,transatlantic,satellite --window 4,8,12 --out w
      networks by name; "peergym lab --list-profiles" says what they are
  peergym lab sweep my_game.py:MyGame --players 2,4,8 --rtt-ms 80 --out players
      a game of your own
  peergym lab sweep pong --packet-trace monday.csv,tuesday.csv --out recorded
      what recorded networks would have done to a match
  peergym lab sweep pong --grid grid.json --out grid
      the values from a file: {"rtt_ms": [0, 50, 100], "input_delay": [0, "auto"], "loss": 2}

exit status: 0 if all histories are equal, 1 if some diverged, 2 if the command makes no sense,
130 if it was interrupted"""

SETTINGS = {
    "players": "how many play",
    "input_delay": "frames between an input and its effect, or auto, article",
    "window": "how many frames are predicted at most; 0 is lockstep",
    "snapshot_interval": "states are saved every so many frames",
    "max_snapshots": "snapshots kept at most; at the limit the game stalls",
    "input_buffer": "how many frames of inputs are kept beyond the oldest that is missing",
    "redundancy": "which inputs every packet carries: all that somebody lacks, last3, last10, ...",
}


def make_parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of the command.

    Args:
        prog: What it is called.
    """
    parser = argparse.ArgumentParser(
        prog=prog,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "game", metavar="GAME", help="a bundled game, file.py:Class or module:Class"
    )
    _add_axes(parser.add_argument_group("settings, each with a list of values: 1,2,5"), SETTINGS)
    networks = {name: MEANINGS[name] for name in (*FIGURES, *TEXTS)}
    networks[PROFILE] = f"networks by name: {', '.join(PROFILES)}"
    group = parser.add_argument_group("networks, likewise")
    _add_axes(group, networks)
    add_list_profiles(group)
    _add_scope(parser.add_argument_group("how much"))
    _add_output(parser.add_argument_group("output"))
    return parser


def _add_axes(group: argparse._ArgumentGroup, meanings: dict[str, str]) -> None:
    from peergym.lab.sweep.runs import usual_value

    for axis, meaning in meanings.items():
        usual = usual_value(axis)
        said = f" (default: {usual})" if usual != "" else ""
        group.add_argument(option_of(axis), dest=axis, metavar="A,B,...", help=meaning + said)


def _add_scope(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--frames", type=int, default=3600, metavar="N",
        help="of each match (default: 3600, a minute at 60 Hz)",
    )  # fmt: skip
    group.add_argument(
        "--repeats", type=int, metavar="N", help="every combination with the seeds 1 to N"
    )
    group.add_argument("--seed", metavar="A,B,...", help="or with these seeds (default: 1)")
    group.add_argument(
        "--option", action="append", default=[], type=option, metavar="NAME=VALUE",
        help="an option of the game; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--grid", type=Path, metavar="FILE",
        help="lists of values from a JSON file; options here take the place of its entries",
    )  # fmt: skip
    group.add_argument(
        "--processes", type=int, metavar="N", help="at a time (default: one for each core)"
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER",
        help="where the results are, and are found again",
    )  # fmt: skip
    group.add_argument(
        "--x", default="", metavar="AXIS", help="horizontal axis of the plots (default: that with "
        "the most numbers), such as rtt_ms"
    )  # fmt: skip
    group.add_argument(
        "--lines", default="", metavar="AXIS", help="what lines are told apart by (default: the "
        "next)"
    )  # fmt: skip
    group.add_argument(
        "--count", action="store_true", help="only say how many matches that is, and how many "
        "are there already"
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Carry the sweep out.

    Returns:
        The exit status.

    Raises:
        PeergymError: The command makes no sense, or a match cannot be simulated.
    """
    from peergym.lab.sweep import Store
    from peergym.lab.sweep.series import layout_of

    grid = _grid(args)
    layout = layout_of(grid, args.x.replace("-", "_"), args.lines.replace("-", "_"))
    runs = list(grid.runs(args.game, dict(args.option), args.frames))
    for each in grid.one_of_each(runs):
        each.check(find_game)
    if args.count and not args.out.exists():
        print(f"{len(runs)} matches, none of them are in {args.out} already.")
        return 0
    with Store(args.out) as store:
        missing = [each for each in runs if store.get(each) is None]
        there = len(runs) - len(missing)
        if args.count:
            print(f"{len(runs)} matches, {there or 'none'} of them are in {args.out} already.")
            return 0
        if _simulate(missing, len(runs), args, store):
            return _write(args.out, runs, store, grid, layout)
        there = sum(store.get(each) is not None for each in runs)
    said = (
        f"Interrupted: {there} of {len(runs)} matches are in {args.out}. The same command goes on."
    )
    print(f"\n{said}", file=sys.stderr)
    return INTERRUPTED


def _grid(args: argparse.Namespace) -> Grid:
    from peergym.lab.sweep.grid import AXES, SEED, Grid, grid_from_json, values_from_text

    axes = {} if args.grid is None else grid_from_json(read_json(args.grid, "--grid"))
    for axis in AXES:
        text = getattr(args, axis)
        if text is not None:
            axes[axis] = values_from_text(axis, text)
    if args.repeats is not None:
        if args.seed is not None:
            raise ConfigurationError("--repeats", "chooses the seeds, so --seed is one too many")
        if not 1 <= args.repeats <= 10_000:
            raise ConfigurationError("--repeats", f"must lie in 1 to 10000, is {args.repeats}")
        axes[SEED] = tuple(range(1, args.repeats + 1))
    if args.processes is not None and args.processes < 1:
        raise ConfigurationError("--processes", f"must be 1 or more, is {args.processes}")
    return Grid(axes)


def _simulate(missing: list[Run], wanted: int, args: argparse.Namespace, store: Store) -> bool:
    """Simulate what is missing. Returns False if somebody interrupted it."""
    from peergym.lab.sweep import carry_out
    from peergym.lab.sweep.workers import usable_cores

    processes = args.processes or usable_cores()
    with _progress_bar(wanted, wanted - len(missing)) as advance:

        def done(run: Run, figures: dict[str, Any]) -> None:
            store.put(run, figures)
            advance()

        try:
            carry_out(missing, processes, done)
        except KeyboardInterrupt:
            return False
    return True


@contextmanager
def _progress_bar(wanted: int, there: int) -> Iterator[Callable[[], None]]:
    """Show how far it is, on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("simulating"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("matches,"),
        TimeElapsedColumn(),
        TextColumn("so far,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    # Matches are long beside the half minute over which the speed is usually estimated.
    with Progress(
        *columns, console=console, disable=not console.is_terminal, speed_estimate_period=600
    ) as bar:
        task = bar.add_task("simulating", total=wanted, completed=there)
        yield lambda: bar.advance(task)


def _write(out: Path, runs: list[Run], store: Store, grid: Grid, layout: Any) -> int:
    from peergym.lab.sweep.report import report
    from peergym.lab.sweep.tables import PARQUET_MISSING, row_of, write_csv, write_parquet

    rows: list[Row] = [row_of(each, store.get(each) or {}) for each in runs]
    write_csv(rows, out / "runs.csv")
    has_parquet = write_parquet(rows, out / "runs.parquet")
    page = out / "report.html"
    command = "peergym " + shlex.join(sys.argv[1:])
    try:
        page.write_text(report(rows, grid, layout, command), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError("--out", f"cannot write {page}: {error.strerror}") from error
    unsound = [each for each, row in zip(runs, rows, strict=True) if not row["is_sound"]]
    print(f"{len(rows)} matches. Plots: {page}; table: {out / 'runs.csv'}")
    if not has_parquet:
        print(PARQUET_MISSING)
    for each in unsound[:5]:
        print(f"The histories diverged: {each.describe()}")
    return 1 if unsound else 0
