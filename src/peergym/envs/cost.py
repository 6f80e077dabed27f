"""What a step, a save and a load of a game cost on this host.

Theory of operation: each operation is repeated in batches that are long enough for the clock (a
browser's ticks every 5 to 100 microseconds), and the median of the batches is taken: a host that
stumbles once spoils one batch and not the figure. The clock is an argument, so this module knows
no time of its own.

Law: the whole takes at most `MOST_TIME_S`, or, of a game so slow, one operation of each kind.
"""

from __future__ import annotations

from collections.abc import Callable

from peergym.envs.adapter import GameAdapter
from peergym.rollback.saving import FrameCosts

Clock = Callable[[], float]
"""Seconds, on any clock that does not go back, such as `time.perf_counter`."""

BATCHES = 7  # three may be spoiled
BATCH_S = 0.001  # ten times the coarsest clock of a browser
MOST_IN_A_BATCH = 64  # of a cheap operation that is a millisecond or less: exact enough
MOST_TIME_S = 0.05  # together: three frames, once, before a match begins
LEAD_FRAMES = 8  # stepped before, so that the game has left its initial state
SEED = 20_240_229


def measure_costs(game: GameAdapter, clock: Clock) -> FrameCosts:
    """Measure a game.

    Args:
        game: The game; its episode is lost, so the next thing it needs is a reset.
        clock: Tells the time, in seconds.

    Returns:
        Median costs, in seconds.
    """
    noop = (0,) * game.players
    deadline_s = clock() + MOST_TIME_S
    _lead_in(game, clock, deadline_s)
    state = game.save()

    def is_over() -> bool:
        return game.terminated  # and stands still, which costs nothing and says nothing

    def put_back() -> None:
        # In lockstep nothing is put back, and none of it costs anything.
        if not game.is_lockstep:
            game.load(state)

    step_s = _median_s(lambda: game.step(noop), clock, deadline_s, put_back, is_over)
    save_s = _median_s(game.save, clock, deadline_s)
    load_s = _median_s(put_back, clock, deadline_s)
    game.take_effects()
    return FrameCosts(step_s, save_s, load_s)


def _lead_in(game: GameAdapter, clock: Clock, deadline_s: float) -> None:
    """Play some frames, but not to the end."""
    game.reset(SEED)
    for _ in range(LEAD_FRAMES):
        game.step((0,) * game.players)
        if game.terminated:
            game.reset(SEED)
            return
        if clock() > deadline_s:
            return


def _median_s(
    operation: Callable[[], object],
    clock: Clock,
    deadline_s: float,
    prepare: Callable[[], object] = bool,  # which does nothing, and says no
    is_over: Callable[[], bool] = bool,
) -> float:
    means_s: list[float] = []
    while len(means_s) < BATCHES:
        prepare()
        begin_s = now_s = clock()
        count = 0
        while count == 0 or not (
            now_s - begin_s >= BATCH_S or count >= MOST_IN_A_BATCH or is_over()
        ):
            operation()
            count += 1
            now_s = clock()
        means_s.append(max(0.0, now_s - begin_s) / count)
        if now_s > deadline_s:
            break
    return sorted(means_s)[len(means_s) // 2]  # without `statistics`, dear to import in a browser
