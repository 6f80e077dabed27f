"""A box follows a pointer by levels; whoever has other actions has keys and a no-op of his own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from peergym.envs import GameAdapter, describe
from peergym.envs.description import keys_of
from peergym.envs.forms.metadata import read_metadata
from peergym.envs.forms.parallel import ParallelForm
from peergym.envs.pointer import PointedNumber
from peergym.errors import EnvironmentContractError


def box(*bounds: tuple[float, float]) -> Any:
    low, high = (np.array(each, np.float32) for each in zip(*bounds, strict=True))
    return SimpleNamespace(low=low, high=high, shape=low.shape, dtype=low.dtype)


class Glider:
    """Everybody's actions are added up; the spaces are the test's."""

    possible_agents: tuple[Any, ...] = ("a", "b")
    spaces: tuple[Any, ...] = ()
    metadata: dict[str, Any] = {}

    def __init__(self) -> None:
        self.sum = [0.0, 0.0]

    def action_space(self, agent: Any) -> Any:
        return self.spaces[self.possible_agents.index(agent)]

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.sum = [0.0, 0.0]
        return {}, {}

    def step(self, actions: dict[Any, Any]) -> Any:
        for index, agent in enumerate(self.possible_agents):
            if actions[agent] is not None:
                self.sum[index] += float(np.sum(actions[agent]))
        nobody = dict.fromkeys(actions, False)
        return {}, {}, nobody, nobody, {}


def glider(*spaces: Any, **metadata: Any) -> type:
    found = {"spaces": spaces, "metadata": metadata, "__module__": __name__}
    return type("Glider", (Glider,), found)


def number_at(numbers: tuple[PointedNumber, ...], levels: tuple[int, ...]) -> int:
    """The number of an action as the page adds it up."""
    pairs = zip(numbers, levels, strict=True)
    return sum((level - each.rest) % each.levels * each.stride for each, level in pairs)


@pytest.mark.parametrize("waits", [False, True])
def test_each_place_is_the_action_of_its_levels(waits: bool) -> None:
    space = box((-1.0, 1.0), (0.0, 4.0))
    cls = glider(space, space, action_levels=[5, 9], wait_on_player=waits)
    game, (pointed, _) = GameAdapter(cls()), describe(cls).pointed_boxes
    assert pointed is not None
    assert [(each.toward, each.rest) for each in pointed.numbers] == [("right", 2), ("up", 0)]
    assert not pointed.hover
    for across in range(5):
        for up in range(9):
            number = number_at(pointed.numbers, (across, up))
            action = game.decode_input(0, game.encode_action(0, number))
            assert action.tolist() == [across / 2 - 1, up / 2]


def test_any_number_of_a_box_may_follow_and_in_any_direction() -> None:
    space = box((-2.0, 2.0), (0.0, 1.0), (0.0, 1.0))
    declared = {"left": 2, "down": 0, "hover": True}
    cls = glider(space, space, action_levels=3, noop=[0.0, 1.0, 0.5], pointer=declared)
    game, (pointed, _) = GameAdapter(cls()), describe(cls).pointed_boxes
    assert pointed is not None
    assert pointed.hover
    number = number_at(pointed.numbers, (2, 0))
    action = game.decode_input(0, game.encode_action(0, number))
    assert action.tolist() == [-2.0, 1.0, 1.0]  # what does not follow, rests


@pytest.mark.parametrize(
    ("spaces", "metadata"),
    [
        ((3, 3), {}),
        ((box((0, 1), (0, 1), (0, 1)),) * 2, {}),
        ((box((0, 1)),) * 2, {"pointer": None}),
    ],
    ids=["discrete", "three numbers", "turned off"],
)
def test_nothing_follows_where_it_would_be_a_guess(spaces: Any, metadata: Any) -> None:
    assert describe(glider(*spaces, **metadata)).pointed_boxes == (None, None)


def test_only_who_has_a_box_points() -> None:
    description = describe(glider(4, box((-1, 1)), noop=2))
    assert [each is not None for each in description.pointed_boxes] == [False, True]
    assert description.noop_by_player == (2, 0)


@pytest.mark.parametrize(
    "declared",
    [{"right": 0, "left": 1}, {"hover": True}, {"right": 2}, {"up": "0"}, {"right": 0, "z": 1}],
)
def test_an_unusable_declaration_is_refused(declared: Any) -> None:
    space = box((0, 1), (0, 1))
    with pytest.raises(EnvironmentContractError, match="pointer"):
        describe(glider(space, space, pointer=declared))


def test_keys_of_a_box_are_each_players_own() -> None:
    one, two = box((-1.0, 1.0)), box((-1.0, 1.0), (-1.0, 1.0))
    made = glider(one, two, action_levels=3)
    game = GameAdapter(made())
    game.env.metadata = read_metadata(made(), "Glider", ParallelForm, None)
    first, second = keys_of(game)
    assert [binding.keys for binding in first] == [("ArrowLeft",), ("ArrowRight",)]
    assert len(second) == 8
    up = next(binding.action for binding in second if binding.keys == ("ArrowUp",))
    assert game.decode_input(1, game.encode_action(1, up)).tolist() == [0.0, 1.0]


def test_a_dict_by_agent_gives_each_his_own_keys() -> None:
    declared = {"a": {"w": 1}, "b": {"w": 2, "s": 1}}
    description = describe(glider(2, 3, keys_to_action=declared))
    keys = [[(each.keys, each.action) for each in own] for own in description.keys_by_player]
    assert keys == [[(("w",), 1)], [(("w",), 2), (("s",), 1)]]
    assert description.keys == ()
