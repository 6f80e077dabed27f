"""Several agents behind Gymnasium's interface: one action for all, as a tuple.

So are level-based foraging, multi-robot warehouses and others: the action space is a tuple of
spaces, and rewards come as a list. An environment that takes a tuple and whose space is that of one
agent alone (Overcooked-AI) says how many there are in ``metadata["players"]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peergym.envs.forms.base import STANDSTILL, Form
from peergym.envs.forms.single import step_env
from peergym.envs.game import StepResult
from peergym.envs.spaces import parts_of


class JointForm(Form):
    """An environment that takes the actions of all agents as one tuple."""

    @classmethod
    def seats_of(cls, env: Any) -> tuple[Any, ...]:
        """Return the action space of each agent; nothing if the environment has but one."""
        space = env.action_space
        spaces = parts_of(space) or space
        if isinstance(spaces, Sequence) and not isinstance(spaces, str):
            return tuple(spaces)
        players = (getattr(env, "metadata", None) or {}).get("players", 1)
        return (space,) * players if type(players) is int and players > 1 else ()

    @classmethod
    def agents_of(cls, env: Any) -> tuple[Any, ...]:
        """Return the agents' numbers."""
        return tuple(range(len(cls.seats_of(env))))

    @classmethod
    def space_of(cls, env: Any, agent: Any) -> Any:
        """Return the space of one agent."""
        return cls.seats_of(env)[agent]

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame.

        An agent that has finished while others play on still needs a place in the tuple: it does
        what the no-op stands for.
        """
        actions = self.without_waiting(actions)
        if not actions:
            return STANDSTILL
        joint = tuple(
            [
                actions[agent] if agent in actions else self.idle_action(agent)
                for agent in self.possible_agents
            ]
        )
        observations, rewards, terminated, truncated, info = step_env(self.env, joint)
        return (
            _by_agent(self.possible_agents, observations),
            _by_agent(self.possible_agents, rewards),
            _flags(self.possible_agents, terminated),
            _flags(self.possible_agents, truncated),
            dict.fromkeys(self.possible_agents, info),
        )


def _by_agent(agents: tuple[Any, ...], values: Any) -> dict[Any, Any]:
    """One value for each agent, or the same for all."""
    if isinstance(values, (list, tuple)) and len(values) == len(agents):
        return dict(zip(agents, values, strict=True))
    if getattr(values, "shape", ())[:1] == (len(agents),):
        return {agent: values[agent] for agent in agents}
    return dict.fromkeys(agents, values)


def _flags(agents: tuple[Any, ...], values: Any) -> dict[Any, bool]:
    return {agent: bool(value) for agent, value in _by_agent(agents, values).items()}
