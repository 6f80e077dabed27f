"""Who saves a game: its own methods, a copy of its attributes, or a snapshot of its objects.

Theory of operation: a game in the parallel form is taken at its word. Of an environment in another
form it was found out when it was loaded whether its own methods restore all of it
(`peergym.envs.forms.own_pairs`); if so, they are used, because that is cheaper.

Law: what peers compare and send does not depend on it, as long as the objects can be looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peergym.envs.objects import ObjectState
from peergym.envs.objects.own import OwnPair, PutBack
from peergym.envs.snapshots import AutomaticState, OwnState, SnapshotStrategy
from peergym.errors import EnvironmentContractError

PUT_BACK = "put_back"
"""What a form has found out about the environment in it."""


def snapshot_strategy(env: Any) -> SnapshotStrategy:
    """Choose how to save a game.

    Raises:
        EnvironmentContractError: If it has only one of ``get_state`` and ``set_state``, or its own
            are its only ones and not exact.
    """
    known = getattr(env, PUT_BACK, None)
    if isinstance(known, PutBack):
        return _strategy_of_form(env, known)
    has_get, has_set = hasattr(env, "get_state"), hasattr(env, "set_state")
    if has_get != has_set:
        present, missing = ("get_state", "set_state") if has_get else ("set_state", "get_state")
        raise EnvironmentContractError(
            f"{type(env).__name__} has {present} but no {missing}; it needs both or neither"
        )
    return OwnState(env) if has_get else AutomaticState(env)


def _strategy_of_form(form: Any, known: PutBack) -> SnapshotStrategy:
    if known.inexact is not None:
        raise EnvironmentContractError(*known.inexact)
    if not known.asked:
        return AutomaticState(form)
    return (BlindState if known.is_blind else AskingState)(form, known.asked)


class AskingState(AutomaticState):
    """Asks an environment within a form, whose own methods restored all of it in a trial.

    That is cheaper. What is around it, such as a wrapper that counts frames, is saved beside. What
    peers compare and send is the whole graph of objects, whoever was asked: so peers of which one
    asks and another does not agree, and what an environment forgets to say is noticed.

    Args:
        env: The form.
        asked: Classes whose objects are asked (`peergym.envs.forms.own_pairs`).
    """

    __slots__ = ("_asking",)

    def __init__(self, env: Any, asked: Mapping[type, OwnPair]) -> None:
        super().__init__(env)
        self._objects = ObjectState(env)
        self._asking = ObjectState(env, asked)

    def save(self) -> Any:
        """Return what the environment says of itself, and what is around it."""
        return self._asking.save()

    def save_whole(self) -> Any:
        """Return the graph of objects, as long as the environment cannot say anything, too."""
        return self.objects.save()

    def whole(self, state: Any) -> Any:
        """Return the graph for a state that was told; the game is left as it is."""
        if not state.asks:
            return state
        teller = ObjectState(state.kept[0])  # perhaps another copy of the game
        now = teller.save()
        teller.load(state)
        try:
            return teller.save()
        finally:
            teller.load(now)

    def load(self, state: Any) -> None:
        """Put the game back, by a state of another copy as well."""
        is_ours = state.kept[0] is self._env
        self.objects.load(state if is_ours else self.whole(state))

    def plain(self, state: Any) -> Any:
        """Return a state as plain data."""
        return self.objects.plain(self.whole(state))


class BlindState(AutomaticState):
    """Asks an environment for what nobody can see.

    Args:
        env: The form.
        asked: Classes whose objects are asked.
    """

    __slots__ = ("takes_all",)

    def __init__(self, env: Any, asked: Mapping[type, OwnPair]) -> None:
        super().__init__(env)
        self._objects = ObjectState(env, asked)
        self.takes_all = self._can_tell()

    def _can_tell(self) -> bool:
        """Whether it can be asked now: before the first reset, there may be nothing to ask for."""
        try:
            self.load(self.save())
        except Exception:  # noqa: BLE001 - whatever the environment raises
            return False
        return True
