"""The adapter drives a game by inputs, with PettingZoo's rules for agents that finish."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter, Surface
from peergym.errors import ConfigurationError, EnvironmentContractError, UsageError


class Race:
    """Runners with integer names walk; who reaches the goal is finished and leaves."""

    possible_agents = (10, 20, 30)
    metadata = {
        "render_fps": 30,
        "noop": 1,
        "options": {"goal": {"default": 4, "min": 1, "max": 9}},
    }

    def __init__(self) -> None:
        self.left_behind: list[str] = []
        self.effects: list[str] = []

    def action_space(self, agent: int) -> int:
        return 3

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        assert options is not None
        self.goal = options["goal"]
        self.agents = list(self.possible_agents)
        self.at = dict.fromkeys(self.agents, 0)
        self.seen: list[dict[int, int]] = []
        self.seed = seed
        return {}, {}

    def step(self, actions: dict[int, int]) -> Any:
        self.left_behind.append("footprint")
        self.seen.append(dict(actions))
        for agent, action in actions.items():
            self.at[agent] += action
            if self.at[agent] == self.goal:
                self.effects.append(f"goal {agent}")
        terminations = {agent: self.at[agent] >= self.goal for agent in self.agents}
        truncations = {agent: len(self.seen) == 20 for agent in self.agents}
        self.agents = [agent for agent in self.agents if not terminations[agent]]
        actions.clear()  # a game may do with its argument what it likes
        return {}, {}, terminations, truncations, {}


def started_race(**options: int) -> GameAdapter:
    game = GameAdapter(Race(), options)
    game.reset(5)
    return game


def test_the_description_of_a_game_is_read_from_it() -> None:
    game = started_race(goal=6)
    assert (game.players, game.frame_rate_hz, game.input_bits) == (3, 30.0, (2, 2, 2))
    assert game.agents == (10, 20, 30)
    assert (game.env.seed, game.env.goal) == (5, 6)


def test_the_input_zero_is_the_noop_of_the_game() -> None:
    game = started_race()
    game.step((0, 1, 2))
    game.step((0, 1, 2))
    assert game.env.seen == [{10: 1, 20: 2, 30: 0}] * 2
    assert game.encode_action(2, 0) == 2
    assert game.decode_input(2, 2) == 0


def test_an_input_that_stands_for_no_action_is_the_same_move_for_everybody() -> None:
    game = started_race()
    game.step((3, 0, 0))  # two bits can say 3, three actions end at 2
    assert game.env.seen == [{10: 1, 20: 1, 30: 1}]


def test_a_finished_agent_gets_no_more_actions_and_the_last_ends_the_game() -> None:
    game = started_race()
    for _ in range(2):
        game.step((1, 0, 0))
    assert not game.terminated
    game.step((1, 0, 0))
    assert game.env.seen[2] == {20: 1, 30: 1}
    game.step((1, 0, 0))
    assert game.terminated


def test_who_has_finished_is_part_of_the_snapshot() -> None:
    game = started_race()
    game.step((1, 0, 2))
    early = game.save()
    game.step((1, 0, 2))
    middle = game.save()
    game.step((1, 0, 2))
    assert game.env.seen[-1] == {20: 1, 30: 0}
    game.load(early)
    game.step((0, 0, 0))
    game.step((0, 0, 0))
    assert game.env.seen[-1] == {10: 1, 20: 1, 30: 1}
    game.load(middle)
    game.step((0, 0, 0))
    assert game.env.seen[-1] == {20: 1, 30: 1}


def test_a_game_that_is_over_is_absorbing() -> None:
    game = started_race()
    while not game.terminated:
        game.step((1, 1, 0))
    over = game.canonical(game.save())
    game.step((1, 1, 0))
    assert game.canonical(game.save()) == over


def test_truncation_ends_a_game_as_well() -> None:
    game = started_race(goal=9)
    for _ in range(20):
        game.step((2, 2, 2))
    assert game.terminated


def test_nothing_of_the_last_episode_is_left_after_a_reset() -> None:
    game = started_race()
    first = game.canonical(game.save())
    game.step((0, 1, 2))
    assert game.canonical(game.save()) != first
    game.reset(5)
    assert game.canonical(game.save()) == first
    assert game.env.left_behind == []


def test_effects_are_taken_once_and_do_not_survive_a_reset() -> None:
    game = started_race(goal=2)
    game.step((1, 0, 1))
    assert game.take_effects() == ["goal 10", "goal 30"]
    assert game.take_effects() == []
    game.step((0, 0, 0))
    game.reset(5)
    assert game.take_effects() == []


def test_options_are_checked_before_anything_runs() -> None:
    with pytest.raises(ConfigurationError, match="goal: must be between 1 and 9, not 10"):
        GameAdapter(Race(), {"goal": 10})


def test_wrong_numbers_of_inputs_and_missing_policies_are_named() -> None:
    game = started_race()
    with pytest.raises(UsageError, match="3 inputs are needed, not 2"):
        game.step((0, 0))
    with pytest.raises(UsageError, match="Race has no policy"):
        game.policy(0)
    with pytest.raises(UsageError, match="action 3 is not among the actions 0 to 2"):
        game.encode_action(0, 3)


def test_a_game_without_draw_leaves_a_note() -> None:
    surface = Surface(80, 60)
    started_race().draw(surface, 0)
    assert b"Race has no draw method" in surface.encode()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("possible_agents", (), "possible_agents"),
        ("possible_agents", ("a", "a"), "different names"),
        ("metadata", {"render_fps": 0}, "render_fps"),
        ("metadata", {"render_fps": "60"}, "render_fps"),
        ("metadata", {"noop": 7}, "noop action 7"),
    ],
)
def test_a_class_that_is_no_game_is_refused(name: str, value: Any, message: str) -> None:
    broken = type("Broken", (Race,), {name: value})
    with pytest.raises(EnvironmentContractError, match=message):
        GameAdapter(broken())


def test_attributes_that_cannot_be_saved_fail_with_their_path() -> None:
    env = Race()
    env.world = {"tasks": [1, (each for each in "abc")]}  # type: ignore[attr-defined]
    with pytest.raises(EnvironmentContractError, match="lockstep") as refused:
        GameAdapter(env)
    assert refused.value.path == ".world['tasks'][1]"


def test_a_state_that_cannot_be_encoded_fails_with_its_path() -> None:
    class Own(Race):
        def get_state(self) -> Any:
            return {"world": [1, object()]}

        def set_state(self, state: Any) -> None:
            pass

    game = GameAdapter(Own())
    with pytest.raises(EnvironmentContractError, match=r"state.*world.*1"):
        game.canonical(game.save())
