"""``peergym play``: serve one game with a lobby."""

from __future__ import annotations

import argparse
import os
from typing import Any

from peergym.cli.server_options import add_options, given_options, serve_until_stopped

DESCRIPTION = """\
Serve a game and open it. The page makes rooms: whoever has the link, the QR code or the code of
a room plays in it. The browsers then talk to each other directly."""

EPILOG = """\
examples:
  peergym play pong
      on this machine only, on a free port
  peergym play pong --lan --port 8000
      for everybody in your network; the page's link and QR code show the address
  peergym play bomberman --players 4
      a game for any number, in rooms of four
  peergym play my_game.py:MyGame
      a game of your own: a class with possible_agents, reset, step and action_space
  peergym play pong --origin https://play.example.org
      behind a web server of that name; --origin may be repeated
  peergym play pong --ice-server stun:stun.example.org:3478
      players in different networks usually need a STUN server; none is asked unless you name it
  peergym play pong --turn turn:turn.example.org:3478
      and some networks let nothing through but a TURN server (peergym turn-config sets one up)
  peergym play pong --privacy relay
      no player learns another's address
  peergym play pong --settings peergym.toml
      all of that from a file

Every player's record of every match is kept, compared and executed again; the link that is printed
shows them. The key in it is for you alone: whoever has it sees all records."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "play",
        help="serve a game with a lobby and open it",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "game", metavar="GAME", help="pong, bomberman, chaos, file.py:Class or module:Class"
    )
    add_options(parser)
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand until Ctrl-C.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: An option, the game or its players are unusable.
        EnvironmentContractError: The game is not one.
    """
    # Slow to import, and of no use to the other subcommands.
    from peergym.server.options import gather, make_settings

    given = gather(given_options(args), os.environ)
    settings = make_settings(args.game, given)
    return serve_until_stopped(settings, opens_browser=given.get("open_browser", True))
