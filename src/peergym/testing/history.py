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
        number: Number of the episode.
        first_frame: Where the peer began it: 0, or the frame of a state that was transferred.
        checksums: By frame, ascending; every frame, with dense saving.
        inputs: Per confirmed frame from ``first_frame`` on, the inputs it was simulated with in
            the end.
        tick_times_s: Per frame from ``first_frame`` on, the virtual time at which it was simulated
            first.
        end_frame: The frame at which the episode ended, once it has.
    """

    seed: int
    number: int = 0
    first_frame: int = 0
    checksums: dict[int, int] = field(default_factory=dict)
    inputs: list[tuple[int, ...]] = field(default_factory=list)
    tick_times_s: list[float] = field(default_factory=list)
    end_frame: int | None = None

    @property
    def frames(self) -> int:
        """The last confirmed frame whose state is known, but none past the end."""
        last = next(reversed(self.checksums), self.first_frame)
        return last if self.end_frame is None else min(last, self.end_frame)


class HistoryRecorder:
    """Collects a peer's history.

    Args:
        checker: Knows the snapshots and inputs of the running episode.
        canonical_bytes: Turns a snapshot into its canonical bytes.
        frames_before: How many frames the episodes before one have taken; asked by a peer that
            was not there then.

    Attributes:
        episodes: One entry per episode that has begun for this peer, in order; two for one that a
            spectator left out a part of.
        frames: Confirmed frames of all episodes, those before our time included.
        missed_frames: How many those are.
    """

    def __init__(
        self,
        checker: RequestChecker,
        canonical_bytes: Callable[[object], bytes],
        frames_before: Callable[[int], int] = lambda episode: 0,
    ) -> None:
        self._checker = checker
        self._canonical_bytes = canonical_bytes
        self._frames_before = frames_before
        self._earlier_frames = 0
        self._next_frame = 0
        self._beginnings = 0
        self.episodes: list[EpisodeHistory] = []
        self.frames = 0
        self.missed_frames = 0

    def episode(self, number: int) -> EpisodeHistory | None:
        """What is known of an episode, the latest part; None if the peer took no part in it."""
        return next((each for each in reversed(self.episodes) if each.number == number), None)

    def note_tick(self, confirmed_frame: int, end_frame: int | None, now_s: float) -> None:
        """Take up what has become final, after the requests of a tick were carried out.

        Args:
            confirmed_frame: The session's confirmed frame; the state after it is final.
            end_frame: Where the game ended, as far as is known now.
            now_s: Virtual time.
        """
        checker = self._checker
        if checker.episode < 0:
            return
        if checker.beginnings != self._beginnings:
            self._begin()
        history = self.episodes[-1]
        while len(history.tick_times_s) < len(checker.inputs):
            history.tick_times_s.append(now_s)
        final_frame = min(confirmed_frame + 1, checker.next_frame)
        final_inputs = max(0, final_frame - history.first_frame)
        history.inputs += checker.inputs[len(history.inputs) : final_inputs]
        if end_frame is not None and end_frame <= final_frame:
            history.end_frame = end_frame
        self._take_checksums(history, final_frame)
        checker.forget_final(confirmed_frame)
        self.frames = self._earlier_frames + history.frames

    def _begin(self) -> None:
        checker = self._checker
        if not self.episodes:
            self._earlier_frames = self._frames_before(checker.episode)
            self.missed_frames = self._earlier_frames + checker.first_frame
        elif self.episodes[-1].number != checker.episode:
            self._earlier_frames += self.episodes[-1].frames
        self._beginnings = checker.beginnings
        self._next_frame = checker.first_frame
        self.episodes.append(EpisodeHistory(checker.seed, checker.episode, checker.first_frame))

    def _take_checksums(self, history: EpisodeHistory, final_frame: int) -> None:
        slots = self._checker.slots
        for frame in range(self._next_frame, final_frame + 1):
            slot = slots.get(frame)
            if slot is not None:
                history.checksums[frame] = checksum_of(self._canonical_bytes(slot.state))
                self._next_frame = frame + 1
