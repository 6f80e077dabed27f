"""Whatever fits into 16 bits can be played, and what is outside a space is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import codec_from_space
from peergym.errors import EnvironmentContractError, UsageError


def box(low: Any, high: Any, shape: tuple[int, ...], dtype: Any = np.float32) -> Any:
    lows, highs = (np.full(shape, each, dtype=dtype) for each in (low, high))
    return SimpleNamespace(low=lows, high=highs, shape=shape, dtype=np.dtype(dtype))


def vector(*sizes: int) -> Any:
    nvec = np.array(sizes)
    return SimpleNamespace(nvec=nvec, shape=nvec.shape, dtype=np.dtype(np.int64))


def switches(count: int) -> Any:
    return SimpleNamespace(n=count, shape=(count,), dtype=np.dtype(np.int8))


DISCRETE = SimpleNamespace(n=5, start=0, shape=())
SPACES = {
    "discrete": DISCRETE,
    "vector": vector(3, 2, 4),
    "switches": switches(4),
    "box": box(-1.0, 1.0, (2,)),
    "whole box": box(0, 10, (2,), np.int32),
    "bytes": box(0, 255, (2,), np.uint8),
    "below zero": SimpleNamespace(n=3, start=-1, shape=()),
    "tuple": SimpleNamespace(spaces=(DISCRETE, vector(2, 3))),
    "dict": SimpleNamespace(spaces={"move": DISCRETE, "fire": switches(1)}),
}


@pytest.mark.parametrize("name", SPACES)
@pytest.mark.parametrize("waits", [False, True])
@given(value=st.integers(0, 1 << 20))
def test_every_input_is_some_action_and_comes_back(name: str, waits: bool, value: int) -> None:
    codec = codec_from_space(SPACES[name], waits=waits)
    action = codec.decode(value)
    assert codec.encode(action) == value % codec.count
    assert codec.encode(codec.number(action)) == codec.encode(action)
    assert codec.count <= 1 << codec.input_bits


@pytest.mark.parametrize("name", SPACES)
def test_all_actions_are_different(name: str) -> None:
    codec = codec_from_space(SPACES[name])
    assert len({repr(codec.decode(value)) for value in range(codec.count)}) == codec.count


def test_the_input_zero_does_nothing() -> None:
    assert codec_from_space(vector(3, 2)).decode(0).tolist() == [0, 0]
    assert codec_from_space(switches(3)).decode(0).tolist() == [0, 0, 0]
    assert codec_from_space(box(-1, 1, (2,))).decode(0).tolist() == [0.0, 0.0]
    assert codec_from_space(box(0, 1, (1,))).decode(0).tolist() == [0.0]
    assert codec_from_space(vector(3, 2), noop=[2, 1]).decode(0).tolist() == [2, 1]
    assert codec_from_space(DISCRETE, waits=True).decode(0) is None


def test_actions_have_the_shape_and_the_kind_that_the_space_says() -> None:
    action = codec_from_space(box(-1, 1, (2, 2))).decode(1)
    assert (action.shape, action.dtype) == ((2, 2), np.dtype(np.float32))
    assert codec_from_space(switches(3)).decode(5).dtype == np.dtype(np.int8)
    chosen = codec_from_space(SPACES["dict"]).decode(3)
    assert sorted(chosen) == ["fire", "move"]


def test_an_array_that_somebody_changes_is_not_the_next_ones() -> None:
    codec = codec_from_space(box(-1, 1, (1,)))
    codec.decode(1)[:] = 9
    assert codec.decode(1)[0] != 9


def test_boxes_have_the_levels_that_are_declared() -> None:
    codec = codec_from_space(box(-2, 2, (1,)), levels=5)
    assert sorted(codec.decode(value)[0] for value in range(5)) == [-2, -1, 0, 1, 2]
    assert codec.encode(np.array([0.9])) == codec.encode(np.array([1.0]))
    assert codec.encode(1.0) == codec.encode([1.0])
    assert codec_from_space(box(-1, 1, (2,)), levels=[3, 2]).count == 6
    assert codec_from_space(box(-1, 1, (5,))).count == 9**5


def test_every_whole_number_of_a_small_box_can_be_played() -> None:
    codec = codec_from_space(box(-2, 10, (1,), np.int32))
    numbers = range(-2, 11)
    assert [codec.decode(codec.encode(np.array([n])))[0] for n in numbers] == [*numbers]
    assert codec.count == 13
    assert codec_from_space(box(0, 2, (1,), np.int64), levels=9).count == 3
    large = codec_from_space(box(-(1 << 62), 1 << 62, (1,), np.int64), levels=3)
    assert sorted(int(large.decode(n)[0]) for n in range(3)) == [-(1 << 62), 0, 1 << 62]


def test_an_action_below_zero_is_not_taken_for_waiting() -> None:
    codec = codec_from_space(SPACES["below zero"], waits=True)
    assert codec.decode(codec.encode(-1)) == -1
    assert codec.decode(codec.encode(codec.number(None))) is None
    assert len({codec.number(codec.decode(value)) for value in range(4)}) == 4


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("vector", [0, 2, 0]),
        ("vector", [0, 0]),
        ("vector", None),
        ("vector", 24),
        ("switches", [0, 0, 0, 2]),
        ("box", [0.0, 1.5]),
        ("box", [0.0, float("nan")]),
        ("box", "left"),
        ("box", [[0.0, 0.0], [0.0, 0.0]]),
        ("tuple", (0,)),
        ("tuple", 1.0),
        ("dict", {"move": 0}),
        ("dict", {"move": 7, "fire": [0]}),
    ],
)
def test_an_action_outside_is_refused_at_the_door(name: str, action: Any) -> None:
    with pytest.raises(UsageError, match="action"):
        codec_from_space(SPACES[name]).encode(action)


@pytest.mark.parametrize(
    ("space", "levels", "message"),
    [
        (box(-1, 1, (20,)), None, "an input carries 65536"),
        (box(-np.inf, 1, (1,)), None, "has no levels"),
        (box(-1, 1, (1,)), 1, "at least 2 levels"),
        (box(-1, 1, (2,)), [3], "a list of 2"),
        (box(-1, 1, (2,)), 300, "an input carries"),
        (vector(300, 300), None, "an input carries"),
        (type("OneOf", (), {"spaces": (DISCRETE, DISCRETE)})(), None, "action_space must return"),
    ],
)
def test_what_fits_into_no_input_is_refused(space: Any, levels: Any, message: str) -> None:
    with pytest.raises(EnvironmentContractError, match=message):
        codec_from_space(space, levels=levels)


def test_waiting_takes_an_input_of_its_own() -> None:
    assert codec_from_space(1 << 16).count == 1 << 16
    with pytest.raises(EnvironmentContractError, match="waiting"):
        codec_from_space(1 << 16, waits=True)
