"""Games that nobody can put back are played in lockstep, and a desync is noticed all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from peergym.envs import GameAdapter, describe
from peergym.envs.cost import measure_costs
from peergym.errors import UsageError
from peergym.hosts.match import Runtime, open_match
from peergym.testing import Mesh, PairConditions, judge


class Handle:
    """A state behind a library's handle."""

    possible_agents = ("a", "b")
    metadata = {"lockstep": True, "render_fps": 60}

    def action_space(self, agent: str) -> int:
        return 4

    def _count(self) -> Any:
        at = 0
        while True:
            at += yield at

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.world = self._count()
        self.world.send(None)
        self.world.send((seed or 0) % 1000)
        return {"a": np.zeros(2)}, {}

    def step(self, actions: dict[str, int]) -> Any:
        at = self.world.send(1 + actions["a"] * 2 + actions["b"] * 5)
        return {"a": np.array([at, 1.5])}, dict.fromkeys(actions, float(at)), {}, {}, {}


def test_a_match_in_lockstep_shares_one_history() -> None:
    mesh = Mesh(
        lambda: GameAdapter(Handle()),
        PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.05),
        session={"prediction_window": 0, "input_delay": 4, "repairs_desyncs": False},
    )
    assert mesh.run_frames(150)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.frames >= 150
    assert verdict.states > 100


def test_its_checksum_is_what_it_has_been_seen_to_do() -> None:
    first, second = GameAdapter(Handle()), GameAdapter(Handle())
    for game in (first, second):
        game.reset(3)
        game.step((1, 2))
    assert first.canonical(first.save()) == second.canonical(second.save())
    second.step((1, 1))
    first.step((1, 2))
    assert first.canonical(first.save()) != second.canonical(second.save())
    assert first.plain(first.save())["state"]["frames"] == 2


def test_it_is_never_put_back_nor_sent() -> None:
    game = GameAdapter(Handle())
    game.reset(3)
    with pytest.raises(UsageError, match="lockstep"):
        game.load(game.save())
    assert not game.can_restore()
    assert measure_costs(game, __import__("time").perf_counter).step_s > 0


def test_the_page_and_the_hosts_are_told() -> None:
    assert describe(Handle).is_lockstep
    assert GameAdapter(Handle()).is_lockstep


def test_a_match_of_a_room_never_predicts_it_whatever_the_room_says() -> None:
    match = {
        "match_id": "m", "seed": "1", "owners": [0, 1], "options": {}, "input_delay": 3,
        "checksum_interval_frames": 60, "offers": [[0, 1]], "prediction_window": 8,
    }  # fmt: skip
    driver = open_match(Runtime("tests:Handle", Handle), match, 0)
    assert driver.session.config.prediction_window == 0
