"""``peergym play``: serve one game with a lobby."""

from __future__ import annotations

import argparse
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from peergym.server.settings import ServerSettings

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
  peergym play pong --ice-server turn:turn.example.org:3478,user,password
      or a TURN server, where networks let nothing else through

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
    parser.add_argument(
        "--players", type=int, metavar="N",
        help="seats of a room, for games that take any number (default: the game's)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="do not open the page in a browser"
    )
    parser.add_argument(
        "--lan", action="store_true", help="let others in your network reach the game"
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER",
        help="where records of matches and the server's secret are kept (default: your user's "
        "data folder, or PEERGYM_DATA_DIR)",
    )  # fmt: skip
    parser.add_argument(
        "--origin", action="append", default=[], metavar="URL",
        help="allow pages of this origin as well; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--ice-server", action="append", default=[], metavar="SERVER",
        help="stun:host:port or turn:host:port,user,password; may be repeated (default: none)",
    )  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand until Ctrl-C.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: A port, an origin, a server, the game or its players are unusable.
        EnvironmentContractError: The game is not one.
    """
    # Slow to import, and of no use to the other subcommands.
    from peergym.server.serve import serve
    from peergym.server.settings import ServerSettings, default_data_dir, read_ice_server

    settings = ServerSettings(
        game=args.game,
        players=args.players,
        data_dir=default_data_dir() if args.data is None else args.data.resolve(),
        port=args.port,
        lan=args.lan,
        origins=tuple(args.origin),
        ice_servers=tuple(read_ice_server(server) for server in args.ice_server),
    )

    def on_started(in_force: ServerSettings, app: FastAPI) -> None:
        server = app.state.server
        announce(in_force, server.game.description.name, server.matches_url())
        if not args.no_browser:
            open_page(in_force.served_urls()[0])

    serve(settings, on_started)
    print("\nStopped.")
    return 0


def announce(settings: ServerSettings, name: str, matches_url: str) -> None:
    """Print where the game is, and where its operator looks at the matches."""
    urls = settings.served_urls()
    print(f"\n  {name} is served.\n")
    if settings.lan:
        print(f"    In your network   {urls[0]}")
    print(f"    On this machine   {urls[-1]}")
    print(f"    Matches           {matches_url}")
    print("\n  Ctrl-C stops the server.", flush=True)


def open_page(url: str) -> None:
    """Open the page without waiting for the browser, which may take seconds to start."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
