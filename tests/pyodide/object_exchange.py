"""A game of objects, saved, sent and continued; run natively and, from the same file, in Pyodide.

    python -m object_exchange make FILE      plays, writes the state into FILE, goes on
    python -m object_exchange take FILE      goes on from the state in FILE

What is printed is the course from there on, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from enum import Enum
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from peergym.envs import GameAdapter

FRAMES_BEFORE, FRAMES_AFTER = 20, 12


class Mood(Enum):
    CALM = 1
    WILD = 2


class EzPickle:
    """As other people's: a copy is what the constructor makes."""

    def __getstate__(self) -> Any:
        return {}

    def __setstate__(self, state: Any) -> None:
        self.__dict__.clear()


class Ghost:
    def __init__(self, garden: Garden) -> None:
        self.garden = garden
        self.at = [0, 0]
        self.mood = Mood.WILD

    def move(self) -> None:
        self.at[self.garden.random.randrange(2)] += 1


class Slotted:
    __slots__ = ("here",)

    def __init__(self) -> None:
        self.here = 1


def walk(garden: Garden) -> None:
    garden.steps += 1


class Garden(EzPickle):
    """Objects that are made on the way, in containers of several kinds."""

    possible_agents = (0, 1)

    def __init__(self) -> None:
        self.random = Random(0)

    def action_space(self, agent: int) -> int:
        return 3

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.random = Random(seed)
        self.steps = 0
        self.ghosts: list[Ghost] = []
        self.known: dict[Any, Ghost] = {}
        self.slotted = Slotted()
        self.queue: deque[Any] = deque(maxlen=3)
        self.how = walk
        self.advance = self.bound
        return {}, {}

    def bound(self) -> None:
        self.how(self)

    def step(self, actions: dict[int, int]) -> Any:
        self.advance()
        self.slotted.here += actions[0]
        if self.steps % 3 == 0:
            ghost = Ghost(self)
            self.ghosts.append(ghost)
            self.known[self.steps, Mood.CALM] = ghost
            self.queue.append((ghost, actions[1], 0.1 * self.steps))
        for ghost in self.ghosts:
            ghost.move()
        return {}, {}, {}, {}, {}


def started(frames: int) -> GameAdapter:
    game = GameAdapter(Garden())
    game.reset(1)
    for frame in range(frames):
        game.step((frame % 3, 1))
    return game


def course_of(game: GameAdapter) -> list[str]:
    course = []
    for frame in range(FRAMES_AFTER):
        game.step((frame % 3, frame % 2))
        state = game.canonical(game.save())
        course.append(blake2b(state, digest_size=8).hexdigest())
    return course


def main(what: str, file: Path) -> list[str]:
    if what == "take":
        game = started(0)
        game.load(game.restore(file.read_bytes()))
        return course_of(game)
    game = started(FRAMES_BEFORE)
    state = game.save()
    file.write_bytes(game.transfer(state))
    course = course_of(game)
    game.load(state)
    assert course_of(game) == course
    assert game.can_restore()
    return course


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
