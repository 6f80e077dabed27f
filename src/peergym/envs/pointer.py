"""Steering by mouse or touch: the page moves one shape of the drawing to where one points.

``metadata["pointer"]`` is a dict of

- ``shape``: the key of the shape to steer; ``{player}`` in it stands for the player's index;
- ``axis``: ``"x"`` or ``"y"``;
- ``decrease``, ``increase``: the actions that move the shape to lower or higher coordinates;
- ``dead_zone``: how near is near enough, in pixels. Choose at least half of what the shape moves
  in a frame, or it will tremble.

In between, the page sends the no-op.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peergym.errors import EnvironmentContractError


@dataclass(frozen=True, slots=True)
class Pointer:
    """How a game is steered by pointing; the fields are those of ``metadata["pointer"]``."""

    shape: str
    axis: str
    decrease: int
    increase: int
    dead_zone: float


def read_pointer(metadata: Mapping[str, Any]) -> Pointer | None:
    """Read how a game is steered by pointing, None if it is not.

    Raises:
        EnvironmentContractError: If an entry is missing or not usable.
    """
    declared = metadata.get("pointer")
    if declared is None:
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
