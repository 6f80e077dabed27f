"""A sound game, and games that each break one law, as users would write them."""

from __future__ import annotations

import math
import random
import time
from typing import Any


class Sound:
    """Two players push a point; chance pushes back."""

    possible_agents = ("left", "right")
    metadata = {"name": "Sound", "render_fps": 60, "is_portable": True}

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.rng = random.Random(seed)
        self.x = 0.5
        self.trail = [self.x]
        self.frame = 0
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.frame += 1
        self.x += 0.01 * (actions["left"] - actions["right"]) + 0.001 * self.chance()
        self.trail = [*self.trail[-9:], self.x]
        is_over = self.frame >= 150
        return {}, {}, dict.fromkeys(actions, is_over), {}, {}

    def chance(self) -> float:
        return self.rng.random()


class OwnState(Sound):
    """The same, with a state of its own."""

    def get_state(self) -> Any:
        return {
            "rng": self.rng.getstate(),
            "x": self.x,
            "trail": self.trail.copy(),
            "frame": self.frame,
        }

    def set_state(self, state: Any) -> None:
        self.rng.setstate(state["rng"])
        self.x = state["x"]
        self.trail = state["trail"].copy()
        self.frame = state["frame"]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed)
        self.rng = random.Random(seed)
        return {}, {}


class Clock(Sound):
    def chance(self) -> float:
        return time.perf_counter() % 1.0


class IdleClock(Sound):
    def chance(self) -> float:
        self.rng.random()
        return float(time.time() > 0)


class GlobalChance(Sound):
    def chance(self) -> float:
        return random.random()


class OrderOfSet(Sound):
    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.names = {"ann", "bob", "cid", "dan", "eve", "fay"}
        return super().reset(seed)

    def chance(self) -> float:
        self.turns = []
        for name in self.names:
            self.turns.append(name)
        return self.rng.random()


class ForgetsWind(OwnState):
    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.wind = 0.0
        return super().reset(seed)

    def chance(self) -> float:
        self.wind += 0.25
        return self.wind


class KeepsScore(OwnState):
    """Its score outlives a reset."""

    score = 0

    def chance(self) -> float:
        self.score += 1
        return self.rng.random() + self.score

    def get_state(self) -> Any:
        return {**super().get_state(), "score": self.score}

    def set_state(self, state: Any) -> None:
        super().set_state(state)
        self.score = state["score"]


class SharedScore(Sound):
    """Its score is the class's, so it outlives everything."""

    scores: list[int] = []

    def chance(self) -> float:
        self.scores.append(1)
        return len(self.scores) / 100


class RestoredOnce(OwnState):
    def set_state(self, state: Any) -> None:
        super().set_state(state)
        self.trail = state["trail"]

    def step(self, actions: dict[str, int]) -> Any:
        result = super().step(actions)
        self.trail[0] += 1.0
        return result

    def chance(self) -> float:
        self.trail.append(self.trail.pop() + 0.5)
        return self.rng.random()


class Sines(Sound):
    """Says that it is portable, and is not."""

    wave = 0.1

    def chance(self) -> float:
        self.wave = abs(math.sin(3.9 * self.wave + math.tan(self.x)))
        return self.wave


class NativeHandle(Sound):
    """Holds what no snapshot can."""

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.world = (each for each in range(10))
        return super().reset(seed)


class Raises(Sound):
    def chance(self) -> float:
        if self.frame == 40:
            raise KeyError("lost")
        return self.rng.random()


class HandleFromTheStart(Sound):
    """Has it before anybody has reset it."""

    def __init__(self) -> None:
        self.world = (each for each in range(10))
