"""The environment that performance is measured on, and the bare work of a rollback of it.

Its state is a dict of 12 fields. `work` adds rounds of arithmetic to each step, so the same
environment stands for a cheap game (0 rounds) and for one whose step and save cost 20 microseconds
natively.

Standard library only: this file runs in a browser's worker, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peergym.envs import GameAdapter, GameRunner
from peergym.rollback.requests import AdvanceFrame, LoadState, Request, SaveState, SnapshotSlot

ROLLBACK_FRAMES = 8


class TwelveFields:
    """Two points that push themselves about on a torus; 12 fields of state."""

    possible_agents = ("a", "b")
    metadata = {"name": "TwelveFields", "render_fps": 60, "noop": 0}  # noqa: RUF012
    work = 0

    def __init__(self) -> None:
        self.state: dict[str, Any] = {}

    def action_space(self, agent: str) -> int:
        """Return the number of actions."""
        return 3

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start an episode."""
        self.state = {
            "frame": 0, "noise": seed or 0, "a_hits": 0, "b_hits": 0,
            "a_x": 1.0, "a_y": 2.0, "a_vx": 0.5, "a_vy": 0.25,
            "b_x": 300.0, "b_y": 200.0, "b_vx": -0.5, "b_vy": 0.75,
        }  # fmt: skip
        return self._observations(), {agent: {} for agent in self.possible_agents}

    def step(
        self, actions: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Advance by one frame."""
        state = self.state
        state["frame"] += 1
        for _ in range(self.work + 1):
            state["noise"] = (state["noise"] * 1103515245 + 12345) & 0x7FFFFFFF
        rewards = {}
        for agent, action in actions.items():
            gust = (state["noise"] >> 16 & 15) * 0.01
            state[f"{agent}_vx"] = state[f"{agent}_vx"] * 0.98 + (action - 1) * 0.25
            state[f"{agent}_vy"] = state[f"{agent}_vy"] * 0.98 + gust
            state[f"{agent}_x"] = (state[f"{agent}_x"] + state[f"{agent}_vx"]) % 800.0
            state[f"{agent}_y"] = (state[f"{agent}_y"] + state[f"{agent}_vy"]) % 600.0
            rewards[agent] = 0.0
            if state[f"{agent}_x"] < 20.0:
                state[f"{agent}_hits"] += 1
                rewards[agent] = 1.0
        is_over = state["frame"] >= 1_000_000
        return (
            self._observations(),
            rewards,
            dict.fromkeys(self.possible_agents, is_over),
            dict.fromkeys(self.possible_agents, False),
            {agent: {} for agent in self.possible_agents},
        )

    def _observations(self) -> dict[str, Any]:
        state = self.state
        dx, dy = state["a_x"] - state["b_x"], state["a_y"] - state["b_y"]
        return {
            "a": (dx, dy, state["a_vx"], state["a_vy"]),
            "b": (-dx, -dy, state["b_vx"], state["b_vy"]),
        }

    def get_state(self) -> dict[str, Any]:
        """Return a copy of the state."""
        return self.state.copy()

    def set_state(self, state: dict[str, Any]) -> None:
        """Go back to what `get_state` returned."""
        self.state = state.copy()


class TwentyMicroseconds(TwelveFields):
    """The same with a step and save of 20 microseconds or more, natively."""

    work = 300


def bare_rollback(env: Any) -> Callable[[], None]:
    """Return a function that loads and then steps and saves 8 times, with nothing between."""
    env.reset(seed=1)
    start = env.get_state()
    slots: list[Any] = [None] * ROLLBACK_FRAMES

    def run() -> None:
        env.set_state(start)
        for index in range(ROLLBACK_FRAMES):
            env.step({"a": 0, "b": 2})
            slots[index] = env.get_state()

    return run


def runner_rollback(env: Any) -> Callable[[], None]:
    """Return a function that has the runner carry out the requests of a rollback of 8 frames."""
    runner = GameRunner(GameAdapter(env))
    runner.game.reset(1)
    requests: list[Request] = [LoadState(0, runner.game.save())]
    for frame in range(ROLLBACK_FRAMES):
        requests.append(AdvanceFrame(frame, (0, 2), True))
        requests.append(SaveState(frame + 1, SnapshotSlot(frame + 1)))
    return lambda: runner.execute(requests)
