"""What the store calls its files."""

from __future__ import annotations

import re
from pathlib import PurePath

from peergym.data.store_model import DIGEST_PATTERN, is_match_id, is_peer
from peergym.errors import UsageError

REPLAYS = "replays"
RUNTIMES = "runtimes"
RECORDS_PATTERN = f"{REPLAYS}/*/*.pgr"
RECORD_NAME = re.compile(rf"{REPLAYS}/([0-9a-f]{{24}})/(0|[1-9][0-9]{{0,2}})\.pgr")


def record_name(match_id: str, peer: int) -> str:
    """Return the name of a record's file.

    Raises:
        UsageError: These name no record.
    """
    if not is_match_id(match_id) or not is_peer(peer):
        raise UsageError(f"there can be no match {match_id!r} with a peer {peer}")
    return f"{REPLAYS}/{match_id}/{peer}.pgr"


def parse_record_name(path: PurePath) -> tuple[str, int] | None:
    """Return match id and peer of a record's file; None if it is none of ours."""
    found = RECORD_NAME.fullmatch(path.as_posix())
    if found is None or not is_peer(int(found[2])):
        return None
    return found[1], int(found[2])


def runtime_name(digest: str) -> str:
    """Return the name of the file with what browsers run.

    Raises:
        UsageError: It is no digest.
    """
    if DIGEST_PATTERN.fullmatch(digest) is None:
        raise UsageError(f"{digest!r} is no digest")
    return f"{RUNTIMES}/{digest}.zip"
