"""Whether bytes are the record that they should be, before they are kept.

Theory of operation: a few bytes of a replay can stand for millions of frames. So what reading it
would take is added up first, in a walk over the file that holds nothing; only then is it read.

Law: bytes from outside end in a `Summary` or a `Refusal`, and cost bounded time and memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peergym.data.replay.format import Chunk, RawChunk, read_chunks
from peergym.data.replay.model import Replay, ReplayHeader
from peergym.data.replay.reader import read_replay
from peergym.data.replay.span import Span, SpanCodec
from peergym.data.store_model import RecordClaim, Refusal, RefusalCode, StoreLimits
from peergym.errors import ReplayError
from peergym.rollback.binary import WireError
from peergym.rollback.seats import Control

MOST_CHUNKS = 150_000  # in 12 hours, two a second are 86,400
FIRST_READING_BYTES = 8 * 1024**2
ENOUGH_S = 24 * 3600.0  # whatever is allowed is allowed by then
READING_BYTES_PER_S = 256 * 1024  # eight players at 60 Hz, compared every frame, take 32 KiB
MOST_CONTROLS = 256
"""Of all seats together, in what is shown of a record. A match has a handful."""

# What things take in memory once they are read, by `sys.getsizeof` on a 64-bit Python.
ROW_BYTES = 56
INPUT_BYTES = 8
GUESS_BYTES = 8
ENTRY_BYTES = 100  # of a dict: a round trip
CHECKSUM_BYTES = 400  # likewise, and counted fourfold: 64 bits each take time to read
CHUNK_BYTES = 200
EVENT_FACTOR = 20  # empty lists in JSON have 3 bytes, and 56 once they are read


@dataclass(frozen=True, slots=True)
class Summary:
    """What is shown of a record without reading it again.

    Attributes:
        frames: Confirmed frames of all its episodes.
        is_sealed: Whether it is complete.
        shown: The rest, as plain data.
    """

    frames: int
    is_sealed: bool
    shown: dict[str, Any]


def examine(
    claim: RecordClaim, data: bytes, limits: StoreLimits, now_s: float
) -> Summary | Refusal:
    """Read a record and compare it with what it should be.

    Args:
        claim: What is known of it.
        data: Its bytes.
        limits: How much is taken.
        now_s: Seconds since 1970: a record stands for what was played since its match began.
    """
    if len(data) > limits.record_bytes:
        return Refusal(
            RefusalCode.TOO_LARGE,
            f"The record has {len(data):,} bytes; {limits.record_bytes:,} at most are kept.",
        )
    try:
        most = _most_reading_bytes(claim, limits, now_s)
        if reading_cost(data, most) > most:
            return Refusal(
                RefusalCode.TOO_LARGE, "The record stands for more than the server can read."
            )
        replay = read_replay(data)
    except (ReplayError, WireError) as error:
        return Refusal(RefusalCode.NO_REPLAY, f"The record cannot be read: {error}.")
    objection = find_objection(claim, replay)
    if objection:
        return Refusal(RefusalCode.OTHER_MATCH, objection)
    return summarise(replay)


def _most_reading_bytes(claim: RecordClaim, limits: StoreLimits, now_s: float) -> int:
    """How much memory reading a record may take, by the time since its match began."""
    passed_s = min(max(0.0, now_s - claim.started_s), ENOUGH_S)
    return min(limits.reading_bytes, int(FIRST_READING_BYTES + READING_BYTES_PER_S * passed_s))


def reading_cost(data: bytes, limit: int) -> int:
    """Return roughly how many bytes of memory reading takes; the walk ends beyond the limit.

    Raises:
        ReplayError: It is no replay, or damaged.
        WireError: Likewise.
    """
    total = 0
    widths: tuple[int, ...] = ()
    codec = SpanCodec(())
    for number, chunk in enumerate(read_chunks(data)):
        if number == 0:
            widths = header_of(data[: chunk.end]).input_bits
        elif chunk.kind == Chunk.EPISODE:
            codec = SpanCodec(widths)
        total += _cost_of(chunk, codec, len(widths))
        if total > limit or number > MOST_CHUNKS:
            return limit + 1
    return total


def header_of(data: bytes) -> ReplayHeader:
    """Read the header of a record and nothing else.

    Raises:
        ReplayError: There is none.
    """
    end = next((chunk.end for chunk in read_chunks(data)), len(data))
    return read_replay(data[:end]).header


def _cost_of(chunk: RawChunk, codec: SpanCodec, players: int) -> int:
    if chunk.kind == Chunk.SPAN:
        return CHUNK_BYTES + _cost_of_span(codec.decode(chunk.payload), players)
    if chunk.kind == Chunk.EVENT:
        return CHUNK_BYTES + EVENT_FACTOR * len(chunk.payload)
    # States have a bound of their own in the reader, on all of a file together.
    return CHUNK_BYTES


def _cost_of_span(span: Span, players: int) -> int:
    entries = 0 if span.figures is None else len(span.figures.rtts_ms)
    return (
        len(span.rows) * (ROW_BYTES + INPUT_BYTES * players)
        + len(span.guesses) * GUESS_BYTES
        + len(span.checksums) * CHECKSUM_BYTES
        + entries * ENTRY_BYTES
    )


def find_objection(claim: RecordClaim, replay: Replay) -> str:
    """Say what in a record is of another match than claimed; empty if nothing is."""
    header = replay.header
    if header.match_id != claim.match_id:
        return "The record is of another match than its address says."
    if header.local_peer != claim.peer:
        return f"Peer {header.local_peer} wrote the record; its address says peer {claim.peer}."
    if header.seed != claim.seed:
        return "The record has another seed than the match."
    if header.game.get("spec") != claim.spec:
        return f"The record is not of the game that was served, {claim.spec}."
    if header.game.get("digest") != claim.digest:
        return "The record is of another version of the game, or of peergym, than was served."
    return ""


def summarise(replay: Replay) -> Summary:
    """Keep of a record what is shown of it."""
    shown = {
        "players": _players(replay),
        "duration_s": round(replay.duration_s, 3),
        "episodes": len(replay.episodes),
        "reason": replay.reason,
    }
    return Summary(replay.frames, replay.is_sealed, shown)


def _players(replay: Replay) -> list[dict[str, Any]]:
    """Who sat where: for each seat its agent's name and who ran it from when on."""
    header = replay.header
    players: list[dict[str, Any]] = []
    for player in range(len(header.owners)):
        known = player < len(header.agents)
        name = header.agents[player] if known else f"player {player}"
        players.append({"agent": name, "controllers": []})
    left = MOST_CONTROLS
    for episode in replay.episodes:
        seats = [(player, control) for player, control in enumerate(episode.controls)]
        seats += [(change.player, change.control) for change in episode.changes]
        for player, control in seats:
            told = players[player]["controllers"]
            if left and not _goes_on(told, control):
                told.append(_describe(control, episode.number))
                left -= 1
    return players


def _goes_on(told: list[dict[str, Any]], control: Control) -> bool:
    """Whether a seat stays with whom it was."""
    who = (control.peer, control.is_agent)
    return bool(told) and (told[-1]["peer"], told[-1]["is_agent"]) == who


def _describe(control: Control, episode: int) -> dict[str, Any]:
    return {
        "episode": episode,
        "frame": control.frame,
        "peer": control.peer,
        "is_agent": control.is_agent,
    }
