"""Records as pages send them: of a match that a server started, short ones, and changed ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from peergym.data.replay.format import Chunk, ChunkWriter, read_chunks
from peergym.data.replay.model import ReplayHeader
from peergym.data.replay.span import Span, SpanCodec
from peergym.data.replay.writer import ReplayWriter
from peergym.data.store_model import RecordClaim
from peergym.rollback.binary import Writer
from peergym.rollback.seats import Control
from tests.data.pair import Pair

DIGEST = "d" * 32
ROOM = "CDFGHJ"


def match_id(number: int) -> str:
    return f"{number:024x}"


def claim_of(number: int = 1, peer: int = 0, **changes: Any) -> RecordClaim:
    """What the server knows of a record of `played` or `short`."""
    claim = RecordClaim(match_id(number), peer, ROOM, DIGEST, "pong", 7, 1_700_000_000 + number)
    return replace(claim, **changes)


@cache
def _pair() -> tuple[bytes, bytes]:
    pair = Pair(seed=7)
    pair.run_frames(900)
    pair.leave()
    return pair.records[0], pair.records[1]


def played(number: int = 1, peer: int = 0, digest: str = DIGEST) -> bytes:
    """One of two records of a real match of Pong, 15 seconds long."""

    def rename(header: dict[str, Any]) -> None:
        header["match_id"] = match_id(number)
        header["game"]["digest"] = digest

    return rewritten(_pair()[peer], header=rename)


def short(number: int = 1, peer: int = 0, spans: int = 20, digest: str = DIGEST) -> list[bytes]:
    """A record that nobody played, as it grows: each is the beginning of the next."""
    writer = writer_of(number, peer, digest)
    grown, whole = [], b""
    for count in range(spans):
        writer.span(Span(rows=[(count % 3, 1)] * 60, checksums=[(60 if count else 1, count)]))
        whole += writer.take()
        grown.append(whole)
    writer.seal("we left")
    return [*grown, whole + writer.take()]


def writer_of(number: int = 1, peer: int = 0, digest: str = DIGEST, **changes: Any) -> ReplayWriter:
    """A record with an episode begun."""
    header = ReplayHeader(
        match_id=match_id(number),
        local_peer=peer,
        game={"spec": "pong", "options": {}, "digest": digest},
        agents=("left", "right"),
        owners=(0, 1),
        input_bits=(2, 2),
        seed=7,
        frame_rate_hz=60.0,
        checksum_interval_frames=60,
    )
    header = replace(header, **changes)
    writer = ReplayWriter(header)
    writer.episode(0, 1, 0, [Control(0, owner) for owner in header.owners])
    return writer


def with_chunks(chunks: Iterable[tuple[int, bytes]]) -> bytes:
    """A record with these chunks behind its header."""
    header = next(read_chunks(writer_of().take())).payload
    out = ChunkWriter()
    parts = [out.begin(), out.chunk(Chunk.HEADER, header)]
    return b"".join([*parts, *(out.chunk(kind, payload) for kind, payload in chunks)])


def rewritten(
    record: bytes,
    header: Callable[[dict[str, Any]], object] | None = None,
    spans: Callable[[int, Span], object] | None = None,
) -> bytes:
    """A record with something changed, and sealed again as if nothing had happened.

    Args:
        record: The record.
        header: Changes the header.
        spans: Changes a span, told which frame it begins at.
    """
    out = ChunkWriter()
    parts = [out.begin()]
    reading = writing = SpanCodec(())
    frame, bits = 0, ()
    for chunk in read_chunks(record):
        payload = chunk.payload
        if chunk.kind == Chunk.HEADER:
            fields = json.loads(payload)
            if header is not None:
                header(fields)
            bits = fields["input_bits"]
            payload = json.dumps(fields).encode()
        elif chunk.kind == Chunk.EPISODE:
            reading, writing, frame = SpanCodec(bits), SpanCodec(bits), 0
        elif chunk.kind == Chunk.SPAN:
            span = reading.decode(payload)
            if spans is not None:
                spans(frame, span)
            frame += len(span.rows)
            payload = writing.encode(span)
        elif chunk.kind == Chunk.SEAL:
            seal = Writer()
            seal.text("changed", 20)
            seal.raw(out.digest)
            payload = seal.to_bytes()
        parts.append(out.chunk(chunk.kind, payload))
    return b"".join(parts)


def with_flipped_input(record: bytes, frame: int, player: int = 0) -> bytes:
    """A record in which one input is another action; everything around it fits."""

    def flip(first: int, span: Span) -> None:
        index = frame - first
        if 0 <= index < len(span.rows):
            row = list(span.rows[index])
            row[player] = (row[player] + 1) % 3
            span.rows[index] = tuple(row)

    return rewritten(record, spans=flip)
