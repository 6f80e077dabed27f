"""Keeps the rooms on disk, so that a restart of the server does not end them.

Theory of operation: each room that changes is written, one row of JSON, before anybody is told of
the change. A server reads back what another run of the same server left: same version of the game,
same port. Written without waiting for the disk: this is for a process that ends, not for a machine
that loses its power.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

ROOMS_FILE = "rooms.sqlite"

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS rooms (
    room_id TEXT PRIMARY KEY, server TEXT NOT NULL, saved_s REAL NOT NULL, data TEXT NOT NULL
);
"""

SavedRoom = dict[str, Any]


class RoomStore:
    """The rooms of one server, saved.

    Args:
        data_dir: Folder that keeps them, beside the server's secret.
        server: Which server's, of those that share the folder.
        lifetime_s: Rooms that were saved longer ago are forgotten.
    """

    def __init__(self, data_dir: Path, server: str, lifetime_s: float) -> None:
        self._server = server
        self._lifetime_s = lifetime_s
        path = data_dir / ROOMS_FILE
        # Used by one thread at a time, but not always by the same.
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # Whoever reads it can take everybody's place.
        path.chmod(0o600)
        self._database.executescript(SCHEMA)

    def load(self, now_s: float) -> list[tuple[float, SavedRoom]]:
        """Return what was saved, each with the seconds since then, oldest first.

        Args:
            now_s: Seconds since 1970.
        """
        oldest_s = now_s - self._lifetime_s
        self._database.execute("DELETE FROM rooms WHERE saved_s < ?", (oldest_s,))
        rows = self._database.execute(
            "SELECT saved_s, data FROM rooms WHERE server = ? ORDER BY rowid", (self._server,)
        ).fetchall()
        found = []
        for saved_s, data in rows:
            with contextlib.suppress(ValueError):
                found.append((max(0.0, now_s - saved_s), json.loads(data)))
        return found

    def save(self, changes: Mapping[str, SavedRoom | None], now_s: float) -> None:
        """Write the rooms that have changed; None for those that are no more.

        A disk that fails costs only what this is for: it is logged.

        Args:
            changes: By the name of the room.
            now_s: Seconds since 1970.
        """
        try:
            with self._database:
                self._database.execute("BEGIN")
                for room_id, saved in changes.items():
                    self._write(room_id, saved, now_s)
        except sqlite3.Error:
            log.exception("rooms could not be saved; they will not outlive a restart")

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def _write(self, room_id: str, saved: SavedRoom | None, now_s: float) -> None:
        if saved is None:
            self._database.execute("DELETE FROM rooms WHERE room_id = ?", (room_id,))
            return
        row = (room_id, self._server, now_s, json.dumps(saved))
        self._database.execute(
            "INSERT INTO rooms VALUES (?, ?, ?, ?) ON CONFLICT (room_id) "
            "DO UPDATE SET saved_s = excluded.saved_s, data = excluded.data",
            row,
        )
