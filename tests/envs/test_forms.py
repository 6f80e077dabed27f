"""Environments of other forms become games without being changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from peergym.envs import GameAdapter, Surface, describe, load_game
from peergym.errors import ConfigurationError, EnvironmentContractError

HERE = Path(__file__).with_name("other_forms.py")


def load(name: str) -> type:
    return load_game(f"{HERE}:{name}")


def started(name: str, seed: int = 0) -> GameAdapter:
    game = GameAdapter(load(name)())
    game.reset(seed)
    return game


def test_gymnasiums_one_agent_takes_one_seat() -> None:
    game = started("Walk", seed=0)
    assert (game.players, game.frame_rate_hz, game.input_bits) == (1, 20.0, (2,))
    begin = game.env.env.at
    game.step((1,))
    game.step((0,))
    assert game.env.env.at == begin + 1
    while not game.terminated:
        game.step((1,))
    assert game.env.env.at == 5


def test_every_seed_arrives_zero_and_large_ones_too() -> None:
    game = started("Walk", seed=0)
    assert game.env.env.seeds == [0]
    game.reset((1 << 63) + 5)
    assert game.env.env.seeds == [5]


def test_the_old_interface_is_understood() -> None:
    game = started("OldWalk", seed=7)
    assert (game.env.env.given, game.frame_rate_hz) == (7, 50.0)
    while not game.terminated:
        game.step((1,))


def test_a_tuple_of_actions_is_made_of_the_players() -> None:
    game = started("Pair")
    assert (game.agents, game.action_counts, game.frame_rate_hz) == ((0, 1), (3, 4), 30.0)
    game.step((2, 3))
    assert game.env.env.at == [2, 3]
    _, rewards, _, truncations, _ = game.env.step({0: 1, 1: 1})
    assert (rewards, truncations) == ({0: 1.0, 1: 2.0}, {0: False, 1: False})
    game.step((0, 3))
    assert game.terminated


def test_the_number_of_players_may_be_declared() -> None:
    game = started("Pairless")
    game.step((4, 1))
    assert (game.players, game.env.env.at) == (2, [4, 1])


def test_an_environment_that_waits_stands_still_until_somebody_acts() -> None:
    game = started("Patient")
    before = game.canonical(game.save())
    game.step((0, 0))
    assert game.canonical(game.save()) == before
    game.step((0, 3))
    assert game.env.env.at == [0, 2]
    game.step((2, 0))
    assert game.env.env.at == [1, 2]


def test_one_player_alone_is_waited_for_too_and_a_rollback_changes_nothing() -> None:
    game = started("PatientWalk")
    game.step((0,))
    game.step((2,))  # inputs are one higher than the actions, for 0 is none
    state = game.save()
    before = game.canonical(state)
    for _ in range(3):
        game.step((2,))  # a prediction that the key is still held
    assert game.canonical(game.save()) != before
    game.load(state)
    for _ in range(3):
        game.step((0,))
    assert game.canonical(game.save()) == before


@pytest.mark.parametrize(
    ("name", "said"), [("Blind", b"OSError: no display"), ("Walk", b"renders nothing")]
)
def test_what_cannot_draw_itself_is_played_all_the_same(name: str, said: bytes) -> None:
    surface = Surface(200, 100)
    started(name).draw(surface, 0)
    assert said in surface.encode()


def test_in_turns_only_the_movers_input_counts_and_a_frame_without_it_is_no_step() -> None:
    game = started("Nim")
    env = game.env.env
    assert (game.agents, game.action_counts) == ((0, 1), (4, 4))
    before = game.canonical(game.save())
    game.step((0, 0))
    game.step((0, 3))  # not his turn
    assert game.canonical(game.save()) == before
    game.step((3, 1))
    assert (env.left, env.agent_selection) == (4, 1)
    game.step((3, 3))
    assert (env.left, env.agent_selection) == (1, 0)


def test_an_illegal_move_is_none_and_the_end_is_everybodys() -> None:
    game = started("Nim")
    for inputs in ((3, 0), (0, 3), (3, 0)):
        game.step(inputs)
    assert game.env.env.left == 1  # three of one are more than there are
    assert not game.terminated
    game.step((1, 0))
    assert game.terminated
    assert game.env.env.rewards == {0: 1, 1: -1}
    assert game.env.env.agents == []


def test_seats_wait_in_turns_and_the_page_knows() -> None:
    description = describe(load("Nim"))
    assert (description.name, description.waits_for_player, description.noop) == ("Nim", True, -1)
    game = started("Nim")
    assert [game.encode_action(0, action) for action in (-1, None, 0, 2)] == [0, 0, 1, 3]
    assert not game.has_action(0, 3)


def test_keys_follow_from_the_names_of_actions() -> None:
    description = describe(load("Walk"))
    assert description.action_names == ("STAY", "NORTH", "SOUTH")
    keys = {binding.keys: binding.action for binding in description.keys}
    assert keys == {("ArrowUp",): 1, ("ArrowDown",): 2, ("1",): 1, ("2",): 2}


def test_each_player_gets_the_keys_of_his_actions() -> None:
    description = describe(load("Pair"))
    counts = [len({each.action for each in keys}) for keys in description.keys_by_player]
    assert counts == [2, 3]  # all but the one that is called STAY
    assert len({each.action for each in description.keys}) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("make_nothing", "object is no environment: it has no reset and no step"),
        ("make_with", "make_with cannot be made without arguments"),
        ("Random", "no method action_space|is no environment"),
    ],
)
def test_what_is_no_environment_is_refused(name: str, message: str) -> None:
    with pytest.raises((EnvironmentContractError, ConfigurationError), match=message):
        load(name)


def test_a_function_that_makes_environments_is_a_name() -> None:
    first, second = load("make_nim"), load("make_nim")
    assert first().env is not second().env
    assert first.__name__ == "Nim"


def test_what_the_player_may_be_told_of_keys_is_read_in_gymnasiums_words() -> None:
    declared = type(
        "Declared",
        (load("Walk"),),
        {
            "__module__": load("Walk").__module__,
            "metadata": {
                "keys_to_action": {(273,): 1},
                "zoom": 3,
                "noop": 0,
                "wait_on_player": True,
            },
        },
    )
    description: Any = describe(declared)
    assert (description.zoom, description.waits_for_player) == (3.0, True)
    assert description.keys[0].keys == ("ArrowUp",)
