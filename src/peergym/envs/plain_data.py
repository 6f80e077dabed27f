"""Copies of plain data, exact and independent of the original.

The memo of a copy maps the identity of each object met to its copy, so that one list reached by
two paths stays one list, and a list that contains itself is no trouble.

Not kept: the order in which a set iterates. A game must not depend on it anyway, because it is
another one on another peer.
"""

from __future__ import annotations

from random import Random
from typing import Any

from peergym.envs.arrays import copy_array, is_array, is_scalar, is_shared_array
from peergym.errors import EnvironmentContractError

IMMUTABLE_TYPES = frozenset({type(None), bool, int, float, str, bytes})


class SavedRandom:
    """The state of a generator at one moment."""

    __slots__ = ("state",)

    def __init__(self, generator: Random) -> None:
        self.state = generator.getstate()

    def restore(self) -> Random:
        """Return a generator in this state."""
        # Without __init__, which would spend most of the time on a seed that is overwritten.
        generator = Random.__new__(Random)
        generator.setstate(self.state)
        return generator


def copy_plain(value: Any, path: str, memo: dict[int, Any]) -> Any:
    """Return a copy of plain data.

    Args:
        value: What to copy.
        path: Where it is, for messages.
        memo: Copies already made, by identity of the original; empty at first.

    Raises:
        EnvironmentContractError: If it is not plain data; carries the path.
    """
    kind = type(value)
    if kind in IMMUTABLE_TYPES:
        return value
    known = memo.get(id(value))
    if known is not None:
        return known
    copier = _COPIERS.get(kind)
    if copier is None:
        if is_scalar(value):
            return value
        if is_array(value):
            if is_shared_array(value, memo):
                raise EnvironmentContractError(
                    "is a part of another array, and a copy of it would be none", path
                )
            memo[id(value)] = copy = copy_array(value)
            return copy
        raise EnvironmentContractError(
            f"{_kind_name(value)} cannot be saved automatically; keep plain data, arrays of "
            "numbers and random.Random in attributes, or write get_state and set_state",
            path,
        )
    return copier(value, path, memo)


def is_plain(value: Any) -> bool:
    """Whether a value is plain data."""
    kind = type(value)
    if kind in IMMUTABLE_TYPES:
        return True
    if kind not in _COPIERS:
        return is_scalar(value) or is_array(value)
    try:
        copy_plain(value, "", {})
    except EnvironmentContractError:
        return False
    return True


def _kind_name(value: Any) -> str:
    kind = type(value)
    if kind.__module__ == "builtins":
        return f"a {kind.__name__}"
    items = f" ({value.dtype})" if kind.__module__ == "numpy" and hasattr(value, "dtype") else ""
    return f"an object of {kind.__module__}.{kind.__qualname__}{items}"


def _copy_list(value: list[Any], path: str, memo: dict[int, Any]) -> list[Any]:
    copy: list[Any] = []
    memo[id(value)] = copy  # before its contents: a list may contain itself
    for index, item in enumerate(value):
        copy.append(copy_plain(item, f"{path}[{index}]", memo))
    return copy


def _copy_dict(value: dict[Any, Any], path: str, memo: dict[int, Any]) -> dict[Any, Any]:
    copy: dict[Any, Any] = {}
    memo[id(value)] = copy
    for key, item in value.items():
        _check_hashable(key, f"{path} key {key!r}")
        copy[key] = copy_plain(item, f"{path}[{key!r}]", memo)
    return copy


def _copy_tuple(value: tuple[Any, ...], path: str, memo: dict[int, Any]) -> tuple[Any, ...]:
    copy = tuple(copy_plain(item, f"{path}[{index}]", memo) for index, item in enumerate(value))
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
            f"{_kind_name(value)} cannot be saved automatically; write get_state and set_state",
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


def restore_plain(value: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of what `copy_plain` returned, with the generators put back.

    Args:
        value: What to restore; it may be restored again later.
        memo: Copies already made, by identity of the original; empty at first.
    """
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
        restored.extend([restore_plain(item, memo) for item in value])
    elif kind is dict:
        memo[id(value)] = restored = {}
        for key, item in value.items():
            restored[key] = restore_plain(item, memo)
    elif kind is tuple:
        restored = tuple([restore_plain(item, memo) for item in value])
    elif kind is set:
        restored = set(value)
    else:
        restored = copy_array(value) if is_array(value) else value
    memo[id(value)] = restored
    return restored
