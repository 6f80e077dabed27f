"""Play a game by a script, and keep its course: what every check of the checker starts from.

Theory of operation: a script is a seed and a number of frames. From these follow the inputs (each
player holds one for a while, as people do) and the seeds of the episodes, since a game that ends
is reset. A course is what was done to the game, reset by reset and step by step, and the canonical
bytes of every state that came of it. The same operations done to another game, in another process
or by another Python, must give the same bytes.

Laws
    1. Two plays of a script ask the same of a game, on every platform.
    2. A course keeps a digest of every state, and the states themselves as long as they fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random

from peergym.envs.adapter import GameAdapter
from peergym.rollback.canonical import decode, first_difference

Operation = int | tuple[int, ...]
"""A seed to reset the game with, or the inputs of a step."""

LONGEST_HOLD_FRAMES = 12
MOST_KEPT_BYTES = 64 * 1024 * 1024  # of a course's states


@dataclass(frozen=True, slots=True)
class Script:
    """What is played.

    Attributes:
        seed: Of the inputs and of the first episode; the next ones have the numbers after it.
        frames: How many steps.
    """

    seed: int
    frames: int


@dataclass(slots=True)
class Course:
    """What was done, and what came of it.

    Attributes:
        operations: The n-th led to the n-th state.
        digests: Of the states' canonical bytes.
        states: Canonical bytes, by number, of those that were kept.
    """

    operations: list[Operation] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    states: dict[int, bytes] = field(default_factory=dict)
    kept_bytes: int = 0

    def add(self, operation: Operation, state: bytes) -> None:
        """Add an operation and the state that it led to."""
        if self.kept_bytes + len(state) <= MOST_KEPT_BYTES:
            self.states[len(self.digests)] = state
            self.kept_bytes += len(state)
        self.operations.append(operation)
        self.digests.append(digest(state))

    def where(self, number: int) -> str:
        """Say which state the n-th is, such as ``frame 12 of episode 2``."""
        return place_of(self.operations, number)

    @property
    def episodes(self) -> int:
        """How many episodes were begun."""
        return sum(isinstance(each, int) for each in self.operations)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a course leaves another one.

    Attributes:
        number: Of the first state that differs.
        where: The same, for people.
        path: The first field that differs and its two values; empty where it is not known.
    """

    number: int
    where: str
    path: str

    def __str__(self) -> str:
        return f"{self.where}, {self.path}" if self.path else self.where


def digest(state: bytes) -> str:
    """Return a digest of canonical bytes, 16 hexadecimal digits."""
    return blake2b(state, digest_size=8).hexdigest()


def canonical(game: GameAdapter) -> bytes:
    """Return the canonical bytes of the state that a game is in."""
    return game.canonical(game.save())


def inputs_of(script: Script, counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the inputs of every frame of a script.

    Args:
        script: The script.
        counts: How many inputs each player has.
    """
    rng = Random(f"peergym check {script.seed}")
    held = [0] * len(counts)
    left_frames = [0] * len(counts)
    for _ in range(script.frames):
        for player, count in enumerate(counts):
            if not left_frames[player]:
                held[player] = rng.randrange(count)
                left_frames[player] = rng.randint(1, LONGEST_HOLD_FRAMES)
            left_frames[player] -= 1
        yield tuple(held)


def operations_of(game: GameAdapter, script: Script) -> Iterator[Operation]:
    """Play a script; yield each operation once it is done."""
    seed = script.seed
    for inputs in inputs_of(script, game.action_counts):
        if seed == script.seed or game.terminated:
            yield perform(game, seed)
            seed += 1
        yield perform(game, inputs)


def perform(game: GameAdapter, operation: Operation) -> Operation:
    """Do one operation to a game, and return it."""
    if isinstance(operation, int):
        game.reset(operation)
    else:
        game.step(operation)
    game.take_effects()
    return operation


def record(game: GameAdapter, script: Script) -> Course:
    """Play a script and keep the course."""
    course = Course()
    for operation in operations_of(game, script):
        course.add(operation, canonical(game))
    return course


def replay(game: GameAdapter, operations: Iterable[Operation]) -> Iterator[bytes]:
    """Do operations to a game; yield the canonical bytes after each."""
    for operation in operations:
        perform(game, operation)
        yield canonical(game)


def departure(course: Course, other: Iterable[bytes], first: int = 0) -> Departure | None:
    """Return where a course is left by other states, which begin at its ``first``."""
    for number, state in enumerate(other, first):
        if number >= len(course.digests):
            return Departure(number, course.where(number), "one play is longer than the other")
        if digest(state) != course.digests[number]:
            path = difference(course.states.get(number), state)
            return Departure(number, course.where(number), path)
    return None


def departure_of(course: Course, other: Course) -> Departure | None:
    """Return where a course is left by another one."""
    for number, (ours, theirs) in enumerate(zip(course.digests, other.digests, strict=False)):
        if ours != theirs:
            path = difference(course.states.get(number), other.states.get(number))
            return Departure(number, course.where(number), path)
    if len(course.digests) != len(other.digests):
        number = min(len(course.digests), len(other.digests))
        return Departure(number, course.where(number), "one play is longer than the other")
    return None


def difference(expected: bytes | None, actual: bytes | None) -> str:
    """Return the path of the first difference of two states, and both values."""
    if expected is None or actual is None:
        return ""
    both = (decode(each, len(each)) for each in (expected, actual))
    return first_difference(*both) or ""


def place_of(operations: Sequence[Operation], number: int) -> str:
    """Say which state the n-th is."""
    before = operations[: number + 1]
    episode = sum(isinstance(each, int) for each in before)
    frame = next((n for n, each in enumerate(reversed(before)) if isinstance(each, int)), number)
    return f"frame {frame}" if episode <= 1 else f"frame {frame} of episode {episode}"
