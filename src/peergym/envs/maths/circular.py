"""Sine, cosine and tangent, from operations that are identical everywhere.

Theory of operation: the angle is brought to within an eighth of a turn of a multiple of a quarter
turn, and kept as two floats, the second of which holds what the first could not. For angles of
up to some 160,000 turns pi / 2 in three floats is enough; for larger ones, and near a multiple of
a quarter turn, where nearly all digits cancel, the angle is a whole number, and so is pi. Then
polynomials.

Source: the method of Cody and Waite for small angles, Payne and Hanek for large ones, and the
order of the last additions from fdlibm's papers. The constants: `tools/maths_coefficients.py`.
"""

from __future__ import annotations

from functools import cache
from math import frexp, isinf, ldexp

SINE = (
    -0.16666666666666577,
    0.008333333333312962,
    -0.0001984126982389026,
    2.75573119901615e-06,
    -2.5050528909398096e-08,
    1.5885072110709634e-10,
)
COSINE = (
    0.04166666666666661,
    -0.0013888888888876146,
    2.4801587290715427e-05,
    -2.755731469906376e-07,
    2.0875769077858253e-09,
    -1.1361952139399722e-11,
)
HALF_PI = (1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21)

S1, S2, S3, S4, S5, S6 = SINE
C1, C2, C3, C4, C5, C6 = COSINE
P1, P2, P3 = HALF_PI

EIGHTH_TURN = 0.7853981633974483
QUARTERS_PER_RADIAN = 0.6366197723675814
LARGEST = 1_000_000.0  # radians: 20 bits of quarters, times the 33 of P1 and P2, are exact
SMALLEST = 0.0003  # nearer to a multiple of a quarter turn, three floats of pi are too few
TINY = 1e-8  # below it, sine, tangent and angle round to the same float
NEAREST = 6755399441055744.0  # 1.5 * 2**52: added and taken off, it rounds to a whole number
SPLIT = 134217729.0  # 2**27 + 1: cuts a float into halves whose products are exact

PI_BITS = 1300  # 1024 of the exponent, 62 that cancel, and 214 that are used
ANGLE_BITS = 192


def sin(x: float) -> float:
    """Return the sine of an angle in radians, to within 1 ulp.

    Raises:
        ValueError: The angle is infinite.
    """
    x = float(x)
    if -EIGHTH_TURN <= x <= EIGHTH_TURN:
        z = x * x
        value = x + x * z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))))
        return value or x  # of -0.0 it is -0.0
    quarters, angle, rest = _reduce(x)
    z = angle * angle
    if quarters & 1:
        tail = z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))) - angle * rest
        half = 0.5 * z
        most = 1.0 - half
        value = most + (((1.0 - most) - half) + tail)
    else:
        v = z * angle
        tail = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
        value = angle - ((z * (0.5 * rest - v * tail) - rest) - v * S1)
    return -value if quarters & 2 else value


def cos(x: float) -> float:
    """Return the cosine of an angle in radians, to within 1 ulp.

    Raises:
        ValueError: The angle is infinite.
    """
    x = float(x)
    if -EIGHTH_TURN <= x <= EIGHTH_TURN:
        quarters, angle, rest = 0, x, 0.0
    else:
        quarters, angle, rest = _reduce(x)
    z = angle * angle
    if quarters & 1:
        v = z * angle
        tail = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
        value = angle - ((z * (0.5 * rest - v * tail) - rest) - v * S1)
    else:
        tail = z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))) - angle * rest
        half = 0.5 * z
        most = 1.0 - half
        value = most + (((1.0 - most) - half) + tail)
    return -value if (quarters + 1) & 2 else value


def tan(x: float) -> float:
    """Return the tangent of an angle in radians, to within 1 ulp.

    Sine and cosine are kept as two floats each, and so is what their quotient leaves over.

    Raises:
        ValueError: The angle is infinite.
    """
    x = float(x)
    if -TINY < x < TINY:
        return x
    if -EIGHTH_TURN <= x <= EIGHTH_TURN:
        quarters, angle, rest = 0, x, 0.0
    else:
        quarters, angle, rest = _reduce(x)
    z = angle * angle
    v = z * angle
    tail = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
    tail = v * S1 - (z * (0.5 * rest - v * tail) - rest)
    a = angle + tail
    a_rest = (angle - a) + tail
    half = 0.5 * z
    most = 1.0 - half
    split = SPLIT * angle
    high = split - (split - angle)
    low = angle - high
    missing = (high * high - z + 2.0 * high * low) + low * low  # what z was rounded off by
    tail = z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))) - angle * rest
    tail += (1.0 - most) - half - 0.5 * missing
    b = most + tail
    b_rest = (most - b) + tail
    if quarters & 1:
        a, a_rest, b, b_rest = b, b_rest, -a, -a_rest
    quotient = a / b
    split = SPLIT * quotient
    q_high = split - (split - quotient)
    q_low = quotient - q_high
    split = SPLIT * b
    b_high = split - (split - b)
    b_low = b - b_high
    product = quotient * b
    error = ((q_high * b_high - product) + q_high * b_low + q_low * b_high) + q_low * b_low
    return quotient + (((a - product) - error) + a_rest - quotient * b_rest) / b


def _reduce(x: float) -> tuple[int, float, float]:
    """Return how many quarters of a turn to take off, and what remains, in two floats."""
    if not -LARGEST < x < LARGEST:
        if x != x:  # noqa: PLR0124 - not a number
            return 0, x, 0.0
        return _reduce_exactly(x)
    quarters = (x * QUARTERS_PER_RADIAN + NEAREST) - NEAREST
    most = x - quarters * P1  # exact: both are multiples of 2**-53 and the difference is small
    less = quarters * P2
    angle = most - less
    if -SMALLEST < angle < SMALLEST:
        return _reduce_exactly(x)
    rest = ((most - angle) - less) - quarters * P3
    whole = angle + rest
    return int(quarters) & 3, whole, (angle - whole) + rest


def _reduce_exactly(x: float) -> tuple[int, float, float]:
    if isinf(x):
        raise ValueError("math domain error")
    fraction, exponent = frexp(x)
    whole = int(ldexp(fraction, 53)) * _quarters_per_radian()
    exponent -= 53
    whole = whole << exponent if exponent >= 0 else whole >> -exponent
    quarters = whole + (1 << PI_BITS - 1) >> PI_BITS
    turned = whole - (quarters << PI_BITS) >> PI_BITS - ANGLE_BITS
    radians = turned * (_pi() >> PI_BITS + 1 - ANGLE_BITS) >> ANGLE_BITS
    angle = ldexp(radians, -ANGLE_BITS)
    rest = ldexp(radians - int(ldexp(angle, ANGLE_BITS)), -ANGLE_BITS)
    return quarters & 3, angle, rest


@cache
def _quarters_per_radian() -> int:
    return (1 << 2 * PI_BITS + 1) // _pi()


@cache
def _pi() -> int:
    """Return pi times 2 to the `PI_BITS`, by Machin's formula: 16 atan(1/5) - 4 atan(1/239)."""
    spare = 32
    total = 0
    for factor, n in ((16, 5), (-4, 239)):
        power, k = (factor << PI_BITS + spare) // n, 1
        while power not in {0, -1}:
            total += power // k if k % 4 == 1 else -(power // k)
            power //= n * n
            k += 2
    return total >> spare
