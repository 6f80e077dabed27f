"""Measuring what a game costs, on a clock that the game itself moves."""

from __future__ import annotations

import time
from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.envs.cost import BATCHES, MOST_TIME_S, measure_costs
from peergym.games.pong import Pong


class Clock:
    """A clock that ticks only every so many seconds, as a browser's does."""

    def __init__(self, resolution_s: float = 1e-9) -> None:
        self.true_s = 100.0
        self.resolution_s = resolution_s

    def __call__(self) -> float:
        return int(self.true_s / self.resolution_s) * self.resolution_s


class Slow:
    """A game whose every operation takes its time."""

    possible_agents = ("one",)

    def __init__(self, clock: Clock, step_s: float, save_s: float, load_s: float) -> None:
        self.clock = clock
        self.times_s = (step_s, save_s, load_s)
        self.calls = [0, 0, 0]
        self.effects: list[str] = []
        self.frame = 0
        self.ends_at = 1 << 30
        self.stumbles: set[int] = set()

    def spend(self, which: int) -> None:
        self.calls[which] += 1
        self.clock.true_s += self.times_s[which]
        if self.calls[which] in self.stumbles:
            self.clock.true_s += 0.004

    def action_space(self, agent: str) -> int:
        return 2

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.frame = 0
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.spend(0)
        self.frame += 1
        self.effects.append("tick")
        over = {"one": self.frame >= self.ends_at}
        return {}, {}, over, {"one": False}, {}

    def get_state(self) -> int:
        self.spend(1)
        return self.frame

    def set_state(self, state: int) -> None:
        self.spend(2)
        self.frame = state


@pytest.mark.parametrize("resolution_s", [1e-9, 5e-6, 100e-6])
@pytest.mark.parametrize(
    ("step_s", "save_s", "load_s"),
    [(20e-6, 10e-6, 5e-6), (100e-6, 1e-3, 0.5e-3), (2e-3, 50e-6, 50e-6)],
)
def test_the_costs_are_found_whatever_the_clock(
    step_s: float, save_s: float, load_s: float, resolution_s: float
) -> None:
    clock = Clock(resolution_s)
    costs = measure_costs(GameAdapter(Slow(clock, step_s, save_s, load_s)), clock)
    error_s = max(2e-6, resolution_s / 8)
    assert costs.step_s == pytest.approx(step_s, rel=0.1, abs=error_s)
    assert costs.save_s == pytest.approx(save_s, rel=0.1, abs=error_s)
    assert costs.load_s == pytest.approx(load_s, rel=0.1, abs=error_s)


def test_one_stumble_does_not_spoil_the_figure() -> None:
    clock = Clock()
    game = Slow(clock, 50e-6, 50e-6, 50e-6)
    game.stumbles = {30}
    costs = measure_costs(GameAdapter(game), clock)
    for cost_s in (costs.step_s, costs.save_s, costs.load_s):
        assert cost_s == pytest.approx(50e-6, rel=0.01)


def test_a_very_slow_game_is_not_measured_for_long() -> None:
    clock = Clock()
    game = Slow(clock, 0.5, 0.5, 0.5)
    adapter = GameAdapter(game)
    costs = measure_costs(adapter, clock)
    assert (costs.step_s, costs.save_s, costs.load_s) == pytest.approx((0.5, 0.5, 0.5))
    assert sum(game.calls) <= 7


def test_a_fast_game_is_measured_within_the_bound() -> None:
    clock = Clock()
    game = Slow(clock, 100e-6, 100e-6, 100e-6)
    measure_costs(GameAdapter(game), clock)
    assert clock.true_s - 100.0 < MOST_TIME_S
    assert min(game.calls) >= BATCHES


@pytest.mark.parametrize("ends_at", [1, 2, 8, 10])
def test_a_game_that_ends_at_once_is_measured_while_it_runs(ends_at: int) -> None:
    clock = Clock()
    game = Slow(clock, 100e-6, 10e-6, 10e-6)
    game.ends_at = ends_at
    costs = measure_costs(GameAdapter(game), clock)
    assert costs.step_s == pytest.approx(100e-6, rel=0.01)


def test_a_reset_makes_the_game_as_good_as_new() -> None:
    measured, fresh = GameAdapter(Pong()), GameAdapter(Pong())
    measure_costs(measured, time.perf_counter)
    for game in (measured, fresh):
        game.reset(7)
    assert measured.take_effects() == fresh.take_effects() == []
    for frame in range(300):
        for game in (measured, fresh):
            game.step((frame // 9 % 3, frame // 7 % 3))
    assert measured.canonical(measured.save()) == fresh.canonical(fresh.save())


def test_a_bundled_game_costs_far_less_than_a_frame() -> None:
    costs = measure_costs(GameAdapter(Pong()), time.perf_counter)
    assert 0.0 < costs.step_s < 2e-3
    assert 0.0 < costs.save_s < 2e-3
    assert 0.0 < costs.load_s < 2e-3
