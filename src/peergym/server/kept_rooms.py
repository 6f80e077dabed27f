"""Between the rooms and their store: what is read back at the start, and written at each change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from peergym.server.record_tokens import RecordIssuer
from peergym.server.room_store import RoomStore, SavedRoom
from peergym.signalling import Rooms, read_room, save_room

log = logging.getLogger(__name__)


class KeptRooms:
    """The rooms of one server, and what is kept of them.

    Args:
        rooms: Where members sit.
        store: Keeps them.
        records: Makes the tokens with which records of their matches are stored.
        clock: The rooms' clock.
        wall_clock: Seconds since 1970.
    """

    def __init__(
        self,
        rooms: Rooms,
        store: RoomStore,
        records: RecordIssuer,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._records = records
        self._clock = clock
        self._wall_clock = wall_clock

    def restore(self) -> None:
        """Take in what an earlier run of this server left."""
        for passed_s, saved in self._store.load(self._wall_clock()):
            try:
                room = read_room(saved["room"], self._clock())
                started_s = saved["started_s"]
            except (KeyError, TypeError, ValueError):
                log.warning("a saved room cannot be read and is left out")
                continue
            room.created_s -= passed_s
            if self._rooms.restore(room) and room.match is not None:
                match = room.match
                self._records.note_match(match.match_id, match.seed, room.code, started_s)

    async def save(self) -> None:
        """Write what has changed, off the loop."""
        changes = self._take()
        if changes:
            await asyncio.to_thread(self._store.save, changes, self._wall_clock())

    def close(self) -> None:
        """Write what has changed since, and let the store go."""
        self._store.save(self._take(), self._wall_clock())
        self._store.close()

    def _take(self) -> dict[str, SavedRoom | None]:
        """Take what is to be written, and note the matches that have begun with it."""
        changes: dict[str, SavedRoom | None] = {}
        for room_id, room in self._rooms.changes_to_save().items():
            changes[room_id] = None
            if room is None:
                continue
            match, started_s = room.match, None
            if match is not None:
                started_s = self._records.note_match(match.match_id, match.seed, room.code)
            changes[room_id] = {"room": save_room(room, self._clock()), "started_s": started_s}
        return changes
