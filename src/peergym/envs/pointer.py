"""Steering by mouse or touch.

``metadata["pointer"]`` says how, in one of two ways. A game whose actions move a shape of its
drawing has the page bring that shape to where one points; it is a dict of

- ``shape``: the key of the shape to steer; ``{player}`` in it stands for the player's index;
- ``axis``: ``"x"`` or ``"y"``;
- ``decrease``, ``increase``: the actions that move the shape to lower or higher coordinates;
- ``dead_zone``: how near is near enough, in pixels. Choose at least half of what the shape moves
  in a frame, or it will tremble.

In between, the page sends the no-op. Where actions are a box, its numbers follow the place that is
pointed to, from the lowest value at one edge of the picture to the highest at the other; it is a
dict of

- ``right`` or ``left``, ``up`` or ``down``: which number of the box is highest there, by its index;
- ``hover``: True if the mouse steers without a button pressed, as long as it is over the picture.

Where it says nothing, a box of one number has ``{"right": 0}``, and one of two
``{"right": 0, "up": 1}``: with the button pressed, so that a mouse that only lies there is not in
the way of keys. ``None`` turns that off. The left stick of a gamepad does the same from the middle,
which is rest, wherever the pointer does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from peergym.envs.levels import levels_for
from peergym.errors import EnvironmentContractError

FIELD = "pointer"

AXES = ({"right", "left"}, {"up", "down"})
"""A number follows one of these; two on the same axis could not be told apart."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """How a shape is steered by pointing; the fields are those of ``metadata["pointer"]``."""

    shape: str
    axis: str
    decrease: int
    increase: int
    dead_zone: float


@dataclass(frozen=True, slots=True)
class PointedNumber:
    """One number of a box that follows a pointer.

    The number of the action is the sum of ``(level - rest) % levels * stride`` over all of them.

    Attributes:
        toward: Where it is highest: ``"right"``, ``"left"``, ``"up"`` or ``"down"``.
        levels: How many values it has.
        rest: Which of them it has when nothing is done, from 0.
        stride: What one level more adds to the number of the action.
    """

    toward: str
    levels: int
    rest: int
    stride: int


@dataclass(frozen=True, slots=True)
class PointedBox:
    """How a box follows a pointer.

    Attributes:
        numbers: Those of its numbers that do.
        hover: Whether a mouse steers without a button pressed.
    """

    numbers: tuple[PointedNumber, ...]
    hover: bool


def read_pointer(metadata: Mapping[str, Any]) -> Pointer | None:
    """Read how a shape is steered by pointing, None if none is.

    Raises:
        EnvironmentContractError: If an entry is missing or not usable.
    """
    declared = metadata.get(FIELD)
    if declared is None or is_pointed_box(declared):
        return None
    try:
        pointer = Pointer(
            str(declared["shape"]),
            declared["axis"],
            declared["decrease"].__index__(),
            declared["increase"].__index__(),
            float(declared.get("dead_zone", 0)),
        )
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise EnvironmentContractError(
            "metadata['pointer'] needs shape, axis, decrease, increase and dead_zone, "
            f"not {declared!r}"
        ) from error
    if pointer.axis not in ("x", "y") or not pointer.dead_zone >= 0:
        raise EnvironmentContractError(
            f"metadata['pointer'] needs axis 'x' or 'y' and dead_zone >= 0, not {declared!r}"
        )
    return pointer


def read_pointed_box(
    metadata: Mapping[str, Any], space: Any, levels: Any, rest: Sequence[float], most_inputs: int
) -> PointedBox | None:
    """Read how the box of one agent follows a pointer, None if it does not.

    Args:
        metadata: The game's.
        space: The agent's action space, whatever it is.
        levels: ``metadata["action_levels"]``.
        rest: The numbers of the action that does nothing.
        most_inputs: How many inputs an agent may have.

    Raises:
        EnvironmentContractError: If what is declared is not usable.
    """
    declared = metadata.get(FIELD, _usual(space) if FIELD not in metadata else None)
    if not is_pointed_box(declared):
        return None
    toward = {name: index for name, index in declared.items() if name != "hover"}
    if not toward or any(len(axis & toward.keys()) > 1 for axis in AXES):
        raise EnvironmentContractError(
            f"metadata['pointer'] needs right or left, up or down, or one of each, not {declared!r}"
        )
    if not is_box_space(space):
        return None
    lows, highs = space.low.reshape(-1).tolist(), space.high.reshape(-1).tolist()
    counts = levels_for(len(lows), levels, most_inputs)
    numbers = []
    for name, index in toward.items():
        if type(index) is not int or not 0 <= index < len(lows):
            raise EnvironmentContractError(
                f"metadata['pointer'][{name!r}] must be the index of one of {len(lows)} numbers, "
                f"not {index!r}"
            )
        share = (rest[index] - lows[index]) / ((highs[index] - lows[index]) or 1)
        at = round(share * (counts[index] - 1))
        numbers.append(PointedNumber(name, counts[index], at, prod(counts[:index])))
    return PointedBox(tuple(numbers), bool(declared.get("hover", False)))


def is_box_space(space: Any) -> bool:
    """Whether an action space is a box of numbers."""
    return hasattr(space, "low") and hasattr(space, "high") and not hasattr(space, "nvec")


def is_pointed_box(declared: Any) -> bool:
    """Whether ``metadata["pointer"]`` is meant for a box."""
    names = AXES[0] | AXES[1] | {"hover"}
    return isinstance(declared, Mapping) and bool(declared) and declared.keys() <= names


def _usual(space: Any) -> dict[str, int] | None:
    size = space.low.size if is_box_space(space) else 0
    return {1: {"right": 0}, 2: {"right": 0, "up": 1}}.get(size)
