"""What an environment calls its actions, where it says so.

Atari and others have ``get_action_meanings()``; grid worlds an enumeration ``Action`` or
``Actions`` whose values are the actions, or a list of texts ``action_set``. A name tells which
action moves which way, and which does nothing; without one nothing is guessed.
"""

from __future__ import annotations

import re
import sys
from enum import Enum
from typing import Any

_NOOPS = frozenset({"noop", "none", "nothing", "noaction", "donothing", "stay", "still", "wait"})


def count_of(space: Any) -> int:
    """How many actions a space has, if they are whole numbers from 0 on; else 0."""
    if type(space) is int:
        return space
    count: Any = getattr(space, "n", None)
    if getattr(space, "shape", None) or not hasattr(count, "__index__"):
        return 0
    return int(count) if int(getattr(space, "start", 0)) == 0 else 0


def action_names(env: Any, space: Any) -> tuple[str, ...]:
    """Return the names of the actions 0, 1, 2...; nothing where the environment has none.

    Args:
        env: An instance.
        space: The action space of an agent.
    """
    count = count_of(space)
    inner = getattr(env, "unwrapped", env)
    if not count:
        return ()
    for names in (_meanings(inner), _listed(inner), _enumerated(inner)):
        if len(names) == count:
            return names
    return ()


def plain_word(name: str) -> str:
    """A name without what is written differently everywhere: case, signs, a leading verb."""
    return re.sub(r"^(action|move|go|face)+", "", re.sub(r"[^a-z0-9]", "", name.lower()))


def noop_among(names: tuple[str, ...]) -> int | None:
    """Return the action that does nothing, as its name says; None if none does."""
    for action, name in enumerate(names):
        if plain_word(name) in _NOOPS:
            return action
    return None


def _meanings(env: Any) -> tuple[str, ...]:
    meanings = getattr(env, "get_action_meanings", None)
    return tuple(str(each) for each in meanings()) if callable(meanings) else ()


def _listed(env: Any) -> tuple[str, ...]:
    names = getattr(env, "action_set", None)
    is_text = isinstance(names, (list, tuple)) and all(type(each) is str for each in names)
    return tuple(names) if is_text and names is not None else ()


def _enumerated(env: Any) -> tuple[str, ...]:
    candidates = [getattr(env, name, None) for name in ("actions", "Actions", "Action")]
    module = sys.modules.get(type(env).__module__)
    candidates += [getattr(module, name, None) for name in ("Actions", "Action")]
    for enum in candidates:
        if isinstance(enum, type) and issubclass(enum, Enum):
            values = {int(each.value): each.name for each in enum if hasattr(each.value, "__int__")}
            if sorted(values) == list(range(len(values))):
                return tuple(values[action] for action in range(len(values)))
    return ()
