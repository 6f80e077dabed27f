"""Exponentials and powers, from operations that are identical everywhere.

Theory of operation: exp(x) is a power of two times exp(r), with r below half of log 2, which is
1 + r + r c / (2 - c) with c from a polynomial. A power is the exponential of the exponent times a
logarithm that has 66 bits or more (`peergym.envs.maths.fixed`), since one that had 53 would lose
as many of them as the result has in its own exponent. Hyperbolic functions are quotients of whole
numbers.

Source: the form with c follows fdlibm's papers.
"""

from __future__ import annotations

from math import copysign, floor, ldexp, sqrt

from peergym.envs.maths.fixed import BITS, ONE, exponential, ln2, natural_logarithm, parts_of

EXPONENTIAL = (
    0.16666666666666521,
    -0.0027777777776505025,
    6.613756211641878e-05,
    -1.6533804689011001e-06,
    4.135065465486605e-08,
)
LN2 = (0.6931471803691238, 1.9082149292705877e-10)

E1, E2, E3, E4, E5 = EXPONENTIAL
LN2_HIGH, LN2_LOW = LN2
POWERS_PER_UNIT = 1.4426950408889634
NEAREST = 6755399441055744.0  # 1.5 * 2**52: added and taken off, it rounds to a whole number
INFINITY = float("inf")
MOST, LEAST = 710.0, -746.0  # beyond, the result is too large, or 0
SQUARE_FITS = 1e154
MOST_POWER, LEAST_POWER = 1025, -1080
TINY = 2.0**-29  # below it, two terms of a series are enough
ALMOST_ONE = 20.0  # the hyperbolic tangent of more rounds to 1


def exp(x: float) -> float:
    """Return e to the x, to within 1 ulp.

    Raises:
        OverflowError: The result is larger than any float.
    """
    x = float(x)
    if not LEAST < x < MOST:
        return _extreme(x)
    powers = (x * POWERS_PER_UNIT + NEAREST) - NEAREST
    return _scaled(x - powers * LN2_HIGH, powers * LN2_LOW, int(powers))


def exp2(x: float) -> float:
    """Return 2 to the x, to within 1 ulp.

    Raises:
        OverflowError: The result is larger than any float.
    """
    return pow(2.0, x)


def expm1(x: float) -> float:
    """Return e to the x, minus 1, to within 1 ulp, also where x is small.

    Raises:
        OverflowError: The result is larger than any float.
    """
    x = float(x)
    if -TINY < x < TINY:
        return (x + 0.5 * x * x) or x  # of -0.0 it is -0.0
    if not -80.0 < x < MOST:
        return exp(x) - 1.0
    return _shifted(x) / ONE


def sinh(x: float) -> float:
    """Return the hyperbolic sine, to within 1 ulp.

    Raises:
        OverflowError: The result is larger than any float.
    """
    x = float(x)
    size = abs(x)
    if size < TINY or not size < INFINITY:
        return x
    _check_range(size)
    more = _shifted(size)
    return copysign((more * (2 * ONE + more)) / (2 * ONE * (ONE + more)), x)


def cosh(x: float) -> float:
    """Return the hyperbolic cosine, to within 1 ulp.

    Raises:
        OverflowError: The result is larger than any float.
    """
    size = abs(float(x))
    if not size < INFINITY:
        return size
    _check_range(size)
    whole = ONE + _shifted(size)
    return (whole * whole + ONE * ONE) / (2 * ONE * whole)


def tanh(x: float) -> float:
    """Return the hyperbolic tangent, to within 1 ulp."""
    x = float(x)
    size = abs(x)
    if size < TINY:
        return x
    if not size < ALMOST_ONE:
        return copysign(1.0, x) if size >= ALMOST_ONE else x
    more = _shifted(2.0 * size)
    return copysign(more / (more + 2 * ONE), x)


def pow(x: float, y: float) -> float:  # noqa: A001 - as in `math`
    """Return x to the y, to within 1 ulp.

    Raises:
        ValueError: A negative number to a broken power, or 0 to a negative one.
        OverflowError: The result is larger than any float.
    """
    x, y = float(x), float(y)
    if x == 1.0 or y == 0.0:
        return 1.0
    if y == 1.0:
        return x
    if y == 2.0 and -SQUARE_FITS < x < SQUARE_FITS:
        return x * x
    if not (0.0 < x < INFINITY and -INFINITY < y < INFINITY):
        return _unusual_power(x, y)
    if y == 0.5:
        return sqrt(x)
    size = _power(x, y)
    if size == INFINITY:
        raise OverflowError("math range error")
    return size


def _power(x: float, y: float) -> float:
    """Return a power of positive and finite x, x not 1; infinity where it is too large."""
    logarithm = natural_logarithm(*parts_of(x))
    numerator, denominator = y.as_integer_ratio()
    two = ln2()
    product = numerator * logarithm // denominator
    powers = (product + (two >> 1)) // two
    if not LEAST_POWER < powers < MOST_POWER:
        return INFINITY if powers > 0 else 0.0
    product -= powers * two
    high = ldexp(product, -BITS)
    return _scaled(high, ldexp(int(ldexp(high, BITS)) - product, -BITS), powers, INFINITY)


def _scaled(high: float, low: float, powers: int, too_large: float | None = None) -> float:
    """Return exp(high - low) times a power of two.

    Args:
        high: Up to half of log 2.
        low: What it is too large by, less than its last bits.
        powers: The power.
        too_large: What to return if the result is; None raises.
    """
    r = high - low
    z = r * r
    c = r - z * (E1 + z * (E2 + z * (E3 + z * (E4 + z * E5))))
    value = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    if powers > -1000:
        try:
            return ldexp(value, powers)
        except OverflowError:
            if too_large is None:
                raise
            return too_large
    # Not by ldexp: on Windows it cuts what does not fit into the smallest floats.
    return ldexp(value, powers + 1000) * 2.0**-1000


def _shifted(x: float) -> int:
    """Return e to the x, minus 1, as a fixed number."""
    value, powers = exponential(int(ldexp(x, BITS)))
    return (value << powers if powers >= 0 else value >> -powers) - ONE


def _check_range(size: float) -> None:
    if size > MOST + 1.0:
        raise OverflowError("math range error")


def _extreme(x: float) -> float:
    if x >= MOST:
        if x < INFINITY:
            raise OverflowError("math range error")
        return x
    return 0.0 if x <= LEAST else x


def _unusual_power(x: float, y: float) -> float:
    """Return what C says of bases that are 0, negative or infinite, and infinite exponents."""
    if x != x or y != y:  # noqa: PLR0124 - not a number
        return x + y
    size = abs(x)
    if abs(y) == INFINITY:
        if size == 1.0:
            return 1.0
        return INFINITY if (size > 1.0) == (y > 0.0) else 0.0
    is_whole = y == floor(y)
    is_odd = is_whole and int(y) & 1 == 1
    if size == 0.0 and y < 0.0:
        raise ValueError("math domain error")
    if size in {0.0, INFINITY}:
        value = 0.0 if (size == 0.0) == (y > 0.0) else INFINITY
    elif not is_whole:
        raise ValueError("math domain error")
    else:
        value = 1.0 if size == 1.0 else _power(size, y)
        if value == INFINITY:
            raise OverflowError("math range error")
    return -value if is_odd and copysign(1.0, x) < 0.0 else value
