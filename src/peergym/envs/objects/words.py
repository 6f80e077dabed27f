"""The words that a snapshot of objects is written in.

The pickler writes each of these functions by its name, and whoever reads the bytes puts one of his
own in its place: the loader what rebuilds, the view what describes. None of them is ever called
here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def _word(name: str) -> Callable[..., NoReturn]:
    def unread(*_: Any) -> NoReturn:
        raise NotImplementedError(f"{name} is for readers of snapshots")

    unread.__name__ = unread.__qualname__ = name
    unread.__module__ = __name__
    return unread


reference = _word("reference")
"""(n) -> the thing kept at n, as it is."""
drawing = _word("drawing")
"""(n) -> likewise; it only draws, and counts for nothing."""
number = _word("number")
"""(n) -> likewise; a number of NumPy's."""
instance = _word("instance")
"""(n) -> the object kept at n, whose attributes follow."""
attributes = _word("attributes")
"""(object, dict) gives an object its attributes."""
slots = _word("slots")
"""(object, (dict or None, slots)) gives an object its attributes and slots."""
array = _word("array")
"""(n) -> a copy of the array kept at n."""
part = _word("part")
"""(array, n) -> the part of an array that n describes."""
clone = _word("clone")
"""(n) -> the object kept at n, put by itself into the state that it gave."""
beside = _word("beside")
"""(object, (dict, handles)) gives such an object its other attributes."""
generator = _word("generator")
"""(n) -> the generator kept at n, put into the state kept with it."""
method = _word("method")
"""(function, object) -> a bound method."""
new = _word("new")
"""(class, *args) -> an object made without its constructor."""
new_with_names = _word("new_with_names")
"""(class, args, kwargs) -> likewise."""

WORDS = frozenset(
    {
        reference,
        drawing,
        number,
        instance,
        attributes,
        beside,
        slots,
        array,
        clone,
        part,
        generator,
        method,
        new,
        new_with_names,
    }
)
