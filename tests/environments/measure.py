"""Print the table of `docs/environments.md`: what other people's environments cost here.

python -m tests.environments.measure
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from random import Random

from peergym.envs import GameAdapter
from peergym.envs.objects.pickler import Snapshot
from tests.environments.others import OTHERS, game_of, scripted

warnings.simplefilter("ignore")

BATCHES = 41
FRAMES = 20  # of a course; short ones end soon


def median_us(operation: Callable[[], object]) -> float:
    """The median of many single runs, in microseconds of this thread's own time."""
    times = []
    for _ in range(BATCHES):
        begin_s = time.thread_time()
        operation()
        times.append(time.thread_time() - begin_s)
    return sorted(times)[BATCHES // 2] * 1e6


def step_us(game: GameAdapter, seed: int) -> float:
    """The median step of some courses, in microseconds."""
    times = []
    for course in range(4):
        game.reset(seed + course)
        for inputs in scripted(game, Random(course), FRAMES):
            if game.terminated:
                break
            begin_s = time.thread_time()
            game.step(inputs)
            times.append(time.thread_time() - begin_s)
    return sorted(times)[len(times) // 2] * 1e6


def row_of(name: str) -> str:
    """One line of the table."""
    cls = game_of(name)
    game = GameAdapter(cls())
    lean = step_us(game, 1)
    watched = GameAdapter(cls())
    watched.compute_observations()
    full = step_us(watched, 1)
    game.reset(1)
    for inputs in scripted(game, Random(1), FRAMES // 2):
        game.step(inputs)
    state = game.save()
    size = len(game.canonical(state))
    kept = state[1]
    held = len(kept.data) if isinstance(kept, Snapshot) else 0
    left_out = ", ".join(getattr(cls, "unobserved", ())) or "nothing"
    costs = [
        f"{each:,.0f}"
        for each in (
            lean,
            full,
            median_us(game.save),
            median_us(lambda: game.load(state)),
            median_us(lambda: game.canonical(state)),
            held,
            size,
        )
    ]
    sent = "yes" if game.can_restore() else "no"
    return f"| {name} | {game.players} | {' | '.join(costs)} | {left_out} | {sent} |"


if __name__ == "__main__":
    for each in OTHERS:
        print(row_of(each), flush=True)
