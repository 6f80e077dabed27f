"""What happens to the inputs of a whole match, in virtual time, which no peer knows.

Theory of operation: the sessions of a match that are looked at share one book. It has when each
input was given, and which peers have a *gap*: they hold newer inputs of a player and lack one
before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

TENTHS_PER_S = 10_000  # latencies are counted in tenths of a millisecond
# A gap that lasts so long, three frames at 60 Hz, is a hole: what is missing is not under way.
HOLE_AFTER_S = 0.05


class InputBook:
    """When each input of a match was given, and who lacks one in between.

    Attributes:
        now_s: The virtual time.
    """

    def __init__(self) -> None:
        self.now_s: Callable[[], float] = float
        self._given_s: dict[tuple[int, int], dict[int, float]] = {}
        self._gaps_s: dict[tuple[int, int], float] = {}
        self._asked_s: dict[tuple[int, int], float] = {}

    def give(self, episode: int, player: int, frames: Iterable[int]) -> None:
        """A player's inputs for these frames are given now."""
        now_s = self.now_s()
        given_s = self._given_s.setdefault((episode, player), {})
        for frame in frames:
            given_s.setdefault(frame, now_s)

    def ages_tenths(self, episode: int, player: int, frames: Iterable[int]) -> list[int]:
        """How long ago they were given, in tenths of a millisecond, of those that were."""
        now_s = self.now_s()
        given_s = self._given_s.get((episode, player), {})
        return [
            round((now_s - given_s[frame]) * TENTHS_PER_S) for frame in frames if frame in given_s
        ]

    def gap_s(self, peer: int, player: int) -> float:
        """How long a peer has had a gap in a player's inputs, as of now: 0 for one that is new."""
        now_s = self.now_s()
        return now_s - self._gaps_s.setdefault((peer, player), now_s)

    def ask(self, peer: int, player: int) -> None:
        """A peer asks for what it lacks, once for a gap."""
        self._asked_s.setdefault((peer, player), self.now_s())

    def is_asked(self, player: int, request_s: float) -> bool:
        """Whether somebody has asked for a player's inputs, at least so long ago, in seconds."""
        until_s = self.now_s() - request_s
        return any(
            whose == player and at_s <= until_s for (_, whose), at_s in self._asked_s.items()
        )

    def close_gap(self, peer: int, player: int) -> None:
        """A peer has no gap in a player's inputs."""
        self._gaps_s.pop((peer, player), None)
        self._asked_s.pop((peer, player), None)

    def close_gaps(self, peer: int) -> None:
        """A peer begins anew."""
        for whose, player in list(self._gaps_s):
            if whose == peer:
                self.close_gap(peer, player)
