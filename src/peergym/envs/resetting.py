"""Resets a game with as much as it takes: a seed, options, both, or nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from peergym.errors import EnvironmentContractError


def resetter(env: Any, options: Mapping[str, Any]) -> Callable[..., Any]:
    """Return what resets a game when called with ``seed=`` and ``options=``.

    Args:
        env: The game.
        options: What it declares that players may choose.

    Raises:
        EnvironmentContractError: It declares options, and its `reset` takes none.
    """
    reset: Callable[..., Any] = env.reset
    try:
        parameters = inspect.signature(reset).parameters
    except (TypeError, ValueError):
        return reset  # written in C: nobody can say what it takes
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    taken = [name for name in ("seed", "options") if takes_all or name in parameters]
    if options and "options" not in taken:
        raise EnvironmentContractError(
            f"{type(env).__name__} declares metadata['options'], and its reset does not take them: "
            "write def reset(self, seed=None, options=None)"
        )
    if len(taken) == 2:
        return reset

    def reset_with_less(**given: Any) -> Any:
        return reset(**{name: given[name] for name in taken})

    return reset_with_less
