"""Gymnasium's form: one agent, one seat."""

from __future__ import annotations

from typing import Any

from peergym.envs.forms.base import STANDSTILL, Form, innermost
from peergym.envs.game import StepResult
from peergym.envs.results import wrong_single_result

AGENT = "player_0"


class SingleForm(Form):
    """A Gymnasium environment with one agent.

    An environment that waits for its player stands still in a frame without an action.
    """

    @classmethod
    def agents_of(cls, env: Any) -> tuple[Any, ...]:
        """Return the one agent, which Gymnasium does not name."""
        return (AGENT,)

    @classmethod
    def space_of(cls, env: Any, agent: Any) -> Any:
        """Return the environment's action space."""
        return env.action_space

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame."""
        action = actions[AGENT]
        if action is None:
            return STANDSTILL
        observation, reward, terminated, truncated, info = step_env(self.env, action)
        return (
            {AGENT: observation},
            {AGENT: reward},
            {AGENT: bool(terminated)},
            {AGENT: bool(truncated)},
            {AGENT: info},
        )


def step_env(env: Any, action: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Step an environment; the old interface's four values become five.

    Raises:
        EnvironmentContractError: It returned something else.
    """
    result = env.step(action)
    if not isinstance(result, tuple) or len(result) not in (4, 5):
        raise wrong_single_result(type(innermost(env)).__name__, result)
    if len(result) == 4:
        observation, reward, done, info = result
        return observation, reward, done, False, info
    observation, reward, terminated, truncated, info = result
    return observation, reward, terminated, truncated, info
