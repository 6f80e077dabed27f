"""``peergym join``: play in a room of a server, without a browser."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peergym.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from peergym.hosts.match import Runtime
    from peergym.hosts.native import PeerSettings
    from peergym.rollback.events import Event

DESCRIPTION = """\
Join a room of a running "peergym play" as a player without a browser, also in mid-match. It plays
with the game's own policy, or with one of yours, until the others leave."""

EPILOG = """\
examples:
  peergym join http://127.0.0.1:8000 --room K7FMRX
      the game's own policy plays
  peergym join http://192.0.2.7:8000/join/K7FMRX --policy my_agents:Careful
      the link of the room, and a policy: called as policy(game, agent), it returns an action
  peergym join http://127.0.0.1:8000/join/K7FMRX --seat 2
      in the second seat, if that is free
  peergym join http://127.0.0.1:8000/join/K7FMRX --watch
      follow the match without playing
  peergym join http://127.0.0.1:8000 --room K7FMRX --game my_game.py:MyGame
      a game that is not bundled has to be here as well

Browsers and native peers play games together that are portable (docs/determinism.md). Policies
are described in docs/native.md. Needs: pip install "peergym[native]"."""

SENTENCES = {
    "EpisodeStarted": "game {episode} has begun.",
    "EpisodeEnded": "game {episode} ended at frame {frame}.",
    "PeerInterrupted": "player {peer} is silent.",
    "PeerResumed": "player {peer} is back after {silent_s:.1f} s.",
    "PeerLost": "player {peer} is lost.",
    "PeerLeft": "player {peer} has left.",
    "PlayerCut": "from frame {frame} on nobody sits in seat {player}.",
    "PlayerJoined": "player {peer} has taken seat {player}.",
    "Following": "following the match from frame {frame} on.",
    "Excluded": "the match goes on without us.",
    "DesyncDetected": "desync with player {peer} at frame {frame}.",
}
"""What is printed of the session's events; the others are for programs."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "join",
        help="play in a room without a browser, with a policy",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", help="the server, or the link to a room")
    parser.add_argument("--room", metavar="CODE", help="the room's code, unless URL is its link")
    parser.add_argument(
        "--policy", metavar="PLACE",
        help="who plays: module:callable or file.py:callable (default: the game's own policy)",
    )  # fmt: skip
    parser.add_argument(
        "--game", metavar="GAME", default=None,
        help="the game as it is named here (default: the bundled game that the server names)",
    )  # fmt: skip
    parser.add_argument("--name", default="agent", help="what to call it in what is printed")
    parser.add_argument(
        "--episodes", type=int, default=0, metavar="N", help="leave after so many (default: never)"
    )
    parser.add_argument(
        "--record", type=Path, metavar="FOLDER", help="write the record of the match there as well"
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--seat", type=int, metavar="N",
        help="the seat to take, counted from 1 (default: the lowest that is free)",
    )  # fmt: skip
    place.add_argument(
        "--watch",
        action="store_true",
        help="follow the match and take no seat; nothing is recorded",
    )
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand until the match is over, or Ctrl-C.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: An argument is unusable, or the server runs something else.
        SignallingError: There is no such server or room, or no path to a player.
        UsageError: What it needs is not installed.
    """
    try:
        import aiortc  # noqa: F401 - to say in a sentence that it is missing
    except ModuleNotFoundError as error:
        raise UsageError(
            'peergym join needs aiortc: pip install "peergym[native]" (without it: '
            f"{error.name} is missing)"
        ) from error
    asyncio.run(_join(args))
    return 0


async def _join(args: argparse.Namespace) -> None:
    import aiohttp

    from peergym.hosts.native import PeerSettings
    from peergym.hosts.native_http import fetch_game, read_address
    from peergym.hosts.native_policy import load_policy

    url, code = read_address(args.url)
    room = args.room or code
    if not room:
        raise ConfigurationError("room", "name the room with --room CODE, or give its link")
    if args.seat is not None and args.seat < 1:
        raise ConfigurationError("seat", f"seats are counted from 1, and {args.seat} was given")
    policy = None if args.policy is None else load_policy(args.policy)
    async with aiohttp.ClientSession() as http:
        served = await fetch_game(http, url)
    settings = PeerSettings(
        url=url,
        runtime=find_runtime(args.game, served.spec, served.surroundings),
        room=room,
        policy=policy,
        watches=args.watch,
        seat=None if args.seat is None else args.seat - 1,
        name=args.name,
        episodes=args.episodes,
        record_folder=args.record,
    )
    await _play(settings)


def find_runtime(
    game: str | None, served_spec: str, surroundings: Mapping[str, Any] | None = None
) -> Runtime:
    """Return what is installed here of a game that a server serves.

    Args:
        game: The game as it is named here; None takes the bundled one that the server names.
        served_spec: As the server names it.
        surroundings: The libraries that browsers run it with, as the server tells.

    Raises:
        ConfigurationError: It is not here, or one of its libraries is not in that version.
    """
    from peergym.games.catalogue import BUNDLED, find_game
    from peergym.hosts.match import Runtime
    from peergym.server.dependencies import read_surroundings
    from peergym.server.runtime import make_runtime
    from peergym.server.settings import PACKAGE_DIR

    if game is None:
        # Not whatever the server names: importing a module runs it.
        if served_spec not in BUNDLED:
            raise ConfigurationError(
                "game",
                f"the server serves {served_spec}, which is not bundled; say where it is here: "
                "--game file.py:Class",
            )
        game = served_spec
    around = read_surroundings(surroundings) if surroundings else None
    # Without libraries, the game is all there is, as ever.
    around = None if around is not None and around.is_plain else around
    packed = make_runtime(game, PACKAGE_DIR, around)
    return Runtime(packed.spec, find_game(game), packed.digest)


async def _play(settings: PeerSettings) -> None:
    from peergym.hosts.native import NativePeer
    from peergym.hosts.native_match import MatchListener

    def say(text: str) -> None:
        print(f"{settings.name}: {text}", flush=True)

    def on_room(room: Mapping[str, Any]) -> None:
        taken = sum(seat["connected"] for seat in room["seats"])
        total = room["seats_total"]
        place = "watching" if room["seat"] is None else f"seat {room['seat'] + 1}"
        if room["state"] == "open":
            say(f"in room {room['code']}, {place}; {taken} of {total} are here")

    def on_event(event: Event) -> None:
        text = _sentence(event)
        if text:
            say(text)

    peer = NativePeer(settings, MatchListener(on_event), on_room)
    task = asyncio.current_task()
    if task is not None:
        # As Ctrl-C does it by itself: goodbyes are said before the process ends.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    reason = await peer.run()
    say(f"the match is over: {reason}.")
    if peer.keeper is not None and peer.keeper.reason:
        say(f"the record is not on the server: {peer.keeper.reason}.")


def _sentence(event: Event) -> str:
    """What a person may want to know of an event; empty for the rest."""
    words = SENTENCES.get(type(event).__name__, "")
    told = {field.name: getattr(event, field.name) for field in fields(event)}
    for counted in ("peer", "player", "episode"):  # people count from 1
        if counted in told:
            told[counted] += 1
    return words.format(**told)
