"""Environments that observe dearly, and some that draw from what everybody draws from."""

# ruff: noqa: NPY002 - the global generators are what this is about

from __future__ import annotations

import random
from typing import Any

import numpy as np

from tests.envs.other_forms import discrete

CALLS: list[str] = []


class Seeing:
    """Gymnasium's form: makes an observation in every step, and knows nothing of it."""

    metadata = {"render_fps": 20}
    action_space = discrete(3)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.at = 0
        return self._get_obs(), {}

    def _get_obs(self) -> Any:
        CALLS.append("obs")
        return np.array([self.at])

    def step(self, action: int) -> Any:
        self.at += action
        return self._get_obs(), 0.0, self.at > 90, False, {}


class PassiveEnvChecker:
    """As Gymnasium's: keeps what it saw of the first two frames until it has compared them."""

    def __init__(self, env: Any) -> None:
        self.env = env
        self.metadata = env.metadata
        self.checked_reset = self.checked_step = False
        self.seen: Any = None

    @property
    def action_space(self) -> Any:
        return self.env.action_space

    @property
    def unwrapped(self) -> Any:
        return self.env

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        observation, info = self.env.reset(seed=seed)
        if not self.checked_reset:
            self.seen, self.checked_reset = observation, True
        return observation, info

    def step(self, action: int) -> Any:
        result = self.env.step(action)
        if not self.checked_step:
            self.seen, self.checked_step = result[0], True
        return result


def checked() -> Any:
    return PassiveEnvChecker(Seeing())


class Playing(Seeing):
    """The rules read the observation: it cannot be left out."""

    def step(self, action: int) -> Any:
        self.at += action + int(self._get_obs()[0] > 3)
        return None, 0.0, False, False, {}


class Paying(Seeing):
    """The reward is taken from the observation."""

    def step(self, action: int) -> Any:
        self.at += action
        return None, float(self._get_obs()[0]), False, False, {}


class Masking(Seeing):
    """The observation says what is legal."""

    def _get_obs(self) -> Any:
        CALLS.append("obs")
        return {"action_mask": [1, 1, 1]}


class Drawing(Seeing):
    """Draws from the generators of the whole process, as older environments do."""

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.at = random.randrange(5)
        return None, {}

    def step(self, action: int) -> Any:
        self.at += random.randrange(3) + int(np.random.randint(3))
        return None, 0.0, False, False, {}
