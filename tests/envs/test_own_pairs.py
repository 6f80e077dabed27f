"""Environments that save themselves are asked where that is exact, and peers agree all the same."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from peergym.envs import GameAdapter, load_game
from peergym.envs.check import check_game
from peergym.envs.check.examine import Plan, Subject, examine
from peergym.envs.maker import game_maker
from peergym.envs.objects.own import PutBack
from peergym.errors import EnvironmentContractError

HERE = Path(__file__).with_name("self_saving_forms.py")


def load(name: str) -> Any:
    return load_game(f"{HERE}:{name}")


def started(cls: type, seed: int = 1) -> GameAdapter:
    game = GameAdapter(cls())
    game.reset(seed)
    return game


def course_of(game: GameAdapter, frames: int) -> list[tuple[Any, bytes]]:
    course = []
    for frame in range(frames):
        state = game.save()
        course.append((state, game.canonical(state)))
        game.step((frame % 3,))
    return course


@pytest.mark.parametrize("name", ["Exact", "limited", "Emulated"])
def test_it_comes_back_from_any_frame_in_any_order_as_often_as_wanted(name: str) -> None:
    game = started(load(name))
    course = course_of(game, 50)
    assert len({data for _, data in course}) == 50
    draw = Random(1)
    for number in range(40):
        frame = draw.randrange(40)
        if number == 20:
            game.reset(2)
        game.load(course[frame][0])
        for later in range(frame, frame + 9):
            assert game.canonical(game.save()) == course[later][1]
            game.step((later % 3,))
    check_game(game, (100, 100))


def test_an_exact_pair_is_asked_and_what_is_around_is_saved_beside() -> None:
    cls = load("limited")
    assert [each.__name__ for each in cls.put_back.asked] == ["Exact"]
    assert "Exact's own get_state and set_state restored all of it" in cls.put_back.sentence
    game = started(cls)
    _, state = game.save()
    assert state.asks
    asked: list[int] = []
    inner = game.env.env.env

    def get_state() -> Any:
        asked.append(1)
        return type(inner).get_state(inner)

    inner.get_state = get_state
    game.save()
    assert asked == [1]


@pytest.mark.parametrize("name", ["Exact", "limited"])
def test_peers_agree_whoever_asks_and_whoever_looks(name: str) -> None:
    cls = load(name)
    looking = type(cls.__name__, (cls,), {"put_back": PutBack(), "__module__": cls.__module__})
    one, other = started(cls), started(looking)
    for frame in range(30):
        told, seen = one.save(), other.save()
        assert one.canonical(told) == other.canonical(seen)
        if frame % 10 == 5:
            assert one.transfer(told) == other.transfer(seen)
            other.load(other.restore(one.transfer(told)))
            one.load(one.restore(other.transfer(seen)))
        one.step((frame % 3,))
        other.step((frame % 3,))
    assert one.can_restore()


def test_a_snapshot_is_compared_without_disturbing_the_game() -> None:
    game = started(load("limited"))
    (early, data), *_ = course_of(game, 20)
    now = game.canonical(game.save())
    trail = list(game.env.env.env.trail)
    assert game.canonical(early) == data
    assert game.env.env.env.trail == trail
    assert game.canonical(game.save()) == now
    another = started(load("limited"), 5)
    another.load(early)
    assert another.canonical(another.save()) == data


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("WithoutLuck", ".env.random"),
        ("Sharing", ".env.trail"),
        ("Drawing", ".env.trail"),
        ("Failing", "NotImplementedError: one day"),
    ],
)
def test_an_inexact_pair_is_not_used_and_the_reason_is_told(name: str, why: str) -> None:
    cls = load(name)
    assert not cls.put_back.asked
    assert f"{name}'s own get_state and set_state are not used" in cls.put_back.sentence
    assert why in cls.put_back.sentence
    game = started(cls)
    check_game(game, (100, 100))
    report = examine(Subject(name, game_maker(cls), None), Plan(frames=40))
    assert cls.put_back.sentence in report.findings[0].sentence
    assert report.passed


def test_what_takes_other_arguments_is_no_pair() -> None:
    cls = load("OfTwo")
    assert cls.put_back == PutBack()


def test_behind_a_handle_the_rest_is_saved_beside() -> None:
    cls = load("Emulated")
    assert "put back what only they can" in cls.put_back.sentence
    game = started(cls)
    state = game.save()
    game.step((1,))
    game.env.env.luck.random()
    game.env.env.later = 1
    game.load(state)
    assert game.env.env.frames == 0
    assert game.env.env.luck.random() == Random(1).random()
    assert not hasattr(game.env.env, "later")
    assert next(game.env.env.handle) == "a"
    assert not game.can_restore()


def test_what_an_episode_leaves_behind_is_taken_back_where_it_can_be_told() -> None:
    for name, left in (("Emulated", [7]), ("Silent", [7, 7])):
        game = GameAdapter(load(name)())
        for _ in range(2):
            game.reset(3)
            game.env.env.left.append(7)
        assert game.env.env.left == left, name


def test_an_inexact_pair_that_is_the_only_one_is_refused() -> None:
    cls = load("Sticky")
    with pytest.raises(EnvironmentContractError, match="lockstep") as refused:
        GameAdapter(cls())
    assert "are its only way back, and not exact" in str(refused.value)
    assert refused.value.path.startswith(".env")
    game = started(load("StickyInLockstep"))
    game.step((1,))
    assert game.is_lockstep
