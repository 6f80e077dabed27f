"""Arcs: from a sine, a cosine, a tangent or a point to its angle, in identical operations.

Theory of operation: the angle of a point (x, y) in the first eighth of a turn is that of a point
(8, k) nearby, which a table has, and the small angle between the two, whose tangent is
(y - c x) / (x + c y) with c = k / 8. The difference is exact but for its last rounding, because a
product with one to three eighths is taken off in powers of two. All other points are mirrored into
that eighth; the table's angles and pi are kept in two parts, the first of which is so short that
sums of them are exact.

Source: the reduction by a table is Gal's and Tang's; the arcs of sine and cosine follow fdlibm's
papers. The constants: `tools/maths_coefficients.py`.
"""

from __future__ import annotations

from math import copysign, sqrt

ARCTANGENT = (
    -0.3333333333333299,
    0.19999999999834622,
    -0.14285714255464113,
    0.11111108257228323,
    -0.09090753800187523,
    0.0768723113097275,
    -0.06567784953590625,
    0.04811215777959271,
)
ARCSINE = (
    0.166666666666671,
    0.07499999999906064,
    0.04464285722276846,
    0.03038194079354524,
    0.02237226140898418,
    0.017350875399631475,
    0.013988768971536402,
    0.011339536640163189,
    0.011087491650536586,
    0.0026253847142199494,
    0.024175582724215473,
    -0.024296735017568804,
    0.03458576976339835,
)
PI = (3.1415926535897825, 1.0780605716316238e-14)
ARC_2 = (0.244978663126858, 6.1446809666727244e-15)
ARC_3 = (0.35877067027053045, 4.1775273061554506e-14)
ARC_4 = (0.4636476090007591, 4.704064387032834e-14)
ARC_5 = (0.5585993153435425, 1.9978558812704227e-14)
ARC_6 = (0.6435011087932594, 2.4995852839117466e-14)
ARC_7 = (0.7188299996216188, 5.751681339606357e-15)
ARC_8 = (0.7853981633974172, 3.111686085948307e-14)

TABLE = (
    (0.25, 0.25, 0.0, *ARC_2),
    (0.375, 0.25, 0.125, *ARC_3),
    (0.5, 0.5, 0.0, *ARC_4),
    (0.625, 0.5, 0.125, *ARC_5),
    (0.75, 0.5, 0.25, *ARC_6),
    (0.875, 1.0, -0.125, *ARC_7),
    (1.0, 1.0, 0.0, *ARC_8),
)
"""By eighths, from two on: tangent, the powers of two that it is a sum of, angle in two parts."""

FLAT = 0.22  # the tangent of an angle that needs no table
T1, T2, T3, T4, T5, T6, T7, T8 = ARCTANGENT
PI_HIGH, PI_LOW = PI
HALF_PI_HIGH, HALF_PI_LOW = PI_HIGH / 2, PI_LOW / 2
HALF_PI = HALF_PI_HIGH + HALF_PI_LOW

LARGE, SMALL = 2.0**500, 2.0**-500  # beyond these, products of the halves of floats are inexact
TINY = 2.0**-28  # below it, angle, sine and tangent round to the same float
SPLIT = 134217729.0  # 2**27 + 1: cuts a float into halves whose products are exact


def atan(x: float) -> float:
    """Return the angle, in radians, that has this tangent, to within 1 ulp."""
    return atan2(x, 1.0)


