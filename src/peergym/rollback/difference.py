"""Where two states differ: what a person needs after a desync.

Theory of operation: both values are walked side by side in the order a reader would look: dicts by
key, sequences by index. Each place where type or value differs is named by its path, written as one
would write it in Python behind the name of the state: ``.ball.speed``, ``.scores[1]``, and
``.grid[2, 0]`` for an item of an array. Below a place that differs in type or length, nothing more
is compared. Generators are named as such, with how far they have been drawn from.

Laws:
    - Two values without a difference have the same canonical bytes, and the other way round.
    - Every sentence is short, however large the values are.
    - Differences are found one by one: looking for the first costs no more than finding it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan
from struct import pack
from typing import Any, TypeAlias

from peergym.rollback.marked import ARRAY, RANDOM, SCALAR, mark_of
from peergym.rollback.marked_items import (
    describe_array,
    describe_generator,
    differing_items,
    show_item,
)

MAX_SHOWN_CHARACTERS = 120  # of one value in a sentence
ABSENT = "absent"
"""What is shown on the side that has nothing at a path."""
_DEEPEST = 200  # nested containers; what is nested deeper is compared by Python's equality


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two values differ.

    Attributes:
        path: Of the place; empty if the values differ as a whole.
        ours, theirs: What is there, shown shortly; `ABSENT` on the side that has nothing.
        values: The same, themselves; None where a side has nothing.
        container_path: Of the container that holds the place.
        containers: That container on both sides.
    """

    path: str
    ours: str
    theirs: str
    values: tuple[Any, Any] = (None, None)
    container_path: str = ""
    containers: tuple[Any, Any] = (None, None)

    def __str__(self) -> str:
        """Such as ``.ball.speed: 5 != 6.0``."""
        return f"{self.path or 'the whole value'}: {self.ours} != {self.theirs}"


def first_difference(a: object, b: object) -> str | None:
    """Name the first place where two values differ.

    Args:
        a: One value, of the types that `peergym.rollback.canonical.encode` takes.
        b: The other.

    Returns:
        Such as ``.ball.speed: 5 != 6.0``; None if there is no difference. What only one side has
        is ``absent`` on the other.
    """
    found = next(differences(a, b), None)
    return None if found is None else str(found)


def differences(a: object, b: object) -> Iterator[Difference]:
    """Name the places where two values differ, one after the other.

    Args:
        a: One value, of the types that `peergym.rollback.canonical.encode` takes.
        b: The other.

    Yields:
        The differences, in the order a reader would look for them.
    """
    yield from _Walk().compare(a, b, "")


