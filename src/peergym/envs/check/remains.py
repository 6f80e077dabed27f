"""What a load leaves as it was: the attributes that somebody forgot to save, and shared ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from types import CellType, FunctionType, ModuleType
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.play import Operation, perform
from peergym.envs.check.smells import wrapped
from peergym.envs.encoding import encodable
from peergym.envs.modules import shared_name
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import encode

MOST_NAMED = 5


def remains_after_load(game: GameAdapter, operations: Sequence[Operation], first: int) -> list[str]:
    """Name what is not as it was when a game is taken back.

    That is attributes of the game and of environments within it, of their classes, and of their
    modules, and variables of closures, as far as they are plain data.

    Args:
        game: A fresh game.
        operations: What to do to it, up to where it is taken back from.
        first: The number of the operation that it is taken back to.
    """
    for operation in operations[: first + 1]:
        perform(game, operation)
    state, before = game.save(), dict(_plain_things(game.env))
    for operation in operations[first + 1 :]:
        perform(game, operation)
    game.load(state)
    after = dict(_plain_things(game.env))
    changed = [name for name, each in after.items() if before.get(name, each) != each]
    return sorted(changed)[:MOST_NAMED]


def changed_outside(game: GameAdapter, operations: Sequence[Operation]) -> list[str]:
    """Name what playing changes outside the game itself: attributes of classes, and globals."""
    before = dict(_shared_things(game.env))
    for operation in operations:
        perform(game, operation)
    after = dict(_shared_things(game.env))
    changed = [name for name, each in after.items() if before.get(name) != each]
    return sorted(changed)[:MOST_NAMED]


def _plain_things(env: Any) -> Iterator[tuple[str, bytes]]:
    for each in wrapped(env):
        attributes = vars(each) if hasattr(each, "__dict__") else {}
        yield from _encoded(attributes, "self.")
        for name, value in attributes.items():
            if isinstance(value, FunctionType) and value.__closure__:
                variables = dict(zip(value.__code__.co_freevars, value.__closure__, strict=True))
                yield from _encoded(_contents(variables), f"self.{name}, a closure with ")
    yield from _shared_things(env)


def _contents(cells: dict[str, CellType]) -> dict[str, Any]:
    """What is in cells; nothing of those that are empty yet."""
    return {name: cell.cell_contents for name, cell in cells.items() if cell != CellType()}


def _shared_things(env: Any) -> Iterator[tuple[str, bytes]]:
    classes = dict.fromkeys(cls for each in wrapped(env) for cls in type(each).__mro__)
    for cls in classes:
        if cls is not object:
            yield from _encoded(dict(vars(cls)), f"{cls.__name__}.")
            module = sys.modules.get(cls.__module__)
            if isinstance(module, ModuleType) and not cls.__module__.startswith("peergym."):
                name = shared_name(module.__name__).rpartition(".")[2]
                yield from _encoded(vars(module), f"{name}.")


def _encoded(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, bytes]]:
    for name, value in values.items():
        if name.startswith("__") or callable(value) or isinstance(value, (ModuleType, property)):
            continue
        try:
            yield prefix + name, encode(encodable(value))
        except (EnvironmentContractError, RecursionError):
            continue
