"""Objects that save and restore themselves by methods of their own.

Theory of operation: an emulator lives behind a handle that nobody can look into, and gives its
state to who asks. An object is asked by the first pair of `PAIRS` that it has. Where it holds such
a handle, it is asked for what is behind it, and its other attributes are saved as those of all
objects are, because few such methods think of them (a counter of frames, a list of agents). Where
an environment has been found to restore all of itself (`peergym.envs.forms.own_pairs`), it is asked
for all.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from peergym.envs.objects import words

PAIRS = (
    ("clone_full_state", "restore_full_state"),
    ("clone_state", "restore_state"),
    ("get_state", "set_state"),
)
"""What saves and what restores. PettingZoo's Atari has the first two pairs, of which only the first
holds its luck."""

LUCK = "include_rng"
"""An argument of Atari's, without which its luck is left out."""


@dataclass(frozen=True, slots=True)
class OwnPair:
    """By what an object is asked.

    Attributes:
        save: Name of the method that returns a state.
        load: Name of the method that takes one.
        takes_luck: Whether the first has to be told to return everything.
        handles: Attributes that only the object itself can put back; None if it is asked for all.
    """

    save: str
    load: str
    takes_luck: bool = False
    handles: frozenset[str] | None = None

    def beside(self, handles: frozenset[str]) -> OwnPair:
        """The same, with the other attributes saved beside."""
        return replace(self, handles=handles)


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was found out about how an environment of another form is put back.

    Attributes:
        asked: Classes of which objects are asked; nothing if its objects are looked at instead.
        is_blind: Whether that is the only way, so that nobody can look.
        sentence: Who is asked and why, or why not, for people; empty if there is nobody to ask.
        inexact: (why it cannot be put back, path of the difference); None if it can.
    """

    asked: Mapping[type, OwnPair] = field(default_factory=dict)
    is_blind: bool = False
    sentence: str = ""
    inexact: tuple[str, str] | None = None


def own_pair(cls: type) -> OwnPair | None:
    """Return by what the instances of a class can be asked; None if they cannot."""
    for save, load in PAIRS:
        saves, loads = getattr(cls, save, None), getattr(cls, load, None)
        if not callable(saves) or not callable(loads):
            continue
        if _takes(saves, 1) and _takes(loads, 2):
            return OwnPair(save, load, LUCK in inspect.signature(saves).parameters)
    return None


def ask(obj: Any, pair: OwnPair, kept: list[Any]) -> Any:
    """Reduce an object to what it says of itself (`peergym.envs.objects.kinds`)."""
    save = getattr(obj, pair.save)
    kept.append((obj, save(**{LUCK: True}) if pair.takes_luck else save(), pair.load))
    word = words.clone, (len(kept) - 1,)
    if pair.handles is None:
        return word
    attributes = {name: each for name, each in obj.__dict__.items() if name not in pair.handles}
    return (*word, (attributes, sorted(pair.handles)), None, None, words.beside)


def restore_own(obj: Any, state: Any, load: str) -> Any:
    """Have an object restore itself, and return it."""
    getattr(obj, load)(state)
    return obj


def give_beside(obj: Any, state: tuple[dict[str, Any], list[str]]) -> None:
    """Give an object that has restored itself its other attributes."""
    attributes, handles = state
    held = obj.__dict__
    for name in [each for each in held if each not in attributes and each not in handles]:
        del held[name]
    held.update(attributes)


def _takes(method: Callable[..., Any], arguments: int) -> bool:
    """Whether a method can be called with so many arguments, itself included."""
    try:
        inspect.signature(method).bind(*(None,) * arguments)
    except (TypeError, ValueError):
        return False
    return True
