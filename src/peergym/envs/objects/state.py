"""Saves and restores an environment by its graph of objects."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from peergym.envs.objects.handles import self_saving
from peergym.envs.objects.kinds import only_draws
from peergym.envs.objects.offenders import refusal
from peergym.envs.objects.own import OwnPair
from peergym.envs.objects.pickler import Snapshot, put_back, write
from peergym.envs.objects.receiving import receive
from peergym.envs.objects.sending import table_of
from peergym.envs.objects.view import plain_view
from peergym.errors import EnvironmentContractError

EFFECTS = "effects"


class ObjectState:
    """Saves and restores one environment, in place.

    Args:
        env: The environment.
        asked: Classes whose objects are asked for their states.
    """

    __slots__ = ("_asked", "_env")

    def __init__(self, env: Any, asked: Mapping[type, OwnPair] | None = None) -> None:
        self._env = env
        self._asked = asked

    @classmethod
    def of(cls, env: Any) -> ObjectState:
        """Return what saves an environment: by looking at all of it, or asking where that fails.

        Raises:
            EnvironmentContractError: It cannot be saved; carries the path of the reason.
        """
        states = cls(env)
        try:
            states.save()
        except EnvironmentContractError:
            states = cls(env, self_saving(env))
            states.save()
        return states

    def save(self) -> Snapshot:
        """Return a snapshot.

        Raises:
            EnvironmentContractError: Something cannot be saved; carries its path.
        """
        try:
            return write(self._env, self._asked)
        except Exception as error:
            raise refusal(self._env, error) from error

    def load(self, state: Snapshot) -> None:
        """Put the environment back; effects, which are no state, stay as they are.

        A snapshot of another copy of the environment holds that copy's objects: it is laid over
        this one, as if it had been sent.

        Raises:
            EnvironmentContractError: It is another copy's, and cannot be sent.
        """
        if state.kept[0] is not self._env:
            state = self.receive(table_of(state))
        effects = getattr(self._env, EFFECTS, None)
        put_back(state)
        if effects is not None:
            self._env.effects = effects

    def table(self, state: Snapshot) -> list[Any]:
        """Return a snapshot as a table that can be sent.

        Raises:
            EnvironmentContractError: Something cannot be sent; carries its path.
        """
        return table_of(state)

    def receive(self, entries: Any) -> Snapshot:
        """Return the snapshot that a table from another peer stands for.

        Raises:
            EnvironmentContractError: It is no state of this environment; carries the path.
        """
        return receive(entries, self._env, self._asked)

    def plain(self, state: Snapshot) -> Any:
        """Return a snapshot as plain data."""
        plain = plain_view(state)
        plain.pop(EFFECTS, None)
        return plain


def forget_drawing(before: Snapshot) -> None:
    """Take back what drawing has changed, but for what only draws.

    An environment makes its surfaces when it is first drawn, and would make them again and again.

    Args:
        before: Taken before it was drawn.
    """
    drawn = []
    for each in before.kept:
        for name, value in getattr(each, "__dict__", {}).items():
            if not isinstance(each, (type, ModuleType)) and only_draws(type(value)):
                drawn.append((each, name, value))
    put_back(before)
    for obj, name, value in drawn:
        if obj.__dict__.get(name) is None:
            obj.__dict__[name] = value
