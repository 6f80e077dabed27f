"""A game that breaks a law is refused before anybody plays it."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.envs.check import check_game
from peergym.errors import EnvironmentContractError


class Sound:
    """Keeps every law; the classes below each break one."""

    possible_agents = ("a", "b")

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.items = [seed]
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        self.items.append(actions["a"] - actions["b"])
        return {}, {}, {}, {}, {}

    def get_state(self) -> Any:
        return {"items": self.items.copy()}

    def set_state(self, state: Any) -> None:
        self.items = state["items"].copy()


class KeepsNoCopy(Sound):
    def get_state(self) -> Any:
        return {"items": self.items}


class CanBeRestoredOnce(Sound):
    def set_state(self, state: Any) -> None:
        self.items = state["items"]


class ForgetsSomething(Sound):
    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.hidden = 0
        return super().reset(seed)

    def step(self, actions: dict[str, int]) -> Any:
        self.hidden += 1
        self.items.append(self.hidden)
        return {}, {}, {}, {}, {}


class RestoresNothing(Sound):
    def set_state(self, state: Any) -> None:
        pass


class RemembersItsLife(Sound):
    resets = 0

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.resets += 1
        self.items = [self.resets]
        return {}, {}


class DrawsState(Sound):
    def draw(self, surface: Any, player: int) -> None:
        self.items[0] = "drawn"


class ThinksInState(Sound):
    def policy(self, agent: str) -> int:
        self.items.append(0)
        return 0


def check(cls: type) -> None:
    check_game(GameAdapter(cls()), (80, 60))


def test_a_sound_game_passes() -> None:
    check(Sound)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (KeepsNoCopy, "what get_state returned was changed by a later step"),
        (CanBeRestoredOnce, "what set_state was given was changed by a later step"),
        (ForgetsSomething, r"after set_state the game took another course.*state\.items"),
        (RestoresNothing, r"set_state did not restore what get_state returned.*state\.items"),
        (RemembersItsLife, r"reset with the same seed led to another state.*state\.items"),
        (DrawsState, r"draw changed the state.*state\.items"),
        (ThinksInState, r"policy changed the state.*state\.items"),
    ],
)
def test_a_broken_law_is_named_with_the_first_difference(cls: type, message: str) -> None:
    with pytest.raises(EnvironmentContractError, match=message):
        check(cls)
