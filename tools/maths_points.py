"""At which points portable maths is measured, and what it gives there.

    python -m tools.maths_points 2000

prints a digest of each function's results, as JSON; equal digests are equal bits. It needs the
standard library and peergym alone, so it runs in Pyodide as well.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from hashlib import blake2b
from random import Random

from peergym.envs import maths

Point = tuple[float, ...]


def points(name: str, count: int) -> Iterator[Point]:
    """Yield arguments of a function: where games ask, over the whole range, and where it is hard.

    Args:
        name: The function's.
        count: How many.
    """
    rng = Random(f"points of {name}")
    kinds = KINDS[name]
    for index in range(count):
        yield kinds[index % len(kinds)](rng)


def _uniform(low: float, high: float) -> Callable[[Random], Point]:
    return lambda rng: (rng.uniform(low, high),)


def _scales(low: int, high: int, signs: tuple[float, ...] = (1.0, -1.0)) -> Callable[..., Point]:
    """Draw numbers of all sizes, from one power of two to another."""
    return lambda rng: (
        rng.choice(signs) * math.ldexp(rng.uniform(1.0, 2.0), rng.randint(low, high)),
    )


def _near(value: float, *signs: float) -> Callable[[Random], Point]:
    """Draw numbers near one, at all distances."""
    return lambda rng: (
        value + rng.choice(signs) * math.ldexp(rng.uniform(0.5, 1.0), -rng.randint(1, 52)),
    )


def _near_quarters(rng: Random) -> Point:
    angle = rng.randint(-400_000, 400_000) * 1.5707963267948966
    return (angle * (1.0 + rng.randint(-3, 3) * 2.0**-52),)


def _both(first: Callable[..., Point], second: Callable[..., Point]) -> Callable[..., Point]:
    return lambda rng: first(rng) + second(rng)


def _moderate_power(rng: Random) -> Point:
    """Draw a power whose result is no extreme, of a base of any size."""
    x = math.ldexp(rng.uniform(1.0, 2.0), rng.randint(-60, 60))
    return x, rng.uniform(-1.0, 1.0) * 700.0 / max(1.0, abs(math.frexp(x)[1]))


CIRCULAR = [_uniform(-7.0, 7.0), _uniform(-1e6, 1e6), _near_quarters, _scales(-40, 1023)]
INVERSE = [_uniform(-1.0, 1.0), _near(1.0, -1.0), _near(-1.0, 1.0), _scales(-60, -1)]
LOGARITHMIC = [_uniform(0.0, 20.0), _uniform(0.5, 2.0), _near(1.0, 1.0, -1.0),
               _scales(-1074, 1022, (1.0,))]  # fmt: skip
EXPONENTIAL = [_uniform(-1.0, 1.0), _uniform(-50.0, 50.0), _uniform(-700.0, 700.0), _scales(-60, 8)]
PLANE = [_both(_uniform(-1.0, 1.0), _uniform(-1.0, 1.0)), _both(_scales(-30, 30), _scales(-30, 30)),
         _both(_scales(-900, 900), _scales(-900, 900))]  # fmt: skip

KINDS: dict[str, list[Callable[..., Point]]] = {
    "sin": CIRCULAR,
    "cos": CIRCULAR,
    "tan": CIRCULAR,
    "asin": INVERSE,
    "acos": INVERSE,
    "atan": [_uniform(-1.0, 1.0), _uniform(-20.0, 20.0), _scales(-60, 1000)],
    "atan2": PLANE,
    "exp": EXPONENTIAL,
    "expm1": EXPONENTIAL,
    "log": LOGARITHMIC,
    "log2": LOGARITHMIC,
    "log10": LOGARITHMIC,
    "log1p": [_uniform(-1.0, 20.0), _scales(-60, -1), _scales(-60, 1000, (1.0,))],
    "pow": [_both(_uniform(0.0, 20.0), _uniform(-5.0, 5.0)), _moderate_power,
            _both(_near(1.0, 1.0, -1.0), _uniform(-1000.0, 1000.0))],
    "sinh": EXPONENTIAL,
    "cosh": EXPONENTIAL,
    "tanh": [_uniform(-1.0, 1.0), _uniform(-25.0, 25.0), _scales(-60, 5)],
    "asinh": [_uniform(-20.0, 20.0), _scales(-60, 1000)],
    "acosh": [_uniform(1.0, 20.0), _near(1.0, 1.0), _scales(0, 1000, (1.0,))],
    "atanh": INVERSE,
    "cbrt": [_uniform(-20.0, 20.0), _scales(-1000, 1000)],
    "hypot": PLANE,
}  # fmt: skip
"""By function, how arguments are drawn, by turns."""


def digest(name: str, count: int) -> str:
    """Return a digest of the bits that a function gives at so many points."""
    function = getattr(maths, name)
    taken = blake2b(digest_size=8)
    for point in points(name, count):
        try:
            taken.update(function(*point).hex().encode())
        except (ValueError, OverflowError) as error:
            taken.update(type(error).__name__.encode())
    return taken.hexdigest()


def digest_of_chance(count: int) -> str:
    """Return a digest of random numbers, drawn with one generator."""
    rng = Random(7)
    taken = blake2b(digest_size=8)
    for _ in range(count):
        drawn = (maths.gauss(rng), maths.expovariate(rng, 0.3), *maths.direction(rng), rng.random())
        taken.update("".join(each.hex() for each in drawn).encode())
    return taken.hexdigest()


def main() -> None:
    """Print the digests as JSON."""
    count = int(sys.argv[1])
    digests = {name: digest(name, count) for name in KINDS}
    print(json.dumps({**digests, "chance": digest_of_chance(count)}))


if __name__ == "__main__":
    main()
