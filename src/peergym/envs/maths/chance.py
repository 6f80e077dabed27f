"""Random numbers of other distributions, from a generator whose own are identical everywhere.

`random.Random` gives the same bits everywhere, but its `gauss`, `expovariate` and the like send
them through `math`. These do not; they keep nothing between calls, so that the generator's state
is all there is to save.
"""

from __future__ import annotations

from math import sqrt
from typing import Protocol

from peergym.envs.maths.circular import cos, sin
from peergym.envs.maths.logarithms import log

TURN = 6.283185307179586


class Generator(Protocol):
    """What has `random`, such as `random.Random`."""

    def random(self) -> float:
        """Return a number from 0 to 1, 1 excluded."""


def gauss(rng: Generator, mu: float = 0.0, sigma: float = 1.0) -> float:
    """Draw from the normal distribution.

    Args:
        rng: The generator, which is asked for two numbers or more.
        mu: Mean.
        sigma: Standard deviation.

    Source: the polar method of Marsaglia.
    """
    while True:
        x = 2.0 * rng.random() - 1.0
        y = 2.0 * rng.random() - 1.0
        square = x * x + y * y
        if 0.0 < square < 1.0:
            return mu + sigma * (x * sqrt(-2.0 * log(square) / square))


normal = gauss
"""The same, as NumPy calls it."""


def expovariate(rng: Generator, lambd: float = 1.0) -> float:
    """Draw from the exponential distribution.

    Args:
        rng: The generator, which is asked for one number.
        lambd: One over the mean.
    """
    return -log(1.0 - rng.random()) / lambd


def direction(rng: Generator) -> tuple[float, float]:
    """Draw a direction: x and y of a vector of length 1, all directions alike."""
    angle = TURN * rng.random()
    return cos(angle), sin(angle)
