"""Carries out a session's requests on a game.

Theory of operation
    A session says what to do as a list of requests: save, load, advance, reset. The runner does
    it, in order, and notes three things on the way: at which frame the game ended in the history
    as now known, which effects the page should start and stop, and which events have happened.
    The host reports the first back by ``session.set_end_frame(runner.end_frame)`` after each
    list, and takes the others when it likes.

    This is the only loop through which frames are simulated, in a browser, natively, and in the
    simulated network; a rollback of 8 frames passes through it 16 times. Its body is therefore
    kept short: no allocation but the game's own, no call that is not needed in every frame.
"""

from __future__ import annotations

from collections.abc import Iterable

from peergym.envs.adapter import GameAdapter
from peergym.envs.confirmed_events import ConfirmedEvent, ConfirmedEvents, read_confirmed_effects
from peergym.envs.effects import MOST_LATE_S, EffectMemory, StartedEffect
from peergym.errors import UsageError
from peergym.rollback.requests import AdvanceFrame, LoadState, Request, ResetEpisode, SaveState


class GameRunner:
    """Carries out requests on a game.

    Args:
        game: The game; from now on only the runner advances it.

    Attributes:
        game: The same.
        frame: The frame the game is at; -1 before the first episode.
        end_frame: The first frame at which the game had terminated, None while it has not.

    Raises:
        EnvironmentContractError: The game's ``confirmed_effects`` are not names.
    """

    def __init__(self, game: GameAdapter) -> None:
        self.game = game
        self.frame = -1
        self.end_frame: int | None = None
        self._confirmed_names = read_confirmed_effects(getattr(game.env, "metadata", None) or {})
        self._effects = EffectMemory(int(MOST_LATE_S * game.frame_rate_hz))
        self._events = ConfirmedEvents()

    def execute(self, requests: Iterable[Request]) -> None:
        """Carry out requests in order.

        Raises:
            UsageError: If something other than a request is among them.
        """
        game = self.game
        step, save, take_effects = game.step, game.save, game.take_effects
        for request in requests:
            kind = type(request)
            if kind is AdvanceFrame:
                frame = request.frame  # type: ignore[union-attr]
                step(request.inputs)  # type: ignore[union-attr]
                self.frame = frame + 1
                if game.has_effects and (effects := take_effects()):
                    self._add_effects(frame, effects)
                if game.terminated and self.end_frame is None:
                    self.end_frame = frame + 1
            elif kind is SaveState:
                request.slot.put(save())  # type: ignore[union-attr]
            else:
                self._execute_rare(request)

    def take_effects(self) -> tuple[list[StartedEffect], list[int]]:
        """Return the effects to start now and the ids of those to stop, each of them once.

        To be called between two lists of requests.
        """
        return self._effects.take(self.frame)

    def take_confirmed_events(self, confirmed_frame: int) -> list[ConfirmedEvent]:
        """Return what has become certain since the last call, each event once.

        To be called between two lists of requests.

        Args:
            confirmed_frame: The session's confirmed frame.
        """
        return self._events.take(confirmed_frame, self.frame)

    def _add_effects(self, frame: int, effects: list[str]) -> None:
        confirmed = self._confirmed_names
        if confirmed:
            for name in effects:
                if name in confirmed:
                    self._events.add(frame, name)
            effects = [name for name in effects if name not in confirmed]
        self._effects.add(frame, effects)

    def _execute_rare(self, request: Request) -> None:
        if isinstance(request, LoadState):
            self._load(request)
        elif isinstance(request, ResetEpisode):
            self._reset(request)
        else:
            raise UsageError(f"{request!r} is not a request")

    def _load(self, request: LoadState) -> None:
        self.game.load(request.state)
        self.frame = request.frame
        self._effects.roll_back(request.frame)
        self._events.roll_back(request.frame)
        if not self.game.terminated:
            self.end_frame = None
        elif self.end_frame is None:
            self.end_frame = request.frame

    def _reset(self, request: ResetEpisode) -> None:
        self.game.reset(request.seed)
        self.frame = 0
        self.end_frame = None
        self._effects.reset()
        self._events.reset()
