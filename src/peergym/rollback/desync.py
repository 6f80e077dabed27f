"""Noticing that two peers no longer hold the same state, and where they differ.

Theory of operation: every peer computes a checksum of the canonical bytes of every n-th frame once
that frame is confirmed, so after its last correction, and reports it. Reports of the others wait
until our own checksum of that frame is there. At the first difference both states are kept, each
side sends the other its canonical bytes, and the first differing field is named.

Laws:
    - Only checksums of frames that were confirmed in an earlier tick are computed: no false alarm.
    - One desync is raised in an episode, however many frames differ after it, until a repair.
    - The newest state known equal and the first known different are kept; everything that waits
      is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from peergym.rollback import canonical
from peergym.rollback.control import MAX_STATE_BYTES, StateDump, split_state
from peergym.rollback.snapshots import Snapshots
from peergym.rollback.wire import WireError

MOST_PENDING_REPORTS = 256  # of one peer: four minutes at one a second, four seconds at 60
MOST_OWN_CHECKSUMS = 512
NEVER = 1 << 62  # as a frame: later than any

Canonical = Callable[[object], bytes]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first frame at which we differ from a peer, and the last at which we did not."""

    peer: int
    frame: int
    local_checksum: int
    remote_checksum: int
    last_equal_frame: int


