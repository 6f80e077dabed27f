"""The names of the bundled games."""

from __future__ import annotations

from difflib import get_close_matches

from peergym.envs.load import FIELD, load_game
from peergym.errors import ConfigurationError

BUNDLED = {
    "bomberman": "peergym.games.bomberman:Bomberman",
    "chaos": "peergym.games.chaos:Chaos",
    "pong": "peergym.games.pong:Pong",
}
"""Names of bundled games and where their classes are."""


def find_game(spec: str) -> type:
    """Return the class of a game.

    Args:
        spec: The name of a bundled game, ``file.py:Class`` or ``module:Class``.

    Raises:
        ConfigurationError: If there is no such game; the message says what there is.
        EnvironmentContractError: If the class is not a game.
    """
    if spec in BUNDLED:
        return load_game(BUNDLED[spec])
    if ":" in spec:
        return load_game(spec)
    close = get_close_matches(spec, BUNDLED, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    raise ConfigurationError(
        FIELD,
        f"There is no bundled game {spec!r}.{guess} Bundled: {', '.join(sorted(BUNDLED))}. "
        "A game of your own is file.py:Class or module:Class.",
    )
