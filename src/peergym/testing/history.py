"""What a peer's confirmed past looked like, as it really simulated it.

Theory of operation: after each tick, the snapshots that have become final (every peer is known to
hold the inputs that led to them, and all corrections have been made) are turned into checksums and
forgotten. They come from the states the game was really in, not from the session's own checksums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from peergym.testing.checkers import RequestChecker
from peergym.testing.oracle import checksum_of


@dataclass(slots=True)
class EpisodeHistory:
    """One peer's confirmed past of one episode.

    Attributes:
        seed: Seed that the game was reset with.
        checksums: By frame, ascending; every frame, with dense saving.
        inputs: Per confirmed frame, the inputs it was simulated with in the end.
        tick_times_s: Per frame, the virtual time at which it was simulated first.
        end_frame: The frame at which the episode ended, once it has.
    """

    seed: int
    checksums: dict[int, int] = field(default_factory=dict)
    inputs: list[tuple[int, ...]] = field(default_factory=list)
    tick_times_s: list[float] = field(default_factory=list)
    end_frame: int | None = None

    @property
    def frames(self) -> int:
        """The last confirmed frame whose state is known, but none past the end."""
        last = next(reversed(self.checksums), 0)
        return last if self.end_frame is None else min(last, self.end_frame)


class HistoryRecorder:
    """Collects a peer's history.

    Args:
        checker: Knows the snapshots and inputs of the running episode.
        canonical_bytes: Turns a snapshot into its canonical bytes.

    Attributes:
        episodes: One entry per episode that has begun.
    """

    def __init__(self, checker: RequestChecker, canonical_bytes: Callable[[object], bytes]) -> None:
        self._checker = checker
        self._canonical_bytes = canonical_bytes
        self._next_frame = 0
        self.episodes: list[EpisodeHistory] = []

    @property
    def frames(self) -> int:
        """Confirmed frames of all episodes."""
        return sum(episode.frames for episode in self.episodes)

    def note_tick(self, confirmed_frame: int, end_frame: int | None, now_s: float) -> None:
        """Take up what has become final, after the requests of a tick were carried out.

        Args:
            confirmed_frame: The session's confirmed frame; the state after it is final.
            end_frame: Where the game ended, as far as is known now.
            now_s: Virtual time.
        """
        checker = self._checker
        if checker.episode >= len(self.episodes):
            self.episodes.append(EpisodeHistory(checker.seed))
            self._next_frame = 0
        if not self.episodes:
            return
        history = self.episodes[-1]
        while len(history.tick_times_s) < len(checker.inputs):
            history.tick_times_s.append(now_s)
        final_frame = min(confirmed_frame + 1, len(checker.inputs))
        history.inputs += checker.inputs[len(history.inputs) : final_frame]
        if end_frame is not None and end_frame <= final_frame:
            history.end_frame = end_frame
        self._take_checksums(history, final_frame)
        checker.forget_final(confirmed_frame)

    def _take_checksums(self, history: EpisodeHistory, final_frame: int) -> None:
        slots = self._checker.slots
        for frame in range(self._next_frame, final_frame + 1):
            slot = slots.get(frame)
            if slot is not None:
                history.checksums[frame] = checksum_of(self._canonical_bytes(slot.state))
                self._next_frame = frame + 1
