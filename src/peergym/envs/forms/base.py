"""What all forms have in common."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

from peergym.envs.forms.streams import BOTH, GlobalStreams
from peergym.envs.forms.unobserved import Unobserved
from peergym.envs.game import StepResult
from peergym.envs.objects.own import PutBack
from peergym.envs.spaces import FIELD as LEVELS
from peergym.envs.spaces import codec_from_space

STANDSTILL: StepResult = ({}, {}, {}, {}, {})
"""What a frame returns in which nothing happens."""

SEED_BITS = 31
"""Of a seed: what every generator takes, those of NumPy's and JAX's 32-bit integers as well."""


class Form:
    """An environment behind PettingZoo's parallel form.

    Attributes:
        env: The environment.
        make_env: Makes one.
        metadata: The environment's, and what was found out about it (`read_metadata`).
        possible_agents: Its agents.
        uses_global: Which global generators it draws from.
        unobserved: Its methods that only observe.
        put_back: What was found out about how it is put back (`own_pairs`).
        streams: What stands for the global generators, if it draws from any.
        observing: Leaves observations out, unless told otherwise (`Unobserved.is_off`).
    """

    make_env: ClassVar[Callable[[], Any]]
    metadata: ClassVar[dict[str, Any]] = {}
    possible_agents: tuple[Any, ...]
    uses_global: ClassVar[frozenset[str]] = frozenset()
    unobserved: ClassVar[tuple[str, ...]] = ()
    put_back: ClassVar[PutBack] = PutBack()

    def __init__(self) -> None:
        with GlobalStreams(BOTH).in_place():
            self.env = type(self).make_env()
        end_checks(self.env)
        self.possible_agents = self.agents_of(self.env)
        self.streams = GlobalStreams(self.uses_global) if self.uses_global else None
        self.observing = Unobserved(self.unobserved)

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """Start an episode; its observations are those that the first step returns."""
        if seed is not None:
            seed %= 1 << SEED_BITS
        with ExitStack() as around:
            if self.streams is not None:
                self.streams.seed(seed or 0)
                around.enter_context(self.streams.in_place())
            if self.unobserved:
                around.enter_context(self.observing.remembering(innermost(self.env)))
            reset_env(self.env, seed, options)
        return {}, {}

    def step(self, actions: dict[Any, Any]) -> StepResult:
        """Advance by one frame."""
        streams, observing = self.streams, self.observing
        if streams is None and observing.is_off:
            return self.play(actions)
        outside = None if streams is None else streams.enter()
        if not observing.is_off:
            observing.stand_in()
        try:
            return self.play(actions)
        finally:
            observing.put_back()
            if streams is not None and outside is not None:
                streams.leave(outside)

    def without_waiting(self, actions: dict[Any, Any]) -> dict[Any, Any]:
        """Return the actions of everybody; nothing if nobody acts in an environment that waits.

        Who does not act while others do, does nothing.
        """
        if not self.metadata.get("wait_on_player"):
            return actions
        if all(action is None for action in actions.values()):
            return {}
        return {
            agent: self.idle_action(agent) if action is None else action
            for agent, action in actions.items()
        }

    def idle_action(self, agent: Any) -> Any:
        """Return the action of an agent that does nothing."""
        metadata = self.metadata
        codec = codec_from_space(
            self.action_space(agent), metadata.get("noop"), metadata.get(LEVELS)
        )
        return codec.decode(0)

    def play(self, actions: dict[Any, Any]) -> StepResult:
        """Advance the environment by one frame."""
        raise NotImplementedError

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
        """Return what the environment draws of itself; nothing if it has no `render`.

        What it raises, on a machine without a display for example, is for who draws
        (`peergym.envs.drawing`): it is no reason not to play.
        """
        render = getattr(self.env, "render", None)
        return None if render is None else render()

    def close(self) -> None:
        """Let the environment go."""
        close = getattr(self.env, "close", None)
        if callable(close):
            close()


def reset_env(env: Any, seed: int | None, options: Mapping[str, Any] | None) -> None:
    """Reset an environment, of the old interface too, where `seed` was a method.

    Args:
        env: The environment.
        seed: Of the episode.
        options: Handed on where there are any.
    """
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


def environments_in(env: Any) -> list[Any]:
    """An environment and those within it, the outermost first."""
    found: list[Any] = []
    while env is not None and all(env is not each for each in found):
        found.append(env)
        held = getattr(env, "__dict__", {})
        env = next((held[name] for name in _WITHIN if name in held), None)
    return found


_WITHIN = ("env", "aec_env", "par_env")

_CHECKER, _CHECKED = "PassiveEnvChecker", "checked_"
"""A wrapper of Gymnasium's, and how it calls the attributes that say what it has looked at."""


def end_checks(env: Any) -> None:
    """Tell Gymnasium's checker that it has seen all.

    It looks at the first frames of a copy, and keeps their observations meanwhile: then the states
    of a copy that was played before, or of one whose observations somebody reads, would be others.
    """
    for each in environments_in(env):
        if type(each).__name__ == _CHECKER:
            vars(each).update({name: True for name in vars(each) if name.startswith(_CHECKED)})


def innermost(env: Any) -> Any:
    """The environment within all wrappers."""
    for name in ("aec_env", "par_env"):
        env = getattr(env, name, env)
    return getattr(env, "unwrapped", env)
