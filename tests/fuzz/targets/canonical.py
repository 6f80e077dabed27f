"""Any bytes as a state: both decoders see them alike, and differences are found and short."""

from __future__ import annotations

from typing import Any

from peergym.rollback import canonical
from peergym.rollback.canonical import WireError
from tests.wire import independent_decoder, meaning

REFUSED = object()
MOST_CHARACTERS = 20_000  # of a difference: a path of 64 keys and two values, all cut short


DEEP = frozenset({
    *(kind.__name__ for kind in (bool, int, float, str, bytes, tuple, list, dict, set, frozenset)),
    "NoneType", "a difference",
})  # fmt: skip


def reach(data: bytes) -> set[str]:
    """The first byte says whether the others are one value or two, of equal size, to compare."""
    reached: set[str] = set()
    if data and not data[0] & 1:
        value = check_value(data[1:], reached)
        assert value is REFUSED or canonical.first_difference(value, value) is None
    elif data:
        middle = len(data) // 2
        left, right = data[1 : middle + 1], data[middle + 1 :]
        values = [check_value(part, reached) for part in (left, right)]
        if not any(value is REFUSED for value in values):
            difference = canonical.first_difference(*values)
            assert (difference is None) == (left == right)
            assert difference is None or len(difference) <= MOST_CHARACTERS
            reached |= {"a difference"} if difference else set()
    return reached


def check_value(data: bytes, reached: set[str]) -> Any:
    """Decode a value, or find that it is to be refused."""
    try:
        value = canonical.decode(data)
    except WireError:
        value = REFUSED
    try:
        theirs = independent_decoder.decode_canonical(data)
    except independent_decoder.RefusedError as refused:
        assert value is REFUSED
        reached.add(str(refused))
        return value
    assert value is not REFUSED
    ours = meaning.sets_in_one_order(meaning.of_canonical(value))
    assert ours == meaning.sets_in_one_order(theirs)
    assert canonical.encode(value) == data
    reached.add(type(value).__name__)
    return value
