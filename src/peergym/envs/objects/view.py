"""A snapshot of objects as plain data: what checksums cover, and what a person reads of a state.

Theory of operation: the bytes are read again with functions that describe instead of rebuild. An
object becomes a dict of its attributes with its class's name under `CLASS`; where it is met again,
a dict with its number under `SAME`, in the order of the walk, which is the order in which the
attributes were made and therefore the same on every peer.

    - What only draws, and attributes that are None, are left out: whether somebody has drawn the
      state makes no difference to it.
    - Classes, functions and members of enumerations are their names.
    - A dict whose keys are objects becomes a list of pairs; a set of objects is put into the order
      of its members' bytes.
    - That two places hold one list, and that one array is a part of another, is not said.

Law: no code of the environment's runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peergym.envs.arrays import encodable_array, encodable_scalar, is_array, is_scalar
from peergym.envs.encoding import encodable
from peergym.envs.objects.descriptions import (
    RANDOM_NAME,
    Drawing,
    Name,
    Node,
    Part,
    Stream,
    described,
)
from peergym.envs.objects.pickler import Snapshot, part_of
from peergym.envs.plain_data import IMMUTABLE_TYPES
from peergym.rollback.canonical import encode
from peergym.rollback.marked import RANDOM, TUPLE, mark_of

CLASS, SAME, DEEPER = "__class__", "__same__", "__deeper__"
ITEMS, PAIRS, ARGS = "__items__", "__pairs__", "__args__"

MOST_NESTED = 20
"""Containers within each other, before objects are written beside: canonical bytes allow 64."""


def plain_view(snapshot: Snapshot) -> Any:
    """Return a snapshot as plain data that canonical bytes can be made of."""
    return _Walk().whole(described(snapshot))


class _Walk:
    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._deeper: list[tuple[int, Node]] = []
        self._around: set[int] = set()

    def whole(self, root: Any) -> Any:
        """The root, and beside it what lies too deep in it."""
        plain = self.value(root, 0)
        if not self._deeper:
            return plain
        deeper = {}
        while self._deeper:
            number, node = self._deeper.pop()
            deeper[number] = self._attributes(node, 0)
        return {DEEPER: deeper, "state": plain}

    def value(self, value: Any, depth: int) -> Any:
        """A value that lies in so many containers."""
        kind = type(value)
        if kind in IMMUTABLE_TYPES:
            return value
        if kind is Node:
            return self._node(value, depth)
        if kind in (dict, list, tuple):
            return self._container(value, kind, depth)
        if is_array(value):
            return encodable_array(value)
        if is_scalar(value):
            return encodable_scalar(value)
        return self._rare(value, kind, depth)

    def _rare(self, value: Any, kind: type, depth: int) -> Any:
        special = _SPECIAL.get(kind)
        if special is not None:
            return special(self, value, depth)
        if hasattr(value, "dtype") and hasattr(value, "tobytes"):  # text, dates, records
            shape = tuple(int(side) for side in value.shape)
            return {CLASS: "numpy.ndarray", ARGS: [value.dtype.str, shape, value.tobytes()]}
        return encodable(value)

    def stream(self, stream: Stream, depth: int) -> Any:
        """A generator; where it is met again, its number."""
        if stream.name == RANDOM_NAME:
            return (RANDOM, stream.state)
        number = self._numbers.get(id(stream))
        if number is not None:
            return {SAME: number}
        self._numbers[id(stream)] = len(self._numbers)
        return {CLASS: stream.name, ARGS: [self.value(stream.state, depth + 2)]}

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if id(value) in self._around:
            return {SAME: "around"}  # a list that contains itself
        self._around.add(id(value))
        try:
            if kind is dict:
                return self._dict(value, depth + 1)
            items = [self.value(item, depth + 1) for item in value]
            if kind is list:
                return items
            return (TUPLE, *items) if mark_of(value) else tuple(items)
        finally:
            self._around.discard(id(value))

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        if CLASS not in value and SAME not in value and all(map(_is_plain_key, value)):
            return {key: self.value(item, depth) for key, item in value.items()}
        pairs = [[self.value(key, depth), self.value(each, depth)] for key, each in value.items()]
        return {CLASS: "dict", PAIRS: pairs}

    def members(self, value: Any, depth: int) -> Any:
        """A set, whatever the order of its members."""
        if all(map(_is_plain_key, value)):
            return value
        # Which member comes first differs between processes: none of them may take a number.
        before = dict(self._numbers)
        members = []
        for each in value:
            self._numbers = dict(before)
            members.append(self.value(each, depth + 1))
        self._numbers = before
        return {CLASS: type(value).__name__, ITEMS: sorted(members, key=encode)}

    def _node(self, node: Node, depth: int) -> Any:
        number = self._numbers.get(id(node))
        if number is not None:
            return {SAME: number}
        number = self._numbers[id(node)] = len(self._numbers)
        if depth > MOST_NESTED:
            self._deeper.append((number, node))
            return {SAME: number}
        return self._attributes(node, depth)

    def _attributes(self, node: Node, depth: int) -> dict[Any, Any]:
        plain: dict[Any, Any] = {CLASS: node.name}
        states = node.state if isinstance(node.state, tuple) else (node.state,)
        for state in states:
            if isinstance(state, dict):
                for name, item in state.items():
                    value = self.value(item, depth + 2)
                    if value is not None:
                        plain[name if type(name) is str else repr(name)] = value
            elif state is not None:
                plain.setdefault("__state__", []).append(self.value(state, depth + 2))
        for name, part in ((ARGS, node.args), (ITEMS, node.items)):
            if part:
                plain[name] = [self.value(each, depth + 2) for each in part]
        if node.pairs:
            plain[PAIRS] = [[self.value(each, depth + 3) for each in pair] for pair in node.pairs]
        return plain


_SPECIAL: dict[type, Callable[[_Walk, Any, int], Any]] = {
    Name: lambda _, value, __: {CLASS: value.name},
    Drawing: lambda *_: None,
    Part: lambda walk, value, depth: walk.value(part_of(value.base, value.description), depth),
    Stream: _Walk.stream,
    set: _Walk.members,
    frozenset: _Walk.members,
    bytearray: lambda _, value, __: {CLASS: "bytearray", ARGS: bytes(value)},
}


def _is_plain_key(key: Any) -> bool:
    kind = type(key)
    if kind in (tuple, frozenset):
        return all(map(_is_plain_key, key))
    return kind in IMMUTABLE_TYPES
