"""What ``peergym play`` and ``peergym serve`` have in common: flags, and serving until Ctrl-C."""

from __future__ import annotations

import argparse
import threading
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from peergym.server.settings import ServerSettings

NETWORK_HELP = """\
Each of these, and those above, may also stand in a settings file or in a variable of the
environment (docs/settings.md). A flag here overrules a variable, a variable overrules the file."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the flags. What is not given is not in the namespace."""
    # Without defaults, so that a flag left out does not overrule a settings file.
    parser.argument_default = argparse.SUPPRESS
    parser.add_argument(
        "--players", type=int, metavar="N",
        help="seats of a room, for games that take any number (default: the game's)",
    )  # fmt: skip
    parser.add_argument(
        "--draw", metavar="FUNCTION",
        help="file.py:function or module:function, called with environment, surface and player, "
        "that draws the game (default: it draws or renders itself)",
    )  # fmt: skip
    parser.add_argument(
        "--pyodide", metavar="PLACE",
        help="folder or address of the Pyodide that browsers run, for games that need compiled "
        "libraries such as NumPy (default: the one that comes with peergym, without any)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, metavar="N", help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--browser", action=argparse.BooleanOptionalAction, dest="open_browser",
        help="open the page in a browser (default: yes)",
    )  # fmt: skip
    parser.add_argument(
        "--lan", action=argparse.BooleanOptionalAction,
        help="let others in your network reach the game (default: no)",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", dest="data_dir",
        help="where records of matches and the server's secret are kept (default: your user's "
        "data folder)",
    )  # fmt: skip
    parser.add_argument(
        "--origin", action="append", metavar="URL", dest="origins",
        help="allow pages of this origin as well; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--settings", type=Path, metavar="FILE",
        help="read options from this file, in TOML (default: what PEERGYM_SETTINGS names, or none)",
    )  # fmt: skip
    _add_network_options(parser)


def _add_network_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how players are connected", NETWORK_HELP)
    group.argument_default = argparse.SUPPRESS
    group.add_argument(
        "--ice-server", action="append", metavar="SERVER", dest="ice_servers",
        help="stun:host:port, or turn:host:port,user,password for a TURN server with fixed "
        "credentials; may be repeated (default: none)",
    )  # fmt: skip
    group.add_argument(
        "--turn", action="append", metavar="URL",
        help="turn:host:port of a coturn that shares a secret with this server; each player gets "
        "credentials of his own that soon expire; may be repeated, for example with "
        "?transport=tcp (see peergym turn-config)",
    )  # fmt: skip
    group.add_argument(
        "--turn-secret-file", type=Path, metavar="FILE",
        help="the secret shared with coturn (default: turn_secret in the data folder)",
    )  # fmt: skip
    group.add_argument(
        "--turn-lifetime", type=float, metavar="SECONDS", dest="turn_lifetime_s",
        help="for how long credentials can be used to open a path (default: 900); a path that is "
        "open stays open",
    )  # fmt: skip
    group.add_argument(
        "--ice-policy", choices=("all", "relay"),
        help="relay: connect players through the TURN server only (default: all)",
    )  # fmt: skip
    group.add_argument(
        "--p2p", action=argparse.BooleanOptionalAction,
        help="connect players with each other; --no-p2p sends everything through this server's "
        "relay instead (default: yes)",
    )  # fmt: skip
    group.add_argument(
        "--privacy", choices=("open", "relay"),
        help="relay: no player learns another's address; they meet at the TURN server, or where "
        "there is none at this server's relay (default: open)",
    )  # fmt: skip


def given_options(args: argparse.Namespace) -> Mapping[str, Any]:
    """Return the options that the command line names."""
    from peergym.server.options import OPTIONS

    names = {*OPTIONS, "settings"}
    return {name: value for name, value in vars(args).items() if name in names}


def serve_until_stopped(settings: ServerSettings, *, opens_browser: bool) -> int:
    """Serve, say where, and stop at Ctrl-C.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: A port, an origin, the game or its players are unusable.
        EnvironmentContractError: The game is not one.
    """
    from peergym.server.serve import serve

    def on_started(in_force: ServerSettings, app: FastAPI) -> None:
        server = app.state.server
        libraries = server.game.runtime.surroundings.say()
        announce(in_force, server.game.description.name, server.matches_url(), libraries)
        if opens_browser:
            open_page(in_force.served_urls()[0])

    serve(settings, on_started)
    print("\nStopped.")
    return 0


def announce(settings: ServerSettings, name: str, matches_url: str, libraries: str = "") -> None:
    """Print where the game is, and where its operator looks at the matches."""
    urls = settings.served_urls()
    print(f"\n  {name} is served.\n")
    if settings.lan:
        print(f"    In your network   {urls[0]}")
    print(f"    On this machine   {urls[-1]}")
    print(f"    Matches           {matches_url}")
    if libraries:
        print(f"    Browsers run it with {libraries}")
    if settings.ice.is_hidden:
        print(f"    Addresses         hidden from other players; {say_meeting_place(settings)}")
    print("\n  Ctrl-C stops the server.", flush=True)


def say_meeting_place(settings: ServerSettings) -> str:
    """Say where players meet whose addresses are hidden."""
    return "they meet at the TURN server" if settings.ice.connects_directly else "all is relayed"


def open_page(url: str) -> None:
    """Open the page without waiting for the browser, which may take seconds to start."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
