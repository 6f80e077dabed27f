"""Snapshots by frame.

Laws:
    - Nothing below the newest snapshot that is not above the keep frame survives `prune_below`;
      nothing above it is ever pruned.
    - A slot's state is opaque here and never mutated, so it can be loaded any number of times.
"""

from __future__ import annotations

from peergym.errors import InvariantError
from peergym.rollback.requests import SnapshotSlot


class Snapshots:
    """The snapshots of one timeline, oldest first."""

    def __init__(self) -> None:
        self._slots: dict[int, SnapshotSlot] = {}

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, frame: int) -> bool:
        return frame in self._slots

    @property
    def oldest_frame(self) -> int:
        """The frame of the oldest snapshot; 0 without any."""
        return min(self._slots, default=0)

    def new_slot(self, frame: int) -> SnapshotSlot:
        """Make the slot for ``frame``, in place of one from before a correction."""
        slot = self._slots[frame] = SnapshotSlot(frame)
        return slot

    def clear(self) -> None:
        """Drop all: they belong to a history that does not count any more."""
        self._slots.clear()

    def get(self, frame: int) -> SnapshotSlot | None:
        """The snapshot of ``frame``, if there is one."""
        return self._slots.get(frame)

    def newest_not_above(self, frame: int) -> SnapshotSlot:
        """The snapshot to go back to in order to simulate ``frame`` again.

        Raises:
            InvariantError: It has been pruned, which must not happen.
        """
        slot = self._slots.get(frame)
        if slot is not None:
            return slot
        below = [held for held in self._slots if held <= frame]
        if not below:
            raise InvariantError(f"no snapshot at or below frame {frame}")
        return self._slots[max(below)]

    def oldest_not_below(self, frame: int) -> SnapshotSlot | None:
        """The first snapshot at or after ``frame``, if there is one."""
        above = [held for held in self._slots if held >= frame]
        return self._slots[min(above)] if above else None

    def prune_below(self, frame: int) -> int:
        """Drop what is older than the snapshot to go back to for ``frame``.

        Returns:
            The frame of the oldest snapshot that is left.
        """
        slots = self._slots
        if frame in slots:
            keep_from = frame
        else:
            below = [held for held in slots if held <= frame]
            if not below:
                return min(slots, default=frame)
            keep_from = max(below)
        for held in [held for held in slots if held < keep_from]:
            del slots[held]
        return keep_from
