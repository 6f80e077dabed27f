"""``peergym lab GAME``: simulate one match."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path

from peergym.cli.lab.network import add_network, given_figures
from peergym.errors import ConfigurationError
from peergym.games.catalogue import find_game
from peergym.lab.json_files import read_json
from peergym.lab.match_file import DELAY_RULES, MatchFile, match_from_json
from peergym.lab.networks import path_from_figures, read_links
from peergym.lab.options import LabOptions
from peergym.lab.replay_trace import describe_replay, replay_trace
from peergym.lab.run import recording_of, run_lab
from peergym.rollback.config import AbsentPolicy
from peergym.testing.schedule import Happening, Kind, Schedule, parse_happening

REPLAY_TRACE = "replay-trace"

DESCRIPTION = """\
Simulate a match of real sessions on a simulated network, much faster than it would take, and
compare every confirmed frame of every peer with a run that knows all inputs from the start.
Players can be lost, come back, join and watch; networks can fall apart. The same command gives
the same figures, to the byte."""

EPILOG = """\
examples:
  peergym lab pong --rtt-ms 120 --jitter-ms 20 --loss 5
      two players over an ordinary bad connection
  peergym lab chaos --players 4 --rtt-ms 80 --loss 10 --burst 5
      a game for any number of players, whose state remembers every input for ever
  peergym lab pong --rtt-ms 210 --asymmetry-ms 190
      10 ms one way, 200 ms back
  peergym lab chaos --players 4 --rtt-ms 100 --loss 5 --drop 2@600 --rejoin 2@900
      player 2 crashes at frame 600; the others agree on his last input and go on, and at
      frame 900 he comes back
  peergym lab chaos --players 4 --drop 0@300 --goodbye 1@600 --absent agent
      computer players take the seats of those who are gone
  peergym lab chaos --players 4 --partition "0,1|2,3@600+60"
      for a second the two halves do not hear of each other; with +600, ten seconds, one half
      goes on (the server says which, or with --no-server that of the lowest player), and the
      others come back when they can
  peergym lab chaos --players 2 --join 2@500 --spectators 2 --kill-spectator 0@700
      one more player from frame 500 on, and people who watch
  peergym lab chaos --players 3 --desync 1@400
      one peer computes one frame wrongly: who notices, and is it repaired?
  peergym lab chaos --players 3 --rtt-ms 40 --links links.json
      one path is worse; links.json says {"0-2": {"rtt_ms": 300, "loss": 10}}
  peergym lab chaos --match failure.json
      a whole match from a file, such as `make fleet` leaves of one that went wrong
  peergym lab pong --rtt-ms 120 --trace match.trace
  peergym lab replay-trace match.trace
      record every call of one session, and check that it comes out the same again
  peergym lab my_game.py:MyGame --frames 600 --json
      a game of your own, figures as JSON
  peergym lab pong --profile wifi
  peergym lab pong --packet-trace recorded.csv
      a network by name (--list-profiles tells them all), or what a recorded one really did
  peergym lab pong --rtt-ms 100 --loss 5 --transport ordered
      the inputs over a reliable, ordered channel: what a loss then does to all that follow
  peergym lab sweep pong --rtt-ms 0,50,100,150 --input-delay 0,2,auto --out results
      many matches, as tables and plots; "peergym lab sweep --help" tells more
  peergym lab advise --rtt-ms 120 --jitter-ms 20 --loss 2 --step-us 300 --save-us 100
      which settings fit such a network and such a game

frames:
  count from 0 over all episodes, as the living peer with the lowest number sees them; a length
  of so many frames means the time that they take

