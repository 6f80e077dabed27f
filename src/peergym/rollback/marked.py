"""Plain data that stands for something else: a generator, an array.

Canonical bytes know plain data only. What a state holds beyond that is written as a tuple whose
first item is one of the marks below; `peergym.envs` writes and reads them, and the core knows them
by name alone, to show a difference in a reader's words.

    (RANDOM, state)                       a `random.Random`; ``state`` is its ``getstate()``
    (ARRAY, item, shape, bytes)           an array; items in C order, little-endian
    (ARRAY, item, shape, bytes, "F")      the same for an array that is laid out by columns
    (SCALAR, item, bytes)                 a single number of an array library
    (TUPLE, mark, ...)                    a tuple of the game that looks like one of these

Law: what is written differs wherever the original did, so no tuple of a game is mistaken.
"""

from __future__ import annotations

from typing import Any

RANDOM = "random.Random"
ARRAY = "numpy.ndarray"
SCALAR = "numpy.generic"
TUPLE = "tuple"
MARKS = frozenset({RANDOM, ARRAY, SCALAR, TUPLE})

ITEM_FORMATS = {
    "b1": "?",
    "i1": "b",
    "i2": "h",
    "i4": "i",
    "i8": "q",
    "u1": "B",
    "u2": "H",
    "u4": "I",
    "u8": "Q",
    "f2": "e",
    "f4": "f",
    "f8": "d",
    "c8": "ff",
    "c16": "dd",
}
"""Kinds of items, by kind and size in bytes, with their format in `struct`. Others differ between
machines (long doubles) or are no numbers."""


def mark_of(value: Any) -> str | None:
    """The mark a value begins with; None for what stands for itself."""
    if type(value) is tuple and value and type(value[0]) is str and value[0] in MARKS:
        return str(value[0])
    return None
