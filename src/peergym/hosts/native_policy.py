"""Who plays in a native peer's seat: the game's own policy, or a function of somebody's own.

A policy is called once a frame as ``policy(game, agent)``: the game's object, as it stands before
the frame that is simulated next (with the others' inputs guessed where they are not there yet),
and the agent it plays for, one of ``possible_agents``. It returns one of the agent's actions.

It reads the game and must not change it: other peers would not have the change. It may keep a
memory of its own, use any library, and answer as it likes: what it returns is an input like that
of a person, and only that travels. While it thinks, its peer does nothing else, so it should take
a small part of a frame.

A class is made once, without arguments, and its object is called: a network is loaded there.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from peergym.envs import GameAdapter
from peergym.errors import ConfigurationError, UsageError

Policy: TypeAlias = Callable[[Any, Any], int]
"""(game, agent) -> action."""

FIELD = "policy"


def load_policy(spec: str) -> Policy:
    """Find a policy.

    Args:
        spec: ``module:callable`` or ``file.py:callable``; modules in the working folder are found.

    Raises:
        ConfigurationError: It cannot be found; says what is missing.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name:
        raise ConfigurationError(
            FIELD, f"{spec!r} is neither module:callable nor file.py:callable."
        )
    try:
        module = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    except ImportError as error:
        raise ConfigurationError(FIELD, f"{place} cannot be imported: {error}.") from error
    policy = getattr(module, name, None)
    if isinstance(policy, type):
        policy = policy()
    if not callable(policy):
        raise ConfigurationError(FIELD, f"{place} has nothing named {name} that can be called.")
    chosen: Policy = policy
    return chosen


def choose_action(game: GameAdapter, player: int, policy: Policy | None) -> Any:
    """Ask a policy for the action of a player.

    Args:
        game: The game; an episode has begun.
        player: The player.
        policy: None takes the game's own.

    Raises:
        UsageError: It returned what is no action of this player.
    """
    if policy is None:
        return game.decode_input(player, game.policy(player))
    action = policy(game.env, game.agents[player])
    if not game.has_action(player, action):
        raise UsageError(
            f"the policy returned {action!r}, which is no action of {game.agents[player]!r}"
        )
    return action


def check_policy(game: GameAdapter, policy: Policy | None) -> None:
    """Check that somebody will play.

    Raises:
        ConfigurationError: The game brings no policy, and none was given.
    """
    if policy is None and not game.has_policy():
        raise ConfigurationError(
            FIELD,
            f"{type(game.env).__name__} has no policy of its own; name one as module:callable.",
        )


def _load_module(name: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")
    return importlib.import_module(name)


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ConfigurationError(FIELD, f"There is no file {path}.")
    spec = importlib.util.spec_from_file_location(f"peergym_policy_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(FIELD, f"{path} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module
