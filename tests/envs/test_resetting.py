"""Games whose reset takes less than others, and whose step returns something else."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.errors import EnvironmentContractError


class Bare:
    """Takes nothing."""

    possible_agents = (0, 1)
    metadata: dict[str, Any] = {}

    def action_space(self, agent: int) -> int:
        return 2

    def reset(self) -> Any:
        self.frame, self.given = 0, ()

    def step(self, actions: dict[int, int]) -> Any:
        self.frame += 1
        return {}, {}, {}, {}, {}


class OnlySeed(Bare):
    def reset(self, seed: int | None = None) -> Any:  # type: ignore[override]
        self.frame, self.given = 0, (seed,)


class Anything(Bare):
    def reset(self, **given: Any) -> Any:  # type: ignore[override]
        self.frame, self.given = 0, (given["seed"], given["options"])


@pytest.mark.parametrize("is_lockstep", [False, True])
@pytest.mark.parametrize(("cls", "given"), [(Bare, ()), (OnlySeed, (7,)), (Anything, (7, {}))])
def test_a_reset_is_given_what_it_takes(
    cls: type, given: tuple[Any, ...], is_lockstep: bool
) -> None:
    made = type(cls.__name__, (cls,), {"metadata": {"lockstep": is_lockstep}})
    game = GameAdapter(made())
    game.reset(7)
    game.step((1, 0))
    assert (game.env.frame, game.env.given) == (1, given)


def test_options_that_would_get_lost_are_refused() -> None:
    option = {"default": 1, "min": 0, "max": 2}
    cls = type("Game", (OnlySeed,), {"metadata": {"options": {"speed": option}}})
    with pytest.raises(EnvironmentContractError, match="reset does not take them"):
        GameAdapter(cls())


@pytest.mark.parametrize(
    "result",
    [None, ({}, {}, False), ({}, 0.0, False, False, {}), ({}, {}, {0: True}, None, {})],
)
def test_a_step_that_returns_something_else_is_refused_with_what_it_was(result: Any) -> None:
    class Wrong(Bare):
        def step(self, actions: dict[int, int]) -> Any:
            return result

    game = GameAdapter(Wrong())
    game.reset(0)
    with pytest.raises(EnvironmentContractError) as caught:
        game.step((0, 0))
    assert str(caught.value).startswith("Wrong.step must return observations")
    assert str(caught.value).endswith(repr(result))


def test_an_error_in_a_step_stays_what_it_is() -> None:
    class Falls(Bare):
        def step(self, actions: dict[int, int]) -> Any:
            raise ValueError("fell")

    game = GameAdapter(Falls())
    game.reset(0)
    with pytest.raises(ValueError, match="fell"):
        game.step((0, 0))


@pytest.mark.parametrize("agents", [2, [[0], [1]], (), (1, True), None, range(17)])
def test_agents_that_are_no_names_are_refused_in_a_sentence(agents: Any) -> None:
    cls = type("Game", (Bare,), {"possible_agents": agents})
    with pytest.raises(EnvironmentContractError, match="Game needs possible_agents: 1 to 16"):
        GameAdapter(cls())
