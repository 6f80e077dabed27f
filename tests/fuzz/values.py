"""Plain data with something else in one place of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fuzz.choices import Choices

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2.5, -0.0, float("nan"), float("inf"), 1 << 70, "", "x", b"\0",
    (), [], {}, set(), frozenset(), (1,), [[]], {"a": 1}, {1, 2}, ("tuple",), ("random.Random", 1),
)  # fmt: skip
MOST_DEEP = 6


def spoil(value: Any, choices: Choices, numbers: Sequence[int]) -> Any:
    """A copy of ``value`` with a few places changed, each found by a walk from the top."""
    for _ in range(1 + choices.below(3)):
        value = _spoil(value, choices, numbers, 0)
    return value


def _spoil(value: Any, choices: Choices, numbers: Sequence[int], depth: int) -> Any:
    if depth < MOST_DEEP and value and choices.below(8):
        if type(value) is dict:
            return _spoil_dict(value, choices, numbers, depth)
        if type(value) in (list, tuple):
            parts = list(value)
            at = choices.below(len(parts))
            parts[at : at + 1] = _parts(parts[at], choices, numbers, depth)
            return type(value)(parts)
    if type(value) is int and choices.flag():
        return value + choices.pick((-1, 1, 1 << 40))
    if type(value) is bytes and choices.flag():
        return choices.mutate(value)
    return choices.pick((*ODD_VALUES, *numbers))


def _spoil_dict(value: dict[Any, Any], choices: Choices, numbers: Sequence[int], depth: int) -> Any:
    changed = dict(value)
    key = choices.pick(tuple(changed))
    kind = choices.below(8)
    if kind == 0:
        del changed[key]
    elif kind == 1:
        changed[choices.pick(("x", 7, (1, 2), True))] = changed[key]
    elif kind == 2:
        return dict(reversed(changed.items()))
    else:
        changed[key] = _spoil(changed[key], choices, numbers, depth + 1)
    return changed


def _parts(value: Any, choices: Choices, numbers: Sequence[int], depth: int) -> list[Any]:
    """What takes the place of one part of a sequence: nothing, two, or another."""
    kind = choices.below(8)
    if kind == 0:
        return []
    return [value, value] if kind == 1 else [_spoil(value, choices, numbers, depth + 1)]
