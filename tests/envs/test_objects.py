"""Games made of objects are put back exactly, in place, whatever they say of pickling."""

from __future__ import annotations

import functools
import itertools
import pickle
import subprocess
import sys
import threading
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any

import numpy as np
import pytest

from peergym.envs.objects import ObjectState
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import encode, first_difference


class World:
    """The root."""

    def __init__(self, **parts: Any) -> None:
        self.__dict__.update(parts)


class Colour(Enum):
    RED = 1
    BLUE = 2


class Ball:
    def __init__(self, x: float) -> None:
        self.x = x
        self.trail: list[float] = []

    def move(self) -> None:
        self.x += 1.5
        self.trail.append(self.x)


@dataclass(slots=True)
class Paddle:
    y: int = 0
    size: int = 3


@dataclass(frozen=True)
class Goal:
    side: str


class EzPickle:
    """As Gymnasium's and PettingZoo's: a copy is what the constructor makes."""

    def __getstate__(self) -> Any:
        return {"args": ()}

    def __setstate__(self, state: Any) -> None:
        self.__dict__ = type(self)().__dict__


class Forgetful(EzPickle):
    def __init__(self) -> None:
        self.steps = 0


class Wrapper:
    """Hands everything on, as wrappers do, `__setstate__` too."""

    def __init__(self, env: Any) -> None:
        self.env = env

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.env, name)


class Stubborn:
    """Refuses assignments that are not its own."""

    def __init__(self) -> None:
        object.__setattr__(self, "value", 1)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("frozen")


Point = namedtuple("Point", "x y")  # noqa: PYI024 - the old spelling is in the wild


def state_of(world: Any) -> bytes:
    states = ObjectState(world)
    return encode(states.plain(states.save()))


def test_attributes_come_back_and_what_was_added_goes() -> None:
    world = World(ball=Ball(1.0), count=3)
    states = ObjectState(world)
    saved, before = states.save(), state_of(world)
    for _ in range(3):
        world.ball.move()
        world.extra, world.ball.extra = 1, 2
        del world.count
        assert state_of(world) != before
        states.load(saved)
        assert state_of(world) == before
        assert sorted(vars(world)) == ["ball", "count"]
        assert sorted(vars(world.ball)) == ["trail", "x"]


def test_objects_stay_themselves_so_that_nobody_holds_an_old_one() -> None:
    ball = Ball(1.0)
    world = World(ball=ball, move=ball.move, later=lambda: ball.x, seen=weakref.ref(ball))
    states = ObjectState(world)
    saved = states.save()
    world.ball.move()
    world.ball = Ball(9.0)
    states.load(saved)
    assert world.ball is ball
    world.move()
    assert (world.ball.x, world.later(), world.seen().x) == (2.5, 2.5, 2.5)


def test_what_a_class_says_of_pickling_its_arguments_is_not_asked() -> None:
    world = Wrapper(Wrapper(Forgetful()))
    states = ObjectState(world)
    world.env.env.steps = 7
    saved = states.save()
    world.env.env.steps = 8
    states.load(saved)
    assert world.steps == 7


def test_slots_and_frozen_objects_come_back() -> None:
    world = World(paddle=Paddle(4), goal=Goal("left"), stubborn=Stubborn())
    states = ObjectState(world)
    saved, before = states.save(), state_of(world)
    world.paddle.y = 9
    object.__setattr__(world.goal, "side", "right")
    object.__setattr__(world.stubborn, "value", 2)
    states.load(saved)
    assert state_of(world) == before
    assert (world.paddle.y, world.goal.side, world.stubborn.value) == (4, "left", 1)


CONTAINERS = {
    "deque": deque([1, Ball(2.0)], maxlen=5),
    "ordered": OrderedDict(b=1, a=Ball(1.0)),
    "default": defaultdict(list, {"x": [1]}),
    "counter": Counter("hello"),
    "named": Point(1, [2]),
    "set": {1, 2},
    "frozen": frozenset({3}),
    "bytes": bytearray(b"abc"),
    "by object": {Colour.RED: 1, Goal("left"): 2},
    "objects": {Goal("a"), Goal("b")},
    "range": range(3),
    "complex": 1 + 2j,
    "partial": functools.partial(max, 3),
    "kept": (Colour.BLUE, Ball, len, np.sin, np, object(), int, threading.RLock()),
}


