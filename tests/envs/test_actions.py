"""Actions become inputs of few bits, and every input becomes an action."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import ActionCodec, codec_from_space
from peergym.errors import EnvironmentContractError, UsageError


@given(st.data(), st.integers(1, 70), st.integers(-5, 5))
def test_every_action_comes_back(data: st.DataObject, count: int, start: int) -> None:
    noop = data.draw(st.integers(start, start + count - 1))
    codec = ActionCodec(count, noop, start)
    inputs = [codec.encode(action) for action in range(start, start + count)]
    assert sorted(inputs) == list(range(count))
    assert max(inputs) < 1 << codec.input_bits or count == 1
    assert [codec.decode(value) for value in inputs] == list(range(start, start + count))


@pytest.mark.parametrize(("count", "bits"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (300, 9)])
def test_inputs_take_as_few_bits_as_there_are_actions(count: int, bits: int) -> None:
    assert ActionCodec(count).input_bits == bits


@given(st.integers(1, 70), st.integers(0, 1 << 20))
def test_the_input_zero_is_the_noop_and_any_input_is_some_action(count: int, value: int) -> None:
    codec = ActionCodec(count, noop=count // 2)
    assert codec.encode(count // 2) == 0
    assert codec.decode(0) == count // 2
    assert 0 <= codec.decode(value) < count


@pytest.mark.parametrize("action", [-1, 3, 300, True, 1.0, "1", None])
def test_an_action_outside_is_refused(action: object) -> None:
    with pytest.raises(UsageError, match="action"):
        ActionCodec(3).encode(action)  # type: ignore[arg-type]


def test_a_discrete_space_may_begin_anywhere() -> None:
    codec = codec_from_space(SimpleNamespace(n=4, start=-1, shape=()), noop=2)
    assert (codec.count, codec.start, codec.encode(2), codec.decode(1)) == (4, -1, 0, -1)


@pytest.mark.parametrize(
    "space",
    [None, 3.0, True, "3", SimpleNamespace(shape=(2,)), SimpleNamespace(n=3, shape=(3,)), 0, -2],
)
def test_other_spaces_are_refused(space: object) -> None:
    with pytest.raises(EnvironmentContractError, match="action"):
        codec_from_space(space, noop=0)


def test_a_noop_that_is_no_action_is_refused() -> None:
    with pytest.raises(EnvironmentContractError, match=r"noop action 3 is not among .* 0 to 2"):
        codec_from_space(3, noop=3)
