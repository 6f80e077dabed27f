"""Snapshots are exact, can be restored any number of times, and fail loudly where they cannot."""

from __future__ import annotations

import math
from collections import deque
from enum import IntEnum
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs.encoding import encodable
from peergym.envs.snapshot_choice import snapshot_strategy
from peergym.envs.snapshots import PlainState
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import encode


class Anything:
    """Attributes as given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


KEYS = st.one_of(st.text(max_size=4), st.integers(), st.booleans(), st.none())
PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(1 << 200), 1 << 200),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=8),
        st.frozensets(st.integers(), max_size=3),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(st.integers(), max_size=4),
    ),
    max_leaves=12,
)


def scramble(value: Any) -> None:
    """Change every mutable part of a value."""
    if isinstance(value, dict):
        for item in value.values():
            scramble(item)
        value["scrambled"] = True
    elif isinstance(value, list):
        for item in value:
            scramble(item)
        value.append("scrambled")
    elif isinstance(value, tuple):
        for item in value:
            scramble(item)
    elif isinstance(value, set):
        value.add("scrambled")


@given(PLAIN)
def test_any_plain_data_is_restored_exactly_and_more_than_once(value: Any) -> None:
    env = Anything(value=value, other=3)
    snapshots = PlainState(env)
    expected = encode(value)
    saved = snapshots.save()
    for _ in range(3):
        scramble(env.value)
        env.added = 1
        del env.other
        snapshots.load(saved)
        assert encode(env.value) == expected
        assert set(vars(env)) == {"value", "other"}
    assert encode(encodable(saved["value"])) == expected


def test_the_kinds_that_json_would_confuse_are_kept_apart() -> None:
    value = {1: -0.0, "1": 0.0, (1, "a"): [(2,), [2]], "big": 1 << 127, "nan": math.nan}
    env = Anything(value=value)
    snapshots = PlainState(env)
    saved = snapshots.save()
    env.value = None
    snapshots.load(saved)
    restored = env.value
    assert [(type(key), key) for key in restored] == [(type(key), key) for key in value]
    assert [math.copysign(1, restored[key]) for key in (1, "1")] == [-1, 1]
    assert [type(item) for item in restored[1, "a"]] == [tuple, list]
    assert restored["big"] == 1 << 127
    assert math.isnan(restored["nan"])


def test_generators_go_on_with_the_same_numbers() -> None:
    env = Anything(random=Random(7), nested={"random": [Random(8)]})
    env.random.gauss(0, 1)  # leaves a second number for the next call
    snapshots = PlainState(env)
    saved = snapshots.save()
    courses = []
    for _ in range(3):
        first, second = env.random, env.nested["random"][0]
        courses.append([first.gauss(0, 1), first.random(), second.randrange(1000)])
        snapshots.load(saved)
    assert courses[0] == courses[1] == courses[2]


def test_a_snapshot_loaded_into_another_game_shares_nothing_with_the_first() -> None:
    one, other = Anything(random=Random(1), items=[1]), Anything()
    saved = PlainState(one).save()
    PlainState(other).load(saved)
    assert other.random is not one.random
    assert other.items is not one.items
    assert other.random.random() == one.random.random()


def test_one_list_under_two_names_stays_one_list() -> None:
    shared: list[Any] = [1]
    shared.append(shared)
    env = Anything(a=shared, b={"deep": shared}, random=Random(1))
    env.same_random = env.random
    env.loop = {}
    env.loop["itself"] = env.loop
    snapshots = PlainState(env)
    saved = snapshots.save()
    snapshots.load(saved)
    assert env.a is env.b["deep"] is env.a[1]
    assert env.a is not shared
    assert env.same_random is env.random
    assert env.loop["itself"] is env.loop


def test_effects_are_no_state() -> None:
    env = Anything(effects=["hit"], x=1)
    snapshots = PlainState(env)
    saved = snapshots.save()
    assert "effects" not in saved
    effects = env.effects
    snapshots.load(saved)
    assert env.effects is effects


class Colour(IntEnum):
    RED = 1


class Ball:
    pass


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ({"ball": Ball()}, ".ball"),
        ({"world": {"balls": [1, Ball()]}}, ".world['balls'][1]"),
        ({"pair": (1, (2, Ball()))}, ".pair[1][1]"),
        ({"callback": lambda: 0}, ".callback"),
        ({"queue": deque([1])}, ".queue"),
        ({"colour": Colour.RED}, ".colour"),
        ({"table": {Colour.RED: 1}}, ".table key"),
        ({"table": {(1, Ball()): 1}}, ".table key"),
        ({"members": {Ball()}}, ".members member"),
        ({"members": frozenset({Colour.RED})}, ".members member"),
        ({"module": math}, ".module"),
    ],
)
def test_what_cannot_be_saved_is_named_by_its_path(attributes: dict[str, Any], path: str) -> None:
    with pytest.raises(EnvironmentContractError, match="cannot be saved automatically") as caught:
        PlainState(Anything(**attributes)).save()
    assert caught.value.path.startswith(path)


def test_half_a_pair_of_methods_is_refused() -> None:
    class OnlyGet:
        def get_state(self) -> int:
            return 0

    class OnlySet:
        def set_state(self, state: int) -> None:
            pass

    with pytest.raises(EnvironmentContractError, match="get_state but no set_state"):
        snapshot_strategy(OnlyGet())
    with pytest.raises(EnvironmentContractError, match="set_state but no get_state"):
        snapshot_strategy(OnlySet())


class Slotted:
    __slots__ = ("hit_points",)


class Partly(Anything):
    __slots__ = ("hit_points",)


@pytest.mark.parametrize("cls", [Slotted, Partly])
def test_attributes_in_slots_come_back_like_the_others(cls: type) -> None:
    env: Any = cls()
    env.hit_points = [100]
    snapshots = snapshot_strategy(env)
    saved: Any = snapshots.save()
    for _ in range(2):
        env.hit_points[0] -= 1
        snapshots.load(saved)
        assert env.hit_points == [100]
    assert "hit_points" in snapshots.plain(saved)


@pytest.mark.parametrize("kind", [list, dict, bytearray])
def test_a_game_that_is_a_container_itself_is_refused(kind: type) -> None:
    cls = type("Board", (kind,), {})
    with pytest.raises(EnvironmentContractError, match=f"Board is a {kind.__name__} itself"):
        snapshot_strategy(cls())


def test_a_game_without_attributes_to_look_at_is_refused() -> None:
    with pytest.raises(EnvironmentContractError, match="neither get_state"):
        snapshot_strategy(object())


def test_a_row_of_a_board_stays_a_row_of_it() -> None:
    board = np.zeros((2, 3))
    env = Anything(board=board, row=board[0], alone=np.ones((4, 4))[1], halves=[])
    snapshots = snapshot_strategy(env)
    saved: Any = snapshots.save()
    for _ in range(2):
        snapshots.load(saved)
        env.row[1] = 5.0
        assert env.board.tolist() == [[0.0, 5.0, 0.0], [0.0, 0.0, 0.0]]


def test_parts_of_an_array_that_share_nothing_are_plain_data() -> None:
    env = Anything(halves=np.split(np.arange(6.0), 2))
    assert type(snapshot_strategy(env).save()) is dict
