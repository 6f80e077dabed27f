"""``peergym check``: whether an environment can be played online, and what it costs."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peergym.errors import ConfigurationError, PeergymError

if TYPE_CHECKING:
    from peergym.envs.check.examine import Elsewhere, Plan
    from peergym.envs.check.findings import Report

DESCRIPTION = """\
Check whether an environment can be played online. It is played by a script; then a second game,
other processes with another order of sets, a game taken back at random frames as rollback does it,
one that took over a state that was sent, and the Python of a browser (Pyodide under Node.js) must
come to the same states, bit for bit. Clocks and global generators are watched while it runs, and
its source is searched for what often goes wrong. What a step, a save and a load cost says how fast
it can run, natively and in a browser.

  ✓ passed   ✗ failed, with the first field that differs and the lines that may be the cause
  ! may go wrong, or has a consequence that is worth knowing   · not checked"""

EPILOG = """\
examples:
  peergym check pong
      a bundled game, by its name
  peergym check my_game.py:MyGame
      a game of your own, in one file
  peergym check my_game.py:MyGame --players 4 --frames 6000 --seed 7
      with four players, for longer, with other inputs
  peergym check my_game.py:MyGame --quick
      in a second or two: fewer frames, and no browser's Python
  peergym check my_game.py:MyGame --json report.json
      the table, and everything for a program; --json - prints that alone

the same in a test: from peergym.testing import rollback_test; what each check means: docs/check.md

exit status: 0 if it can be played, 1 if not as it is, 2 if there is no such environment"""

FAILED, MISUSE = 1, 2
QUICK_FRAMES = 120
MOST_FRAMES = 1_000_000


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="check whether an environment can be played online",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "game", metavar="ENV", help="a bundled game, file.py:Class, module:Class or an id"
    )
    parser.add_argument(
        "--players", type=int, metavar="N",
        help="seats, for games that take any number (default: the game's)",
    )  # fmt: skip
    parser.add_argument(
        "--frames", type=int, metavar="N", help="how many frames to play (default: 600)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of the inputs and the episodes"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_FRAMES} frames, and no browser's Python"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not ask a browser's Python")
    parser.add_argument(
        "--pyodide", metavar="FOLDER",
        help="a browser's Python that has what the game needs, such as NumPy (default: the one "
        "that comes with peergym)",
    )  # fmt: skip
    parser.add_argument(
        "--json", metavar="FILE",
        help="write the report as JSON; - prints it to the standard output, instead of the table",
    )  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    try:
        with redirect_stdout(sys.stderr):  # what a game prints is no part of the report
            report = _examine(args)
        _tell(report, args.json)
    except PeergymError as error:
        print(f"peergym check: {error}", file=sys.stderr)
        return MISUSE
    return 0 if report.passed else FAILED


def _examine(args: argparse.Namespace) -> Report:
    from peergym.cli.check.progress import shown_progress
    from peergym.envs.check.examine import CHECKS, examine, make_subject
    from peergym.envs.check.findings import Report
    from peergym.envs.drawing import split_spec
    from peergym.envs.maths.substitute import with_portable_maths
    from peergym.games.catalogue import BUNDLED, find_game

    with shown_progress(len(CHECKS)) as tell, warnings.catch_warnings():
        # What a library tells its own callers is not for those who only named it.
        warnings.simplefilter("ignore")
        made = with_portable_maths(find_game(args.game))
        name, _ = split_spec(args.game)  # who draws it makes no difference to its states
        spec = BUNDLED.get(name, name)
        plan = _plan(args, tell)
        subject = make_subject(made, args.game, spec, args.players, plan)
        return subject if isinstance(subject, Report) else examine(subject, plan)


def _plan(args: argparse.Namespace, tell: Any) -> Plan:
    from peergym.envs.check.examine import FRAMES, Plan

    frames = args.frames if args.frames is not None else (QUICK_FRAMES if args.quick else FRAMES)
    if not 1 <= frames <= MOST_FRAMES:
        raise ConfigurationError("--frames", f"must be 1 to {MOST_FRAMES}, is {frames}")
    if args.seed < 0:
        raise ConfigurationError("--seed", f"must be 0 or more, is {args.seed}")
    elsewhere, why_not = _browser(args)
    return Plan(args.seed, frames, elsewhere, why_not, tell)


def _browser(args: argparse.Namespace) -> tuple[Elsewhere | None, str]:
    """Return what asks a browser's Python, or why it is not asked."""
    if args.no_browser or args.quick:
        return None, "not asked for"
    from peergym.cli.check.browser import BrowserPython

    return BrowserPython(args.game, args.players, args.pyodide).ask, ""


def _tell(report: Report, json_file: str | None) -> None:
    if json_file is not None:
        text = json.dumps(report.to_json(), indent=1)
        if json_file == "-":
            print(text)
            return
        try:
            Path(json_file).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            sentence = f"cannot write {json_file}: {error.strerror}"
            raise ConfigurationError("--json", sentence) from error
    from peergym.cli.check.table import print_report

    print_report(report)
