"""The command line: ``peergym play``, ``join``, ``lab`` and the others.

What goes wrong on purpose, a `PeergymError`, is told in a sentence, and so is what a game raises; a
traceback is a bug of ours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import peergym
from peergym.cli import check, desync, join, lab, play, replay, serve, turn_config
from peergym.envs.raised import name_of_game_error, place_of_game_error
from peergym.errors import InvariantError, PeergymError

DESCRIPTION = """\
Python games for several people, played peer to peer in their browsers with rollback."""

EPILOG = """\
a first game:
  peergym play pong                    serve Pong on this machine and open it
  peergym play pong --lan              let others in your network join
  peergym play my_game.py:MyGame       a game of your own, in one file

to serve what is written down in a file:
  peergym serve experiment.py

to have players connect where networks are strict:
  peergym turn-config --realm turn.example.org -o turnserver.conf
  peergym play pong --turn turn:turn.example.org:3478

to have an agent play in a room:
  peergym join http://127.0.0.1:8000 --room K7FMRX --policy my_agents:Careful

to learn whether a game can be played online, and what it costs:
  peergym check my_game.py:MyGame

to try a game under a bad network, without a browser:
  peergym lab pong --rtt-ms 120 --loss 5

to look at a match that was recorded, and to execute it again:
  peergym replay show match.pgr
  peergym replay verify match.pgr

when a match has reported a desync and kept a dump of it:
  peergym desync match.desync

"peergym COMMAND --help" tells more."""

MISUSE = 2
"""Exit status of a command that cannot be carried out as given."""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="peergym",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"peergym {peergym.__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    play.add_parser(subparsers)
    serve.add_parser(subparsers)
    join.add_parser(subparsers)
    check.add_parser(subparsers)
    lab.add_parser(subparsers)
    desync.add_parser(subparsers)
    replay.add_parser(subparsers)
    turn_config.add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What comes after the program's name; None for that of the process.

    Returns:
        The exit status: 0, or 2 with a sentence on the standard error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Names of games may have letters that a terminal lacks: better a "?" than a traceback.
            stream.reconfigure(errors="replace")
    parser = make_parser()
    if arguments is None and len(sys.argv) == 1:
        parser.print_help()
        return MISUSE
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except InvariantError:
        raise  # our own bug: its traceback is wanted
    except PeergymError as error:
        print(f"peergym: {error}", file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        if not place_of_game_error(error):
            raise
        print(f"peergym: the game raised {name_of_game_error(error)}", file=sys.stderr)
        return MISUSE
