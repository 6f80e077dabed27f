"""Portable maths: near the truth, with the edges of `math`, and the same bits as ever."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peergym.envs import maths
from peergym.envs.maths import arcs, circular, exponential, fixed, logarithms
from tools.exact_maths import FUNCTIONS, error_ulps
from tools.maths_accuracy import measure
from tools.maths_coefficients import POLYNOMIALS, constants
from tools.maths_points import KINDS, digest, digest_of_chance, points

POINTS = 20_000
NEW_NAMES = {"direction", "expovariate", "gauss", "normal"}
REFUSED = {"erf", "erfc", "fma", "gamma", "lgamma", "sumprod"}
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1e-320, -1e-320, 5e-324,
         1.7976931348623157e308, -1.7976931348623157e308, 710.5, -800.0, 1100.0, 1e-9, -1e-9,
         math.inf, -math.inf, math.nan]  # fmt: skip

# Of 500 points each: whoever changes a result here lets peers of two versions drift apart.
DIGESTS = {
    "sin": "3373c1e896ca7425",
    "cos": "941599e23a32a942",
    "tan": "667873ddfb2fed75",
    "asin": "e8e89aed7819a1c9",
    "acos": "bf9407477e5bd8a2",
    "atan": "92814c9dce8d8faa",
    "atan2": "887ff8656271a36a",
    "exp": "e3e44b9e8f35f752",
    "expm1": "b582ab0873eb65fc",
    "log": "cf1d8bf2c46c97d8",
    "log2": "cc936656aa875491",
    "log10": "a9c5acac88aaf654",
    "log1p": "91f338c9692c89c2",
    "pow": "9547b2a0d959cecb",
    "sinh": "33c0e471fe1768d8",
    "cosh": "3271a51362e563d0",
    "tanh": "254c3f046eb3eeee",
    "asinh": "06c87e280211dcc3",
    "acosh": "575fe5a3bb656bdf",
    "atanh": "070bc93788e6464a",
    "cbrt": "42a282563460dee0",
    "hypot": "d9790cbc52665181",
    "chance": "fd4365a1376853a1",
}


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except (ValueError, OverflowError, TypeError) as error:
        return type(error)


def is_like(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, type) or isinstance(theirs, type):
        return ours is theirs
    if math.isnan(theirs):
        return math.isnan(ours)
    if theirs in {0.0, math.inf, -math.inf}:
        return ours == theirs and math.copysign(1.0, ours) == math.copysign(1.0, theirs)
    return abs(ours - theirs) <= 4 * math.ulp(theirs)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_result_is_within_an_ulp_of_the_truth(name: str) -> None:
    found = measure(name, POINTS)
    assert found.count > POINTS * 0.9
    assert found.largest <= 1.0, found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_truth_is_not_our_own(name: str) -> None:
    """What we measure against agrees with the C library, which shares nothing with it."""
    for point in points(name, 500):
        theirs = outcome(getattr(math, name), *point)
        if isinstance(theirs, float):
            assert error_ulps(theirs, FUNCTIONS[name](*point)) < 4.0, point


@pytest.mark.parametrize("name", FUNCTIONS)
def test_edges_and_errors_are_those_of_math(name: str) -> None:
    many = name in {"atan2", "pow", "hypot"}
    for x in EDGES:
        for y in EDGES if many else [None]:
            point = (x,) if y is None else (x, y)
            ours = outcome(getattr(maths, name), *point)
            theirs = outcome(getattr(math, name), *point)
            assert is_like(ours, theirs), f"{name}{point}: {ours}, not {theirs}"


def test_whole_numbers_and_truths_are_numbers_too() -> None:
    for name in ("sin", "exp", "log", "atan", "hypot", "cbrt"):
        for x in (1, True, 3):
            ours = getattr(maths, name)(x)
            assert type(ours) is float
            assert is_like(ours, getattr(math, name)(x))
    assert type(maths.sin(0)) is float
    assert maths.log(10**400) == pytest.approx(math.log(10**400), rel=1e-15)
    assert maths.log(8, 2) == pytest.approx(3.0)
    with pytest.raises(TypeError):
        maths.sin(None)  # type: ignore[arg-type]


def test_more_coordinates_have_a_length_and_a_distance() -> None:
    rng = random.Random(3)
    for count in (0, 1, 3, 7):
        point = [rng.uniform(-1.0, 1.0) * 10.0 ** rng.randint(-200, 200) for _ in range(count)]
        assert is_like(maths.hypot(*point), math.hypot(*point))
    assert maths.dist((1.0, 2.0), (4.0, 6.0)) == 5.0
    with pytest.raises(ValueError, match="zip"):
        maths.dist((1.0,), (1.0, 2.0))


def test_cubes_have_exact_roots_and_roots_exact_squares() -> None:
    for n in range(-50, 51):
        assert maths.cbrt(float(n**3)) == n
        assert maths.pow(float(n), 2) == n * n
        assert maths.pow(2.0, n) == 2.0**n
        assert maths.pow(n / 7, 2.0) == n / 7 * (n / 7)
        assert maths.pow(abs(n) / 7, 0.5) == math.sqrt(abs(n) / 7)
        assert maths.hypot(3 * n, 4 * n) == abs(5 * n)
    assert [maths.log2(2.0**n) for n in range(-1074, 1024)] == list(range(-1074, 1024))
    assert [maths.log10(10.0**n) for n in range(23)] == list(range(23))
    assert maths.exp(0.0) == maths.cos(0.0) == 1.0


def test_the_hardest_known_angles_keep_all_their_digits() -> None:
    # Of all floats, the first comes nearest to a multiple of pi / 2.
    for angle in (6381956970095103.0 * 2.0**797, math.pi, math.pi / 2, 1e22, 1.7e308, 3e-4, 1e6):
        for name in ("sin", "cos", "tan"):
            exact = FUNCTIONS[name](angle)
            assert error_ulps(getattr(maths, name)(angle), exact) < 1.0, (name, angle)


def test_every_name_of_math_is_here_or_refused_by_name() -> None:
    names = {name for name in vars(math) if not name.startswith("_")}
    missing = {name for name in names if not hasattr(maths, name)}
    assert missing <= REFUSED
    assert set(maths.__all__) - names <= NEW_NAMES
    with pytest.raises(AttributeError, match=r"'gamma'.*same bits"):
        maths.gamma  # noqa: B018


def test_constants_are_those_that_the_tool_computes() -> None:
    modules = (circular, arcs, exponential, logarithms)
    for name, polynomial in POLYNOMIALS.items():
        (found,) = [getattr(module, name) for module in modules if hasattr(module, name)]
        assert list(found) == polynomial.coefficients()
    for name, parts in constants().items():
        held = [getattr(module, name) for module in modules if hasattr(module, name)]
        assert parts in held
        assert all(each in {parts, sum(parts)} for each in held)
    assert fixed.ln2() >> fixed.BITS - 52 == int(math.log(2) * 2**52)


@pytest.mark.parametrize("name", KINDS)
def test_the_bits_are_the_same_as_ever(name: str) -> None:
    assert digest(name, 500) == DIGESTS[name]


def test_random_numbers_are_the_same_as_ever_and_distributed_as_they_should() -> None:
    assert digest_of_chance(500) == DIGESTS["chance"]
    rng = random.Random(11)
    drawn = [maths.gauss(rng, 3.0, 2.0) for _ in range(20_000)]
    mean = math.fsum(drawn) / len(drawn)
    deviation = math.sqrt(math.fsum((each - mean) ** 2 for each in drawn) / len(drawn))
    assert mean == pytest.approx(3.0, abs=0.05)
    assert deviation == pytest.approx(2.0, abs=0.05)
    within = sum(abs(each - 3.0) < 2.0 for each in drawn) / len(drawn)
    assert within == pytest.approx(0.6827, abs=0.015)
    waits = [maths.expovariate(rng, 0.5) for _ in range(20_000)]
    assert math.fsum(waits) / len(waits) == pytest.approx(2.0, abs=0.06)
    assert min(waits) >= 0.0
    x, y = maths.direction(rng)
    assert maths.hypot(x, y) == pytest.approx(1.0)


def test_a_generator_is_all_there_is_to_save() -> None:
    rng = random.Random(5)
    maths.gauss(rng)
    state = rng.getstate()
    first = [maths.gauss(rng) for _ in range(5)]
    rng.setstate(state)
    assert [maths.gauss(rng) for _ in range(5)] == first


def test_what_the_page_shows_does_what_it_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "maths.md").read_text()
    snippets = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(snippets) == 3
    for snippet in snippets:
        exec(compile(snippet, "docs/maths.md", "exec"), {})
    assert all(f"| `{name}` |" in page for name in FUNCTIONS)
