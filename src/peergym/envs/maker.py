"""From a game's class to fresh games for any number of peers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.errors import ConfigurationError

MakeGame = Callable[[], GameAdapter]


def game_maker(
    cls: type, players: int | None = None, options: Mapping[str, Any] | None = None
) -> MakeGame:
    """Return what makes a fresh game each time it is called.

    Args:
        cls: The game's class. If its constructor takes ``players``, it is told how many.
        players: How many shall play; None leaves it to the game.
        options: Chosen values of the game's options.

    Raises:
        ConfigurationError: The game is not for so many players, or an option is unusable.
    """
    arguments: dict[str, Any] = {}
    if players is not None and "players" in inspect.signature(cls).parameters:
        arguments["players"] = players

    def make() -> GameAdapter:
        return GameAdapter(cls(**arguments), options)

    seats = make().players
    if players is not None and seats != players:
        raise ConfigurationError(
            "players", f"{cls.__name__} is a game for {seats}, not for {players}"
        )
    return make
