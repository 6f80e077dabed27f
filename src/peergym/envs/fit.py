"""Whether a state that somebody sent could be a state of this game.

Theory of operation: the game's own state, of whatever frame, is the pattern. What is fixed in any
game has to be as it is there: the names at the top, and of which kind each value is. What changes
in the course of most games may change: how long a list is, the keys of a dict within, the shape of
an array, whole numbers becoming fractions, and that there is None where later there is something.

Law: nothing is called and nothing is changed; what does not fit is named by its path.

Not done: judging values. A peer may send a state that the rules do not lead to, and does so as
freely by its inputs and checksums; it is found by comparing with the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from peergym.envs.arrays import is_array, is_scalar, item_code
from peergym.envs.plain_data import SavedRandom
from peergym.errors import EnvironmentContractError
from peergym.rollback.difference import path_of_key


def check_fits(value: Any, own: Any) -> None:
    """Check a whole state against one of the game's own.

    Raises:
        EnvironmentContractError: It does not fit; carries the path.
    """
    if _has_names(own) and type(value) is dict:
        for key in value:
            if key not in own or type(key) is not str:
                raise EnvironmentContractError(
                    "is not in this game's own state, neither after reset nor after a step",
                    path_of_key(key),
                )
        for key in own:
            if key not in value:
                raise EnvironmentContractError("is missing", path_of_key(key))
    _check(value, own, "")


def _has_names(own: Any) -> bool:
    return type(own) is dict and all(type(key) is str for key in own)


def _check(value: Any, own: Any, path: str) -> None:
    if value is None or own is None:
        _check_names(value, path)
        return
    kind, own_kind = kind_of(value), kind_of(own)
    if kind != own_kind:
        raise EnvironmentContractError(f"is {kind}, where this game has {own_kind}", path)
    if type(value) is dict:
        for key, item in value.items():
            here = path + path_of_key(key)
            if key in own:
                _check(item, own[key], here)
            else:
                _check_name(key, here)
                _check_names(item, here)
    elif type(value) is tuple and len(value) == len(own):
        for index, item in enumerate(value):
            _check(item, own[index], f"{path}[{index}]")
    elif type(value) in (list, tuple):
        _check_items(value, own, path)
    elif type(value) in (set, frozenset):
        _check_alike(((item, f"{path}{{}}") for item in value), own)


def _check_items(value: Any, own: Any, path: str) -> None:
    _check_alike(((item, f"{path}[{index}]") for index, item in enumerate(value)), own)
    for index, item in enumerate(value):
        _check_names(item, f"{path}[{index}]")


def _check_alike(items: Iterable[tuple[Any, str]], own: Iterable[Any]) -> None:
    """Where all our items are of one kind, theirs have to be of it."""
    kinds = {kind_of(item) for item in own if item is not None}
    if len(kinds) != 1:
        return
    (own_kind,) = kinds
    for item, path in items:
        if item is not None and kind_of(item) != own_kind:
            raise EnvironmentContractError(
                f"is {kind_of(item)}, where this game has {own_kind}", path
            )


def _check_names(value: Any, path: str) -> None:
    """Look for names of Python's own, where we have nothing to compare with."""
    if type(value) is dict:
        for key, item in value.items():
            here = path + path_of_key(key)
            _check_name(key, here)
            _check_names(item, here)
    elif type(value) in (list, tuple):
        for index, item in enumerate(value):
            _check_names(item, f"{path}[{index}]")


def _check_name(key: Any, path: str) -> None:
    # A game may hand the items of a dict to setattr.
    if type(key) is str and len(key) > 4 and key.startswith("__") and key.endswith("__"):
        raise EnvironmentContractError("is a name of Python's own", path)


def kind_of(value: Any) -> str:
    """What a value is, in words; equal where one may stand in the other's place."""
    kind = type(value)
    if kind in (bool, int, float) or is_scalar(value):
        return "a number"
    if kind in (Random, SavedRandom):
        return "a random.Random"
    if is_array(value):
        return f"an array of {item_code(value)} with {value.ndim} dimensions"
    return f"a {kind.__name__}"