def atan2(y: float, x: float) -> float:
    """Return the angle of a point, in radians from -pi to pi, to within 1 ulp."""
    y, x = float(y), float(x)
    long, short = abs(x), abs(y)
    is_steep = short > long
    if is_steep:
        long, short = short, long
    if not SMALL < long < LARGE:
        if not 0.0 < long < float("inf") or short != short:  # noqa: PLR0124 - not a number
            return _angle_of_no_point(y, x)
        factor = SMALL if long > 1.0 else LARGE
        long, short = long * factor, short * factor
    elif short != short:  # noqa: PLR0124
        return short
    t = short / long
    if t < FLAT:
        high = low = 0.0
        rest = _remainder(short, t, long) / long if t >= TINY else 0.0
    else:
        tangent, most, less, high, low = TABLE[int(8.0 * t - 1.5)]
        t = ((short - most * long) - less * long) / (long + tangent * short)
        rest = low
    z = t * t
    rest += t * z * (
        T1 + z * (T2 + z * (T3 + z * (T4 + z * (T5 + z * (T6 + z * (T7 + z * T8))))))
    )  # fmt: skip
    if is_steep:
        high, t, rest = HALF_PI_HIGH - high, -t, HALF_PI_LOW - rest
    if x < 0.0:
        high, t, rest = PI_HIGH - high, -t, PI_LOW - rest
    return copysign(high + (t + rest), y)


def asin(x: float) -> float:
    """Return the angle, in radians, that has this sine, to within 1 ulp.

    Raises:
        ValueError: The sine is not from -1 to 1.
    """
    x = float(x)
    if -0.5 <= x <= 0.5:
        return x + x * _bulge(x * x)
    size = abs(x)
    if not size <= 1.0:
        return _no_arc(x)
    most, rest = _half_arc(size)
    return copysign((HALF_PI_HIGH - 2.0 * most) + (HALF_PI_LOW - 2.0 * rest), x)


def acos(x: float) -> float:
    """Return the angle, in radians, that has this cosine, to within 1 ulp.

    Raises:
        ValueError: The cosine is not from -1 to 1.
    """
    x = float(x)
    if -0.5 <= x <= 0.5:
        return HALF_PI_HIGH - (x - (HALF_PI_LOW - x * _bulge(x * x)))
    size = abs(x)
    if not size <= 1.0:
        return _no_arc(x)
    most, rest = _half_arc(size)
    if x > 0.0:
        return 2.0 * (most + rest)
    return (PI_HIGH - 2.0 * most) + (PI_LOW - 2.0 * rest)


def _half_arc(size: float) -> tuple[float, float]:
    """Return half the angle that has this cosine, above a half, as two floats.

    It is the arcsine of the root of (1 - cosine) / 2; the first float is as much of the root as
    has a square without rounding.
    """
    z = 0.5 * (1.0 - size)
    root = sqrt(z)
    if not root:
        return 0.0, 0.0
    split = SPLIT * root
    high = split - (split - root)
    return high, (z - high * high) / (root + high) + root * _bulge(z)


def _bulge(z: float) -> float:
    """Return by how much, in its own size, an angle exceeds its sine, whose square is given."""
    total = 0.0
    for each in reversed(ARCSINE):
        total = total * z + each
    return total * z


def _remainder(whole: float, quotient: float, divisor: float) -> float:
    """Return ``whole - quotient * divisor``, exactly."""
    split = SPLIT * quotient
    q_high = split - (split - quotient)
    q_low = quotient - q_high
    split = SPLIT * divisor
    d_high = split - (split - divisor)
    d_low = divisor - d_high
    product = quotient * divisor
    error = ((q_high * d_high - product) + q_high * d_low + q_low * d_high) + q_low * d_low
    return (whole - product) - error


def _no_arc(x: float) -> float:
    if x != x:  # noqa: PLR0124 - not a number
        return x
    raise ValueError("math domain error")


def _angle_of_no_point(y: float, x: float) -> float:
    """Return what C says of the origin, of points at infinity, and of what is not a number."""
    if x != x or y != y:  # noqa: PLR0124
        return x + y
    is_left = copysign(1.0, x) < 0.0
    if abs(x) == abs(y) and x:
        angle = 3.0 * HALF_PI / 2.0 if is_left else HALF_PI / 2.0
    elif abs(x) >= abs(y):
        angle = 2.0 * HALF_PI if is_left else 0.0
    else:
        angle = HALF_PI
    return copysign(angle, y)
