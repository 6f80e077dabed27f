"""What is done with an index that does not know all files, as after a crash."""

from __future__ import annotations

import logging
from dataclasses import replace
from math import inf
from pathlib import PurePath

import sqlalchemy as sa

from peergym.data import store_index as index
from peergym.data.store_files import AtomicFiles
from peergym.data.store_intake import examine, header_of
from peergym.data.store_model import DIGEST_PATTERN, RecordClaim, Refusal, StoreLimits
from peergym.data.store_names import RECORDS_PATTERN, parse_record_name, record_name
from peergym.data.store_tables import RECORDS
from peergym.errors import ReplayError

log = logging.getLogger(__name__)


def take_in_unindexed(files: AtomicFiles, writer: sa.Engine, limits: StoreLimits) -> None:
    """Index the files that the index does not know as they are, and say which have gone.

    Args:
        files: The store's files.
        writer: The index, for writing.
        limits: How much is taken.
    """
    with writer.begin() as connection:
        chosen = sa.select(RECORDS.c.match_id, RECORDS.c.peer, RECORDS.c.bytes)
        known = {(row.match_id, row.peer): row.bytes for row in connection.execute(chosen)}
    for path in files.walk(RECORDS_PATTERN):
        key = parse_record_name(path)
        if key is None:
            continue
        if files.path(path.as_posix()).stat().st_size != known.pop(key, None):
            _take_in(files, writer, limits, path, key)
    for match_id, peer in known:
        log.error("a record that was stored is gone: %s", record_name(match_id, peer))
        with writer.begin() as connection:
            index.forget_record(connection, match_id, peer)


def _take_in(
    files: AtomicFiles,
    writer: sa.Engine,
    limits: StoreLimits,
    path: PurePath,
    key: tuple[str, int],
) -> None:
    data = files.read(path.as_posix()) or b""
    stored_s = files.path(path.as_posix()).stat().st_mtime
    with writer.begin() as connection:
        known = index.find_match(connection, key[0])
        claim = _claim_of(data, key, known, stored_s)
        found = None if claim is None else examine(claim, data, limits, inf)
        if claim is None or found is None or isinstance(found, Refusal):
            why = found.message if isinstance(found, Refusal) else "It is no record."
            log.error("%s is left out: %s", path.as_posix(), why)
            index.forget_record(connection, *key)
            return
        index.note_match(connection, claim)
        index.note_record(connection, claim, data, found, stored_s)


def _claim_of(
    data: bytes, key: tuple[str, int], known: RecordClaim | None, stored_s: float
) -> RecordClaim | None:
    """Return whose record it is: as the index has it, else as it says itself."""
    match_id, peer = key
    if known is not None:
        return replace(known, peer=peer)
    try:
        header = header_of(data)
    except ReplayError:
        return None
    digest = str(header.game.get("digest"))
    if DIGEST_PATTERN.fullmatch(digest) is None:
        return None
    spec = str(header.game.get("spec"))
    return RecordClaim(match_id, peer, "", digest, spec, header.seed, int(stored_s))
