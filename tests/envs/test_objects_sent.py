"""Games of objects are sent as data, laid over the receiver's own, and go on as they would have."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from enum import Enum
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.envs import GameAdapter
from peergym.envs.objects import ObjectState
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import decode, encode, first_difference


class Mood(Enum):
    CALM = 1
    WILD = 2


class Ghost:
    """Made on the way, when a peer that joins has none yet."""

    def __init__(self, world: Garden) -> None:
        self.world = world
        self.at = [0, 0]
        self.mood = Mood.WILD

    def move(self) -> None:
        self.at[self.world.random.randrange(2)] += 1


class Slotted:
    __slots__ = ("here",)

    def __init__(self) -> None:
        self.here = 1


def walk(garden: Garden) -> None:
    garden.steps += 1


class Garden:
    """A game of objects, with everything that objects hold."""

    possible_agents = ("a", "b")

    def __init__(self) -> None:
        self.random = Random(0)

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.random = Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.steps = 0
        self.ghosts: list[Ghost] = []
        self.by_name: dict[Any, Any] = {}
        self.grid = np.zeros((3, 4), dtype=np.int64)
        self.row = self.grid[1]
        self.slotted = Slotted()
        self.queue: deque[Any] = deque(maxlen=3)
        self.how = walk
        self.step_by = self.bound
        return {}, {}

    def bound(self) -> None:
        self.how(self)

    def step(self, actions: dict[str, int]) -> Any:
        self.step_by()
        self.slotted.here += actions["a"]
        self.row += int(self.numpy.integers(3))
        if self.steps % 3 == 0:
            ghost = Ghost(self)
            self.ghosts.append(ghost)
            self.by_name[self.steps, Mood.CALM] = ghost
            self.queue.append((ghost, actions["b"], np.float32(0.1)))
        for ghost in self.ghosts:
            ghost.move()
        return {}, {}, {}, {}, {}


class Strange(Garden):
    """Makes a function on the way, which nobody else has."""

    def step(self, actions: dict[str, int]) -> Any:
        self.thing = {"later": (lambda: 0)}
        return super().step(actions)


def played(frames: int, seed: int = 1) -> GameAdapter:
    game = GameAdapter(Garden())
    game.reset(seed)
    for frame in range(frames):
        game.step((frame % 3, 1))
    return game


@pytest.mark.parametrize("frames", [0, 1, 7, 20])
def test_a_state_goes_on_at_another_peer_as_at_its_own(frames: int) -> None:
    sender, receiver = played(frames), played(0)
    data = sender.transfer(sender.save())
    untouched = receiver.canonical(receiver.save())
    state = receiver.restore(data)
    assert receiver.canonical(receiver.save()) == untouched
    receiver.load(state)
    for frame in range(12):
        assert receiver.canonical(receiver.save()) == sender.canonical(sender.save()), frame
        for game in (sender, receiver):
            game.step((frame % 3, frame % 2))
    assert receiver.env.row.base is receiver.env.grid
    if frames == 20:
        assert receiver.env.queue[0][0] is receiver.env.by_name[24, Mood.CALM]
        assert receiver.env.ghosts[0].mood is Mood.WILD
    assert receiver.env.ghosts[0].world is receiver.env


def test_a_game_of_objects_knows_that_it_can_be_sent() -> None:
    game = played(5)
    before = game.canonical(game.save())
    assert game.can_restore()
    assert game.canonical(game.save()) == before


def test_a_game_that_holds_a_strangers_thing_cannot_be_sent() -> None:
    game = GameAdapter(Strange())
    assert not game.can_restore()
    game.reset(1)
    game.step((0, 0))
    with pytest.raises(EnvironmentContractError, match=r"there is no .*lambda"):
        GameAdapter(Strange()).restore(game.transfer(game.save()))


def test_a_snapshot_loaded_into_another_copy_shares_nothing_with_the_first() -> None:
    first, other = played(5), played(0)
    saved, before = first.save(), first.canonical(first.save())
    other.load(saved)
    assert other.canonical(other.save()) == before
    other.step((1, 1))
    assert first.canonical(first.save()) == before
    assert other.env.ghosts[0].world is other.env


def test_checksum_bytes_alone_are_not_enough() -> None:
    game = played(5)
    with pytest.raises(EnvironmentContractError, match="from its beginning"):
        played(0).restore(game.canonical(game.save()))


def damaged(change: Any) -> bytes:
    sent = decode(played(7).transfer(played(7).save()))
    change(sent["objects"])
    return encode(sent)


def of_kind(entries: list[Any], kind: str) -> int:
    return next(index for index, entry in enumerate(entries) if entry[0] == kind)


def replace(kind: str, entry: tuple[Any, ...]) -> Any:
    def change(entries: list[Any]) -> None:
        entries[of_kind(entries, kind)] = entry

    return change


HOSTILE = {
    "an unknown class": replace("object", ("object", "os._Environ", "", (), None)),
    "a function of the library": replace("name", ("name", "posix.system", ".how")),
    "a call of it": replace("made", ("made", "posix.system", ("true",), None, (), ())),
    "a constructor": replace(
        "made", ("made", "subprocess.Popen", (("tuple", "true"),), None, (), ())
    ),
    "an unknown entry": replace("list", ("eval", "1")),
    "a number beyond the table": replace("list", ("list", ("at", 10**9))),
    "no table at all": lambda entries: entries.clear(),
    "an array of another size": replace("array", ("array", "i8", (99,), b"", "", True)),
    "a part outside of its array": replace(
        "part", ("part", ("at", 0), "i8", (9**9,), -64, (8,), True)
    ),
    "a method's place": replace(
        "object", ("object", f"{__name__}.Garden", "", (("step", 3),), None)
    ),
    "a generator in no state": replace(
        "generator", ("generator", "random.Random", ".random", ("tuple", 3, 4, None))
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tables_are_refused_and_change_nothing(name: str) -> None:
    receiver = played(3)
    before, object_before = receiver.canonical(receiver.save()), receiver.env.slotted
    data = damaged(HOSTILE[name])
    with pytest.raises(EnvironmentContractError):
        receiver.restore(data)
    assert receiver.canonical(receiver.save()) == before
    assert receiver.env.slotted is object_before
    receiver.step((1, 1))


WHOLE = encode(decode(played(7).transfer(played(7).save()))["objects"])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_are_refused_or_come_out_as_a_state(data: Any) -> None:
    position = data.draw(st.integers(0, len(WHOLE) - 1))
    changed = bytearray(WHOLE)
    changed[position] ^= 1 << data.draw(st.integers(0, 7))
    receiver = RECEIVER
    before = receiver.canonical(receiver.save())
    try:
        entries = decode(bytes(changed))
    except Exception:  # noqa: BLE001 - canonical bytes have tests of their own
        return
    states = ObjectState(receiver.env)
    with suppress(EnvironmentContractError):
        states.receive(entries)
    after = receiver.canonical(receiver.save())
    assert first_difference(decode(before), decode(after)) is None


RECEIVER = played(2)
