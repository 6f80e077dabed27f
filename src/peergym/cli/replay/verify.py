"""``peergym replay verify``: execute a match again and compare every checksum."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from peergym.cli.replay.files import add_game, open_replay, progress
from peergym.data.execution import maker_of
from peergym.data.replay import Replay
from peergym.data.verify import Outcome, Verification, verify_replay
from peergym.errors import PeergymError

DESCRIPTION = """\
Execute recorded matches again, from their seeds and inputs, and compare every recorded checksum
and state with what comes out. Games whose results do not depend on the platform are executed
natively. Where this platform's maths is not the browser's, and the native result differs, the
match is executed in Pyodide under Node.js: the same WebAssembly as in a page."""

EPILOG = """\
examples:
  peergym replay verify match.pgr
  peergym replay verify data/replays/*/*.pgr
      many at once
  peergym replay verify match.pgr --game my_game.py:MyGame
      a match of a game of your own
  peergym replay verify match.pgr --in pyodide
      in the browser's Python, whatever comes out natively

exit status: 0 if all are verified, clean and complete; 1 if something differs, was repaired, or
could not be executed; 2 if a file cannot be read; 3 if all is verified, but a record was torn off,
as by a crash"""

DIFFERS, UNREADABLE, TORN = 1, 2, 3


def add_parser(subparsers: Any) -> None:
    """Add the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "verify",
        help="execute a match again and compare every checksum",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="replays")
    add_game(parser)
    parser.add_argument(
        "--in", dest="where", choices=("auto", "native", "pyodide"), default="auto",
        help="where to execute (default: auto: natively, and in Pyodide if that is not enough)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="a JSON object for each file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status; the worst of all files.
    """
    worst = 0
    for path in args.files:
        try:
            replay = open_replay(path)
            result = _verify(path, replay, args.game, args.where)
        except PeergymError as error:
            if len(args.files) == 1:
                raise
            print(f"{path}: {error}")
            worst = _worse(worst, UNREADABLE)
            continue
        if args.json:
            print(json.dumps({"file": str(path), **result.to_json()}))
        else:
            _print(path, replay, result)
        worst = _worse(worst, _status(result))
    return worst


def _verify(path: Path, replay: Replay, game: str | None, where: str) -> Verification:
    make_game = maker_of(replay, game)
    if where != "pyodide":
        with progress("Executing") as on_progress:
            result = verify_replay(replay, make_game, on_progress)
        is_decided = result.outcome in (Outcome.VERIFIED, Outcome.REPAIRED) or result.same_maths
        if where == "native" or is_decided:
            return result
    from peergym.server.re_execution import verify_in_pyodide  # slow to import

    with progress("Executing in Pyodide") as on_progress:
        return verify_in_pyodide(path, game, on_progress)


def _print(path: Path, replay: Replay, result: Verification) -> None:
    frames = f"{replay.frames:,} frames, {result.checksums:,} checksums and {result.states} states"
    if result.outcome is Outcome.VERIFIED:
        print(f"{path}: verified. {frames} are what they must be.")
    elif result.outcome is Outcome.REPAIRED:
        print(f"{path}: verified, but not clean. {frames} were compared.")
    elif result.outcome is Outcome.FAILED:
        print(f"{path}: could not be executed. {result.error}")
    else:
        print(f"{path}: differs.")
        _print_mismatch(result)
    for repair in result.repairs:
        print(
            f"  episode {repair.episode}: after a desync, another peer's state was put in place "
            f"at frame {repair.to_frame}; frames from {repair.from_frame} to there are the "
            "writer's own and count for nothing"
        )
    if not result.is_sealed:
        print("  The record was torn off before the match ended; this is what was written by then.")


def _print_mismatch(result: Verification) -> None:
    found = result.mismatch
    if found is None:
        return
    where = f"frame {found.frame} of episode {found.episode}"
    if found.what == "end":
        print(f"  The end of episode {found.episode}: recorded {found.recorded}, "
              f"executed {found.executed}")  # fmt: skip
    else:
        print(f"  First at {where}; equal up to frame {found.last_equal_frame}")
        if found.recorded:
            print(f"  recorded {found.recorded}, executed {found.executed}")
    changed = result.changed_input
    if changed is not None:
        print(
            f"  With input {changed.fitting} of player {changed.player} at frame {changed.frame}, "
            f"where {changed.recorded} is recorded, it is equal: that input was changed"
        )
    if found.field:
        print(f"  In the state of frame {found.field_frame}: {found.field}")
        print("  (as played first, as executed second)")
    if changed is None and result.later_equal:
        print(
            f"  {result.later_equal} later checksums are equal: the checksum was changed, or "
            "inputs whose traces were lost again"
        )
    elif not result.same_maths:
        print("  This platform's maths is not the record's; a browser may come to another result.")


def _status(result: Verification) -> int:
    if result.outcome is not Outcome.VERIFIED:
        return DIFFERS
    return 0 if result.is_sealed else TORN


def _worse(one: int, other: int) -> int:
    ranks = (0, TORN, DIFFERS, UNREADABLE)
    return max(one, other, key=ranks.index)
