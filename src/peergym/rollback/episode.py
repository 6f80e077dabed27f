"""One episode of a match: its timeline, its clock, its local inputs and its checksums.

Theory of operation: frames restart at 0 in each episode, so everything that counts frames lives
here and is thrown away whole; nothing of an episode can leak into the next.

The order of a tick: checksums of what was confirmed in the previous tick; the end, if it is
confirmed; correct wrong predictions; save; move the frontiers and discard; complete the local
inputs; advance, or stall. A correction is made in a stalled tick too.

Laws:
    - The end is the first confirmed frame at which the game has terminated.
    - A terminated game stands still, so simulating beyond the end changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import floor

from peergym.rollback import canonical
from peergym.rollback.config import SessionConfig
from peergym.rollback.desync import Canonical, ChecksumComparer
from peergym.rollback.local_inputs import LocalInputs
from peergym.rollback.prediction import Predictor
from peergym.rollback.requests import Request, ResetEpisode
from peergym.rollback.sync_layer import SyncLayer
from peergym.rollback.tick_clock import TickClock
from peergym.rollback.wire import InputRun

Views = list[list[int]]
"""For each remote peer, the newest frame it is known to hold of each player."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an episode ended: at which frame, in which state."""

    frame: int
    checksum: int


class Episode:
    """Everything of a match that counts frames.

    Args:
        config: The match.
        number: Number of the episode, from 0.
        start_s: When frame 0 is due.
        canonical_bytes: Turns a saved state into its canonical bytes.
        predictor: Guesses missing inputs.
    """

    def __init__(
        self,
        config: SessionConfig,
        number: int,
        start_s: float,
        canonical_bytes: Canonical,
        predictor: Predictor | None,
    ) -> None:
        self.number = number
        self.seed = episode_seed(config.seed, number)
        self.sync = SyncLayer(config, predictor)
        self.clock = TickClock(config.frame_period_s, start_s)
        self.local_inputs = LocalInputs(config.local_players, self.sync)
        self.comparer = ChecksumComparer(
            config.remote_peers, canonical_bytes, config.checksum_interval_frames
        )
        self.end_frame: int | None = None
        self._canonical_bytes = canonical_bytes
        self._ceiling_frames = config.input_buffer_frames
        self._is_reset_due = True

    def compute_checksums(self) -> list[tuple[int, int]]:
        """Checksums of the frames that the previous tick confirmed: (frame, checksum)."""
        if self._is_reset_due:
            return []
        sync = self.sync
        return self.comparer.compute(sync.snapshots, sync.confirmed_frame, self.end_frame)

    def ending(self) -> Ending | None:
        """The end of the episode, once every peer is known to hold what led to it."""
        end, sync = self.end_frame, self.sync
        if end is None or end > sync.confirmed_frame + 1:
            return None
        slot = sync.snapshots.oldest_not_below(end)
        if slot is None:
            return None
        checksum = canonical.checksum(self._canonical_bytes(slot.state))
        self.comparer.note_end(end, checksum, slot.state)
        return Ending(end, checksum)

    def simulate(self, requests: list[Request], views: Views) -> tuple[int, bool]:
        """Append what this tick has to simulate.

        Args:
            requests: The list of this tick, which grows.
            views: What the remote peers hold.

        Returns:
            (frames simulated again, whether a new frame was simulated).
        """
        if self._is_reset_due:
            self._is_reset_due = False
            requests.append(ResetEpisode(self.number, self.seed))
        sync = self.sync
        depth = sync.correct(requests)
        sync.save(requests)
        held_by_all = min([sync.complete_frame, *[min(view) for view in views]])
        sync.confirmed_frame = max(sync.confirmed_frame, held_by_all)
        sync.discard(self.comparer.next_frame)
        self.local_inputs.complete()
        advanced = sync.can_advance()
        if advanced:
            sync.advance(requests)
        return depth, advanced

    def take_in(self, player: int, runs: tuple[InputRun, ...]) -> None:
        """Put a remote player's inputs into its queue, as far ahead as is bounded."""
        ceiling = self.sync.frame + self._ceiling_frames
        for run in runs:
            self.sync.queues[player].add_run(run.first_frame, run.values, ceiling)

    def unacknowledged(self, player: int, views: Views) -> tuple[InputRun, ...]:
        """A local player's inputs since the oldest that any peer lacks."""
        queue = self.sync.queues[player]
        first = min([view[player] for view in views], default=queue.held) + 1
        if first > queue.held:
            return ()
        return (InputRun(first, queue.run(first, queue.held)),)

    def position(self, now_s: float) -> tuple[int, int]:
        """(frame, sixteenths of a frame since) on the frame axis; (-1, 0) before the first tick."""
        position = max(self.clock.position_frames(now_s), -1.0)
        frame = floor(position)
        return frame, int((position - frame) * 16)


def episode_seed(match_seed: int, episode: int) -> int:
    """The seed of an episode: 32 bits, as every generator takes.

    Derived so that no two episodes of a match share one, and all peers know it.
    """
    material = match_seed.to_bytes(8, "little") + episode.to_bytes(8, "little")
    return int.from_bytes(blake2b(material, digest_size=4).digest(), "little")
