"""What all forms have in common."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

SEED_BITS = 31
"""Of a seed: what every generator takes, those of NumPy's and JAX's 32-bit integers as well."""


class Form:
    """An environment behind PettingZoo's parallel form.

    Attributes:
        env: The environment.
        make_env: Makes one.
        metadata: The environment's, and what was found out about it (`read_metadata`).
        possible_agents: Its agents.
    """

    make_env: ClassVar[Callable[[], Any]]
    metadata: ClassVar[dict[str, Any]] = {}
    possible_agents: tuple[Any, ...]

    def __init__(self) -> None:
        self.env = type(self).make_env()
        self.possible_agents = self.agents_of(self.env)

    @classmethod
    def agents_of(cls, env: Any) -> tuple[Any, ...]:
        """Return the agents of an environment of this form."""
        return tuple(env.possible_agents)

    @classmethod
    def space_of(cls, env: Any, agent: Any) -> Any:
        """Return the space of an agent's actions in an environment of this form."""
        return env.action_space(agent)

    @classmethod
    def waits(cls, env: Any) -> bool:
        """Whether an environment of this form waits for somebody to act."""
        return bool((getattr(env, "metadata", None) or {}).get("wait_on_player", False))

    def action_space(self, agent: Any) -> Any:
        """Return the space of an agent's actions."""
        return self.space_of(self.env, agent)

    def render(self) -> Any:
        """Return what the environment draws of itself."""
        return self.env.render()

    def close(self) -> None:
        """Let the environment go."""
        close = getattr(self.env, "close", None)
        if callable(close):
            close()


def reset_env(env: Any, seed: int | None, options: Mapping[str, Any] | None) -> None:
    """Reset an environment, of the old interface too, where `seed` was a method.

    Args:
        env: The environment.
        seed: Of the episode; only the lowest `SEED_BITS` bits count.
        options: Handed on where there are any.
    """
    if seed is not None:
        seed %= 1 << SEED_BITS
    parameters = inspect.signature(env.reset).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    arguments: dict[str, Any] = {}
    if takes_all or "seed" in parameters:
        arguments["seed"] = seed
    elif seed is not None and callable(getattr(env, "seed", None)):
        env.seed(seed)
    if options and (takes_all or "options" in parameters):
        arguments["options"] = dict(options)
    env.reset(**arguments)
