"""The tables of the index, and the database that they are in.

SQLAlchemy's Core and nothing that only SQLite has, but for what `open_database` sets up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from peergym.errors import ConfigurationError

SCHEMA_VERSION = 1
DATABASE = "records.sqlite"
BUSY_S = 20.0  # how long a writer waits for another; each takes milliseconds

METADATA = sa.MetaData()

SCHEMA = sa.Table("schema_version", METADATA, sa.Column("version", sa.Integer, nullable=False))

GAMES = sa.Table(
    "games",
    METADATA,
    sa.Column("digest", sa.String(32), primary_key=True),
    sa.Column("spec", sa.String(500), primary_key=True),
    sa.Column("name", sa.String(500), nullable=False),
)

MATCHES = sa.Table(
    "matches",
    METADATA,
    sa.Column("match_id", sa.String(24), primary_key=True),
    sa.Column("room", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(32), nullable=False),
    sa.Column("spec", sa.String(500), nullable=False),
    sa.Column("seed", sa.String(20), nullable=False),  # beyond a signed 64-bit number
    sa.Column("started_s", sa.Integer, nullable=False),
    sa.Column("is_compared", sa.Boolean, nullable=False),
    sa.Column("agreement", sa.JSON, nullable=False),
    sa.Index("matches_by_start", "started_s", "match_id"),
    sa.Index("matches_to_compare", "is_compared"),
)

RECORDS = sa.Table(
    "records",
    METADATA,
    sa.Column("match_id", sa.String(24), primary_key=True),
    sa.Column("peer", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(32), nullable=False),
    sa.Column("is_sealed", sa.Boolean, nullable=False),
    sa.Column("frames", sa.Integer, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("stored_s", sa.Float, nullable=False),
    sa.Column("check_state", sa.String(10), nullable=False),
    sa.Column("check_result", sa.JSON, nullable=False),
    sa.Index("records_to_check", "check_state", "stored_s"),
)


def open_database(folder: Path) -> sa.Engine:
    """Open the index of a folder; made if it is not there.

    Raises:
        ConfigurationError: It cannot be used, or a newer peergym made it.
    """
    path = folder / DATABASE
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_S}
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    try:
        with for_writing(engine).begin() as connection:
            METADATA.create_all(connection)
            found = connection.execute(sa.select(SCHEMA.c.version)).scalar()
            if found is None:
                connection.execute(sa.insert(SCHEMA).values(version=SCHEMA_VERSION))
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise ConfigurationError(
            "data", f"the index of the records, {path}, cannot be used: {error.orig}"
        ) from error
    if found not in (None, SCHEMA_VERSION):
        engine.dispose()
        raise ConfigurationError(
            "data",
            f"{path} is of version {found}, made by a newer peergym; this one knows version "
            f"{SCHEMA_VERSION}. Use the newer one, or another folder with --data",
        )
    return engine


def for_writing(engine: sa.Engine) -> sa.Engine:
    """The same database; transactions on it are the only ones that write while they last."""
    return engine.execution_options(is_writing=True)


def _prepare(connection: Any, _: Any) -> None:
    # The driver's own idea of transactions begins them late; `_begin` does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # What is acknowledged must be there after a loss of power too, not only of the process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
