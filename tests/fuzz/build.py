"""Values of any of our message types, from decisions.

The types say how their values are made, so a message that is added later is fuzzed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from tests.fuzz.choices import Choices

MOST_ITEMS = 8


def build(kind: Any, choices: Choices, hints: Sequence[int]) -> Any:
    """Make a value of a type.

    Args:
        kind: A dataclass, a plain type, or a tuple or union of such.
        choices: Decide about it.
        hints: Numbers that mean something at this moment, such as frames.
    """
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: build(of, choices, hints) for name, of in _fields(kind)})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            count = choices.below(MOST_ITEMS)
            return tuple([build(arguments[0], choices, hints) for _ in range(count)])
        return tuple([build(each, choices, hints) for each in arguments])
    if origin in (Union, UnionType):
        return build(choices.pick(arguments), choices, hints)
    return _build_plain(kind, choices, hints)


def _build_plain(kind: Any, choices: Choices, hints: Sequence[int]) -> Any:
    if kind is bool:
        return choices.flag()
    if kind is int:
        return choices.number(hints)
    if kind is bytes:
        return choices.blob()
    if kind is str:
        return choices.text()
    if kind in (None, NoneType):
        return None
    return choices.pick(tuple(kind))  # an enumeration


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in fields(kind))
