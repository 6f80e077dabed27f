"""Inputs that vary like a person's, from a seed.

Theory of operation: in each frame a player changes his input with a small probability, to one of
the others. The value of a frame depends on seed, player, episode and frame alone, never on when
or how often it is asked for; so a match under any network has the same true inputs, as long as
the input delay is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from peergym.errors import ConfigurationError

CHANGES_PER_S = 4.0  # a lively player; every change is a misprediction for the others


class ScriptedInputs:
    """What each player does in each frame.

    Args:
        seed: Any integer.
        counts: How many different inputs there are, by player; the inputs are 0 to count - 1.
        frame_rate_hz: Frames per second.
        changes_per_s: Mean number of changes a second.
    """

    def __init__(
        self,
        seed: int,
        counts: Sequence[int],
        frame_rate_hz: float = 60.0,
        changes_per_s: float = CHANGES_PER_S,
    ) -> None:
        if changes_per_s < 0:
            raise ConfigurationError("changes_per_s", f"must not be negative, is {changes_per_s}")
        self._seed = seed
        self._counts = tuple(counts)
        self._change = changes_per_s / frame_rate_hz
        self._tracks: dict[tuple[int, int], tuple[Random, list[int]]] = {}

    def value(self, player: int, episode: int, frame: int) -> int:
        """The input of ``player`` at ``frame`` of ``episode``."""
        track = self._tracks.get((player, episode))
        if track is None:
            track = self._tracks[player, episode] = self._new_track(player, episode)
        random, values = track
        while len(values) <= frame:
            values.append(self._following(values[-1], self._counts[player], random))
        return values[frame]

    def _new_track(self, player: int, episode: int) -> tuple[Random, list[int]]:
        random = Random(f"{self._seed}/player {player}/episode {episode}")
        return random, [random.randrange(self._counts[player])]

    def _following(self, value: int, count: int, random: Random) -> int:
        if count > 1 and random.random() < self._change:
            return (value + random.randrange(1, count)) % count
        return value
