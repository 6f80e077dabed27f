"""A snapshot of objects, read into descriptions: nobody's code runs, and nothing is put back.

What is described keeps the place at which the thing itself is kept, so that its own process can
find it again.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from peergym.envs.modules import shared_name
from peergym.envs.objects.pickler import Snapshot, read, write


class Node:
    """An object, described.

    Attributes:
        name: Its class's, or that of what makes it.
        args: What it is made of, if it is made by a call.
        place: Where it is kept; None for what is made anew at every load.
        state, items, pairs: Its attributes, and what it contains.
    """

    __slots__ = ("args", "items", "name", "pairs", "place", "state")

    def __init__(self, name: str, args: tuple[Any, ...] = (), place: int | None = None) -> None:
        self.name = name
        self.args = args
        self.place = place
        self.state: Any = None
        self.items: list[Any] = []
        self.pairs: list[tuple[Any, Any]] = []

    def append(self, item: Any) -> None:
        """Take an item of a sequence."""
        self.items.append(item)

    def extend(self, items: Any) -> None:
        """Take items of a sequence."""
        self.items.extend(items)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.pairs.append((key, value))

    def __setstate__(self, state: Any) -> None:
        self.state = state


class Name:
    """Something that is kept by reference; called, it makes what is described by its name."""

    __slots__ = ("name", "place")

    def __init__(self, name: str, place: int) -> None:
        self.name = name
        self.place = place

    def __call__(self, *args: Any) -> Node:
        """Describe what it would make."""
        return Node(self.name, args)


class Drawing:
    """What only draws."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place


class Part:
    """A part of an array, and how it lies there."""

    __slots__ = ("base", "description")

    def __init__(self, base: Any, description: tuple[Any, ...]) -> None:
        self.base = base
        self.description = description


class Stream:
    """A generator and its state."""

    __slots__ = ("name", "place", "state")

    def __init__(self, name: str, state: Any, place: int) -> None:
        self.name = name
        self.state = state
        self.place = place


METHOD = "method"
RANDOM_NAME = "random.Random"


def described(snapshot: Snapshot) -> Any:
    """Read a snapshot into nodes, names and plain values."""
    kept = snapshot.kept
    get = kept.__getitem__
    return read(
        snapshot,
        {
            "reference": lambda index: Name(name_of(kept[index]), index),
            "drawing": Drawing,
            "number": get,
            "instance": lambda index: Node(name_of(type(kept[index])), (), index),
            "attributes": _give_state,
            "slots": _give_state,
            "array": get,
            "part": lambda base, index: Part(base, kept[index]),
            "clone": lambda index: _describe_clone(*kept[index]),
            "beside": _give_attributes,
            "generator": lambda index: Stream(name_of(type(kept[index][0])), kept[index][1], index),
            "method": lambda function, owner: Node(METHOD, (function, owner)),
            "new": lambda cls, *args: Node(cls.name, args),
            "new_with_names": lambda cls, args, names: Node(cls.name, (args, names)),
        },
    )


def name_of(thing: Any) -> str:
    """The name of something that is kept by reference, the same in every process."""
    name = getattr(thing, "__qualname__", None)
    if isinstance(name, str):
        return f"{shared_name(getattr(thing, '__module__', None) or '')}.{name}"
    cls = type(thing)
    if isinstance(thing, Enum) and thing.name not in cls.__members__:  # several flags, or none
        return f"{shared_name(cls.__module__)}.{cls.__qualname__}.{thing.value!r}"
    member = getattr(thing, "name", None)  # of an enumeration
    own = f".{member}" if isinstance(member, str) and hasattr(thing, "value") else ""
    return f"{shared_name(getattr(cls, '__module__', ''))}.{cls.__qualname__}{own}"


def _describe_clone(obj: Any, state: Any, _: str) -> Node:
    return Node(name_of(type(obj)), (described(write(state)),))


def _give_state(node: Node, state: Any) -> None:
    node.state = state


def _give_attributes(node: Node, state: tuple[dict[str, Any], list[str]]) -> None:
    node.state = state[0]
