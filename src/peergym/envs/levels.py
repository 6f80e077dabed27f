"""Numbers of a range, taken from a scale of few levels: what an axis of a box is played with.

An input is a whole number of few bits, so a box is quantised: ``metadata["action_levels"]`` says
into how many levels each of its numbers is divided (one number, or a list with one for each). Left
out, it is the largest odd number up to `MOST_LEVELS` with which the whole fits into an input; odd,
so that the middle, which is rest as a rule, is one of them. A box of whole numbers has no more
levels than numbers.

Law: a level's value is computed from integers and the bounds by ``+ - * /`` alone, so it is the
same bits on every platform.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from peergym.errors import EnvironmentContractError, UsageError

MOST_LEVELS = 15
"""Of one number, unless declared: finer than fingers on keys or a stick are."""

FIELD = "action_levels"


class LevelCodec:
    """Encodes one number between two bounds.

    Args:
        low: The lowest value.
        high: The highest.
        count: How many levels there are.
        noop: What rest is, rounded to a level.
        is_whole: Whether only whole numbers are meant; then so are the bounds.

    Raises:
        EnvironmentContractError: A bound is not finite, or there are not at least two levels.
    """

    __slots__ = ("_values", "count", "noop")

    def __init__(
        self, low: float, high: float, count: int, noop: float = 0.0, *, is_whole: bool = False
    ) -> None:
        if not isfinite(low) or not isfinite(high):
            raise EnvironmentContractError(
                f"a box from {low} to {high} has no levels; wrap it so that its bounds are finite"
            )
        if type(count) is not int or count < 2:
            raise EnvironmentContractError(
                f"metadata[{FIELD!r}] needs at least 2 levels, not {count!r}"
            )
        if is_whole:
            self._values: list[float] = _whole_levels(int(low), int(high), count)
        else:
            self._values = [low + (high - low) * level / (count - 1) for level in range(count)]
            self._values[-1] = high
        self.count = len(self._values)
        self.noop = self._nearest(min(max(noop, low), high))

    def encode(self, action: Any) -> int:
        """Return the input of the nearest level.

        Raises:
            UsageError: It is no number within the bounds.
        """
        if not hasattr(action, "__float__"):
            raise UsageError(f"an action's part is a number, not {action!r}")
        value = float(action)
        if not self._values[0] <= value <= self._values[-1]:  # NaN fails this as well
            raise UsageError(
                f"action {value} is not between {self._values[0]} and {self._values[-1]}"
            )
        return (self._nearest(value) - self.noop) % self.count

    def decode(self, value: int) -> float:
        """Return the number for an input, whatever non-negative integer it is."""
        return self._values[(value + self.noop) % self.count]

    def _nearest(self, value: float) -> int:
        return min(range(self.count), key=lambda level: abs(self._values[level] - value))


def _whole_levels(low: int, high: int, most: int) -> list[float]:
    """Whole numbers from one bound to the other, evenly, each once."""
    last = min(most - 1, high - low)
    if last < 1:
        return [low]
    return [low + (2 * (high - low) * level + last) // (2 * last) for level in range(last + 1)]


def levels_for(bounded: int, declared: Any, most_inputs: int) -> list[int]:
    """Return how many levels each number of a box has.

    Args:
        bounded: How many numbers the box has.
        declared: ``metadata["action_levels"]``; None where it says nothing.
        most_inputs: How many inputs there may be in all.

    Raises:
        EnvironmentContractError: What is declared is not usable.
    """
    if declared is None:
        return [_default_levels(bounded, most_inputs)] * bounded
    if type(declared) is int:
        return [declared] * bounded
    if isinstance(declared, (list, tuple)) and len(declared) == bounded:
        return list(declared)
    raise EnvironmentContractError(
        f"metadata[{FIELD!r}] must be a number, or a list of {bounded}, not {declared!r}"
    )


def _default_levels(bounded: int, most_inputs: int) -> int:
    for count in range(MOST_LEVELS, 1, -2):
        if count**bounded <= most_inputs:
            return count
    return 2
