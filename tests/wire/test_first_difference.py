"""The sentence after a desync: the path of the first differing field, with both values."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.rollback.canonical import first_difference

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
