"""A snapshot of objects as a table that can be sent: exact, and data alone.

Theory of operation: every object, list, dict, set and array is an entry of the table, and is
referred to by its number; so that two places hold one thing is kept, and nothing is nested. The
entries come in the order of a walk, breadth first from the root, and carry the path on which they
were met first: it is by the path that the receiver finds what cannot be sent, such as a function or
a surface, in his own environment.

    value       an atom as it is; ("tuple", *values); ("at", number)
    entry       ("list" | "set" | "frozenset", values)
                ("dict", (key, value), ...)
                ("object", class, path, attributes or None, slots or None)
                ("made", class, args, attributes or None, items, pairs)
                ("array", item, shape, bytes, layout, writeable)
                ("part", base, item, shape, offset, strides, writeable)
                ("number", item, bytes)
                ("generator", class, path, state)
                ("method", function, object)
                ("name", name, path); ("drawing", path); ("bytearray", bytes)

Law: what has no entry here is refused; `receiving` makes what has one.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from peergym.envs.arrays import encodable_array, encodable_scalar, is_array, is_scalar, item_code
from peergym.envs.objects.descriptions import (
    METHOD,
    Drawing,
    Name,
    Node,
    Part,
    Stream,
    described,
)
from peergym.envs.objects.pickler import Snapshot
from peergym.envs.plain_data import IMMUTABLE_TYPES
from peergym.errors import EnvironmentContractError
from peergym.rollback.difference import path_of_key

AT, TUPLE = "at", "tuple"


def table_of(snapshot: Snapshot) -> list[Any]:
    """Return the table of a snapshot.

    Raises:
        EnvironmentContractError: Something in it cannot be sent; carries its path.
    """
    return Table(snapshot).entries


class Table:
    """Entries, and where in this process the things are that they tell of.

    Attributes:
        entries: The table.
        places: By number of an entry, where its thing is kept in the snapshot.
        paths: By number of an entry, where it was met first.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.entries: list[Any] = []
        self.places: dict[int, int] = {}
        self.paths: list[str] = []
        self._numbers: dict[int, int] = {}
        self._waiting: deque[tuple[int, Any]] = deque()
        self._alive: list[Any] = []  # so that no two things get the same id
        self._value(described(snapshot), "")
        while self._waiting:
            number, value = self._waiting.popleft()
            self.entries[number] = self._entry(value, self.paths[number])
            place = getattr(value, "place", None)
            if place is not None:
                self.places[number] = place

    def _value(self, value: Any, path: str) -> Any:
        kind = type(value)
        if kind in IMMUTABLE_TYPES:
            return value
        if kind is tuple:
            return (TUPLE, *(self._value(v, f"{path}[{i}]") for i, v in enumerate(value)))
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.entries)
            self.entries.append(None)
            self.paths.append(path)
            self._alive.append(value)
            self._waiting.append((number, value))
        return (AT, number)

    def _entry(self, value: Any, path: str) -> Any:  # noqa: PLR0911 - a table of cases
        kind = type(value)
        if kind is Node:
            return self._node(value, path)
        if kind in (list, set, frozenset):
            return (kind.__name__, *(self._value(v, f"{path}[{i}]") for i, v in enumerate(value)))
        if kind is dict:
            return ("dict", *self._pairs(value.items(), path))
        if kind is Name:
            return ("name", value.name, path)
        if kind is Drawing:
            return ("drawing", path)
        if kind is Stream:
            return ("generator", value.name, path, self._value(value.state, f"{path}.state"))
        if kind is Part:
            return self._part(value, path)
        return _leaf(value, path)

    def _pairs(self, items: Any, path: str) -> list[tuple[Any, Any]]:
        return [
            (self._value(key, f"{path}.keys()[{n}]"), self._value(item, path + _path_of(key, n)))
            for n, (key, item) in enumerate(items)
        ]

    def _node(self, node: Node, path: str) -> Any:
        state, slots = _split(node, path)
        if node.name == METHOD and len(node.args) == 2 and node.state is None:
            return (METHOD, *(self._value(each, f"{path}.{i}") for i, each in enumerate(node.args)))
        if node.place is not None:
            return ("object", node.name, path, self._state(state, path), self._state(slots, path))
        args = tuple([self._value(each, f"{path}.{i}") for i, each in enumerate(node.args)])
        items = tuple([self._value(each, f"{path}[{i}]") for i, each in enumerate(node.items)])
        pairs = tuple(self._pairs(node.pairs, path))
        if slots is not None:
            raise EnvironmentContractError(f"an object of {node.name} cannot be sent", path)
        return ("made", node.name, args, self._state(state, path), items, pairs)

    def _state(self, state: Any, path: str) -> Any:
        if state is None:
            return None
        if type(state) is not dict or not all(type(name) is str for name in state):
            raise EnvironmentContractError("its attributes are none that can be sent", path)
        return tuple([(n, self._value(item, path + path_of_key(n))) for n, item in state.items()])

    def _part(self, part: Part, path: str) -> Any:
        shape, dtype, offset, strides, is_writeable = part.description
        base = self._value(part.base, f"{path}.base")
        code = f"{dtype.kind}{dtype.itemsize}"
        return ("part", base, code, tuple(shape), offset, tuple(strides), is_writeable)


def _split(node: Node, path: str) -> tuple[Any, Any]:
    """The attributes of an object, and its slots."""
    if not isinstance(node.state, tuple):
        return node.state, None
    if len(node.state) != 2:
        raise EnvironmentContractError(f"what {node.name} says of itself cannot be sent", path)
    return node.state


def _path_of(key: Any, number: int) -> str:
    return path_of_key(key) if type(key) in IMMUTABLE_TYPES else f".values()[{number}]"


def _leaf(value: Any, path: str) -> Any:
    if is_array(value):
        _, code, shape, data, *layout = encodable_array(value)
        return ("array", code, shape, data, "".join(layout), bool(value.flags.writeable))
    if is_scalar(value):
        return ("number", item_code(value), encodable_scalar(value)[2])
    if type(value) is bytearray:
        return ("bytearray", bytes(value))
    raise EnvironmentContractError(f"a {type(value).__name__} cannot be sent", path)
