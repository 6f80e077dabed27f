"""A game's state as plain data, and back: what checksums and state transfer are made of.

Theory of operation: `encodable` replaces what canonical bytes do not know (generators, arrays) by
marked tuples (`peergym.rollback.marked`), and `rebuild` puts the things themselves back. Canonical
bytes leave out two things that the course of a game may depend on: in which order a dict was
filled, and that two places hold one and the same object. `layout_of` notes both, so that a state
which travels is exactly what a snapshot would have been.

Laws
    1. Different states have different plain data: a tuple of the game that looks like a marked one
       is marked itself.
    2. `rebuild` makes data and nothing else, whatever it is given: no name is looked up, no code is
       called, and what does not stand for a state is refused with its path.
    3. What is rebuilt with its layout has the same dict orders and the same shared objects.

Not kept: the order in which a set iterates, which no game may depend on.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

from peergym.envs.arrays import (
    array_from,
    encodable_array,
    encodable_scalar,
    is_array,
    is_scalar,
    scalar_from,
)
from peergym.envs.plain_data import IMMUTABLE_TYPES, SavedRandom
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import encode
from peergym.rollback.difference import path_of_key
from peergym.rollback.marked import ARRAY, RANDOM, SCALAR, TUPLE, mark_of

Layout: TypeAlias = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, int], ...]]
"""Orders and shared objects, in the order in which a walk from the top meets them.

