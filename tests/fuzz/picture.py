"""What an object holds, as plain data: to compare before and after, and to bound its size."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from enum import Enum
from functools import cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

PLAIN = {int, str, bytes, bool, type(None)}
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType)


def picture(whole: object, without: Collection[str] = ()) -> Any:
    """Everything that can be reached from an object by its attributes, as nested tuples.

    Args:
        whole: What to look at.
        without: Names of attributes to leave out, wherever they are.
    """
    return _picture(whole, frozenset(without), set())


def _picture(value: Any, without: frozenset[str], seen: set[int]) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is float:
        return value if value == value else "NaN"  # noqa: PLR0124
    if isinstance(value, (Enum, type)):
        return str(value)
    if isinstance(value, FUNCTIONS):
        return value.__qualname__
    if kind is not tuple:  # whatever can change is looked at once
        if id(value) in seen:
            return "seen"
        seen.add(id(value))
    parts = [
        part if type(part) in PLAIN else _picture(part, without, seen)
        for part in _parts(value, without)
    ]
    return (kind.__name__, *parts)


def _parts(value: Any, without: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, (list, tuple, deque)):
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, (bytearray, memoryview)):
        return [bytes(value)]
    parts = [getattr(value, name, None) for name in _slots(type(value), without)]
    attributes = getattr(value, "__dict__", None)
    if attributes:
        parts += [part for name, part in attributes.items() if name not in without]
    return parts


@cache
def _slots(kind: type, without: frozenset[str]) -> tuple[str, ...]:
    names = {slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ())}
    return tuple(sorted(names - without))


def weight(seen: Any) -> int:
    """How much a picture holds: one for each value, and one for each byte of what has bytes."""
    if type(seen) is tuple:
        return 1 + sum([weight(part) for part in seen])
    if type(seen) is int:
        return 1 + seen.bit_length() // 64
    return 1 + (len(seen) if type(seen) in (str, bytes) else 0)


def first_change(before: Any, after: Any, path: str = "") -> str:
    """Where two pictures differ first, for a person."""
    if type(before) is type(after) is tuple and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            if left != right:
                return first_change(left, right, f"{path}/{before[0]}[{index}]")
    return f"{path}: {before!r:.200} became {after!r:.200}"
