"""What is to be found out about the records in the background, and what was.

Theory of operation: the index is the queue. What is waiting there is handed out, oldest first; a
result is noted only if the records are still those that it is about. So nothing is lost by a
crash, nothing grows in memory, and what comes meanwhile is simply found again.
"""

from __future__ import annotations

import sqlalchemy as sa

from peergym.data.store import RecordStore
from peergym.data.store_index import find_game, is_record
from peergym.data.store_model import (
    Agreement,
    Check,
    CheckResult,
    Job,
    RecordRef,
)
from peergym.data.store_tables import MATCHES, RECORDS, for_writing


class JobBook:
    """The jobs of one store.

    Args:
        store: The store.
    """

    def __init__(self, store: RecordStore) -> None:
        self._engine = store.engine
        self._writer = for_writing(store.engine)
        self._settle_s = store.limits.settle_s

    def resume(self) -> None:
        """Begin again with what was running when a server died."""
        with self._writer.begin() as connection:
            _set_check(connection, RECORDS.c.check_state == Check.RUNNING.value, CheckResult())

    def next_job(self, now_s: float) -> Job | None:
        """Return what is to be done next; a record that is handed out is running from now on.

        Args:
            now_s: Seconds since 1970.
        """
        with self._writer.begin() as connection:
            is_complete = sa.or_(RECORDS.c.is_sealed, RECORDS.c.stored_s <= now_s - self._settle_s)
            return _next_comparison(connection, is_complete) or _next_check(connection, is_complete)

    def next_due_s(self) -> float | None:
        """When a record that has no end is taken to be complete; None if none waits."""
        waiting = RECORDS.c.check_state == Check.WAITING.value
        with self._engine.begin() as connection:
            oldest = connection.execute(
                sa.select(sa.func.min(RECORDS.c.stored_s)).where(waiting)
            ).scalar()
        return None if oldest is None else oldest + self._settle_s

    def note_agreement(self, records: tuple[RecordRef, ...], agreement: Agreement) -> bool:
        """Note how the records of a match compare. Returns whether they still are these."""
        match_id = records[0].match_id
        with self._writer.begin() as connection:
            if _refs_of(connection, match_id) != records:
                return False
            connection.execute(
                sa.update(MATCHES)
                .where(MATCHES.c.match_id == match_id)
                .values(is_compared=True, agreement=agreement.to_json())
            )
        return True

    def note_check(self, record: RecordRef, result: CheckResult) -> bool:
        """Note what executing a record showed, or how far it is.

        Returns:
            Whether the record still has that length; if not, it is executed once more.
        """
        is_same = sa.and_(
            is_record(record.match_id, record.peer), RECORDS.c.bytes == record.stored_bytes
        )
        with self._writer.begin() as connection:
            return _set_check(connection, is_same, result) > 0


def _next_comparison(connection: sa.Connection, is_complete: sa.ColumnElement[bool]) -> Job | None:
    may_grow = sa.exists().where(RECORDS.c.match_id == MATCHES.c.match_id, sa.not_(is_complete))
    chosen = sa.select(MATCHES.c.match_id).where(sa.not_(MATCHES.c.is_compared), sa.not_(may_grow))
    match_id = connection.execute(chosen.order_by(MATCHES.c.started_s).limit(1)).scalar()
    if match_id is None:
        return None
    return Job(_refs_of(connection, match_id), None, is_comparison=True)


def _next_check(connection: sa.Connection, is_complete: sa.ColumnElement[bool]) -> Job | None:
    row = connection.execute(
        sa.select(RECORDS, MATCHES.c.digest.label("game"), MATCHES.c.spec)
        .join(MATCHES, MATCHES.c.match_id == RECORDS.c.match_id)
        .where(RECORDS.c.check_state == Check.WAITING.value, is_complete)
        .order_by(RECORDS.c.stored_s)
        .limit(1)
    ).first()
    if row is None:
        return None
    _set_check(connection, is_record(row.match_id, row.peer), CheckResult(Check.RUNNING, frame=0))
    ref = RecordRef(row.match_id, row.peer, row.bytes)
    return Job((ref,), find_game(connection, row.game, row.spec), is_comparison=False)


def _refs_of(connection: sa.Connection, match_id: str) -> tuple[RecordRef, ...]:
    rows = connection.execute(
        sa.select(RECORDS.c.match_id, RECORDS.c.peer, RECORDS.c.bytes)
        .where(RECORDS.c.match_id == match_id)
        .order_by(RECORDS.c.peer)
    )
    return tuple(RecordRef(row.match_id, row.peer, row.bytes) for row in rows)


def _set_check(
    connection: sa.Connection, condition: sa.ColumnElement[bool], result: CheckResult
) -> int:
    changed = connection.execute(
        sa.update(RECORDS)
        .where(condition)
        .values(check_state=result.state.value, check_result=result.to_json())
    )
    return changed.rowcount
