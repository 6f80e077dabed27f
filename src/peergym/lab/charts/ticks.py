"""Round numbers for an axis."""

from __future__ import annotations

from math import ceil, floor, log10

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ticks(least: float, most: float, wanted: int = 5) -> list[float]:
    """Round numbers from at most ``least`` to at least ``most``.

    Args:
        least: The smallest value.
        most: The largest value.
        wanted: About how many there shall be.
    """
    span = most - least or abs(most) or 1.0
    rough = span / wanted
    size = 10.0 ** floor(log10(rough))
    step = next(step * size for step in STEPS if step * size >= rough * 0.999)
    first, last = floor(least / step + 1e-9), ceil(most / step - 1e-9)
    return [round(number * step, 12) for number in range(first, max(last, first + 1) + 1)]


def number(value: float) -> str:
    """A number for people: 12,500, 0.25, 3."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.4g}"