def change(value: Any) -> None:
    for name in ("clear", "pop", "popleft"):
        if hasattr(value, name):
            getattr(value, name)()
            return


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_of_every_kind_come_back(name: str) -> None:
    world = World(value=CONTAINERS[name], other=1)
    states = ObjectState(world)
    saved, before = states.save(), states.plain(states.save())
    shown = repr(world.value)
    change(world.value)
    world.value = None
    for _ in range(2):
        states.load(saved)
        assert first_difference(before, states.plain(states.save())) is None
        assert type(world.value) is type(CONTAINERS[name])
        if name != "objects":
            assert repr(world.value) == shown
        change(world.value)


def test_one_list_in_two_places_stays_one_and_circles_are_no_trouble() -> None:
    shared: list[Any] = [1]
    world = World(a=shared, b=[shared], ball=Ball(1.0))
    world.ball.world = world
    shared.append(shared)
    states = ObjectState(world)
    saved = states.save()
    shared.clear()
    states.load(saved)
    assert world.a is world.b[0] is world.a[1]
    assert world.ball.world is world
    assert state_of(world)


def test_a_part_of_an_array_stays_a_part_of_it() -> None:
    grid = np.arange(12.0).reshape(3, 4).copy()
    fixed = np.ones(2)
    fixed.flags.writeable = False
    columns = np.asfortranarray(np.arange(6).reshape(2, 3))
    world = World(grid=grid, row=grid[1], corner=grid[::2, ::-1], fixed=fixed, part=columns[:, 1])
    states = ObjectState(world)
    saved, before = states.save(), state_of(world)
    for _ in range(2):
        world.row[:] = -1
        states.load(saved)
        assert state_of(world) == before
    world.row[0] = 99.0
    assert world.grid[1, 0] == 99.0
    world.grid[0, 3] = 77.0
    assert world.corner[0, 0] == 77.0
    assert not world.fixed.flags.writeable
    assert world.part.tolist() == [1, 4]


def test_a_sliding_window_goes_on_sliding_over_its_array() -> None:
    history = np.zeros(6)
    world = World(history=history, windows=np.lib.stride_tricks.sliding_window_view(history, 3))
    states = ObjectState(world)
    saved = states.save()
    for _ in range(2):
        states.load(saved)
        world.history[2] = 7.0
        assert world.windows[:, 0].tolist() == [0.0, 0.0, 7.0, 0.0]
        assert not world.windows.flags.writeable


def test_a_part_of_an_array_whose_sides_lie_in_an_order_of_their_own_comes_back() -> None:
    cube = np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2).copy(order="K")
    assert not cube.flags.c_contiguous
    assert not cube.flags.f_contiguous
    world = World(cube=cube, slice=cube[1, ::-1])
    expected = world.slice.tolist()
    states = ObjectState(world)
    saved = states.save()
    world.cube[:] = 0
    states.load(saved)
    assert world.slice.tolist() == expected
    world.cube[1, 0, 0] = -1.0
    assert world.slice[-1, 0] == -1.0


def test_a_slot_that_was_filled_later_is_empty_again() -> None:
    paddle = Paddle.__new__(Paddle)
    paddle.y = 3
    states = ObjectState(World(paddle=paddle))
    saved = states.save()
    paddle.size = 9
    states.load(saved)
    assert paddle.y == 3
    assert not hasattr(paddle, "size")


def test_an_array_out_of_a_pickle_which_lies_in_bytes_of_its_own_comes_back() -> None:
    unpickled = pickle.loads(pickle.dumps(np.arange(6.0).reshape(2, 3), protocol=5))
    assert unpickled.base is not None
    world = World(
        arrays=[unpickled, np.frombuffer(bytearray(16)), np.ndarray(1, buffer=bytearray(8))]
    )
    states = ObjectState(world)
    saved = states.save()
    for _ in range(2):
        for each in world.arrays:
            each[:] = 7.0
        states.load(saved)
        assert [each.sum() for each in world.arrays] == [15.0, 0.0, 0.0]


SHARED = bytearray(8)


@pytest.mark.parametrize(
    ("thing", "reason"),
    [
        (threading.Thread(), "a thread runs on"),
        (threading.local(), "cannot be seen"),
        (itertools.cycle([1, 2]), "keep an index"),
        (np.frombuffer(SHARED), "shows the bytes of something else"),
        (np.ndarray(1, buffer=SHARED), "shows the bytes of something else"),
    ],
)
def test_what_would_come_back_in_part_is_refused_with_the_reason(thing: Any, reason: str) -> None:
    with pytest.raises(EnvironmentContractError, match=reason) as caught:
        ObjectState(World(things=[thing])).save()
    assert caught.value.path == ".things[0]"


