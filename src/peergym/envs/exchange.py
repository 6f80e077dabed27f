"""A game's states on their way to other peers and from them.

Theory of operation: what is sent is what checksums cover and, beside it, what those leave out: of
plain data the order of dicts and what is shared (`encoding.layout_of`), of objects a table of
everything (`objects.sending`). What comes in is laid over the receiver's own game.

Law: only data is decoded, never code, and the game is left as it was.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from peergym.envs.encoding import layout_of
from peergym.envs.objects.pickler import Snapshot
from peergym.envs.objects.sending import table_of
from peergym.envs.restore import (
    LAYOUT,
    OBJECTS,
    is_of_objects,
    is_of_plain_data,
    read_objects,
    read_state,
    try_state,
)
from peergym.envs.snapshots import EFFECTS, AutomaticState, SnapshotStrategy
from peergym.errors import EnvironmentContractError
from peergym.rollback.canonical import encode

if TYPE_CHECKING:
    from peergym.envs.adapter import GameAdapter

SENT_FRAMES, SENT_EVERY_FRAMES = 64, 21
"""Of the course by which it is found out whether a game's objects can be sent."""

_CAN_SEND: WeakKeyDictionary[type, bool] = WeakKeyDictionary()
"""What was found out, by class."""


class StateExchange:
    """Sends and receives the states of one game.

    Args:
        game: The game.
        snapshots: How it is saved.
    """

    def __init__(self, game: GameAdapter, snapshots: SnapshotStrategy) -> None:
        self._game = game
        self._snapshots = snapshots
        self._all_finished = (1 << game.players) - 1

    def transfer(self, state: Any) -> bytes:
        """As `GameAdapter.transfer`."""
        whole = self._snapshots.whole(state[1])
        plain = self._game.plain((state[0], whole))
        if type(whole) is Snapshot:
            # What cannot be sent is no reason to raise: who gets it says so, and the rest is read.
            with suppress(EnvironmentContractError):
                plain[OBJECTS] = table_of(whole)
        else:
            plain[LAYOUT] = layout_of(whole)
        return encode(plain)

    def restore(self, data: bytes) -> object:
        """As `GameAdapter.restore`, of a game that has been reset."""
        own: Any = self._snapshots.save()
        if isinstance(self._snapshots, AutomaticState):
            if type(own) is Snapshot and is_of_plain_data(data):
                own = self._at_the_beginning()
            if type(own) is Snapshot or is_of_objects(data):
                return read_objects(data, self._all_finished, self._snapshots.objects)
        try:
            state = self._read_state(data, own)
        except EnvironmentContractError:
            # Perhaps only because some games make attributes in `step`, and ours is at frame 0.
            later = self._made_in_a_step(own)
            if not later:
                raise
            state = self._read_state(data, {**own, **later})
        try_state(self._snapshots, state[1])
        return state

    def can_restore(self) -> bool:
        """As `GameAdapter.can_restore`, of a game that has been reset."""
        state = self._game.save()
        try:
            self.restore(self.transfer(state))
            return type(state[1]) is not Snapshot or self._can_send_a_course(state)
        except EnvironmentContractError:
            return False

    def _read_state(self, data: bytes, own: Any) -> tuple[int, Any]:
        return read_state(data, self._all_finished, own, self._snapshots.make_generator)

    def _made_in_a_step(self, own: Any) -> dict[str, Any]:
        """What the game's own state has after its first step and not now; the game stays as it is.

        Args:
            own: Its state as it is now.
        """
        stepped = self._at_the_beginning(steps=1)
        if type(own) is not dict or type(stepped) is not dict:
            return {}
        return {name: value for name, value in stepped.items() if name not in own}

    def _at_the_beginning(self, steps: int = 0) -> Any:
        """The game's own state after a reset and some steps; the game stays as it is."""
        game = self._game
        before, effects = game.save(), list(getattr(game.env, EFFECTS, ()))
        try:
            game.reset(0)
            for _ in range(steps):
                game.step((0,) * game.players)
            return self._snapshots.save()
        finally:
            game.load(before)
            if hasattr(game.env, EFFECTS):
                game.env.effects = effects

    def _can_send_a_course(self, now: tuple[int, Any]) -> bool:
        game = self._game
        known = _CAN_SEND.get(type(game.env))
        if known is not None:
            return known
        sent = []
        try:
            game.reset(0)
            for frame in range(SENT_FRAMES):
                game.step(tuple((frame // 3 + p) % c for p, c in enumerate(game.action_counts)))
                if frame % SENT_EVERY_FRAMES == 0:
                    sent.append(self.transfer(game.save()))
            game.reset(0)
            for data in sent:
                self.restore(data)
            can_send = True
        except EnvironmentContractError:
            can_send = False
        finally:
            game.load(now)
        _CAN_SEND[type(game.env)] = can_send
        return can_send
