"""Where two states differ: the sentence a person needs after a desync.

Theory of operation: both values are walked side by side in the order a reader would look: dicts by
key, sequences by index. The first place where type or value differs is named by its path, written
as one would write it in Python behind the name of the state: ``.ball.speed``, ``.scores[1]``.

Laws:
    - Two values without a difference have the same canonical bytes, and the other way round.
    - Every message is short, however large the values are.
"""

from __future__ import annotations

from math import isnan
from struct import pack
from typing import Any

MAX_SHOWN_CHARACTERS = 120  # of one value in a message
_DEEPEST = 200  # nested containers; what is nested deeper is compared by Python's equality


def first_difference(a: object, b: object) -> str | None:
    """Name the first place where two values differ.

    Args:
        a: One value, of the types that `peergym.rollback.canonical.encode` takes.
        b: The other.

    Returns:
        Such as ``.ball.speed: 5 != 6.0``; None if there is no difference. What only one side has
        is ``absent`` on the other.
    """
    return _difference(a, b, "", 0)


def _difference(a: Any, b: Any, path: str, depth: int) -> str | None:
    if a is b and type(a) in (int, str, bytes, bool, type(None)):
        return None
    if type(a) is not type(b):
        return _sentence(path, _show(a), _show(b))
    if depth < _DEEPEST:
        if type(a) is dict:
            return _difference_of_dicts(a, b, path, depth + 1)
        if type(a) in (list, tuple):
            return _difference_of_sequences(a, b, path, depth + 1)
        if type(a) in (set, frozenset):
            return _difference_of_sets(a, b, path)
    return None if _is_same(a, b) else _sentence(path, _show(a), _show(b))


def _is_same(a: Any, b: Any) -> bool:
    """Whether two values of one type that are no containers are the same."""
    if type(a) is float:
        return _float_identity(a) == _float_identity(b)
    return bool(a == b)


def _float_identity(value: float) -> bytes:
    """Tells -0.0 from 0.0, and no NaN from another."""
    return b"nan" if isnan(value) else pack("<d", value)


def _difference_of_sequences(a: Any, b: Any, path: str, depth: int) -> str | None:
    for index, (left, right) in enumerate(zip(a, b, strict=False)):
        found = _difference(left, right, f"{path}[{index}]", depth)
        if found is not None:
            return found
    if len(a) == len(b):
        return None
    index = min(len(a), len(b))
    return _sentence(
        f"{path}[{index}]",
        _show(a[index]) if len(a) > index else "absent",
        _show(b[index]) if len(b) > index else "absent",
    )


def _difference_of_dicts(a: Any, b: Any, path: str, depth: int) -> str | None:
    """By the keys of ``a`` in their order, then by those that only ``b`` has."""
    keys_of_b = {_identity(key): key for key in b}
    for key, left in a.items():
        here = path + path_of_key(key)
        identity = _identity(key)
        if identity not in keys_of_b:
            return _sentence(here, _show(left), "absent")
        found = _difference(left, b[keys_of_b.pop(identity)], here, depth)
        if found is not None:
            return found
    for key in keys_of_b.values():
        return _sentence(path + path_of_key(key), "absent", _show(b[key]))
    return None


def _difference_of_sets(a: Any, b: Any, path: str) -> str | None:
    items_of_a = {_identity(item): item for item in a}
    items_of_b = {_identity(item): item for item in b}
    # Ordered by what is shown, because the order of a set differs from machine to machine.
    only_a = sorted(_show(item) for key, item in items_of_a.items() if key not in items_of_b)
    only_b = sorted(_show(item) for key, item in items_of_b.items() if key not in items_of_a)
    if not only_a and not only_b:
        return None
    left = f"has {only_a[0]}" if only_a else "absent"
    right = f"has {only_b[0]}" if only_b else "absent"
    return _sentence(path, left, right)


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
    return f"[{_show(key)}]"


def _sentence(path: str, left: str, right: str) -> str:
    return f"{path or 'the whole value'}: {left} != {right}"


def _show(value: Any) -> str:
    """A short repr."""
    if type(value) is int and value.bit_length() > 4 * MAX_SHOWN_CHARACTERS:
        return f"an int of {value.bit_length()} bits"  # repr refuses the very long ones
    if type(value) in (str, bytes):
        shown = repr(value[:MAX_SHOWN_CHARACTERS])
        return shown if len(value) <= MAX_SHOWN_CHARACTERS else f"{shown[:-1]}..."
    if type(value) in (int, float, bool, type(None)):
        return repr(value)
    if type(value) in (list, tuple, dict, set, frozenset):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
