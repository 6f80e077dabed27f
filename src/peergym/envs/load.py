"""Load the game that somebody named on the command line.

What a name means is in `peergym.envs.names`. A class in the parallel form that can be made without
arguments is the game itself; everything else is made once, looked at, and put into the form that
it needs (`peergym.envs.forms`).

A file is loaded on its own: modules beside it cannot be imported, because only the one file is
sent to the browsers. What it imports is peergym, or installed.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from peergym.envs.forms import game_class
from peergym.envs.game import REQUIRED_METHODS
from peergym.envs.modules import FIELD
from peergym.envs.names import Found, find, made_to_draw
from peergym.envs.raised import name_of_game_error
from peergym.errors import ConfigurationError, EnvironmentContractError, PeergymError

__all__ = ["FIELD", "check_class", "load_game"]

RENDER_MODE_ARGUMENT = "render_mode"
"""By which Gymnasium and PettingZoo have it that an environment draws into an array."""


def load_game(spec: str) -> type:
    """Return the class of the game that ``spec`` names.

    Args:
        spec: As `peergym.envs.names` has it.

    Raises:
        ConfigurationError: If file, module, class or id is not there, importing it fails, or it
            cannot be made, reset or stepped; the message says which, in a sentence.
        EnvironmentContractError: If it is not a game.
    """
    found = find(spec)
    if isinstance(found.make, type) and not _needs_a_form(found.make):
        check_class(found.make)
        _check_arguments(found)
        return found.make
    return _in_its_form(found)


def check_class(cls: type) -> None:
    """Check that a class has what makes a game.

    Raises:
        EnvironmentContractError: If a method is missing; names all that are.
    """
    missing = [name for name in REQUIRED_METHODS if not callable(getattr(cls, name, None))]
    if missing:
        raise EnvironmentContractError(
            f"{cls.__name__} is not a game: it has no method {' and no method '.join(missing)}. "
            "A game has possible_agents, reset(seed, options), step(actions) and "
            "action_space(agent)."
        )


def _needs_a_form(cls: type) -> bool:
    """Whether a class is an environment of another form than ours."""
    names = {base.__name__ for base in cls.__mro__ if base.__module__ != cls.__module__}
    if names & {"Env", "AECEnv", "ParallelEnv"}:
        return True
    if callable(getattr(cls, "agent_iter", None)):
        return True
    has_space = callable(getattr(cls, "action_space", None))
    return not has_space and all(callable(getattr(cls, name, None)) for name in ("reset", "step"))


def _in_its_form(found: Found) -> type:
    _check_arguments(found)
    try:
        return game_class(maker_of(found.make), found.name, found.source)
    except PeergymError:
        raise
    except Exception as error:
        raise ConfigurationError(
            FIELD, f"{found.name} cannot be played: it raises {name_of_game_error(error)}."
        ) from error


def _check_arguments(found: Found) -> None:
    """Check that what was found can be called without arguments."""
    try:
        inspect.signature(found.make).bind()
    except (TypeError, ValueError) as error:
        raise EnvironmentContractError(
            f"{found.name} cannot be made without arguments: {error}. Name a function that makes it"
        ) from error


def maker_of(made: Callable[..., Any]) -> Callable[[], Any]:
    """Return what makes environments as they are played: drawing into arrays, where they can.

    Args:
        made: A class or a function that can be called without arguments.
    """
    if RENDER_MODE_ARGUMENT in inspect.signature(made).parameters:
        return partial(made_to_draw, made)
    return _calmly(made)


def _calmly(make: Callable[[], Any]) -> Callable[[], Any]:
    """Keep what a library warns its own users of from those who only named it."""

    def make_calmly() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()

    return make_calmly