exit status: 0 if all histories are equal, 1 if they diverged, 2 if the command makes no sense"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what one match can be told."""
    parser.add_argument(
        "game",
        metavar="GAME",
        help=f"a bundled game, file.py:Class or module:Class; or {REPLAY_TRACE}, sweep, advise",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help=f"the file of {REPLAY_TRACE}")
    _add_match(parser.add_argument_group("match"))
    network = parser.add_argument_group("network (the same for every pair, but for --links)")
    add_network(network)
    network.add_argument(
        "--links", type=Path, metavar="FILE",
        help='single paths, as JSON: {"0-2": {"rtt_ms": 300, "loss": 10}, ...}, with the names '
        "of these options",
    )  # fmt: skip
    _add_failures(parser.add_argument_group("what goes wrong, each as often as you like"))
    _add_output(parser.add_argument_group("output"))
    parser.set_defaults(run_lab=run)


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
        "--input-delay", type=input_delay, default=0, metavar="N|auto|article",
        help="frames between an input and its effect, or a rule (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--window", type=int, default=8, metavar="N",
        help="how many frames are predicted at most; 0 is lockstep (default: 8)",
    )  # fmt: skip
    group.add_argument(
        "--snapshot-interval", type=int, default=1, metavar="N",
        help="states are saved every so many frames (default: 1)",
    )  # fmt: skip
    group.add_argument(
        "--redundancy", default="all", metavar="all|lastN",
        help="which inputs every packet carries: all that somebody is not known to hold, as our "
        "sessions do, or, to compare, only the last 3 (last3) and the like (default: all)",
    )  # fmt: skip
    group.add_argument(
        "--drift-ppm", type=float, default=0.0, metavar="X",
        help="clocks run from this much too slow to this much too fast (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--offset-frames", type=int, default=0, metavar="N",
        help="the last peer begins so many frames late (default: 0)",
    )  # fmt: skip
    group.add_argument(
        "--option", action="append", default=[], type=option, metavar="NAME=VALUE",
        help="an option of the game; may be repeated",
    )  # fmt: skip
    group.add_argument(
        "--spectators", type=int, default=0, metavar="N", help="how many watch (default: 0)"
    )
    group.add_argument(
        "--absent", choices=[str(policy) for policy in AbsentPolicy], default="",
        help="what becomes of the seat of one who is lost: it ends the match, stays without "
        "input, or an agent takes it (default: noop if anything goes wrong on purpose, else end)",
    )  # fmt: skip
    group.add_argument(
        "--no-server", action="store_true",
        help="nobody decides between two equal halves: that of the lowest player goes on",
    )  # fmt: skip
    group.add_argument(
        "--match", type=Path, metavar="FILE",
        help="take all of match, network and failures from a JSON file instead",
    )  # fmt: skip


def _add_failures(group: argparse._ArgumentGroup) -> None:
    failures = (
        (Kind.DROP, "P@F", "player P crashes at frame F, without a word"),
        (Kind.GOODBYE, "P@F", "player P leaves and says so"),
        (Kind.REJOIN, "P@F", "player P, who was lost, comes back"),
        (Kind.JOIN, "P@F", "one more player comes and takes seat P, empty until then"),
        (Kind.PAUSE, "P@F+N", "player P's whole computer freezes for N frames"),
        (Kind.PARTITION, "P,P|P,P@F+N", "the groups do not hear of each other for N frames"),
        (Kind.DESYNC, "P@F", "player P's computer gets one frame wrong"),
        (Kind.KILL_SPECTATOR, "S@F", "spectator S (from 0) crashes"),
    )
    for kind, form, meaning in failures:
        group.add_argument(
            f"--{kind}", dest="failures", action="append", default=[], metavar=form,
            type=_happening(kind), help=meaning,
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
    """Simulate a match, or fly a recording again.

    Returns:
        The exit status.

    Raises:
        PeergymError: The command makes no sense.
    """
    if args.game == REPLAY_TRACE:
        return _run_replay(args)
    if args.file is not None:
        raise ConfigurationError("FILE", f"{args.file!r} is of use only after {REPLAY_TRACE}")
    return _run_match(args)


def _run_replay(args: argparse.Namespace) -> int:
    if args.file is None:
        raise ConfigurationError("FILE", f"{REPLAY_TRACE} needs the file of a flight recording")
    recording, result = replay_trace(Path(args.file), find_game)
    print(describe_replay(recording, result))
    return 0 if result.first_difference is None else 1


def _run_match(args: argparse.Namespace) -> int:
    match = _match(args)
    # What a game prints is no part of the result.
    with redirect_stdout(sys.stderr) if args.json else nullcontext():
        options = _recorded(match, args) if args.trace is not None else match.lab_options(find_game)
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
    return 0 if result.is_sound else 1


def _recorded(match: MatchFile, args: argparse.Namespace) -> LabOptions:
    game = {"spec": match.game, "options": dict(match.options)}
    return replace(match.lab_options(find_game), game=game, recorded_peer=args.trace_peer)


def _match(args: argparse.Namespace) -> MatchFile:
    if args.match is not None:
        return replace(match_from_json(read_json(args.match, "--match")), game=args.game)
    return MatchFile(
        game=args.game,
        options=dict(args.option),
        players=2 if args.players is None else args.players,
        frames=args.frames,
        seed=args.seed,
        input_delay=args.input_delay,
        window=args.window,
        drift_ppm=args.drift_ppm,
        offset_frames=args.offset_frames,
        absent=args.absent,
        server=not args.no_server,
        spectators=args.spectators,
        redundancy=args.redundancy,
        snapshot_interval=args.snapshot_interval,
        network=path_from_figures(given_figures(args)),
        links={} if args.links is None else read_links(args.links),
        schedule=Schedule(tuple(args.failures)),
    )


def _happening(kind: Kind) -> Callable[[str], Happening]:
    def parse(text: str) -> Happening:
        try:
            return parse_happening(kind, text)
        except ConfigurationError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parse


def input_delay(text: str) -> int | str:
    """Read an input delay: a number of frames, or the name of a rule."""
    if text in DELAY_RULES:
        return text
    try:
        return int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"is a number of frames, 'auto' or 'article', not {text!r}"
        ) from error


def option(text: str) -> tuple[str, float]:
    """Read an option of a game: ``name=number``."""
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
