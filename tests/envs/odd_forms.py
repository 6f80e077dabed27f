"""Environments that keep to their interface, but not as most others do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.envs.other_forms import Nim


def discrete(count: int, start: int = 0) -> Any:
    return SimpleNamespace(n=count, start=start, shape=())


class CountedFromOne(Nim):
    """Its actions are 1 to 3, and its mask has a place for each of them, from 0 on."""

    def action_space(self, agent: int) -> Any:
        return discrete(3, start=1)

    def step(self, action: int | None) -> None:
        super().step(None if action is None else action - 1)


class LeavesTheDead(Nim):
    """Asks the same finished agent for ever."""

    def step(self, action: int | None) -> None:
        if action is None:
            return
        super().step(action)


class GoesSilently(Nim):
    """Empties its agents, and says of nobody that he has finished."""

    def step(self, action: int | None) -> None:
        super().step(action)
        if self.left == 0:
            self.agents = []
            self.terminations = {}


class Shrinking:
    """PettingZoo's parallel form, as far as it is needed: one agent leaves after the other."""

    metadata = {"name": "Shrinking", "render_fps": 10}
    possible_agents = [0, 1, 2]
    leave_at = {3: 1, 5: 0, 7: 2}
    says = True

    def action_space(self, agent: int) -> Any:
        return discrete(2)

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.agents, self.frame, self.asked = list(self.possible_agents), 0, []
        return {}, {}

    def step(self, actions: dict[int, Any]) -> Any:
        self.asked = sorted(actions)
        assert self.asked == self.agents
        self.frame += 1
        gone = self.leave_at.get(self.frame)
        over = {agent: self.says and agent == gone for agent in self.agents}
        self.agents = [agent for agent in self.agents if agent != gone]
        return {}, {}, over, {}, {}


class ShrinkingSilently(Shrinking):
    """Agents leave without a word."""

    says = False


def make_shrinking() -> Shrinking:
    return Shrinking()


def make_shrinking_silently() -> Shrinking:
    return ShrinkingSilently()


class LooksLate:
    """Gymnasium's form; its rules read an observation, but not at first."""

    metadata: dict[str, Any] = {"render_fps": 30}
    action_space = discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.frame = 0
        return self._get_obs(), {}

    def _get_obs(self) -> int:
        return self.frame

    def step(self, action: int) -> Any:
        self.frame += 1
        observation = self._get_obs()
        return observation, 0.0, self.frame > 60 and observation > 70, False, {}


class SaysThatItLooks(LooksLate):
    metadata = {"render_fps": 30, "rules_observe": True}


class SideBySide(LooksLate):
    """As Gymnasium's vector environments are."""

    num_envs = 2
    single_action_space = discrete(2)


def make_several() -> SideBySide:
    return SideBySide()


class SharesItsScore(LooksLate):
    """Counts in a list of its class."""

    scores = [0]

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.scores[0] = self.total = 0
        return super().reset(seed=seed)

    def step(self, action: int) -> Any:
        self.scores[0] += 1
        self.total += self.scores[0]
        return super().step(action)


class Painter(LooksLate):
    """Draws into an array if it is made to, as Gymnasium's environments do."""

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode

    def render(self) -> Any:
        if self.render_mode != "rgb_array":
            raise RuntimeError("no render mode")
        return np.zeros((4, 6, 3), dtype=np.uint8)


class Typist(Painter):
    """Draws letters alone."""

    def __init__(self, render_mode: str | None = None) -> None:
        assert render_mode in (None, "ansi")
        super().__init__(render_mode)


def make_painter(render_mode: str | None = None) -> Painter:
    return Painter(render_mode)
