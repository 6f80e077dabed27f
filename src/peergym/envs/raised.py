"""Whether it was the game that raised an error, and where.

Theory of operation: a traceback leads from our code into the game's. The last frame of ours says
who was called: if that is one that calls games, what comes after it is the game, and the last line
of the game's own, not of a library that it uses, is where its author wants to look.
"""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_CALLS_GAMES = str(_PACKAGE / "envs")
_GAMES = str(_PACKAGE / "games")
_LIBRARIES = ("stdlib", "purelib", "platlib")


def place_of_game_error(error: BaseException) -> str:
    """Return where a game raised an error, such as ``my_game.py:12, in step``.

    Args:
        error: With its traceback.

    Returns:
        Nothing if it was not a game that raised it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [n for n, frame in enumerate(frames) if _is_ours(frame.filename)]
    if not ours or not frames[ours[-1]].filename.startswith(_CALLS_GAMES):
        return ""
    games = frames[ours[-1] + 1 :]
    if not games:
        return ""
    libraries = [sysconfig.get_paths()[name] for name in _LIBRARIES]
    own = [frame for frame in games if not frame.filename.startswith((*libraries, "<frozen"))]
    frame = (own or games)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}, in {frame.name}"


def name_of_game_error(error: BaseException) -> str:
    """Return an error's kind, text and place, for a sentence."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    place = place_of_game_error(error)
    return f"{text} ({place})" if place else text


def _is_ours(file: str) -> bool:
    return file.startswith(str(_PACKAGE)) and not file.startswith(_GAMES)
