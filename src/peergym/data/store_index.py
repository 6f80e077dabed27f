"""What the index is told and asked; every call is part of a transaction of its caller."""

from __future__ import annotations

from hashlib import blake2b

import sqlalchemy as sa

from peergym.data.store_intake import Summary
from peergym.data.store_model import (
    Agreeing,
    Agreement,
    CheckResult,
    GameSource,
    RecordClaim,
    Stored,
)
from peergym.data.store_tables import GAMES, MATCHES, RECORDS


def note_game(connection: sa.Connection, game: GameSource) -> None:
    """Note what is served, unless that is known."""
    if find_game(connection, game.digest, game.spec) is None:
        values = {"digest": game.digest, "spec": game.spec, "name": game.name}
        connection.execute(sa.insert(GAMES).values(values))


def find_game(connection: sa.Connection, digest: str, spec: str) -> GameSource | None:
    """Return a game that was served."""
    is_it = sa.and_(GAMES.c.digest == digest, GAMES.c.spec == spec)
    row = connection.execute(sa.select(GAMES).where(is_it)).first()
    return None if row is None else GameSource(row.digest, row.spec, row.name)


def note_match(connection: sa.Connection, claim: RecordClaim) -> None:
    """Note a match of which a record is about to be stored, unless it is known."""
    if find_match(connection, claim.match_id) is None:
        connection.execute(
            sa.insert(MATCHES).values(
                match_id=claim.match_id,
                room=claim.room,
                digest=claim.digest,
                spec=claim.spec,
                seed=str(claim.seed),
                started_s=claim.started_s,
                is_compared=True,
                agreement=Agreement(Agreeing.SINGLE).to_json(),
            )
        )


def find_match(connection: sa.Connection, match_id: str) -> RecordClaim | None:
    """Return what is known of a match, as a claim of nobody's."""
    row = connection.execute(sa.select(MATCHES).where(MATCHES.c.match_id == match_id)).first()
    if row is None:
        return None
    return RecordClaim(match_id, 0, row.room, row.digest, row.spec, int(row.seed), row.started_s)


def find_record(connection: sa.Connection, match_id: str, peer: int) -> Stored | None:
    """Return what is stored of a record."""
    columns = sa.select(RECORDS.c.bytes, RECORDS.c.is_sealed)
    row = connection.execute(columns.where(is_record(match_id, peer))).first()
    return None if row is None else Stored(row.bytes, row.is_sealed)


def all_bytes(connection: sa.Connection) -> int:
    """Return how many bytes all records have."""
    return connection.execute(sa.select(sa.func.sum(RECORDS.c.bytes))).scalar() or 0


def note_record(
    connection: sa.Connection, claim: RecordClaim, data: bytes, summary: Summary, now_s: float
) -> None:
    """Note a record as it is now; what was found out about it is to be found out again."""
    forget_record(connection, claim.match_id, claim.peer)
    waiting = CheckResult()
    connection.execute(
        sa.insert(RECORDS).values(
            match_id=claim.match_id,
            peer=claim.peer,
            bytes=len(data),
            digest=blake2b(data, digest_size=16).hexdigest(),
            is_sealed=summary.is_sealed,
            frames=summary.frames,
            summary=summary.shown,
            stored_s=now_s,
            check_state=waiting.state.value,
            check_result=waiting.to_json(),
        )
    )
    of_match = RECORDS.c.match_id == claim.match_id
    count = connection.execute(sa.select(sa.func.count()).where(of_match)).scalar()
    agreement = Agreement(Agreeing.SINGLE if count == 1 else Agreeing.PENDING)
    connection.execute(
        sa.update(MATCHES)
        .where(MATCHES.c.match_id == claim.match_id)
        .values(is_compared=count == 1, agreement=agreement.to_json())
    )


def forget_record(connection: sa.Connection, match_id: str, peer: int) -> None:
    """Take a record out of the index."""
    connection.execute(sa.delete(RECORDS).where(is_record(match_id, peer)))


def is_record(match_id: str, peer: int) -> sa.ColumnElement[bool]:
    """The condition that a row is that of a record."""
    return sa.and_(RECORDS.c.match_id == match_id, RECORDS.c.peer == peer)
