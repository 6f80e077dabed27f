"""States that come from elsewhere: a peer, a replay, a dump.

Theory of operation: a state travels as canonical bytes (`peergym.rollback.canonical`), which are
data and nothing else; no pickle is ever loaded. It is decoded, rebuilt, compared with a state of
the receiver's own game, and finally tried: loaded into the game, saved again, and taken back. Only
what comes out with the same bytes is a state of this game.

Laws
    1. What is restored has the canonical bytes it was sent with.
    2. Whatever the bytes are, nothing but `EnvironmentContractError` is raised, and the game is as
       it was before.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from peergym.envs.encoding import encodable, layout_of, rebuild
from peergym.envs.fit import check_fits
from peergym.envs.objects import ObjectState
from peergym.envs.snapshots import SnapshotStrategy
from peergym.errors import EnvironmentContractError
from peergym.rollback.binary import WireError
from peergym.rollback.canonical import decode, encode, first_difference

FINISHED, STATE, LAYOUT, OBJECTS = "finished", "state", "layout", "objects"
"""The parts of a state as plain data: who has finished, the game's own state, and the rest, of
plain data or of objects."""


def read_state(
    data: bytes, all_finished: int, own: Any, make_generator: Callable[[Random], Any]
) -> tuple[int, Any]:
    """Turn the bytes of a state into a state of a game.

    Args:
        data: From `GameAdapter.transfer` or `GameAdapter.canonical` of a game of the same class.
        all_finished: One bit for each player.
        own: A state of the receiver's own game, of any frame.
        make_generator: What a state of this game holds for a generator.

    Returns:
        (who has finished, the game's own state).

    Raises:
        EnvironmentContractError: The bytes are none of a state of this game; carries the path.
    """
    plain = _decode(data)
    finished = _finished(plain, all_finished)
    state = rebuild(plain[STATE], None, make_generator)
    check_fits(state, own)
    if LAYOUT not in plain:
        _check_nothing_is_shared(own)
        state = in_order_of(own, state)
    else:
        state = rebuild(plain[STATE], plain[LAYOUT], make_generator)
        if layout_of(state) != plain[LAYOUT]:
            raise EnvironmentContractError("its layout is not that of its state")
    if encode(encodable(state)) != encode(plain[STATE]):
        raise EnvironmentContractError("is not written as this game's states are")
    return finished, state


def read_objects(data: bytes, all_finished: int, objects: ObjectState) -> tuple[int, Any]:
    """Turn the bytes of a state that consists of objects into a state of a game.

    Args:
        data: From `GameAdapter.transfer` of a game of the same class.
        all_finished: One bit for each player.
        objects: How the receiver's own game is saved; the game is left as it is.

    Returns:
        (who has finished, the game's own state).

    Raises:
        EnvironmentContractError: The bytes are none of a state of this game; carries the path.
    """
    plain = _decode(data)
    finished = _finished(plain, all_finished)
    if OBJECTS not in plain:
        raise EnvironmentContractError(
            "this game consists of objects, and these are not among what was sent: who joins has "
            "to execute the episode from its beginning"
        )
    state = objects.receive(plain[OBJECTS])
    difference = first_difference(plain[STATE], objects.plain(state))
    if difference is not None:
        raise EnvironmentContractError(f"the game changes this state as it loads it: {difference}")
    return finished, state


def is_of_objects(data: bytes) -> bool:
    """Whether bytes tell of objects.

    Raises:
        EnvironmentContractError: They are no state.
    """
    return OBJECTS in _decode(data)


def is_of_plain_data(data: bytes) -> bool:
    """Whether bytes tell of plain data, and of the order in which it lies.

    Raises:
        EnvironmentContractError: They are no state.
    """
    return LAYOUT in _decode(data)


def _finished(plain: dict[str, Any], all_finished: int) -> int:
    finished = plain[FINISHED]
    if type(finished) is not int or not 0 <= finished <= all_finished:
        raise EnvironmentContractError(
            "it says of players who are not here that they have finished"
        )
    return finished


def _decode(data: bytes) -> dict[str, Any]:
    try:
        plain = decode(data)
    except WireError as error:
        raise EnvironmentContractError(f"these bytes are no state: {error}") from None
    if type(plain) is not dict or not {FINISHED, STATE} <= plain.keys() <= _PARTS:
        raise EnvironmentContractError("these bytes are no state of a game")
    return plain


_PARTS = {FINISHED, STATE, LAYOUT, OBJECTS}


def _check_nothing_is_shared(own: Any) -> None:
    _, shared = layout_of(own)
    if shared:
        raise EnvironmentContractError(
            "this game holds one object in two places, which canonical bytes alone cannot say"
        )


def in_order_of(own: Any, value: Any) -> Any:
    """Put dicts into the order that our own have; canonical bytes alone do not say theirs.

    Keys that we do not have come after the others, ascending if they can be compared: a game that
    numbers what it makes has filled its dicts so.
    """
    if type(own) is not type(value):
        return value
    if type(value) is dict:
        keys = {key: key for key in value}
        ordered = [keys.pop(key) for key in own if key in keys]
        ordered += _ascending(list(keys.values()))
        return {key: in_order_of(own.get(key), value[key]) for key in ordered}
    if type(value) in (list, tuple):
        ours = [*own[: len(value)], *[None] * (len(value) - len(own))]
        return type(value)([in_order_of(o, v) for o, v in zip(ours, value, strict=True)])
    return value


def _ascending(keys: list[Any]) -> list[Any]:
    try:
        return sorted(keys)
    except TypeError:
        return keys


def try_state(snapshots: SnapshotStrategy, state: Any) -> None:
    """Load a state into the game, look whether the game is in it, and take it back.

    Args:
        snapshots: How the game is saved and loaded.
        state: The game's own state, rebuilt.

    Raises:
        EnvironmentContractError: The game does not take it over as it is; carries the path.
    """
    own = snapshots.save()
    try:
        snapshots.load(state)
        taken = snapshots.plain(snapshots.save())
    except Exception as error:
        # A game's own set_state may raise whatever it likes at data that no game of its made.
        raise EnvironmentContractError(
            f"the game cannot load this state: {name_error(error)}"
        ) from error
    finally:
        snapshots.load(own)
    difference = first_difference(snapshots.plain(state), taken)
    if difference is not None:
        raise EnvironmentContractError(f"the game changes this state as it loads it: {difference}")


def name_error(error: Exception) -> str:
    """The kind and the text of an error that came of a stranger's data, shortly."""
    try:
        return f"{type(error).__name__}: {str(error)[:200]}"
    except ValueError:  # an integer of more digits than Python writes
        return type(error).__name__
