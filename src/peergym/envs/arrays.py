"""NumPy's arrays and numbers in a game's state, exact, and without importing NumPy.

A game that keeps arrays has imported NumPy itself; where nobody has, there is none to be had. So
it is looked up among the modules already loaded, and a browser without it pays nothing.

Kept: the kind and size of the items, the shape, every bit of every item, and whether an array is
laid out by rows or by columns, because sums round accordingly. All NaNs are one, as everywhere in
canonical bytes.

Not done: arrays of objects, text, dates or records, long doubles, foreign byte orders, subclasses
of arrays, and that one array is a view of another: a copy is always an array of its own, so where
two share items, `is_shared_array` says so.
"""

from __future__ import annotations

import sys
from math import prod
from typing import Any

from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import MAX_CANONICAL_BYTES
from peergym.rollback.marked import ARRAY, ITEM_FORMATS, SCALAR

_MODULE = "numpy"
_MAX_SIDES = 32  # dimensions; what every version of NumPy takes


def _numpy() -> Any:
    return sys.modules.get(_MODULE)


def is_array(value: Any) -> bool:
    """Whether a value is an array that can be part of a state."""
    numpy = _numpy()
    return (
        numpy is not None and type(value) is numpy.ndarray and _item_code(value.dtype) is not None
    )


def is_scalar(value: Any) -> bool:
    """Whether a value is a single number of NumPy's that can be part of a state."""
    numpy = _numpy()
    return (
        numpy is not None
        and isinstance(value, numpy.generic)
        and _item_code(value.dtype) is not None
    )


def copy_array(value: Any) -> Any:
    """Return an array of its own with the same items, laid out in the same way."""
    return value.copy(order="K")


def is_shared_array(value: Any, seen: dict[Any, Any]) -> bool:
    """Whether an array shares items with one that was asked about before.

    Args:
        value: The array.
        seen: Those that were asked about, by whose items they show; it is added to.
    """
    numpy = _numpy()
    base = value.base
    owner = value if type(base) is not numpy.ndarray else base
    others = seen.setdefault(("items of", id(owner)), [])
    is_shared = any(numpy.may_share_memory(value, each) for each in others)
    others.append(value)
    return is_shared


def item_code(value: Any) -> str:
    """The kind and size of an array's or number's items, such as ``f8``."""
    return _item_code(value.dtype) or "?"


def encodable_array(value: Any) -> tuple[Any, ...]:
    """Return what stands for an array in canonical bytes."""
    code = item_code(value)
    plain = (ARRAY, code, tuple(int(side) for side in value.shape), _items(value, code))
    by_columns = value.flags.f_contiguous and not value.flags.c_contiguous
    return (*plain, "F") if by_columns else plain


def encodable_scalar(value: Any) -> tuple[Any, ...]:
    """Return what stands for a single number in canonical bytes."""
    code = item_code(value)
    return (SCALAR, code, _items(value, code))


def array_from(plain: tuple[Any, ...], path: str) -> Any:
    """Return the array that a marked tuple of a peer's stands for.

    Raises:
        EnvironmentContractError: It stands for none; carries the path.
    """
    if len(plain) not in (4, 5) or plain[4:] not in ((), ("F",)):
        raise EnvironmentContractError("is no array", path)
    _, code, shape, data = plain[:4]
    # Bounded before they are multiplied: integers of a peer's can be millions of digits long.
    if (
        type(shape) is not tuple
        or not all(
            type(side) is int and 0 <= side <= MAX_CANONICAL_BYTES for side in shape[:_MAX_SIDES]
        )
        or len(shape) > _MAX_SIDES
    ):
        raise EnvironmentContractError("is an array without a shape", path)
    items = _items_from(code, data, prod(shape), path)
    try:
        return items.reshape(shape).copy(order="F" if len(plain) == 5 else "C")
    except ValueError as error:  # more dimensions than NumPy has, or longer ones
        raise EnvironmentContractError(f"is an array of impossible shape: {error}", path) from None


def scalar_from(plain: tuple[Any, ...], path: str) -> Any:
    """Return the number that a marked tuple of a peer's stands for.

    Raises:
        EnvironmentContractError: It stands for none; carries the path.
    """
    if len(plain) != 3:
        raise EnvironmentContractError("is no number of NumPy's", path)
    return _items_from(plain[1], plain[2], 1, path)[0]


def _item_code(dtype: Any) -> str | None:
    """None for items that cannot be part of a state."""
    code = f"{dtype.kind}{dtype.itemsize}"
    return code if code in ITEM_FORMATS and dtype.isnative else None


def _items(value: Any, code: str) -> bytes:
    """The items in C order, little-endian, with one NaN for all."""
    numpy = _numpy()
    items = numpy.array(value, order="C", copy=True).reshape(-1)
    if code[0] in "fc":
        size = items.dtype.itemsize // (2 if code[0] == "c" else 1)
        parts = items.view(f"f{size}")
        parts[numpy.isnan(parts)] = numpy.nan
        items = parts
    data: bytes = items.astype(items.dtype.newbyteorder("<"), copy=False).tobytes()
    return data


def _items_from(code: Any, data: Any, count: int, path: str) -> Any:
    numpy = _numpy()
    if numpy is None:
        raise EnvironmentContractError("is an array, and NumPy is not loaded here", path)
    if type(code) is not str or code not in ITEM_FORMATS or type(data) is not bytes:
        raise EnvironmentContractError("is an array of unknown items", path)
    if len(data) != count * int(code[1:]):
        raise EnvironmentContractError(
            f"is an array of {count} items ({code}) in {len(data)} bytes", path
        )
    if code == "b1" and data.strip(b"\x00\x01"):
        raise EnvironmentContractError("is an array of bool with other items", path)
    items = numpy.frombuffer(data, dtype=f"<{code}") if count else numpy.empty(0, code)
    return items.astype(items.dtype.newbyteorder("="))
