"""What is inside marked tuples, in words: generators and arrays without their libraries.

Every function takes a tuple that begins with a mark (`peergym.rollback.marked`) but may come from a
stranger, and gives None, or nothing, for one that is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import prod
from struct import unpack
from typing import Any

from peergym.rollback.marked import ITEM_FORMATS

_STATE_WORDS = 624  # of the Mersenne twister, which draws them one by one and then makes new ones


def describe_generator(value: tuple[Any, ...]) -> str | None:
    """Such as ``a generator at word 12 of 624 of block 5f1c09aa``.

    Two generators of the same block were seeded alike; the one at the higher word has been drawn
    from more often (a ``random()`` takes two words).
    """
    match value:
        case (_, (int(), tuple(words), None | float() as gauss)) if _are_words(words):
            block = b"".join([word.to_bytes(4, "little") for word in words[:-1]])
            name = blake2b(block, digest_size=4).hexdigest()
            kept = "" if gauss is None else f", with {gauss!r} kept for gauss()"
            return f"a generator at word {words[-1]} of {_STATE_WORDS} of block {name}{kept}"
    return None


def _are_words(words: tuple[Any, ...]) -> bool:
    """Whether these are the words of a generator's state and the index of the next."""
    return len(words) == _STATE_WORDS + 1 and all(
        type(word) is int and 0 <= word < 1 << 32 for word in words
    )


def describe_array(value: tuple[Any, ...]) -> str | None:
    """Such as ``an array of f8, 2 x 3``."""
    whole = _read_array(value)
    if whole is None:
        return None
    code, shape, _ = whole
    sides = " x ".join(map(str, shape)) or "without dimensions"
    return f"an array of {code}, {sides}" + (", by columns" if len(value) == 5 else "")


def show_item(value: tuple[Any, ...]) -> str | None:
    """Such as ``f4 0.5`` for a single number of an array library."""
    match value:
        case (_, str(code), bytes(data)) if code in ITEM_FORMATS and len(data) == int(code[1:]):
            return f"{code} {_show_bytes(code, data)}"
    return None


def differing_items(a: tuple[Any, ...], b: tuple[Any, ...]) -> Iterator[tuple[str, str, str]]:
    """The items in which two arrays of the same kind and shape differ.

    Yields:
        (index, ours, theirs), as ``("2, 0", "1.5", "1.25")``; nothing if the arrays differ in
        kind, shape or layout, or are none.
    """
    ours, theirs = _read_array(a), _read_array(b)
    if ours is None or theirs is None or ours[:2] != theirs[:2] or a[4:] != b[4:]:
        return
    code, shape, data = ours
    size = int(code[1:])
    for number in range(len(data) // size):
        left = data[number * size :][:size]
        right = theirs[2][number * size :][:size]
        if left != right:
            yield _index(number, shape), _show_bytes(code, left), _show_bytes(code, right)


def _read_array(value: tuple[Any, ...]) -> tuple[str, tuple[int, ...], bytes] | None:
    match value:
        case (_, str(code), tuple(shape), bytes(data), *_) if (
            code in ITEM_FORMATS
            and len(shape) <= 32
            and all(type(side) is int and 0 <= side < 1 << 32 for side in shape)
            and prod(shape) * int(code[1:]) == len(data)
        ):
            return code, shape, data
    return None


def _index(number: int, shape: tuple[int, ...]) -> str:
    places: list[str] = []
    for side in reversed(shape):
        number, place = divmod(number, side)
        places.insert(0, str(place))
    return ", ".join(places)


def _show_bytes(code: str, data: bytes) -> str:
    parts = unpack("<" + ITEM_FORMATS[code], data)
    return repr(parts[0]) if len(parts) == 1 else repr(complex(*parts))
