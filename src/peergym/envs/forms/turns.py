"""Environments in which agents take turns: PettingZoo's AEC form.

Theory of operation: at each moment one agent is to move. In a frame its action is taken, and what
others send counts for nothing; a frame in which it sends none leaves the environment as it is. So
a player presses a key when it is his turn, and everybody sees it after the network's delay. Agents
that have finished move by themselves, as the form demands; an agent that is no longer among the
agents has finished, whether anybody says so or not.

An action that the environment's own mask forbids (a full column) is taken for none at all:
PettingZoo ends a game over an illegal move, and people's fingers slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.envs.forms.base import Form
from peergym.envs.forms.parallel import left_since
from peergym.envs.forms.unobserved import MASK
from peergym.envs.game import StepResult


class TurnsForm(Form):
    """An environment in which one agent moves at a time."""

    @classmethod
    def waits(cls, env: Any) -> bool:
        """Turn-based environments always wait."""
        return True

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Let the one whose turn it is move, if it has an action."""
        env = self.env
        if not env.agents:
            return self._result({})
        mover = env.agent_selection
        action = actions.get(mover)
        if action is None or not self._is_allowed(mover, action):
            return self._result({})
        before = tuple(env.agents)
        env.step(action)
        rewards = dict(env.rewards)
        terminations, truncations = dict(env.terminations), dict(env.truncations)
        for _ in before:  # one that never lets go of its dead must not hold us for ever
            if not env.agents or not _has_finished(env, env.agent_selection):
                break
            env.step(None)
        return {}, rewards, terminations | left_since(before, env), truncations, {}

    def _result(self, flags: dict[Any, bool]) -> StepResult:
        return {}, dict.fromkeys(self.possible_agents, 0), flags, flags, {}

    def _is_allowed(self, agent: Any, action: Any) -> bool:
        env = self.env
        mask = (env.infos.get(agent) or {}).get(MASK)
        if mask is None:
            observation = env.observe(agent)
            mask = observation.get(MASK) if isinstance(observation, Mapping) else None
        if mask is None or type(action) is not int:
            return True
        place = action - int(getattr(self.action_space(agent), "start", 0))
        return bool(mask[place]) if 0 <= place < len(mask) else True


def _has_finished(env: Any, agent: Any) -> bool:
    return bool(env.terminations.get(agent) or env.truncations.get(agent))
