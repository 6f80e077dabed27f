"""Makes a desync on purpose, to see what becomes of it: a testing aid, and nothing else.

Theory of operation: from one frame of the first episode on, the state on this host is not that of
the other peers, as if the game had computed something else here. One number of it is changed by 1
whenever that frame is reached, by whatever rollback, so that this host's own history stays one:
its snapshots, corrections and checksums all have the changed number. It is changed in the state as
it would be sent to another peer, so any game can be planted that could be repaired.

Law: a repair ends it. The frame is not simulated again after everybody agrees on a later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from peergym.envs import GameAdapter, GameRunner
from peergym.envs.restore import STATE
from peergym.errors import EnvironmentContractError
from peergym.rollback import AdvanceFrame, Request
from peergym.rollback.canonical import decode, encode
from peergym.rollback.marked import ARRAY, SCALAR, TUPLE, mark_of
from peergym.rollback.requests import ResetEpisode


class PlantedRunner(GameRunner):
    """Carries out requests, and plants a desync on the way.

    Args:
        game: The game; from now on only the runner advances it.
        planted_frame: The first frame of the first episode with another state; 1 or more.
    """

    def __init__(self, game: GameAdapter, planted_frame: int) -> None:
        super().__init__(game)
        self._planted_frame = planted_frame
        self._is_first_episode = True

    def execute(self, requests: Iterable[Request]) -> None:
        """Carry out requests in order.

        Raises:
            EnvironmentContractError: The planted frame is reached, and there is no number in the
                state that could be changed.
        """
        for request in requests:
            super().execute((request,))
            if type(request) is ResetEpisode:
                self._is_first_episode = request.episode == 0
            elif type(request) is AdvanceFrame and self._is_planted():
                change_a_number(self.game)

    def _is_planted(self) -> bool:
        return self._is_first_episode and self.frame == self._planted_frame


def change_a_number(game: GameAdapter) -> None:
    """Put a game into a state that is another one by a single number, and that it still takes.

    Fractions are tried before whole numbers, which may count or name something, and numbers of
    their own before those in arrays.

    Raises:
        EnvironmentContractError: There is no such number.
    """
    whole = decode(game.transfer(game.save()))
    state = whole[STATE]
    for changed in chain.from_iterable(_changes(state, kind) for kind in (float, int, None)):
        try:
            planted = game.restore(encode({**whole, STATE: changed}))
        except EnvironmentContractError:
            continue  # the game has its reasons to refuse that number
        game.load(planted)
        return
    raise EnvironmentContractError("there is no number in the state that could be changed")


def _changes(value: Any, kind: type | None) -> Iterator[Any]:
    """Copies of plain data with one number changed, by the places in which numbers stand.

    Args:
        value: The data.
        kind: Of number: `float` or `int`; None for the first item of an array.
    """
    mark = mark_of(value)
    if mark in (ARRAY, SCALAR):
        at = 3 if mark == ARRAY else 2
        if kind is None and value[at]:
            yield (*value[:at], bytes([value[at][0] ^ 1]) + value[at][1:], *value[at + 1 :])
    elif type(value) is dict:
        for key, item in value.items():
            yield from ({**value, key: changed} for changed in _changes(item, kind))
    elif type(value) in (list, tuple) and mark in (None, TUPLE):
        for at, item in enumerate(value):
            for changed in _changes(item, kind):
                yield type(value)([*value[:at], changed, *value[at + 1 :]])
    elif kind in (float, int) and type(value) is kind:
        number: Any = value
        if number + 1 != number:
            yield number + 1
