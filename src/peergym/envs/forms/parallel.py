"""Environments that have PettingZoo's parallel form already, such as `pettingzoo.ParallelEnv`."""

from __future__ import annotations

from typing import Any

from peergym.envs.forms.base import STANDSTILL, Form
from peergym.envs.game import StepResult


class ParallelForm(Form):
    """An environment in PettingZoo's parallel form."""

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame; who is out of the game is not asked by the adapter."""
        actions = self.without_waiting(actions)
        if not actions:
            return STANDSTILL
        result: StepResult = self.env.step(actions)
        return result
