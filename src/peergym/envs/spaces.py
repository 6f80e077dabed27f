"""From an action space to what encodes its actions.

Spaces are known by their attributes, not by their classes, so that nothing needs to be imported
and those of other libraries do as well: ``n`` and ``start`` (discrete), ``nvec`` (several at once),
``n`` and a shape (switches), ``low`` and ``high`` (a box), ``spaces`` (a tuple or a dict of any of
these). What does not fit into 16 bits is refused, with what could be declared instead.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from peergym.envs.actions import MAX_ACTIONS, ActionCodec
from peergym.envs.composite_actions import Codec, CompositeCodec, WaitingCodec
from peergym.envs.levels import FIELD, LevelCodec, levels_for
from peergym.errors import EnvironmentContractError, UsageError

AnyCodec: TypeAlias = ActionCodec | CompositeCodec | WaitingCodec


def codec_from_space(
    space: Any, noop: Any = None, levels: Any = None, *, waits: bool = False
) -> AnyCodec:
    """Return the codec for what a game's ``action_space(agent)`` returned.

    Args:
        space: A plain count of actions, or a space.
        noop: The game's no-op action; None takes 0, or what comes nearest to it.
        levels: ``metadata["action_levels"]``, for boxes.
        waits: Whether the agent may also send no action at all.

    Raises:
        EnvironmentContractError: There is no codec for it, or the no-op is not one of its actions.
    """
    codec = _codec(space, noop, levels)
    return WaitingCodec(codec, MAX_ACTIONS) if waits else codec


def _codec(space: Any, noop: Any, levels: Any) -> ActionCodec | CompositeCodec:
    parts = parts_of(space)
    if isinstance(parts, Mapping):
        return _dict_codec(parts, noop, levels)
    if isinstance(parts, Sequence):
        return _tuple_codec(tuple(parts), noop, levels)
    if getattr(space, "shape", None) is not None and hasattr(space, "dtype"):
        if hasattr(space, "nvec"):
            return _vector_codec(space, noop)
        if hasattr(space, "low") and hasattr(space, "high"):
            return _box_codec(space, noop, levels)
        if space.shape:
            return _switches_codec(space, noop)
    return _discrete_codec(space, noop)


def parts_of(space: Any) -> Any:
    """The spaces that a space consists of, a mapping or a sequence; None if it consists of none."""
    # Gymnasium's OneOf has spaces as well, but an action of it is one of theirs and its number.
    return None if type(space).__name__ == "OneOf" else getattr(space, "spaces", None)


def _discrete_codec(space: Any, noop: Any) -> ActionCodec:
    count = space if type(space) is int else getattr(space, "n", None)
    if count is None or not hasattr(count, "__index__") or getattr(space, "shape", None):
        raise EnvironmentContractError(
            f"action_space must return a count of actions or a discrete space with n, or one made "
            f"of such, or a box, not {space!r}"
        )
    start = int(getattr(space, "start", 0))
    if noop is None:
        noop = min(max(0, start), start + count.__index__() - 1)
    return ActionCodec(count.__index__(), _index_of(noop), start)


def _index_of(noop: Any) -> int:
    if not hasattr(noop, "__index__"):
        raise EnvironmentContractError(f"the noop action {noop!r} is no whole number")
    return int(noop.__index__())


def _vector_codec(space: Any, noop: Any) -> CompositeCodec:
    sizes = [int(size) for size in space.nvec.reshape(-1)]
    starts = getattr(space, "start", None)
    begin = [0] * len(sizes) if starts is None else [int(each) for each in starts.reshape(-1)]
    rest = begin if noop is None else _rest(noop, len(sizes))
    parts = [ActionCodec(*each) for each in zip(sizes, rest, begin, strict=True)]
    return _array_codec(space, parts)


def _switches_codec(space: Any, noop: Any) -> CompositeCodec:
    count = 1
    for side in space.shape:
        count *= int(side)
    rest = [0] * count if noop is None else _rest(noop, count)
    return _array_codec(space, [ActionCodec(2, each) for each in rest])


def _box_codec(space: Any, noop: Any, levels: Any) -> CompositeCodec:
    lows, highs = space.low.reshape(-1).tolist(), space.high.reshape(-1).tolist()
    is_whole = space.dtype.kind in "iub"
    rest = [0.0] * len(lows) if noop is None else _rest(noop, len(lows))
    counts = levels_for(len(lows), levels, MAX_ACTIONS)
    parts = [
        LevelCodec(*each, is_whole=is_whole) for each in zip(lows, highs, counts, rest, strict=True)
    ]
    return _array_codec(space, parts)


def _rest(noop: Any, count: int) -> list[Any]:
    """The parts of a no-op; one number is meant for all of them."""
    flat = noop.reshape(-1).tolist() if hasattr(noop, "reshape") else noop
    if isinstance(flat, (int, float)) and not isinstance(flat, bool):
        return [flat] * count
    if isinstance(flat, Sequence) and len(flat) == count:
        return list(flat)
    raise EnvironmentContractError(f"the noop action {noop!r} does not have {count} parts")


def _array_codec(space: Any, parts: Sequence[Codec]) -> CompositeCodec:
    """The codec of a space whose actions are arrays."""
    numpy = sys.modules["numpy"]  # who has such a space has loaded it
    shape, dtype = tuple(space.shape), space.dtype

    def join(values: list[Any]) -> Any:
        return numpy.array(values, dtype=dtype).reshape(shape)

    def split(action: Any) -> Sequence[Any]:
        if isinstance(action, (bool, str, bytes)) or action is None:
            raise UsageError(f"an action is an array of {len(parts)} numbers, not {action!r}")
        try:
            values: list[Any] = numpy.asarray(action).reshape(-1).tolist()
        except (TypeError, ValueError):
            raise UsageError(f"an action is an array, not {action!r}") from None
        return values * len(parts) if isinstance(action, float) else values

    return CompositeCodec(parts, split, join, MAX_ACTIONS)


def _tuple_codec(spaces: tuple[Any, ...], noop: Any, levels: Any) -> CompositeCodec:
    rests = noop if isinstance(noop, tuple) and len(noop) == len(spaces) else (None,) * len(spaces)
    parts = [_codec(space, rest, levels) for space, rest in zip(spaces, rests, strict=True)]

    def split(action: Any) -> Sequence[Any]:
        if not isinstance(action, (list, tuple)):
            raise UsageError(f"an action is a tuple of {len(parts)}, not {action!r}")
        return action

    return CompositeCodec(parts, split, tuple, MAX_ACTIONS)


def _dict_codec(spaces: Mapping[Any, Any], noop: Any, levels: Any) -> CompositeCodec:
    names = tuple(spaces)
    rests = noop if isinstance(noop, Mapping) else {}
    fine = levels if isinstance(levels, Mapping) else dict.fromkeys(names, levels)
    parts = [_codec(spaces[name], rests.get(name), fine.get(name)) for name in names]

    def split(action: Any) -> Sequence[Any]:
        if not isinstance(action, Mapping) or set(action) != set(names):
            raise UsageError(f"an action is a dict of {', '.join(map(str, names))}, not {action!r}")
        return [action[name] for name in names]

    def join(values: list[Any]) -> dict[Any, Any]:
        return dict(zip(names, values, strict=True))

    return CompositeCodec(parts, split, join, MAX_ACTIONS)


__all__ = ["FIELD", "AnyCodec", "codec_from_space"]