class ChecksumComparer:
    """Checksums of one episode, ours and the others'.

    Args:
        peers: With whom to compare.
        canonical_bytes: Turns a saved state into its canonical bytes.
        interval: Frames between two checksums.
        first_frame: Where we begin.

    Attributes:
        next_frame: The oldest frame that needs a checksum and has none.
        first_different: The first frame found different and our state of it, until `resume`.
        dropped_reports: Checksums of others that could not be compared.
    """

    def __init__(
        self,
        peers: tuple[int, ...],
        canonical_bytes: Canonical,
        interval: int,
        first_frame: int = 0,
    ) -> None:
        self._canonical_bytes = canonical_bytes
        self._interval = interval
        self.next_frame = -(-first_frame // interval) * interval
        self._own: dict[int, tuple[int, object]] = {}
        self._pending: dict[int, dict[int, int]] = {peer: {} for peer in peers}
        self._own_end: tuple[int, int] | None = None
        self._end_reports: dict[int, tuple[int, int]] = {}
        self.dropped_reports = 0
        self._equal_frames = dict.fromkeys(peers, -1)
        self.first_different: tuple[int, object] | None = None
        self._at_difference: dict[int, int] = {}
        self._counts_from: dict[int, int] = {}

    def add_peer(self, peer: int, frame: int) -> None:
        """Compare with one more peer what lies at ``frame`` and above.

        Args:
            peer: Who.
            frame: The same for everybody who compares with it, so that all wait for the same.
        """
        self._pending[peer] = {}
        self._equal_frames[peer] = frame - 1
        self._counts_from[peer] = frame

    def remove_peer(self, peer: int) -> None:
        """Compare with a peer no longer: it is gone."""
        for kept in (self._pending, self._equal_frames, self._end_reports, self._counts_from):
            kept.pop(peer, None)

    def compute(
        self, snapshots: Snapshots, confirmed_frame: int, end_frame: int | None
    ) -> list[tuple[int, int]]:
        """Checksums of the frames that have become final since the last call.

        Args:
            snapshots: Holds the states; none may be awaiting a correction.
            confirmed_frame: As of the previous tick.
            end_frame: First frame at which the game had terminated; nothing after it is compared.

        Returns:
            (frame, checksum), ascending.
        """
        computed: list[tuple[int, int]] = []
        limit = confirmed_frame + 1 if end_frame is None else min(confirmed_frame + 1, end_frame)
        while self.next_frame <= limit:
            slot = snapshots.get(self.next_frame)
            if slot is None or slot.state is None:
                break
            checksum = canonical.checksum(self._canonical_bytes(slot.state))
            computed.append((self.next_frame, checksum))
            if self.first_different is None:  # else nothing is compared before a repair
                self._own[self.next_frame] = (checksum, slot.state)
                self._forget_old()
            self.next_frame += self._interval
        return computed

    def add_report(self, peer: int, frame: int, checksum: int) -> None:
        """Keep a peer's checksum until ours is there; too many are dropped and counted."""
        pending = self._pending.get(peer)
        if pending is None or frame < self._counts_from.get(peer, 0):
            return
        if self.first_different is not None and frame == self.first_different[0]:
            self._at_difference[peer] = checksum
        if len(pending) >= MOST_PENDING_REPORTS:
            self.dropped_reports += 1
            return
        pending[frame] = checksum

    def note_end(self, frame: int, checksum: int, state: object) -> None:
        """Our episode has ended at ``frame`` in ``state``."""
        self._own[frame] = (checksum, state)
        self._own_end = (frame, checksum)

    def add_end_report(self, peer: int, frame: int, checksum: int) -> None:
        """A peer's episode has ended; kept until ours has."""
        self._end_reports[peer] = (frame, checksum)

    def compare(self) -> Mismatch | None:
        """Compare what can be compared.

        Returns:
            The first difference; None while there is none, and after it has been returned once.
        """
        if self.first_different is not None:
            return None
        for peer, pending in self._pending.items():
            for frame in sorted(pending):
                own = self._own.get(frame)
                if own is None:
                    if frame < self.next_frame:  # no longer held: never an alarm
                        del pending[frame]
                        self.dropped_reports += 1
                    continue
                remote = pending.pop(frame)
                if own[0] != remote:
                    return self._differ(peer, frame, remote)
                self._equal_frames[peer] = frame
        self._forget_old()
        return self._compare_ends()

    @property
    def last_equal_frame(self) -> int:
        """The newest frame at which all peers are known to have been equal; -1 for none."""
        return min(self._equal_frames.values(), default=-1)

    def _forget_old(self) -> None:
        """Keep the newest state known equal, and what has still to be compared."""
        own = self._own
        equal = self.last_equal_frame if self._equal_frames else self.next_frame
        while len(own) > 1:
            oldest, following = islice(own, 2)
            if following > equal and len(own) <= MOST_OWN_CHECKSUMS:
                return
            del own[oldest]

    def _compare_ends(self) -> Mismatch | None:
        if self._own_end is not None:
            for peer, end in self._end_reports.items():
                counts = self._counts_from.get(peer, 0) <= self._own_end[0]
                if counts and end != self._own_end:
                    return self._differ(peer, self._own_end[0], end[1])
        return None

    @property
    def last_equal(self) -> tuple[int, object] | None:
        """The newest frame at which all were equal and that we still hold, with its state."""
        equal = [frame for frame in self._own if frame <= self.last_equal_frame]
        return (equal[-1], self._own[equal[-1]][1]) if equal else None

    @property
    def newest_agreed(self) -> tuple[int, int] | None:
        """The newest frame at which all were equal, with its checksum; our own while alone."""
        newest = self.last_equal_frame if self._equal_frames else self.next_frame
        agreed = [frame for frame in self._own if frame <= newest]
        return (agreed[-1], self._own[agreed[-1]][0]) if agreed else None

    def checksums_at_difference(self, peers: Iterable[int]) -> dict[int, int] | None:
        """Everybody's checksum of the first different frame, once all are known.

        Args:
            peers: All members, we included.

        Returns:
            By peer; None while one is missing, or nothing differs that could be repaired.
        """
        if self.first_different is None or self._own_end is not None:
            return None
        frame = self.first_different[0]
        checksum = self._own[frame][0]
        known: dict[int, int] = {}
        for peer in peers:
            remote: int | None = checksum
            if peer in self._equal_frames and self._equal_frames[peer] < frame:
                remote = self._at_difference.get(peer)
            if remote is None:
                return None
            known[peer] = remote
        return known

    def resume(self, peers: Iterable[int], frame: int) -> None:
        """Compare again, after a repair, what lies at ``frame`` and above.

        Args:
            peers: Whose checksums count; of the others none do until `count_again`.
            frame: The first frame that does.
        """
        counting = set(peers)
        self.first_different = None
        self._at_difference.clear()
        self._own.clear()
        self.next_frame = -(-max(frame, 0) // self._interval) * self._interval
        for peer, pending in self._pending.items():
            self._equal_frames[peer] = frame - 1
            self._counts_from[peer] = frame if peer in counting else NEVER
            for reported in [f for f in pending if f < self._counts_from[peer]]:
                del pending[reported]

    def count_again(self, peer: int, frame: int) -> None:
        """A peer's checksums count again, from ``frame`` on."""
        if peer in self._pending:
            self._counts_from[peer] = frame
            self._equal_frames[peer] = max(self._equal_frames[peer], frame - 1)

    def _differ(self, peer: int, frame: int, remote: int) -> Mismatch:
        checksum, state = self._own[frame]
        self.first_different = (frame, state)
        self._at_difference = {
            other: pending[frame] for other, pending in self._pending.items() if frame in pending
        }
        self._at_difference[peer] = remote
        return Mismatch(peer, frame, checksum, remote, self._equal_frames[peer])

    def parts_of_first_different(self, episode: int) -> tuple[StateDump, ...]:
        """Our state of the first different frame, cut for ``control``; none if it is too large."""
        if self.first_different is None:
            return ()
        frame, state = self.first_different
        data = self._canonical_bytes(state)
        return split_state(episode, frame, data) if len(data) <= MAX_STATE_BYTES else ()


class DumpAssembly:
    """The parts of one peer's state dump, until they are whole."""

    def __init__(self) -> None:
        self._frame = -1
        self._parts: list[bytes] = []

    def add(self, dump: StateDump) -> tuple[int, bytes] | None:
        """Add a part.

        Returns:
            (frame, bytes) with the last part, else None.

        Raises:
            WireError: The parts come out of order.
        """
        if dump.part == 0:
            self._frame, self._parts = dump.frame, []
        if dump.frame != self._frame or dump.part != len(self._parts):
            raise WireError(f"state dump of frame {dump.frame}: part {dump.part} out of order")
        self._parts.append(dump.data)
        if len(self._parts) < dump.parts:
            return None
        whole, self._parts, self._frame = b"".join(self._parts), [], -1
        return dump.frame, whole
