"""Canonical bytes: equal exactly if no program could tell two values apart."""

from __future__ import annotations

import enum
import random
import struct
import subprocess
import sys
from collections import OrderedDict
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import given

from peergym.errors import EnvironmentContractError
from peergym.rollback import canonical
from peergym.rollback.canonical import MAX_DEPTH, checksum, decode, encode, first_difference
from peergym.rollback.wire import WireError
from tests.wire.strategies import values

# No two of these are the same state.
DIFFERENT: list[Any] = [
    None,
    False,
    True,
    0,
    1,
    -1,
    2**31,
    2**63,
    2**64,
    -(2**64),
    0.0,
    -0.0,
    1.0,
    -1.0,
    5e-324,
    float("inf"),
    float("-inf"),
    float("nan"),
    "",
    "1",
    "é",
    "e\u0301",
    b"",
    b"1",
    (),
    [],
    {},
    set(),
    frozenset(),
    (1,),
    [1],
    (True,),
    (1.0,),
    ((1,),),
    ([1],),
    (1, 2),
    (2, 1),
    {1},
    frozenset([1]),
    {1: 2},
    {"1": 2},
    {True: 2},
    {1.0: 2},
    {None: 2},
    {b"1": 2},
    {(1,): 2},
    {2: 1},
    {1: 2, 2: 1},
    {1: {2: None}},
    {1: {2}},
]


@given(values)
def test_a_value_comes_back_and_its_bytes_are_the_only_ones(value: Any) -> None:
    data = encode(value)
    again = decode(data)
    assert encode(again) == data
    assert first_difference(value, again) is None
    assert type(again) is type(value)


@given(values, values)
def test_two_values_have_the_same_bytes_exactly_if_they_have_no_difference(a: Any, b: Any) -> None:
    assert (encode(a) == encode(b)) == (first_difference(a, b) is None)
    assert (first_difference(a, b) is None) == (first_difference(b, a) is None)


def test_what_python_takes_for_equal_is_told_apart() -> None:
    assert any(a == b for a, b in combinations(DIFFERENT, 2))  # or the test would show nothing
    for a, b in combinations(DIFFERENT, 2):
        assert encode(a) != encode(b), (a, b)
        assert first_difference(a, b) is not None, (a, b)


@pytest.mark.parametrize("size", [*range(40), 63, 64, 127, 128, 1000, 1024, 100_000])
def test_ints_of_any_size_are_exact(size: int) -> None:
    for value in (2**size, 2**size - 1, 2**size + 1):
        for signed in (value, -value):
            again = decode(encode(signed))
            assert again == signed
            assert type(again) is int


def test_the_sign_of_zero_is_kept() -> None:
    assert struct.pack("<d", decode(encode(-0.0))) == struct.pack("<d", -0.0)


def test_every_nan_has_the_same_bytes() -> None:
    quiet, negative, payload = (
        struct.unpack("<d", struct.pack("<Q", bits))[0]
        for bits in (0x7FF8 << 48, 0xFFF8 << 48, (0x7FF8 << 48) + 99)
    )
    assert len({struct.pack("<d", nan) for nan in (quiet, negative, payload)}) == 3
    assert encode(quiet) == encode(negative) == encode(payload)
    assert first_difference(quiet, payload) is None


def test_the_order_in_which_a_dict_or_a_set_was_filled_leaves_no_trace() -> None:
    names = [f"key {number}" for number in range(100)]
    shuffled = names[:]
    random.Random(3).shuffle(shuffled)
    assert names != shuffled
    assert encode(dict.fromkeys(names, 1)) == encode(dict.fromkeys(shuffled, 1))
    assert encode(set(names)) == encode(set(shuffled))
    assert first_difference(dict.fromkeys(names, 1), dict.fromkeys(shuffled, 1)) is None


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from peergym.rollback.canonical import encode, first_difference;"
        "s = {str(n) for n in range(50)};"
        "print(encode({'s': s, 'f': frozenset(s), 'd': {n: n for n in s}}).hex(),"
        " first_difference({'s': s}, {'s': s | {'x', 'y', 'z'}}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_a_generator_state_of_the_standard_library_is_kept_exactly() -> None:
    generator = random.Random(7)
    state = generator.getstate()
    expected = [generator.random() for _ in range(700)]
    restored = random.Random(0)
    restored.setstate(decode(encode(state)))
    assert [restored.random() for _ in range(700)] == expected


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.IntEnum):
    RED = 1


class Celsius(float):
    pass


@pytest.mark.parametrize(
    ("value", "path", "named"),
    [
        (object(), "", "builtins.object"),
        ({"ball": {"p": [0, complex(1)]}}, ".ball.p[1]", "complex"),
        ({"odd key": [bytearray()]}, "['odd key'][0]", "bytearray"),
        ({3: Point(1, 2)}, "[3]", "Point"),
        ([Colour.RED], "[0]", "Colour"),
        ([Celsius(1)], "[0]", "Celsius"),
        ([OrderedDict()], "[0]", "OrderedDict"),
        ((1, ("\ud800",)), "[1][0]", "UTF-8"),
        ({"s": {1, Colour.RED + 0, frozenset([object])}}, ".s{}{}", "type"),
        ({Point(1, 2): 1}, ".keys()", "Point"),
        ({"f": {float("nan"): 1, -float("nan"): 2}}, ".f", "same bytes"),
    ],
)
def test_what_cannot_be_encoded_is_named_with_its_path(value: Any, path: str, named: str) -> None:
    with pytest.raises(EnvironmentContractError, match=named) as refused:
        encode(value)
    assert refused.value.path == path


def test_what_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"again": endless})
    with pytest.raises(EnvironmentContractError, match=f"deeper than {MAX_DEPTH}"):
        encode(endless)


def test_64_levels_are_taken_and_65_are_not() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert decode(encode(value)) == value
    with pytest.raises(EnvironmentContractError):
        encode([value])
    with pytest.raises(WireError):
        decode(b"\x09\x01" + encode(value))


def test_more_bytes_than_allowed_are_refused() -> None:
    data = encode("x" * 100)
    assert decode(data, max_bytes=len(data)) == "x" * 100
    with pytest.raises(WireError, match="102 canonical bytes, 101 at most"):
        decode(data, max_bytes=101)


def test_the_number_of_values_is_limited() -> None:
    assert len(decode(encode([None] * canonical.MAX_VALUES))) == canonical.MAX_VALUES
    with pytest.raises(WireError, match="values"):
        decode(encode([None] * (canonical.MAX_VALUES + 1)))


def test_a_checksum_tells_states_apart_and_is_fixed_for_good() -> None:
    assert checksum(encode({"x": 1.5})) == 0x9714B365B557DC9
    sums = {checksum(encode({"x": value})) for value in DIFFERENT}
    assert len(sums) == len(DIFFERENT)
