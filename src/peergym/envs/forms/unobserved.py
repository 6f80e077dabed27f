"""Leaves out observations while nobody looks at them.

Theory of operation: most environments compute everybody's observation in every step, which is the
largest part of many a step, and while frames are simulated again nobody wants them. So the methods
that make them are replaced, for the time of a step, by a stand-in that returns the observation of
the episode's beginning. It is a real one, so that whatever the environment does with it on the way
out goes on working.

    Which methods these are is found by trial when an environment is loaded (`idle_methods`): those
    whose names say that they observe, and whose absence changes neither state nor rewards nor ends
    in a course of some frames. `peergym check` repeats that over a longer one. An environment whose
    rules read an observation once in a while says so: ``metadata["rules_observe"]``.

Law: with and without, the state is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

OBSERVES = re.compile(
    r"^observe$|^render$|^_?obs(ervations?)?$"
    r"|^_*(get|make|gen|generate|build|compute|encode)_(\w+_)?obs(ervations?)?$"
)
"""Names of methods that observe, such as ``observe``, ``_get_obs`` and ``_make_gym_obs``; and
``render``, which some environments call in every step and the host calls when it draws."""

MASK = "action_mask"

RULES_OBSERVE = "rules_observe"
"""In an environment's metadata, True: its rules read observations, and none may be left out."""

_NEVER = frozenset({"last", "observation_space", "state"})


class Unobserved:
    """Stands in for methods of one environment; a host's own thing, and no part of the state.

    Args:
        names: The methods.

    Attributes:
        is_off: Whether somebody wants observations: then every step computes them.
        answered: The methods that were called in steps and answered for.
    """

    belongs_to_host = True

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._remembered: dict[tuple[str, Any], Any] = {}
        self._answers: list[tuple[Any, str, Callable[..., Any]]] = []
        self.is_off = not names
        self.answered: set[str] = set()

    @contextmanager
    def remembering(self, env: Any) -> Iterator[None]:
        """Let the methods work, and remember what they return; then be ready to stand in."""
        self._remembered.clear()
        places = self._places(env)
        for name, owner, attribute in places:
            owner.__dict__[attribute] = self._remember(name, getattr(owner, attribute))
        try:
            yield
        finally:
            for _, owner, attribute in places:
                owner.__dict__.pop(attribute, None)
        # Looked up anew: a reset may make new objects.
        self._answers = [
            (owner, attribute, self._answer(name, getattr(owner, attribute)))
            for name, owner, attribute in self._places(env)
        ]

    def _places(self, env: Any) -> list[tuple[str, Any, str]]:
        return [(name, _owner_of(name, env), name.rpartition(".")[2]) for name in self._names]

    def stand_in(self) -> None:
        """Answer in the methods' place from now on."""
        for owner, attribute, answer in self._answers:
            owner.__dict__[attribute] = answer

    def put_back(self) -> None:
        """Let the methods work again."""
        for owner, attribute, _ in self._answers:
            owner.__dict__.pop(attribute, None)

    def decides(self) -> bool:
        """Whether an observation says what is legal: then it is part of the rules."""
        return any(
            isinstance(value, Mapping) and MASK in value for value in self._remembered.values()
        )

    def _remember(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def remember(*args: Any, **named: Any) -> Any:
            result = self._remembered[name, _key_of(args)] = method(*args, **named)
            return result

        return remember

    def _answer(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        remembered, answered = self._remembered, self.answered

        def answer(*args: Any, **named: Any) -> Any:
            answered.add(name)
            key = name, _key_of(args)
            if key not in remembered:
                remembered[key] = method(*args, **named)
            return remembered[key]

        return answer


def _key_of(args: tuple[Any, ...]) -> Any:
    """By which arguments an observation is told from another: those that are names or numbers."""
    return tuple([each if type(each) in (int, str) else None for each in args])


def observing_methods(env: Any) -> tuple[str, ...]:
    """The methods whose names say that they observe: ``observe``, ``env.render`` of what is within.

    Args:
        env: The innermost environment; it may hold what does its work as ``env``.
    """
    found = _methods_of(env)
    inside = getattr(env, "__dict__", {}).get("env")
    return (*found, *(f"env.{name}" for name in _methods_of(inside)))


def _methods_of(env: Any) -> tuple[str, ...]:
    if not hasattr(env, "__dict__") or isinstance(env, type):
        return ()
    names = [
        name
        for name in dir(type(env))
        if OBSERVES.search(name) and name not in _NEVER and name not in env.__dict__
    ]
    return tuple(name for name in names if callable(getattr(type(env), name, None)))


def _owner_of(name: str, env: Any) -> Any:
    return env.env if "." in name else env
