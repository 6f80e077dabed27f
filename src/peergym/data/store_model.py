"""What the store is told and what it tells."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from peergym.data.replay.format import MAX_PEERS, MAX_REPLAY_BYTES

ID_PATTERN = re.compile(r"[0-9a-f]{24}")
"""Names of matches, as rooms make them. They become names of folders: nothing else may."""

DIGEST_PATTERN = re.compile(r"[0-9a-f]{32}")
"""Digests of what browsers run, likewise."""


def is_match_id(text: str) -> bool:
    """Whether a text can name a match."""
    return ID_PATTERN.fullmatch(text) is not None


def is_peer(peer: int) -> bool:
    """Whether a number can be that of a peer."""
    return 0 <= peer < MAX_PEERS


@dataclass(frozen=True, slots=True)
class RecordClaim:
    """What the server knows of a record before it comes; the token that allows it says so.

    Attributes:
        match_id: The match.
        peer: Who writes the record.
        room: Code of the room.
        digest: Of what browsers ran, package and game.
        spec: How the game is found in that.
        seed: Of the match.
        started_s: When the match began, in seconds since 1970 by the server's clock.
    """

    match_id: str
    peer: int
    room: str
    digest: str
    spec: str
    seed: int
    started_s: int


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """How much the store takes.

    Attributes:
        record_bytes: Of one record.
        reading_bytes: Of memory, roughly, that reading one record may take: 12 hours of two
            players at 60 Hz take 200 MiB. A few bytes can stand for as much.
        all_bytes: Of all records together. At 20 KB for ten minutes that is ten years of play.
        settle_s: After so long without news a record that has no end is taken to be complete.
    """

    record_bytes: int = MAX_REPLAY_BYTES
    reading_bytes: int = 256 * 1024**2
    all_bytes: int = 10 * 1024**3
    settle_s: float = 60.0


class RefusalCode(StrEnum):
    """Why a record was not taken."""

    NO_REPLAY = "no_replay"
    OTHER_MATCH = "other_match"
    TOO_LARGE = "too_large"
    CONFLICT = "conflict"
    STORE_FULL = "store_full"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record was not taken, and nothing has changed.

    Attributes:
        code: Why.
        message: A sentence.
    """

    code: RefusalCode
    message: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A record is on the disk.

    Attributes:
        stored_bytes: How much of it.
        is_sealed: Whether it is complete.
        is_new: Whether it was the first that was heard of it.
    """

    stored_bytes: int
    is_sealed: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class GameSource:
    """What was played, so that it can be executed again when something else is served.

    Attributes:
        digest: Of the zip that browsers ran.
        spec: How the game is found in it.
        name: Of the game, for people.
    """

    digest: str
    spec: str
    name: str


class Agreeing(StrEnum):
    """Whether the records of a match are one history."""

    SINGLE = "single"
    PENDING = "pending"
    EQUAL = "equal"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What came of comparing the records of a match.

    Attributes:
        state: In a word.
        episode: The first in which two of them differ; None if none do.
        from_frame: The first frame there.
        what: What differs: ``inputs``, ``checksum``, ``end``, ``seed`` or ``header``.
        peers: The two.
        frames: How many frames were compared, of those that at least two have.
    """

    state: Agreeing
    episode: int | None = None
    from_frame: int | None = None
    what: str = ""
    peers: tuple[int, ...] = ()
    frames: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "state": self.state.value, "peers": list(self.peers)}


class Check(StrEnum):
    """What executing a record again has shown."""

    WAITING = "waiting"
    RUNNING = "running"
    VERIFIED = "verified"
    REPAIRED = "repaired"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of executing a record again, or how far that is.

    Attributes:
        state: In a word.
        episode: Where it differs; None if it does not.
        frame: Likewise; while it runs, how many frames are done.
        field: What differs there.
        message: A sentence.
    """

    state: Check = Check.WAITING
    episode: int | None = None
    frame: int | None = None
    field: str = ""
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "state": self.state.value}


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record as it is stored just now.

    Attributes:
        match_id: The match.
        peer: Who wrote it.
        stored_bytes: Its length: a result about it holds for this length only.
    """

    match_id: str
    peer: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do in the background.

    Attributes:
        records: All of a match to compare them, or the one to execute again.
        game: What was played; None if that is not known any more.
        is_comparison: Which of both it is.
    """

    records: tuple[RecordRef, ...]
    game: GameSource | None
    is_comparison: bool


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A page of the list of matches.

    Attributes:
        matches: Newest first, as plain data.
        next: Where the next page begins; None at the end.
    """

    matches: list[dict[str, Any]] = field(default_factory=list)
    next: str | None = None