First, for each dict the ranks of its keys among their canonical bytes, or nothing where they are
in that order. Second, pairs (n, m): the n-th mutable object met is the m-th once more.
"""

_WALKED_TYPES = frozenset({list, dict, set})


def encodable(value: Any) -> Any:
    """Replace what canonical bytes do not know by marked tuples.

    What cannot be part of a state is left as it is, for the encoder to refuse with its path.
    """
    kind = type(value)
    if kind in IMMUTABLE_TYPES:
        return value
    if kind is dict:
        return {key: encodable(item) for key, item in value.items()}
    if kind is list:
        return [encodable(item) for item in value]
    if kind is tuple:
        items = [encodable(item) for item in value]
        return (TUPLE, *items) if mark_of(value) else tuple(items)
    return _encodable_object(value)


def _encodable_object(value: Any) -> Any:
    if type(value) is SavedRandom:
        return (RANDOM, value.state)
    if type(value) is Random:
        return (RANDOM, value.getstate())
    if is_array(value):
        return encodable_array(value)
    return encodable_scalar(value) if is_scalar(value) else value


def layout_of(value: Any) -> Layout:
    """Note what canonical bytes leave out of a state that they can hold."""
    orders: list[tuple[int, ...]] = []
    shared: list[tuple[int, int]] = []
    met: dict[int, int] = {}
    count = 0

    def walk(value: Any) -> None:
        nonlocal count
        kind = type(value)
        if kind is tuple:
            for item in value:
                walk(item)
        if not _is_mutable(value):
            return
        number, count = count, count + 1
        first = met.setdefault(id(value), number)
        if first != number:
            shared.append((number, first))
            return
        if kind is dict:
            orders.append(_ranks(list(value)))
            for item in value.values():
                walk(item)
        elif kind is list:
            for item in value:
                walk(item)

    walk(value)
    return tuple(orders), tuple(shared)


def _is_mutable(value: Any) -> bool:
    kind = type(value)
    return kind in _MUTABLE_TYPES or (kind not in IMMUTABLE_TYPES and is_array(value))


def _ranks(keys: list[Any]) -> tuple[int, ...]:
    """For each key its place among the canonical bytes of all; empty if they are in order."""
    encoded = [encode(key) for key in keys]
    place = {data: rank for rank, data in enumerate(sorted(encoded))}
    ranks = tuple([place[data] for data in encoded])
    return () if ranks == tuple(range(len(keys))) else ranks


_MUTABLE_TYPES = frozenset({list, dict, set, Random, SavedRandom})


def rebuild(plain: Any, layout: object, make_generator: Callable[[Random], Any]) -> Any:
    """Turn plain data that a peer sent back into a state.

    Args:
        plain: Decoded canonical bytes of what `encodable` returned.
        layout: What `layout_of` returned there, decoded; None leaves dicts in the order of their
            bytes and shares nothing.
        make_generator: What a state of this game holds for a generator.

    Raises:
        EnvironmentContractError: It stands for no state; carries the path.
    """
    orders, shared = ((), ()) if layout is None else _read_layout(layout)
    walk = _Rebuilding(orders, dict(shared), make_generator)
    return walk.value(plain, "")


def _read_layout(layout: object) -> Layout:
    match layout:
        case (tuple(orders), tuple(shared)) if type(layout) is tuple:
            is_whole = all(type(ranks) is tuple for ranks in orders) and all(
                type(pair) is tuple and len(pair) == 2 and all(type(n) is int for n in pair)
                for pair in shared
            )
            if is_whole:
                return orders, shared
    raise EnvironmentContractError("its layout is damaged")


class _Rebuilding:
    """One walk over the plain data, in the order of `layout_of`."""

    def __init__(
        self,
        orders: tuple[tuple[int, ...], ...],
        shared: dict[int, int],
        make_generator: Callable[[Random], Any],
    ) -> None:
        self._dicts = 0
        self._orders = orders
        self._shared = shared
        self._wanted = set(shared.values())
        self._made: dict[int, Any] = {}
        self._count = 0
        self._make_generator = make_generator

    def value(self, plain: Any, path: str) -> Any:
        mark = mark_of(plain)
        if mark is None or mark == TUPLE:
            if type(plain) is tuple:
                items = plain[1:] if mark else plain
                return tuple(
                    [self.value(item, f"{path}[{index}]") for index, item in enumerate(items)]
                )
            if type(plain) not in _WALKED_TYPES:
                return plain
        elif mark == SCALAR:
            return scalar_from(plain, path)
        return self._mutable(plain, mark, path)

    def _mutable(self, plain: Any, mark: str | None, path: str) -> Any:
        number, self._count = self._count, self._count + 1
        first = self._shared.get(number)
        if first is not None:
            if first not in self._made:
                raise EnvironmentContractError("shares an object that comes later", path)
            return self._made[first]
        made = self._make(plain, mark, path)
        if number in self._wanted:
            self._made[number] = made
        return made

    def _make(self, plain: Any, mark: str | None, path: str) -> Any:
        if mark == RANDOM:
            return self._make_generator(_generator(plain, path))
        if mark == ARRAY:
            return array_from(plain, path)
        if type(plain) is dict:
            return {
                key: self.value(plain[key], path + path_of_key(key))
                for key in self._in_order(list(plain), path)
            }
        if type(plain) is list:
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(plain)]
        return plain

    def _in_order(self, keys: list[Any], path: str) -> list[Any]:
        """The keys, which decoding has put into the order of their bytes, in their own order."""
        index, self._dicts = self._dicts, self._dicts + 1
        ranks = self._orders[index] if index < len(self._orders) else ()
        if not ranks:
            return keys
        if not all(type(rank) is int for rank in ranks) or sorted(ranks) != list(range(len(keys))):
            raise EnvironmentContractError("its layout is that of another dict", path)
        return [keys[rank] for rank in ranks]


_STATE_VERSION = 3
_STATE_WORDS = 625  # 624 words of 32 bits and the index of the next


def _generator(plain: tuple[Any, ...], path: str) -> Random:
    """The generator whose state a peer sent; ``setstate`` alone would let much through."""
    match plain:
        case (_, (3 as version, tuple(words), None | float())) if (
            type(version) is int
            and len(words) == _STATE_WORDS
            and all(type(word) is int and 0 <= word < 1 << 32 for word in words)
            and words[-1] < _STATE_WORDS
            and type(plain[1]) is tuple
        ):
            generator = Random.__new__(Random)
            generator.setstate(plain[1])
            return generator
    raise EnvironmentContractError("is no state of a random.Random", path)