def test_what_is_saved_is_not_changed_by_what_happens_next() -> None:
    world = World(grid=np.zeros(3), ball=Ball(0.0))
    states = ObjectState(world)
    saved = states.save()
    before = encode(states.plain(saved))
    world.grid += 1
    world.ball.move()
    states.load(saved)
    world.grid += 2
    world.ball.trail.append(3.0)
    assert encode(states.plain(saved)) == before


def test_generators_of_all_kinds_go_on_with_the_same_numbers() -> None:
    world = World(
        random=Random(1),
        numpy=np.random.default_rng(2),
        old=np.random.RandomState(3),
        bits=np.random.Philox(4),
    )
    world.same = world.numpy
    states = ObjectState(world)
    saved = states.save()
    courses = []
    for _ in range(3):
        courses.append(
            (
                world.random.gauss(0, 1),
                world.numpy.normal(),
                world.same.integers(1000),
                world.old.rand(),
                int(world.bits.random_raw()),
            )
        )
        assert world.same is world.numpy
        states.load(saved)
    assert courses[0] == courses[1] == courses[2]


class Console:
    """Has a native handle, and a way of its own to be put back."""

    def __init__(self) -> None:
        self.native = (n for n in "abc")
        self.score, self.luck = 1, 2

    def clone_state(self, include_rng: bool = False) -> Any:
        return {"score": self.score, "luck": self.luck if include_rng else 0}

    def restore_state(self, state: Any) -> None:
        self.score, self.luck = state["score"], state["luck"]


def test_an_environment_that_clones_itself_is_asked_with_its_luck() -> None:
    world = World(console=Console(), steps=1)
    states = ObjectState.of(world)
    saved = states.save()
    before = states.plain(saved)
    world.console.score, world.console.luck, world.steps = 5, 6, 7
    assert states.plain(states.save()) != before
    for _ in range(2):
        states.load(saved)
        assert (world.console.score, world.console.luck, world.steps) == (1, 2, 1)
        assert states.plain(states.save()) == before


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"ball": Ball(1.0), "task": (n for n in "ab")}, ".task"),
        ({"deep": {"list": [1, Goal(iter([]).__iter__)]}}, None),  # type: ignore[arg-type]
        ({"paddles": [Paddle(), Paddle(open)]}, None),  # type: ignore[arg-type]
        ({"paddles": [Paddle(), Paddle(sys.stderr.buffer)]}, ".paddles[1].y"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_saved_is_named_by_its_path(parts: Any, path: str | None) -> None:
    states = ObjectState(World(**parts))
    if path is None:
        states.save()
        return
    with pytest.raises(EnvironmentContractError, match="lockstep") as refused:
        states.save()
    assert refused.value.path.startswith(path)


def test_differences_are_named_in_the_games_own_words() -> None:
    world = World(players=[Ball(1.0), Ball(2.0)])
    states = ObjectState(world)
    one = states.plain(states.save())
    world.players[1].x = 3.0
    other = states.plain(states.save())
    assert first_difference(one, other) == ".players[1].x: 2.0 != 3.0"


def test_two_names_of_one_object_differ_from_two_equal_objects() -> None:
    ball = Ball(1.0)
    assert state_of(World(a=ball, b=ball)) != state_of(World(a=ball, b=Ball(1.0)))


def test_a_long_chain_of_objects_is_no_trouble() -> None:
    world = World(first=Ball(0.0))
    last = world.first
    for number in range(60):
        last.next = Ball(float(number))
        last = last.next
    states = ObjectState(world)
    saved, before = states.save(), state_of(world)
    last.x = -1.0
    assert state_of(world) != before
    states.load(saved)
    assert state_of(world) == before


PROGRAM = """
from tests.envs.test_objects import *
world = World(grid=np.arange(3.0), ball=Ball(1.0), set={Goal(str(n)) for n in range(9)},
    by={Colour.RED: {"x", "y"}}, random=Random(5), numpy=np.random.default_rng(5), f=len)
world.loop = [world.ball, world]
print(state_of(world).hex())
"""


def test_the_bytes_are_the_same_in_every_process() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "012"
    }
    assert len(said) == 1
    assert len(said.pop()) > 1000
