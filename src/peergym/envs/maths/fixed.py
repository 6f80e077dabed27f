"""Logarithm and exponential in whole numbers, where floats would not be exact enough.

Theory of operation: a number near 1 is multiplied by a short number that brings it nearer still, to
1 + r, and a table has the logarithm of the short one. The first two terms of the series of r are
whole numbers; what comes after them is so small that a float has enough of its digits. The
exponential goes the same way back. Python's whole numbers are exact, of any size, and the same
everywhere, and one of 128 bits costs little more than a float.

Laws
    1. Results have 66 correct bits or more, relative to themselves; a logarithm also near 0.
    2. Tables are computed when they are first needed, from whole numbers alone.

Source: Tang's tables ("Table-driven implementation of the logarithm function", 1990).
"""

from __future__ import annotations

from functools import cache
from math import frexp, isqrt, ldexp

BITS = 128
"""Of fractions: 53 that may cancel, and 75 for a power of two that is to have 64."""

ONE = 1 << BITS
SHIFT = 10  # bits of the short number
STEP_BITS = 7  # the table has a row for each 128th, from 0.7 to 1.42
ROOT_HALF = isqrt(ONE * ONE // 2)
STEPS_PER_UNIT = 64  # of the exponential's table
FLOAT_BITS = 53

TERMS = (1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8, 1 / 9, -1 / 10)
"""Of the logarithm of 1 + r after r - r * r / 2; r is below 0.0065."""

EXPONENTIAL_TERMS = (1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320)
"""Of the exponential of r after 1 + r + r * r / 2; r is below 1 / 128."""


def parts_of(x: float) -> tuple[int, int]:
    """Return a positive number as a fixed number from 0.7 to 1.42, and a power of two."""
    fraction, exponent = frexp(x)
    return normalised(int(ldexp(fraction, FLOAT_BITS)) << BITS - FLOAT_BITS, exponent)


def normalised(value: int, exponent: int) -> tuple[int, int]:
    """Bring a positive fixed number to between 0.7 and 1.42."""
    excess = value.bit_length() - BITS
    value = value >> excess if excess >= 0 else value << -excess
    exponent += excess
    return (value << 1, exponent - 1) if value < ROOT_HALF else (value, exponent)


def natural_logarithm(value: int, exponent: int) -> int:
    """Return the logarithm of ``value`` times 2 to the ``exponent``, as a fixed number.

    Args:
        value: A fixed number from 0.7 to 1.42.
        exponent: Any.
    """
    row = (value >> BITS - STEP_BITS - 1) + 1 >> 1
    short, logarithm = _row(row)
    rest = (value * short >> SHIFT) - ONE
    r = ldexp(rest, -BITS)
    tail = 0.0
    for term in reversed(TERMS):
        tail = tail * r + term
    near = rest - (rest * rest >> BITS + 1) + int(ldexp(tail * r * r * r, BITS))
    return exponent * ln2() + logarithm + near


def exponential(x: int) -> tuple[int, int]:
    """Return the exponential of a fixed number, as one from 0.7 to 1.42 and a power of two.

    Of a number below 1 / 128 the power is 0, and the fixed number differs from 1 by what it should
    to 66 bits.
    """
    two = ln2()
    exponent = (x + (two >> 1)) // two
    x -= exponent * two
    step = x * STEPS_PER_UNIT + (ONE >> 1) >> BITS
    rest = x - step * ONE // STEPS_PER_UNIT
    r = ldexp(rest, -BITS)
    tail = 0.0
    for term in reversed(EXPONENTIAL_TERMS):
        tail = tail * r + term
    near = ONE + rest + (rest * rest >> BITS + 1) + int(ldexp(tail * r * r * r, BITS))
    return (near if not step else near * _step(step) >> BITS), exponent


@cache
def ln2() -> int:
    """Return the logarithm of 2."""
    return 2 * _inverse_hyperbolic(1, 3)


@cache
def ln10() -> int:
    """Return the logarithm of 10."""
    return 3 * ln2() + 2 * _inverse_hyperbolic(1, 9)


@cache
def _row(row: int) -> tuple[int, int]:
    """Return the short number that brings so many 128ths near to 1, and minus its logarithm."""
    one = 1 << SHIFT
    short = (2 * one * (1 << STEP_BITS) + row) // (2 * row)
    return short, -2 * _inverse_hyperbolic(short - one, short + one)


@cache
def _step(step: int) -> int:
    """Return the exponential of so many 64ths."""
    total = term = ONE
    k = 0
    while term not in {0, -1}:
        k += 1
        term = term * step // (STEPS_PER_UNIT * k)
        total += term
    return total


def _inverse_hyperbolic(numerator: int, denominator: int) -> int:
    """Return half the logarithm of (denominator + numerator) / (denominator - numerator)."""
    spare = 16
    total, k = 0, 1
    power = (numerator << BITS + spare) // denominator
    while power not in {0, -1}:
        total += power // k
        power = power * numerator * numerator // (denominator * denominator)
        k += 2
    return total >> spare
