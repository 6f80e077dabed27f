"""A trial finds out what nobody declares: idle observations, and draws from global streams."""

# ruff: noqa: NPY002 - the global generators are what this is about

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peergym.envs import GameAdapter, load_game
from tests.envs import watched_forms

HERE = Path(__file__).with_name("watched_forms.py")


def load(name: str) -> Any:
    return load_game(f"{HERE}:{name}")


def started(name: str, seed: int = 1) -> GameAdapter:
    game = GameAdapter(load(name)())
    game.reset(seed)
    return game


def calls_of(game: GameAdapter) -> list[str]:
    module = __import__(type(game.env.env).__module__)
    calls: list[str] = module.CALLS
    return calls


def test_observations_that_nobody_reads_are_left_out() -> None:
    game = started("Seeing")
    calls_of(game).clear()
    for _ in range(10):
        game.step((1,))
    assert calls_of(game) == []
    assert game.env.env.at == 10
    assert "_get_obs" not in vars(game.env.env)


def test_who_needs_them_gets_them() -> None:
    game = started("Seeing")
    game.compute_observations()
    game.step((2,))
    assert game.latest is not None
    assert game.latest[0]["player_0"].tolist() == [2]
    watched, unwatched = game.canonical(game.save()), started("Seeing")
    unwatched.step((2,))
    assert unwatched.canonical(unwatched.save()) == watched


def test_what_gymnasiums_checker_keeps_of_the_first_frames_is_no_state() -> None:
    used, fresh, watched = (started("checked") for _ in range(3))
    used.step((1,))
    used.reset(1)
    watched.compute_observations()
    for _ in range(3):
        for game in (used, fresh, watched):
            game.step((2,))
        states = {game.canonical(game.save()) for game in (used, fresh, watched)}
        assert len(states) == 1


@pytest.mark.parametrize("name", ["Playing", "Paying", "Masking"])
def test_observations_that_matter_are_made(name: str) -> None:
    cls = load(name)
    assert cls.unobserved == ()
    game = GameAdapter(cls())
    game.reset(1)
    calls_of(game).clear()
    game.step((1,))
    assert calls_of(game) == ["obs"]


def test_global_streams_are_each_copys_own_and_come_back() -> None:
    first, second = started("Drawing"), started("Drawing")
    assert type(first.env).uses_global == {"random", "numpy"}
    saved, courses = first.save(), []
    for game in (first, second, first):
        if courses:
            random.random()
            np.random.rand()
        if len(courses) == 2:
            first.load(saved)
        course = []
        for _ in range(20):
            game.step((0,))
            course.append(game.env.env.at)
        courses.append(course)
    assert courses[0] == courses[1] == courses[2]
    assert started("Drawing", seed=2).env.env.at != courses[0][0] or courses[0][-1] > 5


def test_the_process_draws_on_as_if_there_were_no_environment() -> None:
    random.seed(5)
    np.random.seed(5)
    expected = [random.random() for _ in range(3)], np.random.rand(3).tolist()
    random.seed(5)
    np.random.seed(5)
    drawn = []
    game = started("Drawing")
    for _ in range(3):
        drawn.append(random.random())
        game.step((0,))
    assert (drawn, np.random.rand(3).tolist()) == expected


def test_an_environment_that_draws_from_nothing_pays_nothing() -> None:
    assert load("Seeing").uses_global == frozenset()
    assert watched_forms.Seeing().metadata["render_fps"] == 20
