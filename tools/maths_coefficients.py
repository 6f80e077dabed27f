"""Compute the coefficients of the polynomials in `peergym.envs.maths`.

    python -m tools.maths_coefficients

Theory of operation: each function is, after its leading terms have been taken off, a power series
in the square of the argument, whose coefficients are known fractions. The polynomial is the one
that agrees with it at points where a Chebyshev polynomial is zero, which is nearly the best of its
degree. Of the zeros of an odd one, squared, all but the two smallest are taken: near 0 an error
does not matter, since what is approximated is multiplied by the square. All in fractions; only the
results are rounded.

Source: for the leading terms, the method of fdlibm (Sun Microsystems, 1993), whose papers say why
each function is cut as it is; for the points, any book on approximation, such as Trefethen's
"Approximation Theory and Approximation Practice", chapter 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from tools.exact_maths import pi_bits

TERMS = 60  # of a series: the slowest, at a quarter each, then has 120 bits
DENOMINATOR = 10**40  # to which points and values are rounded


@dataclass(frozen=True, slots=True)
class Polynomial:
    """What approximates a series.

    Attributes:
        series: Its coefficients, by number.
        reach: The largest argument, squared.
        count: How many coefficients the polynomial has.
    """

    series: Callable[[int], Fraction]
    reach: float
    count: int

    def coefficients(self) -> list[float]:
        """Return the coefficients, lowest first, each rounded to the nearest float."""
        points = [self._point(index) for index in range(self.count)]
        return [float(each) for each in _through(points, [self.value(point) for point in points])]

    def value(self, z: Fraction) -> Fraction:
        """Return the series at a point."""
        total = Fraction(0)
        for index in reversed(range(TERMS)):
            total = (total * z + self.series(index)).limit_denominator(DENOMINATOR)
        return total

    def _point(self, index: int) -> Fraction:
        cosine = math.cos(math.pi * (2 * index + 1) / (4 * self.count + 6))
        return Fraction(self.reach * cosine * cosine)


def _through(points: Sequence[Fraction], values: Sequence[Fraction]) -> list[Fraction]:
    """Return the polynomial through some points (Newton's divided differences)."""
    differences = list(values)
    for order in range(1, len(points)):
        for index in reversed(range(order, len(points))):
            run = points[index] - points[index - order]
            differences[index] = (differences[index] - differences[index - 1]) / run
    found = [Fraction(0)]
    for point, difference in zip(reversed(points), reversed(differences), strict=True):
        shifted = [Fraction(0), *found]
        for index, each in enumerate(found):
            shifted[index] -= point * each
        shifted[0] += difference
        found = shifted
    return found[: len(points)]


def _sine(index: int) -> Fraction:
    return Fraction((-1) ** (index + 1), math.factorial(2 * index + 3))


def _cosine(index: int) -> Fraction:
    return Fraction((-1) ** index, math.factorial(2 * index + 4))


def _arctangent(index: int) -> Fraction:
    return Fraction((-1) ** (index + 1), 2 * index + 3)


def _arcsine(index: int) -> Fraction:
    n = index + 1
    return Fraction(math.comb(2 * n, n), 4**n * (2 * n + 1))


def _logarithm(index: int) -> Fraction:
    return Fraction(2, 2 * index + 3)


def _exponential(index: int) -> Fraction:
    return 2 * _bernoulli(2 * index + 2) / math.factorial(2 * index + 2)


def _bernoulli(n: int) -> Fraction:
    while len(_BERNOULLI) <= n:
        m = len(_BERNOULLI)
        known = sum(math.comb(m + 1, k) * each for k, each in enumerate(_BERNOULLI))
        _BERNOULLI.append(Fraction(-known, m + 1))
    return _BERNOULLI[n]


_BERNOULLI = [Fraction(1)]

POLYNOMIALS = {
    "SINE": Polynomial(_sine, (math.pi / 4) ** 2, 6),
    "COSINE": Polynomial(_cosine, (math.pi / 4) ** 2, 6),
    "ARCTANGENT": Polynomial(_arctangent, 0.22**2, 8),
    "ARCSINE": Polynomial(_arcsine, 0.25, 13),
    "LOGARITHM": Polynomial(_logarithm, (3 - 2 * math.sqrt(2)) ** 2, 7),
    "EXPONENTIAL": Polynomial(_exponential, (math.log(2) / 2) ** 2, 5),
}
"""By their names in the source."""


def parts_of(value: int, bits: int, *sizes: int) -> tuple[float, ...]:
    """Cut a number into floats that add up to it.

    Args:
        value: The number times 2 to the ``bits``.
        bits: How many of its bits are fractions.
        sizes: How many fractional bits each part keeps but the last, which is a whole float.
    """
    parts, done = [], 0
    for size in sizes:
        kept = value >> bits - size << bits - size
        parts.append((kept - done) / (1 << bits))
        done = kept
    return (*parts, (value - done) / (1 << bits))


def constants() -> dict[str, tuple[float, ...]]:
    """Return the constants that are kept in parts, by their names in the source."""
    bits = 300
    pi = pi_bits(bits)
    context = Context(prec=90)
    ln2 = int(context.multiply(context.ln(Decimal(2)), Decimal(2**bits)))
    arcs = {
        f"ARC_{eighths}": parts_of(_arc(eighths, bits), bits, ARC_BITS) for eighths in range(2, 9)
    }
    return {
        "HALF_PI": parts_of(pi, bits + 1, 32, 65),
        "LN2": parts_of(ln2, bits, 32),
        "PI": parts_of(pi, bits, ARC_BITS),
        **arcs,
    }


ARC_BITS = 44  # sums of two or three such parts are exact


def _arc(eighths: int, bits: int) -> int:
    """Return the arctangent of some eighths, from half of it, where the series is quick."""
    one = 1 << bits
    tangent = eighths * one // 8
    half = tangent * one // (one + math.isqrt(one * one + tangent * tangent))
    total, power, k = 0, half, 1
    while power:
        total += power // k if k % 4 == 1 else -(power // k)
        power = power * half * half >> 2 * bits
        k += 2
    return 2 * total


def largest_error_bits(polynomial: Polynomial) -> float:
    """Return the largest error of a polynomial on its interval, as a power of two."""
    rounded = [Fraction(each) for each in polynomial.coefficients()]
    worst = Fraction(0)
    for step in range(1, 65):
        z = Fraction(polynomial.reach) * step / 64
        value = sum(each * z**power for power, each in enumerate(rounded))
        worst = max(worst, abs(value - polynomial.value(z)) * z)
    return math.log2(float(worst))


def main() -> None:
    """Print the coefficients as they stand in the source."""
    for name, polynomial in POLYNOMIALS.items():
        bits = largest_error_bits(polynomial)
        print(f"# error of {name} times the square of the argument: 2 to the {bits:.1f}")
        listed = "".join(f"    {each!r},\n" for each in polynomial.coefficients())
        print(f"{name} = (\n{listed})\n")
    for name, parts in constants().items():
        print(f"{name} = {parts!r}")


if __name__ == "__main__":
    main()
