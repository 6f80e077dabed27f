"""What a player probably does while its input is still under way.

Theory of operation: a frame whose input has not arrived is simulated with a guess. A guess need
not be right, need not be the same on every peer, and need not be the same when it is asked for
again: the queue remembers what each frame was *used* with, and once the real input is there, a
difference leads back to that frame. Confirmed frames have real inputs only. So a predictor can
change how much work there is, and never the history.

That holds for guesses that are inputs at all. A predictor that raises, or returns what does not
fit the player's bits, is a mistake of whoever wrote it: `CheckedPredictor` says so, as an error of
ours, before the guess has been used anywhere, and from then on each time it is asked.

What a predictor cannot see: the game. A session makes the list of a tick before the host carries
it out, so there is no state yet of the frames that are asked for. A policy, which reads the state,
is asked about the newest state that there is: see `peergym.envs.policy_predictor`.

Law: a wrong guess costs a rollback, a right one nothing.

Source: repeating the last input is GGPO's (Cannon, 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from peergym.errors import ConfigurationError, PeergymError

Predictor: TypeAlias = Callable[[int, Sequence[int], int], int]
"""Guess an input: ``predictor(player, history, age_frames) -> input``.

``history`` holds the player's newest real inputs, oldest first, at least one and at most
`HISTORY_FRAMES`; what is still missing before the newest of them is left out. ``age_frames`` (1 or
more) says how many frames after the newest of them the wanted frame lies. Nobody is asked before
the first input of a player has arrived: the guess is then the no-op.
"""

HISTORY_FRAMES = 16  # about a quarter of a second at 60 Hz: what a held key or a tap can show


def repeat_last(player: int, history: Sequence[int], age_frames: int) -> int:
    """Predict that the player goes on doing what it did last.

    Source: GGPO (Cannon, 2009). Keys change about four times a second, so at 60 Hz fourteen of
    fifteen guesses are right.
    """
    return history[-1]


class CheckedPredictor:
    """A predictor whose guesses are inputs, or else an error of ours.

    Args:
        predictor: Anybody's.
        input_bits: For each player, the number of bits of one input.

    Attributes:
        failure: The first error; None while there was none.
    """

    __slots__ = ("_limits", "_predictor", "failure")

    def __init__(self, predictor: Predictor, input_bits: Sequence[int]) -> None:
        self._predictor = predictor
        self._limits = tuple([1 << bits for bits in input_bits])
        self.failure: PeergymError | None = None

    def __call__(self, player: int, history: Sequence[int], age_frames: int) -> int:
        """Guess, as `Predictor` says.

        Raises:
            ConfigurationError: The predictor raised, or returned what is no input of the player;
                names the field ``predictor``. The tick in which it did so is lost, and with it
                the timeline: the session has to end.
        """
        if self.failure is not None:
            raise self.failure
        try:
            guess = self._predictor(player, history, age_frames)
        except Exception as error:
            message = f"failed for player {player}: {type(error).__name__}: {error}"
            self.failure = ConfigurationError("predictor", message)
            raise self.failure from error
        # bool is an int, but True is never meant as input 1; NumPy's integers are welcome.
        if type(guess) is not int:
            guess = self._integer(guess, player)
        if not 0 <= guess < self._limits[player]:
            raise self._refuse(guess, player)
        return guess

    def _integer(self, guess: object, player: int) -> int:
        if isinstance(guess, bool) or not hasattr(guess, "__index__"):
            raise self._refuse(guess, player)
        number: int = guess.__index__()
        return number

    def _refuse(self, guess: object, player: int) -> PeergymError:
        most = self._limits[player] - 1
        message = f"guessed {guess!r} for player {player}, whose inputs are 0 to {most}"
        self.failure = ConfigurationError("predictor", message)
        return self.failure
