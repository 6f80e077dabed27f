"""Other people's environments come back exactly from any depth, as often as wanted."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from random import Random

import pytest

from peergym.envs import GameAdapter, describe
from peergym.rollback.canonical import decode, first_difference
from tests.environments.others import ALL, game_of, scripted, started

FRAMES = 60
DEPTHS = 12


@pytest.fixture(autouse=True)
def _their_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", ALL)
def test_it_is_described_as_a_game(name: str) -> None:
    description = describe(game_of(name))
    assert description.players == ALL[name].seats
    assert description.keys or name == "slime volley"
    assert max(description.input_bits) <= 16


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("seed", [0, (1 << 63) + 12_345])
def test_it_comes_back_from_random_depths(name: str, seed: int) -> None:
    game = started(name, seed)
    draw = Random(seed)
    course = played(game, scripted(game, draw, FRAMES))
    script, states = zip(*course, strict=True)
    last = len(course) - 1
    assert last > 5
    for _ in range(DEPTHS):
        frame = draw.randrange(last)
        until = min(last, frame + 1 + draw.randrange(12))
        for _ in range(2):
            game.load(states[frame][0])
            for later in range(frame, until):
                game.step(script[later])
            compare(game, states[until][1], f"{name} from frame {frame} to {until}")


@pytest.mark.parametrize("name", ALL)
def test_a_copy_that_was_used_before_takes_the_same_course_as_a_fresh_one(name: str) -> None:
    used = started(name, 5)
    for inputs in scripted(used, Random(1), FRAMES):
        used.step(inputs)
    used.reset(7)
    fresh = started(name, 7)
    for inputs in scripted(fresh, Random(2), 30):
        used.step(inputs)
        fresh.step(inputs)
    compare(used, fresh.canonical(fresh.save()), name)


def played(
    game: GameAdapter, script: list[tuple[int, ...]]
) -> list[tuple[tuple[int, ...], tuple[object, bytes]]]:
    """(inputs, (state before them, its bytes)) of a course, up to its end."""
    course = []
    for inputs in script:
        state = game.save()
        course.append((inputs, (state, game.canonical(state))))
        if game.terminated:
            break
        game.step(inputs)
    return course


def compare(game: GameAdapter, expected: bytes, where: str) -> None:
    state = game.canonical(game.save())
    if state != expected:
        pytest.fail(f"{where}: {first_difference(decode(expected), decode(state))}")


PROGRAM = """
import warnings
warnings.simplefilter("ignore")
from hashlib import blake2b
from random import Random
from tests.environments.others import scripted, started
game = started({name!r}, 3)
digest = blake2b(digest_size=16)
for inputs in scripted(game, Random(4), 40):
    digest.update(game.canonical(game.save()))
    game.step(inputs)
print(digest.hexdigest())
"""


@pytest.mark.parametrize("name", ALL)
def test_two_processes_with_different_hashes_compute_the_same(name: str) -> None:
    game_of(name)  # or skip
    said = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM.format(name=name)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[-1]
        for seed in "12"
    }
    assert len(said) == 1
