"""Magic, chunks and limits of the replay file.

Theory of operation: the file is a magic, a version, and chunks behind one another: kind, length,
payload, check. A chunk is handed out in one piece, so a file that ends in the middle of one was
torn by a crash, and everything before that is sound. The check continues over the whole file: it
notices a damaged byte, and also a chunk that is missing, repeated or in another place.

Laws:
    - What is handed out never changes: a longer file of the same match begins with the shorter.
    - Nothing in a file is ever executed or unpickled.

Source: the chunks follow PNG (ISO/IEC 15948, section 5.3), which also lets readers pass over kinds
that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from zlib import crc32

from peergym.errors import ReplayError
from peergym.rollback.binary import Reader, WireError, Writer

MAGIC = b"PGRP"
VERSION = 1
CHECK_BYTES = 2
DIGEST_BYTES = 16  # of the seal

MAX_REPLAY_BYTES = 16 * 1024 * 1024  # ten minutes of Pong are 20 KB
MAX_CHUNK_BYTES = 4 * 1024 * 1024 + 64  # a state is the largest thing in a file
MAX_HEADER_BYTES = 64 * 1024
MAX_EVENT_BYTES = 4096
MAX_TEXT_BYTES = 256
MAX_STATE_BYTES = 4 * 1024 * 1024  # as `peergym.rollback.control_limits` has it, unpacked
MAX_STATES_BYTES = 64 * 1024 * 1024  # of all states of a file together, unpacked
STATE_WINDOW_BYTES = 32 * 1024  # of the state before: as far back as DEFLATE looks
MAX_SPAN_FRAMES = 4096
MAX_FRAMES = 4_000_000  # of all episodes: 18 hours at 60 Hz
MAX_CHECKSUMS = 4096  # in one span
MAX_PLAYERS = 32
MAX_PEERS = 256
LEAST_CHUNK_BYTES = 2 + CHECK_BYTES  # kind, length, nothing, check
LONGEST_HEAD_BYTES = 5  # kind, and the longest length
ANCILLARY = 0x80
"""Kinds from here on say nothing that a reader must understand: it may pass over them."""


class Chunk(IntEnum):
    """The kinds of chunks."""

    HEADER = 1
    EPISODE = 2
    SPAN = 3
    CONTROL = 4
    STATE = 5
    EPISODE_END = 6
    SEAL = 7
    EVENT = 0x80


class StateKind(IntEnum):
    """Why a state is in the file."""

    JOINED = 0  # the writer's record begins with it
    REPAIRED = 1  # it took the place of the writer's own after a desync
    KEPT = 2  # for comparison only: the writer's own


@dataclass(frozen=True, slots=True)
class RawChunk:
    """A chunk as it stands in the file.

    Attributes:
        kind: One of `Chunk`, or a kind that is not known here.
        payload: What is in it.
        offset: Where it begins, in bytes.
        end: Where the next one begins.
    """

    kind: int
    payload: bytes
    offset: int
    end: int


class ChunkWriter:
    """Frames payloads as chunks of one file."""

    def __init__(self) -> None:
        self._check = 0
        self._digest = blake2b(digest_size=DIGEST_BYTES)

    @property
    def digest(self) -> bytes:
        """Of everything that was handed out."""
        return self._digest.digest()

    @staticmethod
    def digest_of(data: bytes) -> bytes:
        """What `digest` is of a file with these bytes."""
        return blake2b(data, digest_size=DIGEST_BYTES).digest()

    def begin(self) -> bytes:
        """The first bytes of a file."""
        return self._note(MAGIC + bytes([VERSION]))

    def chunk(self, kind: int, payload: bytes) -> bytes:
        """A chunk.

        Raises:
            WireError: The payload is too long.
        """
        out = Writer()
        out.u8(kind)
        out.blob(payload, MAX_CHUNK_BYTES)
        framed = out.to_bytes()
        check = crc32(framed, self._check) & 0xFFFF
        return self._note(framed + check.to_bytes(CHECK_BYTES, "little"))

    def _note(self, data: bytes) -> bytes:
        self._check = crc32(data, self._check)
        self._digest.update(data)
        return data


def read_chunks(data: bytes) -> Iterator[RawChunk]:
    """Take a file apart.

    A chunk that is cut off at the end of the file ends the iteration.

    Raises:
        ReplayError: It is no replay, of a newer version, or damaged; says where.
    """
    if len(data) > MAX_REPLAY_BYTES:
        raise ReplayError(f"it has {len(data):,} bytes; a replay has {MAX_REPLAY_BYTES:,} at most")
    if data[: len(MAGIC)] != MAGIC:
        raise ReplayError("it is not a replay: it does not begin with PGRP")
    if len(data) <= len(MAGIC):
        raise ReplayError("it ends behind its first word; nothing is in it")
    version = data[len(MAGIC)]
    if version != VERSION:
        writer = "a newer peergym wrote it" if version > VERSION else "nothing writes that"
        raise ReplayError(f"it is of format {version}: {writer}; this one reads format {VERSION}")
    position = len(MAGIC) + 1
    check = crc32(data[:position])
    while len(data) - position >= LEAST_CHUNK_BYTES:
        reader = Reader(data, position)
        kind = reader.u8()
        try:
            size = reader.varint(MAX_CHUNK_BYTES)
        except WireError as error:
            if len(data) - position < LONGEST_HEAD_BYTES:
                return
            raise ReplayError(f"it is damaged at byte {position:,}: {error}") from None
        if reader.remaining_bytes < size + CHECK_BYTES:
            return
        payload = reader.raw(size)
        end = reader.position + CHECK_BYTES
        if reader.u16() != crc32(data[position : end - CHECK_BYTES], check) & 0xFFFF:
            raise ReplayError(f"it is damaged at byte {position:,}, or between there and {end:,}")
        check = crc32(data[position:end], check)
        yield RawChunk(kind, payload, position, end)
        position = end
