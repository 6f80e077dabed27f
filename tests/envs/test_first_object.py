"""A game whose first object comes in the middle has the same states, whatever was guessed."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter

FIRE, REST = (5, 6), (0, 0)


class Bullet:
    def __init__(self, frames: int) -> None:
        self.frames = frames


class Shooter:
    """Two keys together fire, and a bullet flies for three frames."""

    possible_agents = (0, 1)
    metadata: dict[str, Any] = {}

    def action_space(self, agent: int) -> int:
        return 8

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.pressed = [0, 0]
        self.bullets: list[Bullet] = []

    def step(self, actions: dict[int, int]) -> Any:
        self.bullets = [each for each in self.bullets if each.frames > 1]
        for bullet in self.bullets:
            bullet.frames -= 1
        for agent, action in actions.items():
            self.pressed[agent] += action
        if tuple(actions.values()) == FIRE:
            self.bullets.append(Bullet(3))
        return {}, {}, {}, {}, {}


def started() -> GameAdapter:
    game = GameAdapter(Shooter())
    game.reset(1)
    return game


def canonical(game: GameAdapter) -> bytes:
    return game.canonical(game.save())


def test_a_wrong_guess_of_an_object_leaves_no_trace() -> None:
    guesses, knows = started(), started()
    before = guesses.save()
    guesses.step(FIRE)
    assert guesses.env.bullets
    guesses.save()
    guesses.load(before)
    for inputs in [REST, (1, 2), REST]:
        guesses.step(inputs)
        knows.step(inputs)
        assert canonical(guesses) == canonical(knows)
    assert guesses.env.pressed == [1, 2]


def test_who_comes_after_the_last_object_has_the_same_states() -> None:
    early, late = started(), started()
    for inputs in [FIRE, REST, REST, REST]:
        early.step(inputs)
    late.load(late.restore(early.transfer(early.save())))
    assert canonical(early) == canonical(late)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_state_with_or_without_objects_goes_to_who_has_them_or_not(frames: int) -> None:
    sender, receiver = started(), started()
    for inputs in [FIRE, REST, REST, REST][:frames]:
        sender.step(inputs)
    for game in (receiver, started()):
        for _ in range(2):
            game.load(game.restore(sender.transfer(sender.save())))
            assert canonical(game) == canonical(sender)
            game.step(FIRE)
            assert game.env.bullets
