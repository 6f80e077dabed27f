"""Agents that leave, masks that count from elsewhere, and other things that interfaces allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from peergym.envs import GameAdapter, Surface, load_game
from peergym.errors import EnvironmentContractError

HERE = Path(__file__).with_name("odd_forms.py")


def started(name: str) -> GameAdapter:
    game = GameAdapter(load_game(f"{HERE}:{name}")())
    game.reset(0)
    return game


def test_a_mask_counts_from_the_lowest_action() -> None:
    game = started("CountedFromOne")
    for inputs in ((3, 0), (0, 3)):
        game.step(inputs)
    assert game.env.env.left == 1
    game.step((2, 0))  # two of one are more than there are
    assert game.env.env.left == 1
    game.step((1, 0))
    assert game.terminated


def test_an_environment_that_never_lets_its_dead_go_ends_all_the_same() -> None:
    game = started("LeavesTheDead")
    for inputs in ((3, 0), (0, 3), (1, 0)):
        game.step(inputs)
    assert game.terminated


def test_turns_end_with_the_last_agent_even_if_nobody_says_so() -> None:
    game = started("GoesSilently")
    for inputs in ((3, 0), (0, 3)):
        game.step(inputs)
    assert not game.terminated
    game.step((1, 0))
    assert game.terminated


@pytest.mark.parametrize("name", ["make_shrinking", "make_shrinking_silently"])
def test_who_has_left_is_not_asked_again_and_the_last_one_ends_it(name: str) -> None:
    game = started(name)
    asked = []
    for _ in range(7):
        assert not game.terminated
        game.step((1, 1, 1))
        asked.append(len(game.env.env.asked))
    assert asked == [3, 3, 3, 2, 2, 1, 1]
    assert game.terminated


def test_several_environments_in_one_are_refused_in_a_sentence() -> None:
    with pytest.raises(EnvironmentContractError, match="several environments side by side"):
        started("make_several")


@pytest.mark.parametrize(
    ("name", "said"),
    [("Painter", None), ("make_painter", None), ("Typist", b"RuntimeError")],
)
def test_who_can_draw_into_an_array_is_made_to(name: str, said: bytes | None) -> None:
    surface = Surface(200, 100)
    started(name).draw(surface, 0)
    drawn = surface.encode()
    assert (b"cannot render" in drawn) is (said is not None)
    assert said is None or said in drawn
