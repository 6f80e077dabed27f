"""What a player probably does while its input is still under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

Predictor: TypeAlias = Callable[[int, Sequence[int], int], int]
"""Guess an input: ``predictor(player, history, age_frames) -> input``.

``history`` holds the player's newest real inputs, oldest first, at least one and at most
`HISTORY_FRAMES`; ``age_frames`` (1 or more) says how many frames after the newest of them the
wanted frame lies. The guess must depend on nothing else: every resimulation asks again.
"""

HISTORY_FRAMES = 16  # about a quarter of a second at 60 Hz: what a held key or a tap can show


def repeat_last(player: int, history: Sequence[int], age_frames: int) -> int:
    """Predict that the player goes on doing what it did last.

    Source: GGPO (Cannon, 2009). Keys change about four times a second, so at 60 Hz fourteen of
    fifteen guesses are right.
    """
    return history[-1]
