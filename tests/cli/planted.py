"""Games with a fault each, as they are written in good faith: what the playbook is about.

Each plays well alone. ``Elsewhere`` classes in the tests stand for another machine.
"""

from __future__ import annotations

import math
import random
import sys
import time
from random import Random
from typing import Any


class Field:
    """Two players walk about a field; what happens in `act` is the subject of each example."""

    metadata = {"render_fps": 60}
    possible_agents = ("left", "right")

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.frame = 0
        self.players = {
            "left": {"x": 100.0, "speed": 2.0, "score": 0},
            "right": {"x": 700.0, "speed": 2.0, "score": 0},
        }
        self.begin(Random(seed))
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.frame += 1
        for agent, action in actions.items():
            self.players[agent]["x"] += self.players[agent]["speed"] * (action - 1)
        self.act(actions)
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}

    def begin(self, random: Random) -> None:
        pass

    def act(self, actions: dict[str, int]) -> None:
        raise NotImplementedError


class UnsavedAttribute(Field):
    """A combo counter that `get_state` forgot."""

    def begin(self, random: Random) -> None:
        self.combo = 0

    def act(self, actions: dict[str, int]) -> None:
        self.combo = self.combo + 1 if actions["left"] == 2 else 0
        if self.combo == 20:
            self.players["left"]["score"] += 1

    def get_state(self) -> Any:
        return {
            "frame": self.frame,
            "players": {name: dict(player) for name, player in self.players.items()},
        }

    def set_state(self, state: Any) -> None:
        self.frame = state["frame"]
        self.players = {name: dict(player) for name, player in state["players"].items()}


class GlobalRandom(Field):
    """Draws from the generator that everybody in the process draws from."""

    def act(self, actions: dict[str, int]) -> None:
        if self.frame % 50 == 0:
            self.players["left"]["x"] = random.uniform(0.0, 800.0)


class WallClock(Field):
    """A power-up ends after a tenth of a second instead of after six frames."""

    def begin(self, random: Random) -> None:
        self.ends_at = 0.0

    def act(self, actions: dict[str, int]) -> None:
        now_s = time.perf_counter()
        if self.frame % 50 == 0:
            self.ends_at = now_s + 0.1
        self.players["left"]["speed"] = 3.0 if now_s < self.ends_at else 2.0


class OrderOfSet(Field):
    """Whoever comes first in a set of names gets the coin."""

    def begin(self, random: Random) -> None:
        self.near = {"left", "right"}

    def act(self, actions: dict[str, int]) -> None:
        if self.frame % 50 == 0:
            self.players[next(iter(self.near))]["score"] += 1


class OrderOfDict(Field):
    """Draws for each coin in the order of a dict, which `set_state` fills in another one."""

    def begin(self, random: Random) -> None:
        self.random = random
        self.coins = {"gold": 0.0, "brass": 0.0}

    def act(self, actions: dict[str, int]) -> None:
        for name in self.coins:
            self.coins[name] = self.random.random()

    def get_state(self) -> Any:
        return {
            "frame": self.frame,
            "players": {name: dict(player) for name, player in self.players.items()},
            "coins": dict(sorted(self.coins.items())),
            "random": self.random.getstate(),
        }

    def set_state(self, state: Any) -> None:
        self.frame = state["frame"]
        self.players = {name: dict(player) for name, player in state["players"].items()}
        self.coins = dict(state["coins"])
        self.random.setstate(state["random"])


class FloatSum(Field):
    """Adds floats with `sum`, which rounds differently from Python 3.12 on."""

    def begin(self, random: Random) -> None:
        self.trail = [0.1] * 10
        self.mean = 0.0

    def act(self, actions: dict[str, int]) -> None:
        self.trail = [*self.trail[1:], self.players["left"]["x"] * 0.1]
        self.mean = self.total() / 10

    def total(self) -> float:
        return sum(self.trail)


class Sine(Field):
    """Aims with `math.sin`, whose last bits depend on the platform."""

    def begin(self, random: Random) -> None:
        self.shot = {"x": 0.0, "y": 0.0}

    def act(self, actions: dict[str, int]) -> None:
        self.shot["x"] = self.players["left"]["x"]
        self.shot["y"] = 300.0 + 100.0 * self.sin(self.frame * 0.05)

    def sin(self, x: float) -> float:
        return math.sin(x)


class SharedState(Field):
    """`get_state` hands out the very list that `step` goes on changing."""

    def begin(self, random: Random) -> None:
        self.trail = [0.0] * 30

    def act(self, actions: dict[str, int]) -> None:
        del self.trail[0]
        self.trail.append(self.players["left"]["x"])

    def get_state(self) -> Any:
        return {
            "frame": self.frame,
            "players": {name: dict(player) for name, player in self.players.items()},
            "trail": self.trail,
        }

    def set_state(self, state: Any) -> None:
        self.frame = state["frame"]
        self.players = {name: dict(player) for name, player in state["players"].items()}
        self.trail = state["trail"]


class ArrayOfInts(Field):
    """Leaves it to NumPy how large an integer is."""

    def begin(self, random: Random) -> None:
        numpy = sys.modules["numpy"]
        self.visits = numpy.zeros(8, self.item())

    def item(self) -> Any:
        return int  # 64 bits here, 32 in WebAssembly

    def act(self, actions: dict[str, int]) -> None:
        self.visits[int(self.players["left"]["x"]) // 100 % 8] += 1
