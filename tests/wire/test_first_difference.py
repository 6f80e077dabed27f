"""The sentence after a desync: the path of the first differing field, with both values."""

from __future__ import annotations

import struct
from random import Random
from typing import Any

import pytest
from hypothesis import given

from peergym.rollback.difference import differences, first_difference
from peergym.rollback.marked import ITEM_FORMATS
from tests.wire.strategies import values

STATE = {"ball": {"x": 1.0, "vx": 5}, "scores": (3, 7), "log": [[1], [2, 3]], "keys": {"a"}}


def changed(**fields: Any) -> dict[str, Any]:
    return {**STATE, **fields}


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (changed(ball={"x": 1.0, "vx": 6}), ".ball.vx: 5 != 6"),
        (changed(ball={"x": 1.0, "vx": 5.0}), ".ball.vx: 5 != 5.0"),
        (changed(ball={"x": 1.0, "vx": True}), ".ball.vx: 5 != True"),
        (changed(ball={"x": -1.0, "vx": 6}), ".ball.x: 1.0 != -1.0"),
        (changed(ball={"x": 1.0}), ".ball.vx: 5 != absent"),
        (changed(ball={"x": 1.0, "vx": 5, "spin": 2}), ".ball.spin: absent != 2"),
        (changed(scores=(3, 8)), ".scores[1]: 7 != 8"),
        (changed(scores=[3, 7]), ".scores: a tuple of 2 != a list of 2"),
        (changed(scores=(3,)), ".scores[1]: 7 != absent"),
        (changed(scores=(3, 7, "x")), ".scores[2]: absent != 'x'"),
        (changed(log=[[1], [2, 4]]), ".log[1][1]: 3 != 4"),
        (changed(log=[[1], [2, 3], {}]), ".log[2]: absent != a dict of 0"),
        (changed(keys={"a", "b"}), ".keys: absent != has 'b'"),
        (changed(keys={"b"}), ".keys: has 'a' != has 'b'"),
        (changed(keys=frozenset("a")), ".keys: a set of 1 != a frozenset of 1"),
        (None, "the whole value: a dict of 4 != None"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_differing_field_is_named(other: Any, sentence: str) -> None:
    assert first_difference(STATE, other) == sentence


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (0.0, -0.0, "the whole value: 0.0 != -0.0"),
        (float("nan"), 1.0, "the whole value: nan != 1.0"),
        ({1: 5}, {1: 6}, "[1]: 5 != 6"),
        ({"1": 5}, {1: 5}, "['1']: 5 != absent"),
        ({1: 5}, {True: 5}, "[1]: 5 != absent"),
        ({"two words": 1}, {"two words": 2}, "['two words']: 1 != 2"),
        ({(1, True): 1}, {(1, 1): 1}, "[a tuple of 2]: 1 != absent"),
        ({0.0: 1}, {-0.0: 1}, "[0.0]: 1 != absent"),
    ],
)
def test_types_and_keys_are_told_apart(a: Any, b: Any, sentence: str) -> None:
    assert first_difference(a, b) == sentence


def test_equal_values_have_no_difference() -> None:
    again = {"keys": {"a"}, "log": [[1], [2, 3]], "scores": (3, 7), "ball": {"vx": 5, "x": 1.0}}
    assert first_difference(STATE, again) is None
    assert first_difference(float("nan"), float("nan")) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (10**5000, 10**5000 + 1),
        ("x" * 10**6, "x" * 10**6 + "y"),
        (b"x" * 10**6, b"y" * 10**6),
        ([[0]] * 10**5, [[0]] * (10**5 - 1) + [[1]]),
        ({"k" * 10**6: 1}, {"k" * 10**6: 2}),
    ],
    ids=["int", "str", "bytes", "list", "key"],
)
def test_the_sentence_is_short_however_large_the_values(a: Any, b: Any) -> None:
    sentence = first_difference(a, b)
    assert sentence is not None
    assert len(sentence) < 300


def generator(seed: int, draws: int) -> tuple[Any, ...]:
    random = Random(seed)
    for _ in range(draws):
        random.getrandbits(32)
    return ("random.Random", random.getstate())


def array(*items: float, shape: tuple[int, ...] = (2, 2), code: str = "f8") -> tuple[Any, ...]:
    return ("numpy.ndarray", code, shape, struct.pack(f"<{len(items)}{ITEM_FORMATS[code]}", *items))


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (
            generator(1, 5),
            generator(1, 6),
            ".it: a generator at word {0} != a generator at word {1}",
        ),
        (array(1, 2, 3, 4), array(1, 2, 3.5, 4), ".it[1, 0]: 3.0 != 3.5"),
        (array(1, 2, 0.0, 4), array(1, 2, -0.0, 4), ".it[1, 0]: 0.0 != -0.0"),
        (
            array(1, 2, 3, 4),
            array(1, 2, 3, 4, shape=(4,)),
            ".it: an array of f8, 2 x 2 != an array of f8, 4",
        ),
        (
            array(1, 2, 3, 4, code="i8"),
            array(1, 2, 3, 4, code="i4"),
            ".it: an array of i8, 2 x 2 != an array of i4, 2 x 2",
        ),
        (
            ("numpy.generic", "i8", bytes(8)),
            ("numpy.generic", "i4", bytes(4)),
            ".it: i8 0 != i4 0",
        ),
        (array(1, 2, 3, 4), 5, ".it: an array of f8, 2 x 2 != 5"),
        (("numpy.ndarray", 1), ("numpy.ndarray", 2), ".it[1]: 1 != 2"),
        (("tuple", "tuple", 1), ("tuple", "tuple", 2), ".it[2]: 1 != 2"),
    ],
)
def test_generators_and_arrays_are_shown_as_what_they_are(a: Any, b: Any, sentence: str) -> None:
    block = str(first_difference({"it": generator(1, 5)}, {"it": 0})).split(" ")[-3]
    words = [f"{word} of 624 of block {block}" for word in (5, 6)]
    assert first_difference({"it": a}, {"it": b}) == sentence.format(*words)
    assert first_difference({"it": a}, {"it": a}) is None


def test_the_seed_and_the_draws_of_a_generator_are_told_apart() -> None:
    other_seed = first_difference(generator(1, 5), generator(2, 5))
    assert other_seed is not None
    left, right = other_seed.split(" != ")
    assert left.split("block")[0].endswith(right.split("block")[0][2:])
    assert left.split("block")[1] != right.split("block")[1]


def test_all_differences_are_found_one_after_the_other() -> None:
    other = changed(ball={"x": 2.0, "vx": 6}, scores=(3, 8), log=[[1], [2, 3], 4], keys={"b"})
    found = list(differences(STATE, other))
    assert [difference.path for difference in found] == [
        ".ball.x",
        ".ball.vx",
        ".scores[1]",
        ".log[2]",
        ".keys",
    ]
    assert found[1].containers == (STATE["ball"], other["ball"])
    assert found[1].container_path == ".ball"
    assert found[1].values == (5, 6)
    assert found[2].container_path == ".scores"
    assert (found[3].ours, found[3].theirs) == ("absent", "4")
    assert found[4].container_path == ""


def test_looking_for_the_first_difference_goes_no_further() -> None:
    found = differences([[1]] * 10**6, [[2]] * 10**6)
    assert str(next(found)) == "[0][0]: 1 != 2"


@given(values, values)
def test_the_first_of_all_differences_is_the_one_that_is_told(a: Any, b: Any) -> None:
    found = list(differences(a, b))
    assert (str(found[0]) if found else None) == first_difference(a, b)