class _Walk:
    """Knows in which containers the walk is."""

    def __init__(self) -> None:
        self._around: list[tuple[str, Any, Any]] = [("", None, None)]

    def compare(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        if a is b and type(a) in (int, str, bytes, bool, type(None)):
            return
        if type(a) is not type(b) or mark_of(a) != mark_of(b):
            yield self._differ(path, a, b)
        elif _describe(a) is not None and _describe(b) is not None:
            yield from self._compare_marked(a, b, path)
        elif type(a) in (set, frozenset):
            yield from self._compare_sets(a, b, path)
        elif type(a) in _COMPARERS and len(self._around) <= _DEEPEST:
            self._around.append((path, a, b))
            yield from _COMPARERS[type(a)](self, a, b, path)
            self._around.pop()
        elif not _is_same(a, b):
            yield self._differ(path, a, b)

    def _differ(self, path: str, a: Any, b: Any) -> Difference:
        return self._sentence(path, show(a), show(b), (a, b))

    def _sentence(
        self, path: str, ours: str, theirs: str, values: tuple[Any, Any] = (None, None)
    ) -> Difference:
        container_path, ours_around, theirs_around = self._around[-1]
        return Difference(path, ours, theirs, values, container_path, (ours_around, theirs_around))

    def _compare_marked(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        if _is_same_deeply(a, b):
            return
        has_items = False
        if mark_of(a) == ARRAY:
            for index, ours, theirs in differing_items(a, b):
                has_items = True
                yield self._sentence(f"{path}[{index}]", ours, theirs)
        if not has_items:
            yield self._differ(path, a, b)

    def compare_sequences(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        for index, (left, right) in enumerate(zip(a, b, strict=False)):
            yield from self.compare(left, right, f"{path}[{index}]")
        for index in range(min(len(a), len(b)), max(len(a), len(b))):
            here = f"{path}[{index}]"
            if len(a) > index:
                yield self._sentence(here, show(a[index]), ABSENT, (a[index], None))
            else:
                yield self._sentence(here, ABSENT, show(b[index]), (None, b[index]))

    def compare_dicts(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        """By the keys of ``a`` in their order, then by those that only ``b`` has."""
        keys_of_b = {_identity(key): key for key in b}
        for key, left in a.items():
            here = path + path_of_key(key)
            identity = _identity(key)
            if identity in keys_of_b:
                yield from self.compare(left, b[keys_of_b.pop(identity)], here)
            else:
                yield self._sentence(here, show(left), ABSENT, (left, None))
        for key in keys_of_b.values():
            yield self._sentence(path + path_of_key(key), ABSENT, show(b[key]), (None, b[key]))

    def _compare_sets(self, a: Any, b: Any, path: str) -> Iterator[Difference]:
        items_of_a = {_identity(item): item for item in a}
        items_of_b = {_identity(item): item for item in b}
        # Ordered by what is shown, because the order of a set differs from machine to machine.
        only_a = sorted(show(item) for key, item in items_of_a.items() if key not in items_of_b)
        only_b = sorted(show(item) for key, item in items_of_b.items() if key not in items_of_a)
        if only_a or only_b:
            ours = f"has {only_a[0]}" if only_a else ABSENT
            theirs = f"has {only_b[0]}" if only_b else ABSENT
            yield self._sentence(path, ours, theirs)


_Comparer: TypeAlias = Callable[[_Walk, Any, Any, str], Iterator[Difference]]
_COMPARERS: dict[type, _Comparer] = {
    dict: _Walk.compare_dicts,
    list: _Walk.compare_sequences,
    tuple: _Walk.compare_sequences,
}
_CONTAINERS = frozenset({dict, list, tuple, set, frozenset})


def _is_same_deeply(a: Any, b: Any) -> bool:
    """Whether equal values of marked tuples are the same, types included."""
    if type(a) is not type(b):
        return False
    if type(a) is tuple:
        return len(a) == len(b) and all(map(_is_same_deeply, a, b))
    if type(a) in _CONTAINERS:
        return next(differences(a, b), None) is None
    return _is_same(a, b)


def _is_same(a: Any, b: Any) -> bool:
    """Whether two values of one type that are no containers are the same."""
    if type(a) is float:
        return _float_identity(a) == _float_identity(b)
    return bool(a == b)


def _float_identity(value: float) -> bytes:
    """Tells -0.0 from 0.0, and no NaN from another."""
    return b"nan" if isnan(value) else pack("<d", value)


def _identity(key: Any) -> Any:
    """Something equal exactly if two keys are the same, types included."""
    if type(key) is tuple:
        return (tuple, *[_identity(item) for item in key])
    if type(key) is frozenset:
        return (frozenset, frozenset([_identity(item) for item in key]))
    if type(key) is float:
        return (float, _float_identity(key))
    return (type(key), key)


def path_of_key(key: object) -> str:
    """How a key continues a path: ``.name`` for a plain name, else ``[key]``."""
    if type(key) is str and len(key) <= MAX_SHOWN_CHARACTERS and key.isidentifier():
        return f".{key}"
    return f"[{show(key)}]"


def show(value: Any) -> str:
    """A short repr of a value of a state."""
    kind = type(value)
    if kind is int and value.bit_length() > 4 * MAX_SHOWN_CHARACTERS:
        return f"an int of {value.bit_length()} bits"  # repr refuses the very long ones
    if kind in (str, bytes):
        shown = repr(value[:MAX_SHOWN_CHARACTERS])
        return shown if len(value) <= MAX_SHOWN_CHARACTERS else f"{shown[:-1]}..."
    if kind in (int, float, bool, type(None)):
        return repr(value)
    described = _describe(value)
    if described is not None:
        return described
    return f"a {kind.__name__} of {len(value)}" if kind in _CONTAINERS else f"a {kind.__name__}"


def _describe(value: Any) -> str | None:
    """What a marked tuple stands for, in words; None for what stands for itself."""
    describe = _DESCRIBERS.get(mark_of(value))
    return None if describe is None else describe(value)


_DESCRIBERS: dict[str | None, Callable[[tuple[Any, ...]], str | None]] = {
    RANDOM: describe_generator,
    ARRAY: describe_array,
    SCALAR: show_item,
}
