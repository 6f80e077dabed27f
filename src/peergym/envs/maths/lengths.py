"""Lengths and roots, from operations that are identical everywhere.

Theory of operation: the square root of a sum of squares is corrected by what its own square leaves
over; squares are cut in halves whose products are exact. Cubic roots are found in whole numbers.

Why not `math.hypot`: it was the same wherever it was measured, but C compilers may fuse its
multiplications and additions, and do where the processor has an instruction for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import copysign, frexp, fsum, ldexp, sqrt

LARGE, SMALL = 2.0**500, 2.0**-480  # beyond these, squares of the halves of floats are inexact
SPLIT = 134217729.0  # 2**27 + 1: cuts a float into halves whose products are exact
INFINITY = float("inf")
ROOT_BITS = 64


def hypot(*coordinates: float) -> float:
    """Return the length of a vector, to within 1 ulp."""
    if len(coordinates) == 2:
        x, y = coordinates
        if SMALL < abs(x) < LARGE and SMALL < abs(y) < LARGE:
            return _length_of_two(float(x), float(y))
    sizes = [abs(float(each)) for each in coordinates]
    longest = max(sizes, default=0.0)
    if INFINITY in sizes:
        return INFINITY
    if not SMALL < longest < LARGE:
        return _length_of_any(sizes, longest)
    return _length(sizes)


def dist(p: Iterable[float], q: Iterable[float]) -> float:
    """Return the distance of two points.

    Raises:
        ValueError: They have different numbers of coordinates.
    """
    return hypot(*(a - b for a, b in zip(p, q, strict=True)))


def cbrt(x: float) -> float:
    """Return the cubic root, to within 1 ulp."""
    x = float(x)
    fraction, exponent = frexp(abs(x))
    if not 0.0 < fraction < 1.0:
        return x  # 0, infinite, not a number
    turns = -exponent % 3
    cube = int(ldexp(fraction, 3 * ROOT_BITS)) >> turns
    root = 1 << ROOT_BITS
    while True:  # Newton's way down, which ends at the root or just below
        next_root = (2 * root + cube // (root * root)) // 3
        if next_root >= root:
            return copysign(ldexp(root, (exponent + turns) // 3 - ROOT_BITS), x)
        root = next_root


def _length_of_two(x: float, y: float) -> float:
    """Return what `_length` does, for what is needed most, in half the time."""
    split = SPLIT * x
    high = split - (split - x)
    low = x - high
    x_square = x * x
    x_missing = (high * high - x_square + 2.0 * high * low) + low * low
    split = SPLIT * y
    high = split - (split - y)
    low = y - high
    y_square = y * y
    y_missing = (high * high - y_square + 2.0 * high * low) + low * low
    length = sqrt(x_square + y_square)
    split = SPLIT * length
    high = split - (split - length)
    low = length - high
    square = length * length
    missing = (high * high - square + 2.0 * high * low) + low * low
    if x_square < y_square:
        x_square, y_square = y_square, x_square
    rest = ((x_square - square) + y_square) + (x_missing + y_missing - missing)
    return length + rest / (2.0 * length)


def _length(sizes: list[float]) -> float:
    total = 0.0
    parts: list[float] = []
    for size in sizes:
        square = size * size
        total += square
        parts += (square, _missing(size, square))
    length = sqrt(total)
    square = length * length
    rest = fsum((*parts, -square, -_missing(length, square)))
    return length + rest / (2.0 * length)


def _missing(x: float, square: float) -> float:
    """Return by how much the square of x exceeds its rounded square, exactly."""
    split = SPLIT * x
    high = split - (split - x)
    low = x - high
    return (high * high - square + 2.0 * high * low) + low * low


def _length_of_any(sizes: list[float], longest: float) -> float:
    for size in sizes:
        if size != size:  # noqa: PLR0124 - not a number
            return size
    if longest == 0.0:
        return 0.0
    exponent = frexp(longest)[1]
    length = _length([ldexp(size, -exponent) for size in sizes])
    try:
        return ldexp(length, exponent)
    except OverflowError:
        return INFINITY
