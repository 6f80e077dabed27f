"""Environments of other forms than ours, small ones, as people write them."""

from __future__ import annotations

from enum import Enum
from random import Random
from types import SimpleNamespace
from typing import Any


def discrete(count: int) -> Any:
    return SimpleNamespace(n=count, start=0, shape=())


class Action(Enum):
    STAY = 0
    NORTH = 1
    SOUTH = 2


class Walk:
    """Gymnasium's form: walk to 5; seeds differ in where one starts."""

    metadata = {"render_fps": 20, "render_modes": ["rgb_array"]}
    action_space = discrete(3)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.seeds = [*getattr(self, "seeds", []), seed]
        self.at = Random(seed).randrange(3)
        return self.at, {}

    def step(self, action: int) -> Any:
        self.at += (0, 1, -1)[action]
        return self.at, float(action), self.at >= 5, False, {}


class OldWalk(Walk):
    """The interface before Gymnasium: a method `seed`, and four values."""

    metadata = {"video.frames_per_second": 50}

    def seed(self, seed: int | None = None) -> None:
        self.given = seed

    def reset(self) -> int:  # type: ignore[override]
        super().reset(seed=self.given)
        return self.at

    def step(self, action: int) -> Any:
        observation, reward, done, _, info = super().step(action)
        return observation, reward, done, info


class Pair:
    """Two agents behind Gymnasium's interface: a tuple of actions, a list of rewards."""

    metadata: dict[str, Any] = {}
    action_space = SimpleNamespace(spaces=(discrete(3), discrete(4)))

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.at = [0, 0]
        return (0, 0), {}

    def step(self, actions: Any) -> Any:
        assert type(actions) is tuple
        self.at = [at + action for at, action in zip(self.at, actions, strict=True)]
        return tuple(self.at), [1.0, 2.0], False, self.at[1] > 6, {}


class Pairless(Pair):
    """Takes a tuple, but its space is that of one agent."""

    metadata = {"players": 2}
    action_space = discrete(5)  # type: ignore[assignment]


class Patient(Pair):
    """Waits until somebody acts."""

    metadata = {"wait_on_player": True}


class PatientWalk(Walk):
    """Stands still while its one player does nothing."""

    metadata = {"wait_on_player": True}


class Blind(Walk):
    """Cannot draw itself where there is no display."""

    def render(self) -> Any:
        raise OSError("no display")


class Nim:
    """Turns: take 1 to 3 of 7, who takes the last one wins; agents are numbered from 0."""

    metadata = {"name": "Nim"}
    possible_agents = [0, 1]

    def action_space(self, agent: int) -> Any:
        return discrete(3)

    def agent_iter(self) -> Any:
        raise NotImplementedError

    def observe(self, agent: int) -> Any:
        return {"observation": self.left, "action_mask": [self.left > n for n in range(3)]}

    def reset(self, seed: int | None = None, options: Any = None) -> None:
        self.left = 7
        self.agents = list(self.possible_agents)
        self.agent_selection = 0
        self.rewards = {0: 0, 1: 0}
        self.terminations = {0: False, 1: False}
        self.truncations = {0: False, 1: False}
        self.infos: dict[int, Any] = {0: {}, 1: {}}

    def step(self, action: int | None) -> None:
        mover = self.agent_selection
        if self.terminations[mover]:
            assert action is None
            self.agents.remove(mover)
        else:
            assert action is not None
            self.left -= action + 1
            if self.left == 0:
                self.rewards = {mover: 1, 1 - mover: -1}
                self.terminations = {0: True, 1: True}
        self.agent_selection = 1 - mover


def make_nim() -> Nim:
    return Nim()


def make_nothing() -> object:
    return object()


def make_with(size: int) -> Walk:
    return Walk()


class Env:
    """Called as those of libraries are, to be known by its name."""
