"""What a game costs on this host: time of a step, a save and a load, and the size of a state."""

from __future__ import annotations

import platform
import sys

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.advice import advise
from peergym.envs.check.findings import Figures
from peergym.envs.check.play import Script, inputs_of
from peergym.envs.cost import Clock, measure_costs
from peergym.rollback.saving import FrameCosts

PLAYED_FRAMES = 180  # three seconds, in which most states have grown to their usual size
STRETCH_FRAMES = 12
WARM_STRETCHES = 4  # the first are slow, most of all in a browser
MOST_PLAYED_S = 2.0


def measure(game: GameAdapter, host: str, clock: Clock) -> Figures:
    """Measure a game.

    Args:
        game: The game; its episode is lost.
        host: What to call this host.
        clock: Tells the time, in seconds.

    Raises:
        EnvironmentContractError: A state cannot be saved; carries the path.
    """
    step_s = _step_s(game, clock)
    state = game.save()
    state_bytes = len(game.canonical(state))
    transfer_bytes = len(game.transfer(state)) if game.can_restore() else 0
    costs = measure_costs(game, clock)
    # Those were steps in which nobody did anything, which is what a match has time to measure.
    costs = FrameCosts(max(step_s, costs.step_s), costs.save_s, costs.load_s)
    return Figures(
        host=host,
        python=f"{platform.python_implementation()} {platform.python_version()}, {sys.platform}",
        costs=costs,
        state_bytes=state_bytes,
        transfer_bytes=transfer_bytes,
        advice=advise(costs, game.frame_rate_hz, game.players),
    )


def _step_s(game: GameAdapter, clock: Clock) -> float:
    """Return what a frame costs in which players do something, in seconds.

    It is the median of stretches of frames: a host that stumbles once spoils one of them.
    """
    begin_s = clock()
    game.reset(1)
    means_s: list[float] = []
    stretch_s, counted = 0.0, 0
    for frame, inputs in enumerate(inputs_of(Script(1, PLAYED_FRAMES), game.action_counts)):
        if game.terminated:
            game.reset(frame)
        before_s = clock()
        game.step(inputs)
        now_s = clock()
        game.take_effects()
        stretch_s, counted = stretch_s + now_s - before_s, counted + 1
        if counted == STRETCH_FRAMES:
            means_s.append(stretch_s / counted)
            stretch_s, counted = 0.0, 0
        if now_s - begin_s > MOST_PLAYED_S:
            break
    warm_s = means_s[WARM_STRETCHES:] or means_s or [stretch_s / counted]
    return sorted(warm_s)[len(warm_s) // 2]
