"""How a game is saved and restored.

A game that has ``get_state`` and ``set_state`` is asked. Any other is saved automatically, if its
attributes hold nothing but plain data: None, bool, int, float, str, bytes, lists, tuples, dicts,
sets, and `random.Random`. Anything else fails loudly, with the path of the offender: a game that
is only nearly restored would drift apart on the peers and nobody would know why.

Automatic snapshots are exact: the order of dicts, the type of every number, the state of the
generators, and that two attributes are one and the same list. Attributes that appeared after the
snapshot are gone after it is restored. ``effects`` is not state and is left out.

Not done: objects of the game's own classes (write ``get_state``), class attributes (they are
taken for constants), arrays.
"""

from __future__ import annotations

from random import Random
from typing import Any, Protocol

from peergym.errors import EnvironmentContractError

IMMUTABLE_TYPES = frozenset({type(None), bool, int, float, str, bytes})
EFFECTS = "effects"


class SnapshotStrategy(Protocol):
    """Saves and restores one game."""

    def save(self) -> object:
        """Return the state; it is never changed afterwards."""

    def load(self, state: Any) -> None:
        """Put the game back to ``state``, which may be loaded again later."""


class SavedRandom:
    """A generator and its state at one moment."""

    __slots__ = ("generator", "state")

    def __init__(self, generator: Random) -> None:
        self.generator = generator
        self.state = generator.getstate()

    def restore(self) -> Random:
        """Return the generator itself, put back. (Making a new one costs ten times as much.)"""
        self.generator.setstate(self.state)
        return self.generator


class OwnState:
    """Asks the game by ``get_state`` and ``set_state``."""

    __slots__ = ("load", "save")

    def __init__(self, env: Any) -> None:
        self.save = env.get_state
        self.load = env.set_state


class PlainState:
    """Copies the attributes of a game that holds only plain data.

    Raises:
        EnvironmentContractError: If the game has no ``__dict__``.
    """

    __slots__ = ("_env",)

    def __init__(self, env: Any) -> None:
        if not hasattr(env, "__dict__"):
            raise EnvironmentContractError(
                f"{type(env).__name__} has neither get_state and set_state nor a __dict__"
            )
        self._env = env

    def save(self) -> dict[str, Any]:
        """Return a copy of the attributes.

        Raises:
            EnvironmentContractError: If one cannot be saved; carries its path.
        """
        memo: dict[int, Any] = {}
        return {
            name: value if type(value) in IMMUTABLE_TYPES else _copy(value, f".{name}", memo)
            for name, value in self._env.__dict__.items()
            if name != EFFECTS
        }

    def load(self, state: dict[str, Any]) -> None:
        """Give the game copies of the saved attributes, and no others."""
        memo: dict[int, Any] = {}
        attributes = self._env.__dict__
        effects = attributes.get(EFFECTS)
        attributes.clear()
        for name, value in state.items():
            attributes[name] = value if type(value) in IMMUTABLE_TYPES else _restore(value, memo)
        if effects is not None:
            attributes[EFFECTS] = effects


def snapshot_strategy(env: Any) -> SnapshotStrategy:
    """Choose how to save a game.

    Raises:
        EnvironmentContractError: If it has only one of ``get_state`` and ``set_state``.
    """
    has_get, has_set = hasattr(env, "get_state"), hasattr(env, "set_state")
    if has_get != has_set:
        present, missing = ("get_state", "set_state") if has_get else ("set_state", "get_state")
        raise EnvironmentContractError(
            f"{type(env).__name__} has {present} but no {missing}; it needs both or neither"
        )
    return OwnState(env) if has_get else PlainState(env)


def _copy(value: Any, path: str, memo: dict[int, Any]) -> Any:
    """Copy plain data; the memo keeps one object that is reached twice one object."""
    kind = type(value)
    if kind in IMMUTABLE_TYPES:
        return value
    known = memo.get(id(value))
    if known is not None:
        return known
    copier = _COPIERS.get(kind)
    if copier is None:
        raise EnvironmentContractError(
            f"{_kind_name(kind)} cannot be saved automatically; keep plain data and "
            "random.Random in attributes, or write get_state and set_state",
            path,
        )
    return copier(value, path, memo)


