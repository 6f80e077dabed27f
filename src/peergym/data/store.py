"""Keeps the records of matches: files, and an index of them.

Theory of operation: a record comes whole, again and again while its match is played, each time
longer; what is stored must be its beginning. The file is written first, then the index in one
transaction, then the answer goes out. So a crash leaves at most a file that is longer than the
index says, which nobody was told of; it is taken in when the store is opened.

Laws:
    - What was acknowledged is there after a crash at any moment.
    - What is stored never gets shorter and never changes; a record that contradicts it is refused.
    - Names of files are made of a match id and a number that were checked, and of nothing else.

All calls block, and may come from any thread and from several processes at once.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import OperationalError

from peergym.data import store_index as index
from peergym.data.store_files import AtomicFiles
from peergym.data.store_intake import examine
from peergym.data.store_listing import list_matches
from peergym.data.store_model import (
    GameSource,
    MatchPage,
    RecordClaim,
    Refusal,
    RefusalCode,
    Stored,
    StoreLimits,
)
from peergym.data.store_names import record_name, runtime_name
from peergym.data.store_recovery import take_in_unindexed
from peergym.data.store_tables import for_writing, open_database
from peergym.errors import ConfigurationError, InvariantError

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
TRIES = 10
"""How often somebody else may have stored more of the same record while we read ours."""


class RecordStore:
    """The records in one folder.

    Args:
        folder: The folder; made if it is not there.
        clock: Seconds since 1970.
        limits: How much is taken.

    Attributes:
        engine: The index.
        limits: The same.

    Raises:
        ConfigurationError: The folder cannot be used, or a newer peergym filled it.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], float], limits: StoreLimits | None = None
    ) -> None:
        self.limits = limits or StoreLimits()
        self._clock = clock
        self._files = AtomicFiles(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._files.clean()
        except OSError as error:
            raise ConfigurationError("data", f"{folder} cannot be used: {error}") from error
        self.engine = open_database(folder)
        self._writer = for_writing(self.engine)
        take_in_unindexed(self._files, self._writer, self.limits)

    def close(self) -> None:
        """Close the index."""
        self.engine.dispose()

    # --- games

    def note_game(self, game: GameSource, runtime: bytes) -> None:
        """Keep what browsers run, so that its records can be executed again one day.

        Raises:
            ConfigurationError: It cannot be written.
        """
        name = runtime_name(game.digest)
        try:
            if not self._files.path(name).exists():
                self._files.put(name, runtime)
        except OSError as error:
            raise ConfigurationError("data", f"the game cannot be kept: {error}") from error
        with self._writer.begin() as connection:
            index.note_game(connection, game)

    def runtime_path(self, digest: str) -> Path:
        """Return where the zip of a digest is, if it is there."""
        return self._files.path(runtime_name(digest))

    # --- records

    def put(self, claim: RecordClaim, data: bytes) -> Stored | Refusal:
        """Store a record, or more of one.

        Args:
            claim: Whose it is, as its token says.
            data: All of it so far.

        Returns:
            What is stored then; or why nothing has changed.

        Raises:
            OSError: The disk does not work.
        """
        name = record_name(claim.match_id, claim.peer)
        for _ in range(TRIES):
            stored = self._files.read(name)
            # Not a bug: of the two, the longer one is indexed. A crash may have left a file that
            # the index does not know.
            whole = stored if stored is not None and stored.startswith(data) else data
            if stored is not None and not whole.startswith(stored):
                return _conflict(claim)
            if whole is stored:
                known = self._known(claim)
                if known is not None and known.stored_bytes == len(stored):
                    return known
            try:
                result = self._examine_and_store(claim, name, stored, whole)
            except (OSError, OperationalError) as error:
                if not _is_for_want_of_space(error):
                    raise
                return _full("The server's disk is full")
            if result is not None:
                return result
        raise InvariantError(f"{name} changed {TRIES} times while it was being stored")

    def read(self, match_id: str, peer: int) -> bytes | None:
        """Return a record; None if there is none."""
        return self._files.read(record_name(match_id, peer))

    def record_path(self, match_id: str, peer: int) -> Path:
        """Return where a record is, if it is there."""
        return self._files.path(record_name(match_id, peer))

    def game_name(self, match_id: str) -> str:
        """Return the name of the game of a match; empty if it is not known."""
        with self.engine.begin() as connection:
            match = index.find_match(connection, match_id)
            if match is None:
                return ""
            game = index.find_game(connection, match.digest, match.spec)
        return "" if game is None else game.name

    def list_matches(self, before: str | None = None, limit: int = 50) -> MatchPage:
        """Return matches, newest first.

        Args:
            before: Where a page before this one said that the next begins; None for the newest.
            limit: How many at most.

        Raises:
            UsageError: ``before`` is not what a page said.
        """
        with self.engine.begin() as connection:
            return list_matches(connection, before, limit)

    # --- inside

    def _known(self, claim: RecordClaim) -> Stored | None:
        with self.engine.begin() as connection:
            return index.find_record(connection, claim.match_id, claim.peer)

    def _examine_and_store(
        self, claim: RecordClaim, name: str, stored: bytes | None, whole: bytes
    ) -> Stored | Refusal | None:
        """Store; None if somebody else was faster."""
        summary = examine(claim, whole, self.limits, self._clock())
        if isinstance(summary, Refusal):
            return summary
        with self._writer.begin() as connection:
            # Before the file: a crash in between must not lose in which room that was.
            index.note_match(connection, claim)
        with self._writer.begin() as connection:
            if self._files.read(name) != stored:
                return None
            more_bytes = len(whole) - len(stored or b"")
            if index.all_bytes(connection) + more_bytes > self.limits.all_bytes:
                return _full("The server keeps as many records as it may")
            if whole is not stored:
                self._files.put(name, whole)
            index.note_record(connection, claim, whole, summary, self._clock())
        return Stored(len(whole), summary.is_sealed, is_new=stored is None)


def _is_for_want_of_space(error: OSError | OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_SPACE
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _conflict(claim: RecordClaim) -> Refusal:
    return Refusal(
        RefusalCode.CONFLICT,
        f"The server has another record of peer {claim.peer} in this match, and keeps that.",
    )


def _full(what: str) -> Refusal:
    return Refusal(
        RefusalCode.STORE_FULL, f"{what}; whoever runs it must make room, then try again."
    )
