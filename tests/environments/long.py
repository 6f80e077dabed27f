"""Environments whose states cannot be sent, with episodes long enough to come late to one."""

# ruff: noqa: PLC0415 - each of them may be absent

from __future__ import annotations

from typing import Any


def knights_archers_zombies() -> Any:
    """With zombies so slow that the first of them arrives after half a minute."""
    from pettingzoo.butterfly.knights_archers_zombies import knights_archers_zombies as module
    from pettingzoo.butterfly.knights_archers_zombies.src import constants

    constants.ZOMBIE_Y_SPEED = 1
    return module.parallel_env(max_cycles=5000)


def overcooked_ai() -> Any:
    """With an episode of minutes."""
    from tests.environments import made

    env = made.overcooked_ai()
    env.base_env.horizon = 5000
    return env
