"""Environments that have PettingZoo's parallel form already, such as `pettingzoo.ParallelEnv`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.envs.forms.base import Form, reset_env
from peergym.envs.game import StepResult


class ParallelForm(Form):
    """An environment in PettingZoo's parallel form."""

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """Start an episode; observations and infos are left to `peergym.envs.observing`."""
        reset_env(self.env, seed, options)
        return {}, {}

    def step(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame; who is out of the game is not asked by the adapter."""
        result: StepResult = self.env.step(actions)
        return result
