"""Environments that have PettingZoo's parallel form already, such as `pettingzoo.ParallelEnv`."""

from __future__ import annotations

from typing import Any

from peergym.envs.forms.base import STANDSTILL, Form
from peergym.envs.game import StepResult


class ParallelForm(Form):
    """An environment in PettingZoo's parallel form."""

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame; who is out of the game is not asked by the adapter.

        An agent that is no longer among the agents is out of it, whether the environment says that
        it has terminated or not: the others who use it go by ``while env.agents``.
        """
        actions = self.without_waiting(actions)
        if not actions:
            return STANDSTILL
        before = tuple(getattr(self.env, "agents", None) or ())
        result: StepResult = self.env.step(actions)
        left = left_since(before, self.env)
        if left:
            observations, rewards, terminations, truncations, infos = result
            result = (observations, rewards, {**terminations, **left}, truncations, infos)
        return result


def left_since(before: tuple[Any, ...], env: Any) -> dict[Any, bool]:
    """Return True for every agent that was among an environment's agents before and is not now."""
    now = getattr(env, "agents", before)
    return {agent: True for agent in before if agent not in now}
