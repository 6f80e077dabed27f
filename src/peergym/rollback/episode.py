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

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from math import floor

from peergym.rollback import canonical
from peergym.rollback.config import NOBODY, SessionConfig
from peergym.rollback.desync import Canonical, ChecksumComparer
from peergym.rollback.local_inputs import LocalInputs
from peergym.rollback.past_inputs import PastInputs, Row
from peergym.rollback.prediction import Predictor
from peergym.rollback.requests import LoadState, Request, ResetEpisode
from peergym.rollback.seats import Seats
from peergym.rollback.sync_layer import SyncLayer
from peergym.rollback.tick_clock import TickClock
from peergym.rollback.wire import InputRun

Views = list[list[int]]
"""For each remote peer, the newest frame it is known to hold of each player."""


MOST_ROWS = 1200  # of confirmed inputs kept for those who follow: 20 s at 60 Hz
CATCH_UP_FRAMES = 8  # most new frames a tick of somebody who is behind: as a rollback costs


@dataclass(frozen=True, slots=True)
class Ending:
    """How an episode ended: at which frame, in which state."""

    frame: int
    checksum: int


class Episode:
    """Everything of a match that counts frames.

    Args:
        config: The match.
        seats: Who runs which seat.
        others: The other members, with whom checksums are compared.
        number: Number of the episode, from 0.
        start_s: When the first frame is due.
        canonical_bytes: Turns a saved state into its canonical bytes.
        predictor: Guesses missing inputs.
        first_frame: Where we begin: 0, or the frame of a state that was transferred.
        state: That state, as the game loads it.
        is_told: Whether the inputs of all seats, empty ones too, are told by somebody else.

    Attributes:
        rows: The newest confirmed inputs of all players, by frame, ascending; where states cannot
            be sent, `PastInputs`, which has all since frame 0.
    """

    def __init__(
        self,
        config: SessionConfig,
        seats: Seats,
        others: tuple[int, ...],
        number: int,
        start_s: float,
        canonical_bytes: Canonical,
        predictor: Predictor | None,
        first_frame: int = 0,
        state: object = None,
        *,
        is_told: bool = False,
    ) -> None:
        self.number = number
        self.seed = episode_seed(config.seed, number)
        self.sync = SyncLayer(config, predictor, first_frame)
        self.clock = TickClock(config.frame_period_s, start_s, first_frame)
        self.local_inputs = LocalInputs(seats.players_of(config.local_peer), self.sync)
        self.comparer = ChecksumComparer(
            others, canonical_bytes, config.checksum_interval_frames, first_frame
        )
        self.end_frame: int | None = None
        self.rows: deque[Row] = deque(maxlen=MOST_ROWS)
        if not config.sends_states:
            self.rows = PastInputs(config.input_bits, MOST_ROWS, first_frame)
        self._canonical_bytes = canonical_bytes
        self._ceiling_frames = config.input_buffer_frames
        self._is_reset_due = True
        self._state = state
        self._vacant_until = -1
        self._replacement: tuple[int, object] | None = None
        if first_frame:
            self.sync.snapshots.new_slot(first_frame).put(state)
        for player, owner in enumerate(seats.owners):
            if owner == NOBODY and not is_told:
                self.sync.queues[player].vacate(first_frame)

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

    def simulate(
        self, requests: list[Request], views: Views, most_frames: int = 1
    ) -> tuple[int, int]:
        """Append what this tick has to simulate.

        Args:
            requests: The list of this tick, which grows.
            views: What the remote peers hold.
            most_frames: New frames at most; more than 1 for somebody who is behind.

        Returns:
            (frames simulated again, new frames).
        """
        depth = self._correct(requests)
        self._confirm(min([self.sync.complete_frame, *[min(view) for view in views]]))
        self.local_inputs.complete()
        return depth, self._advance(requests, most_frames)

    def follow(self, requests: list[Request]) -> int:
        """Append what a tick of somebody who only follows has to simulate: what is confirmed.

        Returns:
            New frames.
        """
        self._correct(requests)
        self._confirm(self.sync.complete_frame)
        behind = self.sync.complete_frame + 1 - self.sync.frame
        return self._advance(requests, min(behind, CATCH_UP_FRAMES))

    def _correct(self, requests: list[Request]) -> int:
        sync = self.sync
        if self._is_reset_due:
            self._is_reset_due = False
            requests.append(ResetEpisode(self.number, self.seed))
            if sync.frame:
                requests.append(LoadState(sync.frame, self._state, is_foreign=True))
        depth = self._put_in_place(requests) or sync.correct(requests)
        sync.save(requests)
        return depth

    def replace(self, frame: int, state: object) -> None:
        """Put another peer's state in the place of ours, as soon as we are as far.

        Args:
            frame: A frame that the other peer has confirmed.
            state: The state of that frame, as the game loads it.
        """
        self._replacement = (frame, state)

    def _put_in_place(self, requests: list[Request]) -> int:
        """Go on from a state that replaces ours. Returns the frames simulated again."""
        sync = self.sync
        if self._replacement is None or self._replacement[0] > sync.frame:
            return 0
        frame, state = self._replacement
        self._replacement = None
        final = {row: inputs for row, inputs in self.rows if row >= frame}
        return sync.replace(requests, frame, state, final)

    def _confirm(self, held_by_all: int) -> None:
        """Move the confirmed frame, keep the inputs up to there for followers, and discard."""
        sync = self.sync
        while sync.confirmed_frame < held_by_all:
            sync.confirmed_frame += 1
            frame = sync.confirmed_frame
            self.rows.append((frame, tuple([queue.real(frame) for queue in sync.queues])))
        sync.discard(self.comparer.next_frame)

    def _advance(self, requests: list[Request], most_frames: int) -> int:
        sync = self.sync
        advanced = 0
        while advanced < most_frames and sync.can_advance():
            if advanced:
                sync.save(requests)
                self.local_inputs.complete()
            sync.advance(requests)
            advanced += 1
        return advanced

    def held(self) -> tuple[int, ...]:
        """For each player, the newest frame held without a gap; see `vacant_until` for empty ones.

        Source: rule 1 of the design: the view is the acknowledgement.
        """
        return self.sync.held(self.vacant_until)

    @property
    def vacant_until(self) -> int:
        """Nobody may take an empty seat at this frame or below without our having agreed.

        Everything that is confirmed lies below it on every peer, since it moves with our own
        inputs, so a seat that is taken after it changes nothing that is final.
        """
        queues = self.sync.queues
        own = [queues[player].held for player in self.local_inputs.players]
        if own:
            self._vacant_until = max(self._vacant_until, min(own))
        return self._vacant_until

    @property
    def newest_frame(self) -> int:
        """The newest frame that we have given an input for, or simulated."""
        queues = self.sync.queues
        return max(
            [self.sync.frame, *[queues[player].held for player in self.local_inputs.players]]
        )

    def hold_back(self, player: int, frame: int, *, is_ours: bool) -> None:
        """Count nothing of a seat from ``frame`` on, which somebody else will run.

        Args:
            player: The seat: an empty one, or an agent's.
            frame: The first frame that is not ours to know.
            is_ours: Whether we run the agent; then it repeats its input up to there.
        """
        queue = self.sync.queues[player]
        if queue.is_vacant:
            queue.occupy(frame, self.sync.frame, self.sync.snapshots.oldest_frame)
        elif is_ours:
            self.local_inputs.finish_player(player, frame - 1)
        if queue.newest >= frame:  # an agent's, from after a proposal that we had withdrawn
            queue.cut(frame - 1)

    def release(self, player: int, frame: int, *, is_ours: bool, is_empty: bool) -> None:
        """Nobody else runs the seat from ``frame`` on after all.

        Args:
            player: The seat.
            frame: As it was held back from.
            is_ours: Whether our agent goes on in it.
            is_empty: Whether nobody runs it.
        """
        if is_ours:
            self.local_inputs.add_player(player, 0)
        elif is_empty:
            self.sync.queues[player].vacate(frame)
            self._vacant_until = max(self._vacant_until, frame - 1)  # as we have said meanwhile

    def vacate_told(self, seats: Seats) -> None:
        """Count the seats in which nobody sits as empty, from what we were told of them on.

        Not before we know all that was put in there while somebody sat in them.

        Args:
            seats: Who runs which, as the members say.
        """
        for player, (owner, since) in enumerate(zip(seats.owners, seats.since(), strict=True)):
            queue = self.sync.queues[player]
            if owner == NOBODY and not queue.is_vacant and queue.held + 1 >= since:
                queue.vacate(queue.held + 1)

    def enter(self, seats: Seats, players: tuple[int, ...], frame: int) -> None:
        """Take part from now on in what we were told so far.

        Args:
            seats: Who runs which.
            players: Our seats.
            frame: The first frame on which our inputs act.
        """
        self.vacate_told(seats)
        for player in players:
            self.local_inputs.add_player(player, 0, frame)

    def take_in(self, player: int, runs: tuple[InputRun, ...]) -> None:
        """Put a remote player's inputs into its queue, as far ahead as is bounded."""
        ceiling = self.sync.frame + self._ceiling_frames
        for run in runs:
            self.sync.queues[player].add_run(run.first_frame, run.values, ceiling)

    @property
    def oldest_row(self) -> int:
        """The oldest frame whose inputs are held, or could be if they were known."""
        return self.rows[0][0] if self.rows else self.sync.confirmed_frame + 1

    def run_of(self, player: int, first: int, last: int) -> tuple[int, ...]:
        """A player's inputs, of confirmed frames too, which the queues may have discarded.

        Whoever has just come may lack them: what is confirmed counts on his being told.

        Args:
            player: Whose.
            first: At least `oldest_row`.
            last: At most the newest frame held.
        """
        skip = first - self.oldest_row
        told = tuple([row[1][player] for row in islice(self.rows, skip, skip + last - first + 1)])
        return told + self.sync.queues[player].run(first + len(told), last)

    def unacknowledged(self, player: int, views: Views) -> tuple[InputRun, ...]:
        """A local player's inputs since the oldest that any peer lacks."""
        queue = self.sync.queues[player]
        first = min([view[player] for view in views], default=queue.held) + 1
        if first > queue.held or player not in self.local_inputs.players:
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