def _kind_name(kind: type) -> str:
    return (
        f"a {kind.__name__}"
        if kind.__module__ == "builtins"
        else (f"an object of {kind.__module__}.{kind.__qualname__}")
    )


def _copy_list(value: list[Any], path: str, memo: dict[int, Any]) -> list[Any]:
    copy: list[Any] = []
    memo[id(value)] = copy  # before its contents: a list may contain itself
    for index, item in enumerate(value):
        copy.append(_copy(item, f"{path}[{index}]", memo))
    return copy


def _copy_dict(value: dict[Any, Any], path: str, memo: dict[int, Any]) -> dict[Any, Any]:
    copy: dict[Any, Any] = {}
    memo[id(value)] = copy
    for key, item in value.items():
        _check_hashable(key, f"{path} key {key!r}")
        copy[key] = _copy(item, f"{path}[{key!r}]", memo)
    return copy


def _copy_tuple(value: tuple[Any, ...], path: str, memo: dict[int, Any]) -> tuple[Any, ...]:
    copy = tuple(_copy(item, f"{path}[{index}]", memo) for index, item in enumerate(value))
    memo[id(value)] = copy
    return copy


def _copy_set(value: set[Any], path: str, memo: dict[int, Any]) -> set[Any]:
    for item in value:
        _check_hashable(item, f"{path} member {item!r}")
    memo[id(value)] = copy = set(value)
    return copy


def _copy_frozenset(value: frozenset[Any], path: str, memo: dict[int, Any]) -> frozenset[Any]:
    for item in value:
        _check_hashable(item, f"{path} member {item!r}")
    return value


def _copy_random(value: Random, path: str, memo: dict[int, Any]) -> SavedRandom:
    memo[id(value)] = saved = SavedRandom(value)
    return saved


def _check_hashable(value: Any, path: str) -> None:
    """Refuse keys and members that are not plain; they cannot be mutable, so need no copy."""
    kind = type(value)
    if kind in (tuple, frozenset):
        for item in value:
            _check_hashable(item, path)
    elif kind not in IMMUTABLE_TYPES:
        raise EnvironmentContractError(
            f"{_kind_name(kind)} cannot be saved automatically; write get_state and set_state",
            path,
        )


_COPIERS: dict[type, Any] = {
    list: _copy_list,
    dict: _copy_dict,
    tuple: _copy_tuple,
    set: _copy_set,
    frozenset: _copy_frozenset,
    Random: _copy_random,
}


def _restore(value: Any, memo: dict[int, Any]) -> Any:
    """Copy what `_copy` returned, with the generators put back."""
    kind = type(value)
    if kind in IMMUTABLE_TYPES:
        return value
    known = memo.get(id(value))
    if known is not None:
        return known
    restored: Any
    if kind is SavedRandom:
        restored = value.restore()
    elif kind is list:
        memo[id(value)] = restored = []
        restored.extend([_restore(item, memo) for item in value])
    elif kind is dict:
        memo[id(value)] = restored = {}
        for key, item in value.items():
            restored[key] = _restore(item, memo)
    elif kind is tuple:
        restored = tuple([_restore(item, memo) for item in value])
    else:
        restored = value if kind is frozenset else set(value)
    memo[id(value)] = restored
    return restored


def plain_data(value: Any) -> Any:
    """Replace saved generators by what can be encoded canonically: a name and their state."""
    kind = type(value)
    if kind is SavedRandom:
        return ("random.Random", value.state)
    if kind is dict:
        return {key: plain_data(item) for key, item in value.items()}
    if kind is list:
        return [plain_data(item) for item in value]
    if kind is tuple:
        return tuple([plain_data(item) for item in value])
    return value
