"""A game's own policy as a guess at what a player does.

Theory of operation: a policy reads the state of the game, and at the moment of a guess there is
exactly one: the game as the last tick left it, at the frame that is simulated next. (A session
makes the whole list of a tick before the host carries it out, so the states of the frames that are
simulated again do not exist yet.) So the policy is asked what it would do *now*, and that is the
guess for every frame of the tick whose input is missing.

    - The newest frame is guessed from the state at that very frame. Somebody who plays by the
      policy, and is guessed right, is guessed right again in the next frame: no rollback ever.
    - Frames that are simulated again are guessed from a state a few frames younger than they are,
      and that state still has the mistake in it. The guess is only worse for it: the queue
      records what was used, and the real input decides.

So guesses may differ between peers, and between a frame and its repetition; the history does not
(see `peergym.rollback.prediction`). What this costs is one call of the policy for each missing
input of a tick, up to the prediction window for each player.

Law: guessing does not touch the state, since a policy does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from peergym.envs.adapter import GameAdapter
from peergym.errors import ConfigurationError


class PolicyPredictor:
    """Guesses by asking the game's ``policy``.

    Args:
        game: The very game that the session's requests are carried out on; no episode may run yet.

    Raises:
        ConfigurationError: The game brings no policy.
    """

    __slots__ = ("_game",)

    def __init__(self, game: GameAdapter) -> None:
        if not game.has_policy():
            raise ConfigurationError(
                "prediction", f"{type(game.env).__name__} has no policy to predict by"
            )
        # A newcomer's first guess comes before his first state: there must be one to ask about.
        game.reset(0)
        self._game = game

    def __call__(self, player: int, history: Sequence[int], age_frames: int) -> int:
        """Guess a player's input, as `peergym.rollback.prediction.Predictor` says.

        Raises:
            UsageError: The policy chose what is no action.
        """
        return self._game.policy(player)
