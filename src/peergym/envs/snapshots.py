"""How a game is saved and restored.

A game that has ``get_state`` and ``set_state`` is asked, and so is an environment of another form
if that has been found to be exact (`peergym.envs.snapshot_choice`). Any other is saved
automatically. If its attributes hold nothing but plain data (None, bool, int, float, str, bytes,
lists, tuples, dicts, sets, `random.Random`, and NumPy's arrays and numbers), they are copied; as
long as there is anything else, or if some are in ``__slots__``, the whole graph of objects is saved
(`peergym.envs.objects`). What neither can save fails loudly, with the path of the offender: a game
that is only nearly restored would drift apart on the peers and nobody would know why.

Automatic snapshots are exact: the order of dicts, the type of every number, the state of the
generators, and that two attributes are one and the same list. Attributes that appeared after the
snapshot are gone after it is restored. ``effects`` is not state and is left out.

Not done: class attributes, variables of modules and of closures (they are taken for constants).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from struct import calcsize
from types import MemberDescriptorType
from typing import Any, Protocol

from peergym.envs.encoding import encodable
from peergym.envs.objects import ObjectState
from peergym.envs.plain_data import (
    IMMUTABLE_TYPES,
    SavedRandom,
    copy_plain,
    is_plain,
    restore_plain,
)
from peergym.errors import EnvironmentContractError

EFFECTS = "effects"


class SnapshotStrategy(Protocol):
    """Saves and restores one game."""

    @property
    def make_generator(self) -> Callable[[Random], Any]:
        """Makes what a state holds for a generator."""

    @property
    def takes_all(self) -> bool:
        """Whether states hold all that an episode may leave behind."""

    def save(self) -> object:
        """Return the state; it is never changed afterwards."""

    def save_whole(self) -> object:
        """Return the state as one that all can be compared in and drawing be taken back by."""

    def whole(self, state: Any) -> Any:
        """Return what `save_whole` would have returned instead of a state."""

    def load(self, state: Any) -> None:
        """Put the game back to ``state``, which may be loaded again later."""

    def plain(self, state: Any) -> Any:
        """Return a state as plain data."""


class OwnState:
    """Asks the game by ``get_state`` and ``set_state``."""

    __slots__ = ("load", "make_generator", "save", "save_whole")

    takes_all = False

    def __init__(self, env: Any) -> None:
        self.save = env.get_state
        self.load = env.set_state
        self.save_whole = env.get_state
        self.make_generator: Callable[[Random], Any] = _the_same

    def whole(self, state: Any) -> Any:
        """Return the state, for it is all that can be known."""
        return state

    def plain(self, state: Any) -> Any:
        """Return a state as plain data."""
        return encodable(state)


class PlainState:
    """Copies the attributes of a game that holds only plain data.

    Raises:
        EnvironmentContractError: If the game has no ``__dict__``.
    """

    __slots__ = ("_env", "make_generator")

    takes_all = True

    def __init__(self, env: Any) -> None:
        if not hasattr(env, "__dict__"):
            raise EnvironmentContractError(
                f"{type(env).__name__} has neither get_state and set_state nor a __dict__"
            )
        self._env = env
        self.make_generator: Callable[[Random], Any] = SavedRandom

    def save(self) -> dict[str, Any]:
        """Return a copy of the attributes.

        Raises:
            EnvironmentContractError: If one cannot be saved; carries its path.
        """
        memo: dict[int, Any] = {}
        try:
            return {
                name: value
                if type(value) in IMMUTABLE_TYPES
                else copy_plain(value, f".{name}", memo)
                for name, value in self._env.__dict__.items()
                if name != EFFECTS
            }
        except RecursionError:
            raise EnvironmentContractError("too much lies within each other") from None

    def save_whole(self) -> Any:
        """Return the state, which is all there is."""
        return self.save()

    def whole(self, state: Any) -> Any:
        """Return the state, which is all there is."""
        return state

    def load(self, state: dict[str, Any]) -> None:
        """Give the game copies of the saved attributes, and no others."""
        memo: dict[int, Any] = {}
        attributes = self._env.__dict__
        effects = attributes.get(EFFECTS)
        attributes.clear()
        for name, value in state.items():
            attributes[name] = (
                value if type(value) in IMMUTABLE_TYPES else restore_plain(value, memo)
            )
        if effects is not None:
            attributes[EFFECTS] = effects

    def plain(self, state: Any) -> Any:
        """Return a state as plain data."""
        return encodable(state)


class AutomaticState(PlainState):
    """Copies plain attributes, and turns to the graph of objects while there are others.

    A game may make its first object in `reset` or in any step, and lose it again. Which way is
    taken follows from the state alone, never from what was saved before: another peer, who has
    guessed otherwise, has to come to the same bytes.

    Raises:
        EnvironmentContractError: If the game is itself a container, or has no attributes.
    """

    __slots__ = ("_has_slots", "_objects", "_reason")

    def __init__(self, env: Any) -> None:
        slots = _slots_of(type(env))
        _check_is_its_attributes(type(env), len(slots))
        self._objects: ObjectState | None = ObjectState(env) if slots else None
        self._has_slots = bool(slots)
        self._reason = ""  # the attribute that was not plain when one was met last
        if slots:
            self._env = env
            self.make_generator = SavedRandom
        else:
            super().__init__(env)

    @property
    def objects(self) -> ObjectState:
        """How the game is saved when it consists of objects."""
        return self._objects or ObjectState(self._env)

    def save(self) -> Any:
        """Return the state.

        Raises:
            EnvironmentContractError: Something cannot be saved; carries its path.
        """
        if not self._has_slots and is_plain(self._env.__dict__.get(self._reason)):
            try:
                return super().save()
            except EnvironmentContractError as refusal:
                self._reason = _attribute_in(refusal.path)
        if self._objects is None:
            self._objects = ObjectState.of(self._env)
        return self._objects.save()

    def load(self, state: Any) -> None:
        """Put the game back, by the way in which the state was saved."""
        if type(state) is dict:
            super().load(state)
        else:
            self.objects.load(state)

    def plain(self, state: Any) -> Any:
        """Return a state as plain data."""
        return super().plain(state) if type(state) is dict else self.objects.plain(state)


def _attribute_in(path: str) -> str:
    """The name of the attribute that a path begins with."""
    return path.removeprefix(".").partition("[")[0].partition(" ")[0]


class _Attributes:
    """An object that is its ``__dict__`` and nothing else."""


def _slots_of(cls: type) -> list[str]:
    """The attributes that are not in the ``__dict__``."""
    members = [each for base in cls.__mro__ for each in vars(base).items()]
    return [name for name, member in members if isinstance(member, MemberDescriptorType)]


def _check_is_its_attributes(cls: type, slots: int) -> None:
    """Refuse a game that is a list or a dict itself: its contents are no attributes."""
    room = cls.__basicsize__ - _Attributes.__basicsize__ - slots * _POINTER_BYTES
    if room > 0:
        base = next(each for each in cls.__mro__ if each.__module__ != cls.__module__)
        raise EnvironmentContractError(
            f"{cls.__name__} is a {base.__name__} itself, and what is in it would not be saved: "
            "keep it in an attribute, or write get_state and set_state"
        )


_POINTER_BYTES = calcsize("P")


def _the_same(generator: Random) -> Random:
    return generator
