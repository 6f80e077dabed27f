"""The names of the bundled games."""

from __future__ import annotations

import re
from difflib import get_close_matches

from peergym.envs.drawing import drawn_by, load_drawing, split_spec
from peergym.envs.load import FIELD, load_game
from peergym.envs.names import FORMS
from peergym.errors import ConfigurationError

BUNDLED = {
    "bomberman": "peergym.games.bomberman:Bomberman",
    "chaos": "peergym.games.chaos:Chaos",
    "pong": "peergym.games.pong:Pong",
}
"""Names of bundled games and where their classes are."""

_ID = re.compile(r"-v\d+$")
"""How the ids of Gymnasium end."""


def find_game(spec: str) -> type:
    """Return the class of a game.

    Args:
        spec: The name of a bundled game, or of any environment (`peergym.envs.names`),
            possibly with the function that draws it (`peergym.envs.drawing`).

    Raises:
        ConfigurationError: If there is no such game; the message says what there is.
        EnvironmentContractError: If the class is not a game.
    """
    spec, drawing = split_spec(spec)
    if drawing:
        return drawn_by(find_game(spec), load_drawing(drawing))
    if spec in BUNDLED:
        return load_game(BUNDLED[spec])
    if any(sign in spec for sign in ":./") or _ID.search(spec):
        return load_game(spec)
    close = get_close_matches(spec, BUNDLED, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    raise ConfigurationError(
        FIELD,
        f"There is no bundled game {spec!r}.{guess} Bundled: {', '.join(sorted(BUNDLED))}. "
        f"A game of your own is {FORMS}.",
    )
