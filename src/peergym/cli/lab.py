"""``peergym lab``: simulate a match under a network of your choice."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError, PeergymError
from peergym.games.catalogue import find_game
from peergym.lab.games import game_maker
from peergym.lab.replay_trace import describe_replay, replay_trace
from peergym.lab.run import LabOptions, recording_of, run_lab
from peergym.rollback.config import InputDelay
from peergym.rollback.input_delay import ArticleInputDelay, AutomaticInputDelay
from peergym.testing.conditions import PairConditions

REPLAY_TRACE = "replay-trace"

DESCRIPTION = """\
Simulate a match of real sessions on a simulated network, much faster than it would take, and
compare every confirmed frame of every peer with a run that knows all inputs from the start.
The same command gives the same figures, to the byte."""

EPILOG = """\
examples:
  peergym lab pong --rtt-ms 120 --jitter-ms 20 --loss 5
      two players over an ordinary bad connection
  peergym lab chaos --players 4 --rtt-ms 80 --loss 10 --burst 5
      a game for any number of players, whose state remembers every input for ever
  peergym lab pong --rtt-ms 210 --asymmetry-ms 190
      10 ms one way, 200 ms back
  peergym lab pong --rtt-ms 120 --trace match.trace
  peergym lab replay-trace match.trace
      record every call of one session, and check that it comes out the same again
  peergym lab my_game.py:MyGame --frames 600 --json
      a game of your own, figures as JSON

exit status: 0 if all histories are equal, 1 if they diverged, 2 if the command makes no sense"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "lab",
        help="simulate a match under a network of your choice",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "game",
        metavar="GAME",
        help=f"a bundled game, file.py:Class or module:Class; or {REPLAY_TRACE}",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help=f"the file of {REPLAY_TRACE}")
    _add_match(parser.add_argument_group("match"))
    _add_network(parser.add_argument_group("network (the same for every pair)"))
    _add_output(parser.add_argument_group("output"))
    parser.set_defaults(run=run)
    return parser


def _add_match(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--players", type=int, metavar="N", help="how many play (default: 2)")
    group.add_argument(
        "--frames", type=int, default=3600, metavar="N",
        help="until everybody has confirmed so many (default: 3600, a minute at 60 Hz); an "
        "episode that ends is followed by a rematch",
    )  # fmt: skip
    group.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of network, game and inputs (default: 1)"
    )
    group.add_argument(
        "--input-delay", type=_input_delay, default=0, metavar="N|auto|article",
        help="frames between an input and its effect, or a rule (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--window", type=int, default=8, metavar="N",
        help="how many frames are predicted at most; 0 is lockstep (default: 8)",
    )  # fmt: skip
    group.add_argument(
        "--option", action="append", default=[], type=_option, metavar="NAME=VALUE",
        help="an option of the game; may be repeated",
    )  # fmt: skip


def _add_network(group: argparse._ArgumentGroup) -> None:
    figures = (
        ("--rtt-ms", "round-trip time"),
        ("--jitter-ms", "the round-trip time varies by up to this much either way, uniformly"),
        ("--loss", "percent of packets lost each way"),
        ("--asymmetry-ms", "how much longer the way to the higher peer takes than the way back"),
        ("--duplicate", "percent of packets that arrive twice"),
        ("--reorder", "percent of packets held back by up to ten frames"),
        ("--drift-ppm", "clocks run from this much too slow to this much too fast"),
    )
    for name, meaning in figures:
        group.add_argument(
            name, type=float, default=0.0, metavar="X", help=f"{meaning} (default: 0)"
        )
    group.add_argument(
        "--burst", type=float, default=1.0, metavar="N",
        help="mean number of packets lost in a row (default: 1, independent losses)",
    )  # fmt: skip
    group.add_argument(
        "--offset-frames", type=int, default=0, metavar="N",
        help="the last peer begins so many frames late (default: 0)",
    )  # fmt: skip


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    group.add_argument(
        "--trace", type=Path, metavar="FILE", help="write the flight recording of one session"
    )
    group.add_argument(
        "--trace-peer", type=int, default=0, metavar="PEER", help="whose session (default: 0)"
    )


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    try:
        if args.game == REPLAY_TRACE:
            return _run_replay(args)
        if args.file is not None:
            raise ConfigurationError("FILE", f"{args.file!r} is of use only after {REPLAY_TRACE}")
        return _run_match(args)
    except PeergymError as error:
        print(f"peergym lab: {error}", file=sys.stderr)
        return 2


def _run_replay(args: argparse.Namespace) -> int:
    if args.file is None:
        raise ConfigurationError("FILE", f"{REPLAY_TRACE} needs the file of a flight recording")
    recording, result = replay_trace(Path(args.file), find_game)
    print(describe_replay(recording, result))
    return 0 if result.first_difference is None else 1


def _run_match(args: argparse.Namespace) -> int:
    options = _options(args)
    if args.json:
        result, mesh = run_lab(options)
    else:
        from peergym.lab.report import print_report, progress_bar  # rich is slow to import

        with progress_bar(options.frames) as on_progress:
            result, mesh = run_lab(options, on_progress)
    if args.trace is not None:
        _write(args.trace, recording_of(mesh, args.trace_peer))
    if args.json:
        print(json.dumps(result.to_json()))
    else:
        print_report(args.game, options, result)
    return 1 if result.diverged else 0


def _options(args: argparse.Namespace) -> LabOptions:
    chosen = dict(args.option)
    players = 2 if args.players is None else args.players
    recorded = {"spec": args.game, "options": chosen} if args.trace is not None else {}
    return LabOptions(
        make_game=game_maker(find_game(args.game), players, chosen),
        frames=args.frames,
        seed=args.seed,
        network=PairConditions(
            rtt_s=args.rtt_ms / 1000,
            jitter_s=args.jitter_ms / 1000,
            loss=_share("--loss", args.loss),
            asymmetry_s=args.asymmetry_ms / 1000,
            burst_packets=args.burst,
            duplicate=_share("--duplicate", args.duplicate),
            reorder=_share("--reorder", args.reorder),
        ),
        input_delay=args.input_delay,
        window_frames=args.window,
        drift_ppm=args.drift_ppm,
        offset_frames=args.offset_frames,
        game=recorded,
        recorded_peer=args.trace_peer,
    )


def _share(name: str, percent: float) -> float:
    if not 0 <= percent <= 100:
        raise ConfigurationError(name, f"is a percentage from 0 to 100, not {percent:g}")
    return percent / 100


def _input_delay(text: str) -> InputDelay:
    if text == "auto":
        return AutomaticInputDelay()
    if text == "article":
        return ArticleInputDelay()
    try:
        return int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"is a number of frames, 'auto' or 'article', not {text!r}"
        ) from error


def _option(text: str) -> tuple[str, float]:
    name, separator, value = text.partition("=")
    try:
        number = float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is NAME=NUMBER, not {text!r}") from error
    if not name or not separator:
        raise argparse.ArgumentTypeError(f"is NAME=NUMBER, not {text!r}")
    return name, int(number) if number.is_integer() else number


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ConfigurationError("--trace", f"cannot write {path}: {error.strerror}") from error
