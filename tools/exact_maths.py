"""Elementary functions to more digits than a float has: what portable maths is measured against.

Theory of operation: logarithms and exponentials are those of `decimal`, which rounds them correctly
at any precision. Sine and cosine are Taylor series in integers, with as many bits of pi as the
argument needs. An arc is the one that `math` gives, corrected by the angle between it and the
true one, which sine and cosine tell. Nothing here is shared with what it measures.

Law: a result has 30 correct digits or more, relative to itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal
from functools import cache

DIGITS = 50
CONTEXT = Context(prec=DIGITS, Emax=10**6, Emin=-(10**6))
GUARD_BITS = 220  # sine of the worst multiple of pi still has 150 of them
TINY = 1e-15  # below it, two terms of a series have 30 digits

ONE = Decimal(1)
TWO = Decimal(2)

Exact = Callable[..., Decimal]


def error_ulps(computed: float, exact: Decimal) -> float:
    """Return how far a float is from the truth, in units in the last place of the truth."""
    difference = abs(CONTEXT.subtract(Decimal(computed), exact))
    return float(CONTEXT.divide(difference, Decimal(math.ulp(float(exact)))))


@cache
def pi_bits(bits: int) -> int:
    """Return the whole part of pi times 2 to the ``bits``, or one less.

    Source: J. Machin's formula, pi / 4 = 4 atan(1/5) - atan(1/239).
    """
    precise = bits + 32
    quarter = 4 * _arc_of_inverse(5, precise) - _arc_of_inverse(239, precise)
    return 4 * quarter >> 32


def _arc_of_inverse(n: int, bits: int) -> int:
    power = (1 << bits) // n
    total, k = power, 1
    while power:
        power //= n * n
        k += 2
        total += -(power // k) if k % 4 == 3 else power // k
    return total


def sine_and_cosine(x: float) -> tuple[int, int, int]:
    """Return sine and cosine of a finite float as integers, and how many bits are fractions."""
    numerator, denominator = x.as_integer_ratio()
    magnitude = denominator.bit_length() - abs(numerator).bit_length()
    bits = GUARD_BITS + max(0, magnitude)
    pi = pi_bits(bits + max(0, -magnitude) + 8)
    whole = (numerator << bits) // denominator
    scale = pi.bit_length() - bits - 2
    turns = ((whole << scale + 1) + (pi >> 1)) // pi  # quarters
    rest = (whole << scale + 1) - turns * pi >> scale + 1
    sine, cosine = _small_sine_and_cosine(rest, bits)
    for _ in range(turns % 4):
        sine, cosine = cosine, -sine
    return sine, cosine, bits


def _small_sine_and_cosine(angle: int, bits: int) -> tuple[int, int]:
    square = angle * angle >> bits
    sine = term = angle
    k = 1
    while term not in {0, -1}:
        term = -(term * square >> bits) // ((k + 1) * (k + 2))
        sine += term
        k += 2
    cosine = term = 1 << bits
    k = 0
    while term not in {0, -1}:
        term = -(term * square >> bits) // ((k + 1) * (k + 2))
        cosine += term
        k += 2
    return sine, cosine


def _ratio(numerator: int, denominator: int) -> Decimal:
    return CONTEXT.divide(Decimal(numerator), Decimal(denominator))


def _sin(x: float) -> Decimal:
    sine, _, bits = sine_and_cosine(x)
    return _ratio(sine, 1 << bits)


def _cos(x: float) -> Decimal:
    _, cosine, bits = sine_and_cosine(x)
    return _ratio(cosine, 1 << bits)


def _tan(x: float) -> Decimal:
    sine, cosine, _ = sine_and_cosine(x)
    return _ratio(sine, cosine)


def _arc(guess: float, y: int, x: int) -> Decimal:
    """Return the angle of a point whose angle is almost known."""
    sine, cosine, _ = sine_and_cosine(guess)
    small = _ratio(y * cosine - x * sine, x * cosine + y * sine)
    cube = CONTEXT.divide(CONTEXT.power(small, 3), Decimal(3))
    return CONTEXT.add(Decimal(guess), CONTEXT.subtract(small, cube))


def _atan2(y: float, x: float) -> Decimal:
    (a, b), (c, d) = y.as_integer_ratio(), x.as_integer_ratio()
    return _arc(math.atan2(y, x), a * d, c * b)


def _atan(x: float) -> Decimal:
    return _atan2(x, 1.0)


def _side(x: float) -> tuple[int, int]:
    """Return x and the square root of 1 - x * x, both times one power of two."""
    numerator, denominator = x.as_integer_ratio()
    more = 1 << GUARD_BITS
    rest = denominator * denominator - numerator * numerator
    return numerator * more, math.isqrt(rest * more * more)


def _asin(x: float) -> Decimal:
    own, other = _side(x)
    return _arc(math.asin(x), own, other)


def _acos(x: float) -> Decimal:
    own, other = _side(x)
    return _arc(math.acos(x), other, own)


def _exp(x: float) -> Decimal:
    return CONTEXT.exp(Decimal(x))


def _log(x: float) -> Decimal:
    return CONTEXT.ln(Decimal(x))


def _log10(x: float) -> Decimal:
    return CONTEXT.log10(Decimal(x))


def _log2(x: float) -> Decimal:
    return CONTEXT.divide(CONTEXT.ln(Decimal(x)), CONTEXT.ln(TWO))


def _pow(x: float, y: float) -> Decimal:
    return CONTEXT.power(Decimal(x), Decimal(y))


def _expm1(x: float) -> Decimal:
    if abs(x) < TINY:
        exact = Decimal(x)
        return CONTEXT.fma(CONTEXT.divide(exact, TWO), exact, exact)
    return CONTEXT.subtract(_exp(x), ONE)


def _log1p(x: float) -> Decimal:
    exact = Decimal(x)
    if abs(x) < TINY:
        return CONTEXT.fma(CONTEXT.divide(exact, -TWO), exact, exact)
    return CONTEXT.ln(CONTEXT.add(exact, ONE))


def _sinh(x: float) -> Decimal:
    if abs(x) < TINY:
        return Decimal(x)
    return CONTEXT.divide(CONTEXT.subtract(_exp(x), _exp(-x)), TWO)


def _cosh(x: float) -> Decimal:
    return CONTEXT.divide(CONTEXT.add(_exp(x), _exp(-x)), TWO)


def _tanh(x: float) -> Decimal:
    return CONTEXT.divide(_sinh(x), _cosh(x))


def _asinh(x: float) -> Decimal:
    if abs(x) < TINY:
        return Decimal(x)
    size = Decimal(abs(x))
    root = CONTEXT.sqrt(CONTEXT.fma(size, size, ONE))
    return CONTEXT.ln(CONTEXT.add(size, root)).copy_sign(Decimal(x))


def _acosh(x: float) -> Decimal:
    size = Decimal(x)
    return CONTEXT.ln(CONTEXT.add(size, CONTEXT.sqrt(CONTEXT.fma(size, size, -ONE))))


def _atanh(x: float) -> Decimal:
    if abs(x) < TINY:
        return Decimal(x)
    exact = Decimal(x)
    ratio = CONTEXT.divide(CONTEXT.add(ONE, exact), CONTEXT.subtract(ONE, exact))
    return CONTEXT.divide(CONTEXT.ln(ratio), TWO)


def _cbrt(x: float) -> Decimal:
    cube, root = Decimal(x), Decimal(math.cbrt(x))
    for _ in range(2):  # Newton's way, which doubles the digits at each step
        square = CONTEXT.multiply(root, root)
        excess = CONTEXT.fma(square, root, -cube)
        root = CONTEXT.subtract(root, CONTEXT.divide(excess, CONTEXT.multiply(square, Decimal(3))))
    return root


def _hypot(*coordinates: float) -> Decimal:
    total = Decimal(0)
    for each in coordinates:
        total = CONTEXT.fma(Decimal(each), Decimal(each), total)
    return CONTEXT.sqrt(total)


FUNCTIONS: dict[str, Exact] = {
    "sin": _sin,
    "cos": _cos,
    "tan": _tan,
    "asin": _asin,
    "acos": _acos,
    "atan": _atan,
    "atan2": _atan2,
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log2": _log2,
    "log10": _log10,
    "log1p": _log1p,
    "pow": _pow,
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": _tanh,
    "asinh": _asinh,
    "acosh": _acosh,
    "atanh": _atanh,
    "cbrt": _cbrt,
    "hypot": _hypot,
}
"""By the names that `math` gives them."""
