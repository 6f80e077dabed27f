"""The list of matches, as plain data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from peergym.data.store_model import Check, CheckResult, MatchPage
from peergym.data.store_tables import GAMES, MATCHES, RECORDS
from peergym.errors import UsageError

CURSOR = re.compile(r"(\d{1,12})-([0-9a-f]{24})")

WORST_FIRST = (
    Check.DIFFERS,
    Check.FAILED,
    Check.RUNNING,
    Check.WAITING,
    Check.REPAIRED,
    Check.VERIFIED,
)
"""What is said of a match whose records were found to be different things."""


def list_matches(connection: sa.Connection, before: str | None, limit: int) -> MatchPage:
    """Return matches of which there are records, newest first.

    Args:
        connection: A transaction.
        before: ``MatchPage.next`` of the page before; None for the first.
        limit: How many at most.

    Raises:
        UsageError: ``before`` is none.
    """
    has_record = sa.exists().where(RECORDS.c.match_id == MATCHES.c.match_id)
    order = (MATCHES.c.started_s.desc(), MATCHES.c.match_id.desc())
    chosen = (
        sa.select(MATCHES, GAMES.c.name)
        .outerjoin(
            GAMES, sa.and_(GAMES.c.digest == MATCHES.c.digest, GAMES.c.spec == MATCHES.c.spec)
        )
        .where(has_record)
        .order_by(*order)
        .limit(limit + 1)
    )
    if before is not None:
        chosen = chosen.where(_is_before(before))
    rows = connection.execute(chosen).all()
    records = _records_of(connection, [row.match_id for row in rows[:limit]])
    matches = [_describe(row, records[row.match_id]) for row in rows[:limit]]
    is_more = len(rows) > limit > 0
    last = rows[limit - 1] if is_more else None
    return MatchPage(matches, None if last is None else f"{last.started_s}-{last.match_id}")


def _is_before(cursor: str) -> sa.ColumnElement[bool]:
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise UsageError(f"{cursor[:40]!r} is not where a page of matches begins")
    started_s, match_id = int(found[1]), found[2]
    same = sa.and_(MATCHES.c.started_s == started_s, MATCHES.c.match_id < match_id)
    return sa.or_(MATCHES.c.started_s < started_s, same)


def _records_of(
    connection: sa.Connection, match_ids: Sequence[str]
) -> dict[str, list[sa.Row[Any]]]:
    chosen = sa.select(RECORDS).where(RECORDS.c.match_id.in_(match_ids)).order_by(RECORDS.c.peer)
    records: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(chosen):
        records[row.match_id].append(row)
    return records


def _describe(match: sa.Row[Any], records: Sequence[sa.Row[Any]]) -> dict[str, Any]:
    # The longest record knows most; of equals the first, so that it is always the same.
    fullest = max(records, key=lambda record: record.frames)
    return {
        "match_id": match.match_id,
        "room": match.room,
        "game": match.name or match.spec,
        "spec": match.spec,
        "digest": match.digest,
        "started": datetime.fromtimestamp(match.started_s, UTC).isoformat(),
        "duration_s": fullest.summary["duration_s"],
        "frames": fullest.frames,
        "episodes": fullest.summary["episodes"],
        "players": fullest.summary["players"],
        "records": [_describe_record(record) for record in records],
        "agreement": match.agreement,
        "verification": _worst([record.check_result for record in records]),
    }


def _describe_record(record: sa.Row[Any]) -> dict[str, Any]:
    return {
        "peer": record.peer,
        "bytes": record.bytes,
        "sealed": record.is_sealed,
        "frames": record.frames,
        "reason": record.summary["reason"],
        "digest": record.digest,
        "stored": datetime.fromtimestamp(record.stored_s, UTC).isoformat(timespec="seconds"),
        "verification": record.check_result,
    }


def _worst(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of the results about a match's records the one that says most."""
    states = [state.value for state in WORST_FIRST]
    return min(
        results,
        key=lambda result: states.index(result["state"]),
        default=CheckResult().to_json(),
    )
