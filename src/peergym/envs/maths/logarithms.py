"""Logarithms, and the functions that are logarithms of something, in identical operations.

Theory of operation: the natural logarithm is a polynomial in s = f / (2 + f), where 1 + f is the
number without its power of two. The others, which are needed less often, are whole numbers of 128
bits (`peergym.envs.maths.fixed`) until the last step.

Source: the order of the additions in `log` follows fdlibm's papers.
"""

from __future__ import annotations

from math import copysign, frexp, isqrt, ldexp

from peergym.envs.maths.fixed import BITS, ONE, ln2, ln10, natural_logarithm, normalised, parts_of

LOGARITHM = (
    0.6666666666666861,
    0.3999999999879214,
    0.28571428855471814,
    0.22222188600307724,
    0.1818402418324871,
    0.1530338406152444,
    0.14894216412816796,
)
LN2 = (0.6931471803691238, 1.9082149292705877e-10)

L1, L2, L3, L4, L5, L6, L7 = LOGARITHM
LN2_HIGH, LN2_LOW = LN2
ROOT_HALF = 0.7071067811865476
INFINITY = float("inf")
TINY = 2.0**-29  # below it, two terms of a series are enough


def log(x: float, base: float | None = None) -> float:
    """Return the natural logarithm, to within 1 ulp.

    Args:
        x: Positive; whole numbers may be larger than any float.
        base: Of the logarithm. The result is then a quotient of two, and may be 2 ulp off.

    Raises:
        ValueError: ``x`` is not positive.
    """
    if base is not None:
        return log(x) / log(base)
    fraction, exponent = _split(x)
    if exponent is None:
        return fraction
    if fraction < ROOT_HALF:
        fraction *= 2.0
        exponent -= 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    tail = z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7))))))
    half = 0.5 * f * f
    return exponent * LN2_HIGH - ((half - (s * (half + tail) + exponent * LN2_LOW)) - f)


def log2(x: float) -> float:
    """Return the logarithm to the base 2, to within 1 ulp.

    Raises:
        ValueError: ``x`` is not positive.
    """
    fraction, exponent = _split(x)
    if exponent is None:
        return fraction
    return _fixed_logarithm(fraction, exponent) / ln2()


def log10(x: float) -> float:
    """Return the logarithm to the base 10, to within 1 ulp.

    Raises:
        ValueError: ``x`` is not positive.
    """
    fraction, exponent = _split(x)
    if exponent is None:
        return fraction
    return _fixed_logarithm(fraction, exponent) / ln10()


def log1p(x: float) -> float:
    """Return the logarithm of 1 + x, to within 1 ulp, also where x is small.

    Raises:
        ValueError: ``x`` is -1 or less.
    """
    x = float(x)
    if -TINY < x < TINY:
        return x - 0.5 * x * x
    if x >= 2.0**60 or x != x:  # noqa: PLR0124 - not a number
        return log(x)
    if x <= -1.0:
        raise ValueError("math domain error")
    return _of_fixed(ONE + int(ldexp(x, BITS)))


def asinh(x: float) -> float:
    """Return the inverse hyperbolic sine, to within 1 ulp."""
    x = float(x)
    size = abs(x)
    if size < TINY:
        return (x - x * x * x / 6.0) or x  # of -0.0 it is -0.0
    if not size < INFINITY:
        return x
    if size > 2.0**60:
        return copysign(_fixed_logarithm_of_twice(size), x)
    fixed = int(ldexp(size, BITS))
    return copysign(_of_fixed(fixed + isqrt(fixed * fixed + ONE * ONE)), x)


def acosh(x: float) -> float:
    """Return the inverse hyperbolic cosine, to within 1 ulp.

    Raises:
        ValueError: ``x`` is below 1.
    """
    x = float(x)
    if x < 1.0:
        raise ValueError("math domain error")
    if x > 2.0**60 or x != x:  # noqa: PLR0124 - not a number
        return _fixed_logarithm_of_twice(x) if x < INFINITY else x
    fixed = int(ldexp(x, BITS))
    return _of_fixed(fixed + isqrt(fixed * fixed - ONE * ONE))


def atanh(x: float) -> float:
    """Return the inverse hyperbolic tangent, to within 1 ulp.

    Raises:
        ValueError: ``x`` is not between -1 and 1.
    """
    x = float(x)
    if -TINY < x < TINY:
        return x + x * x * x / 3.0
    if abs(x) >= 1.0:
        raise ValueError("math domain error")
    if x != x:  # noqa: PLR0124 - not a number
        return x
    fixed = int(ldexp(x, BITS))
    return 0.5 * _of_fixed((ONE + fixed) * ONE // (ONE - fixed))


def _split(x: float) -> tuple[float, int | None]:
    """Return a number as a fraction from 0.5 to 1 and a power of two.

    Where that cannot be: its logarithm, and None.
    """
    if isinstance(x, int) and x.bit_length() > 1000:
        excess = x.bit_length() - 1000
        fraction, exponent = frexp(float(x >> excess))
        exponent += excess
    else:
        x = float(x)
        if x == INFINITY or x != x:  # noqa: PLR0124 - not a number
            return x, None
        fraction, exponent = frexp(x)
    if fraction <= 0.0:
        raise ValueError("math domain error")
    return fraction, exponent


def _fixed_logarithm(fraction: float, exponent: int) -> int:
    value, more = parts_of(fraction)
    return natural_logarithm(value, exponent + more)


def _fixed_logarithm_of_twice(x: float) -> float:
    value, exponent = parts_of(x)
    return natural_logarithm(value, exponent + 1) / ONE


def _of_fixed(value: int) -> float:
    return natural_logarithm(*normalised(value, 0)) / ONE
