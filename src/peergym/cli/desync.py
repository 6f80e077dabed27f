"""``peergym desync``: open what a match has left of a desync."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peergym.errors import ConfigurationError, PeergymError
from peergym.games.catalogue import BUNDLED, find_game

if TYPE_CHECKING:
    from peergym.lab.desync import ReExecution
    from peergym.rollback.desync_dump import DesyncDump

DESCRIPTION = """\
Open the dump of a desync: the file that a peer keeps when it finds that another one holds another
state of the same frame. Shows the first field that differs, what else differs around it, and the
inputs since the last frame known to be equal; then executes these inputs again here, which tells
who is right:

  equals ours          the other side left the common history
  equals peer 1's      we did
  equals neither side  the game computes something else here than there: other code, another
                       version, or maths whose last bits differ between platforms
  not deterministic    two executions here differ: global random numbers, a clock, the order of a
                       set"""

EPILOG = """\
examples:
  peergym desync match.desync
      a match of a bundled game
  peergym desync match.desync --game my_game.py:MyGame
      a game of your own; what a dump says of its game is never executed by itself
  PYTHONHASHSEED=1 peergym desync match.desync --game my_game.py:MyGame
      with another order of sets; do this for 1, 2 and 3 if one side's result comes and goes
  peergym desync match.desync --json
      everything as one JSON object
  peergym desync match.desync --save-recording flight.trace
  peergym lab replay-trace flight.trace
      the flight recording in it, if the match kept one

what the usual causes look like: docs/desync-playbook.md

exit status: 0 if the dump could be opened, 2 if not"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "desync",
        help="open the dump of a desync: what differs, and who is right",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the dump")
    parser.add_argument(
        "--game", metavar="GAME",
        help="execute the inputs with this game: a bundled game, file.py:Class or module:Class "
        "(default: the dump's own, if it is a bundled one)",
    )  # fmt: skip
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N",
        help="list at most so many differences of each side (default: 20)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument(
        "--save-recording", type=Path, metavar="FILE",
        help="write the flight recording that the dump holds",
    )  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    try:
        return _run(args)
    except PeergymError as error:
        print(f"peergym desync: {error}", file=sys.stderr)
        return 2


def _run(args: argparse.Namespace) -> int:
    from peergym.lab.desync import compare_sides
    from peergym.lab.desync_report import Report, print_report, to_json
    from peergym.rollback.desync_dump import read_dump

    if args.limit < 1:
        raise ConfigurationError("--limit", f"must be 1 or more, is {args.limit}")
    dump = read_dump(_read(args.file))
    if args.save_recording is not None:
        _save_recording(dump, args.save_recording)
    report = Report(dump, compare_sides(dump, args.limit), _re_execute(dump, args.game))
    if args.json:
        print(json.dumps(to_json(report)))
    else:
        print_report(report)
    return 0


def _re_execute(dump: DesyncDump, named: str | None) -> ReExecution:
    from peergym.lab.desync import ReExecution, Result, game_of, re_execute

    spec = dump.game.get("spec")
    if named is None and (type(spec) is not str or spec not in BUNDLED):
        said = f" It calls its game {spec!r:.200}." if spec else ""
        return ReExecution(
            Result.IMPOSSIBLE,
            "Not executed again, because what a dump says of its game is not executed unasked."
            f"{said} Name the game with --game to learn who is right.",
        )
    game = find_game(named if named is not None else str(spec))
    try:
        return re_execute(dump, game_of(dump, game))
    except PeergymError as error:
        return ReExecution(Result.IMPOSSIBLE, f"It cannot be executed again: {error}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError("FILE", f"cannot read {path}: {error.strerror}") from error


def _save_recording(dump: DesyncDump, path: Path) -> None:
    if not dump.recording:
        raise ConfigurationError("--save-recording", "the dump holds no flight recording")
    try:
        path.write_bytes(dump.recording)
    except OSError as error:
        raise ConfigurationError(
            "--save-recording", f"cannot write {path}: {error.strerror}"
        ) from error
