"""Maths that computes the same bits everywhere: natively, on any processor, and in browsers.

    from peergym.envs import maths as math

Theory of operation: the functions of Python's `math` are those of the C library underneath, and
these differ in their last bits. What does not differ are the operations that IEEE 754 and Python
define to the last bit: ``+ - * /`` and `sqrt` of floats, taking a float apart and putting it
together (`frexp`, `ldexp`, `floor`), and whole numbers of any size. Here everything is made of
these alone. What `math` has that is exact in itself (`floor`, `fsum`, `gcd`, ...) is handed on as
it is, so that this module can stand where `math` stood.

Laws
    1. Equal arguments give equal bits, wherever it runs.
    2. A function that has a docstring with "1 ulp" is at most 1 ulp from the truth.
    3. Special values, and the errors that are raised, are those of `math`.
    4. A function of `math` that is not here is refused by name, rather than borrowed.

Not done: `erf`, `erfc`, `gamma`, `lgamma`, `fma`, `sumprod`; NumPy's functions; the operator
``**``, which no module can replace (write ``x * x``, or `pow`).
"""

from __future__ import annotations

from math import (
    ceil,
    comb,
    copysign,
    degrees,
    e,
    fabs,
    factorial,
    floor,
    fmod,
    frexp,
    fsum,
    gcd,
    inf,
    isclose,
    isfinite,
    isinf,
    isnan,
    isqrt,
    lcm,
    ldexp,
    modf,
    nan,
    nextafter,
    perm,
    pi,
    prod,
    radians,
    remainder,
    sqrt,
    tau,
    trunc,
    ulp,
)
from typing import NoReturn

from peergym.envs.maths.arcs import acos, asin, atan, atan2
from peergym.envs.maths.chance import direction, expovariate, gauss, normal
from peergym.envs.maths.circular import cos, sin, tan
from peergym.envs.maths.exponential import cosh, exp, exp2, expm1, pow, sinh, tanh  # noqa: A004
from peergym.envs.maths.lengths import cbrt, dist, hypot
from peergym.envs.maths.logarithms import acosh, asinh, atanh, log, log1p, log2, log10

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "comb",
    "copysign",
    "cos",
    "cosh",
    "degrees",
    "direction",
    "dist",
    "e",
    "exp",
    "exp2",
    "expm1",
    "expovariate",
    "fabs",
    "factorial",
    "floor",
    "fmod",
    "frexp",
    "fsum",
    "gauss",
    "gcd",
    "hypot",
    "inf",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isqrt",
    "lcm",
    "ldexp",
    "log",
    "log1p",
    "log2",
    "log10",
    "modf",
    "nan",
    "nextafter",
    "normal",
    "perm",
    "pi",
    "pow",
    "prod",
    "radians",
    "remainder",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "tau",
    "trunc",
    "ulp",
]


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(
        f"peergym.envs.maths has no {name!r}: no form of it is known here that computes the same "
        "bits everywhere (see docs/maths.md)"
    )
