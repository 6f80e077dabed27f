"""From the bytes of a file to a `Replay`, or a sentence that says what is wrong with it.

Laws:
    - `read_replay` raises `ReplayError` and nothing else, whatever the bytes.
    - What a file makes us hold is bounded by its limits, not by what it says.
    - A file that was torn off is read up to there, and says so (`Replay.is_sealed`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from peergym.data.replay.format import (
    ANCILLARY,
    DIGEST_BYTES,
    MAX_EVENT_BYTES,
    MAX_FRAMES,
    MAX_HEADER_BYTES,
    MAX_PEERS,
    MAX_PLAYERS,
    MAX_STATE_BYTES,
    MAX_STATES_BYTES,
    MAX_TEXT_BYTES,
    STATE_WINDOW_BYTES,
    Chunk,
    ChunkWriter,
    RawChunk,
    StateKind,
    read_chunks,
)
from peergym.data.replay.model import (
    Happening,
    RecordedEpisode,
    RecordedState,
    Replay,
    ReplayHeader,
    Sample,
    SeatChange,
)
from peergym.data.replay.span import SpanCodec
from peergym.errors import ReplayError
from peergym.rollback.binary import Reader, WireError
from peergym.rollback.json_fields import Fields
from peergym.rollback.seats import Control

MAX_INPUT_BITS = 256
MAX_AGENT_NAME = 128
MOST_CHUNKS = {
    Chunk.EPISODE: 10_000,
    Chunk.SPAN: 250_000,  # three days, at one a second
    Chunk.CONTROL: 10_000,
    Chunk.STATE: 10_000,
    Chunk.EVENT: 10_000,
}
"""A chunk of a few bytes stands for an object of hundreds, so they are counted too."""


def read_replay(data: bytes) -> Replay:
    """Read a replay.

    Args:
        data: The file's bytes.

    Raises:
        ReplayError: It is none, of a newer version, damaged, or says what cannot be.
    """
    return _Reader(data).read()


class _Reader:
    """Puts chunks together.

    Args:
        data: The file's bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._replay: Replay | None = None
        self._codec = SpanCodec(())
        self._checksum_frame = 0
        self._frames = 0
        self._guesses = 0
        self._left = dict(MOST_CHUNKS)
        self._states_bytes = 0
        self._last_state = b""
        self._takers: dict[int, Callable[[Replay, Reader], None]] = {
            Chunk.EPISODE: self._take_episode,
            Chunk.SPAN: self._take_span,
            Chunk.CONTROL: self._take_control,
            Chunk.STATE: self._take_state,
            Chunk.EPISODE_END: self._take_end,
            Chunk.EVENT: self._take_event,
        }

    def read(self) -> Replay:
        for chunk in read_chunks(self._data):
            try:
                self._take(chunk)
            except (WireError, ValueError) as error:
                kind = Chunk(chunk.kind).name if chunk.kind in list(Chunk) else str(chunk.kind)
                text = str(error)
                raise ReplayError(
                    f"what stands at byte {chunk.offset:,} ({kind}): {text}"
                ) from None
        if self._replay is None:
            raise ReplayError("it was torn off before anything was in it")
        return self._replay

    def _take(self, chunk: RawChunk) -> None:
        replay = self._replay
        if replay is None:
            if chunk.kind != Chunk.HEADER:
                raise WireError("a replay begins with its header")
            self._replay = Replay(_read_header(chunk.payload), sound_bytes=chunk.end)
            return
        if replay.is_sealed:
            raise WireError("something follows the seal")
        if chunk.kind == Chunk.SEAL:
            self._take_seal(replay, chunk)
        elif chunk.kind in self._takers:
            self._count(chunk.kind)
            reader = Reader(chunk.payload)
            self._takers[chunk.kind](replay, reader)
            reader.expect_end()
        elif chunk.kind < ANCILLARY:
            raise WireError("a newer peergym wrote it; this one does not know what it means")
        replay.sound_bytes = chunk.end

    def _count(self, kind: int) -> None:
        if kind in self._left:
            self._left[Chunk(kind)] -= 1
            if self._left[Chunk(kind)] < 0:
                raise WireError(f"more than {MOST_CHUNKS[Chunk(kind)]:,} chunks of this kind")

    def _take_episode(self, replay: Replay, reader: Reader) -> None:
        number, seed = reader.varint(MAX_FRAMES), reader.u64()
        first_frame = reader.varint(MAX_FRAMES)
        if replay.episodes and number <= replay.episodes[-1].number:
            raise WireError(f"episode {number} after episode {replay.episodes[-1].number}")
        controls = []
        for _ in replay.header.owners:
            peer = reader.varint(MAX_PEERS) - 1
            controls.append(Control(first_frame, peer, _read_flag(reader)))
        replay.episodes.append(RecordedEpisode(number, seed, first_frame, tuple(controls)))
        self._codec = SpanCodec(replay.header.input_bits)
        self._checksum_frame = first_frame - 1

    def _take_span(self, replay: Replay, reader: Reader) -> None:
        episode = _current(replay)
        span = self._codec.decode(reader.raw(reader.remaining_bytes))
        self._frames += len(span.rows)
        self._guesses += len(span.guesses)
        if max(self._frames, self._guesses) > MAX_FRAMES:
            raise WireError(f"more than {MAX_FRAMES:,} frames")
        episode.rows += span.rows
        episode.guesses += span.guesses
        for distance, checksum in span.checksums:
            if distance < 1:
                raise WireError("two checksums of one frame")
            self._checksum_frame += distance
            episode.checksums[self._checksum_frame] = checksum
        if span.figures is not None:
            episode.samples.append(Sample(episode.next_frame - 1, span.figures))

    def _take_control(self, replay: Replay, reader: Reader) -> None:
        player = reader.varint(len(replay.header.owners) - 1)
        peer, is_agent = reader.varint(MAX_PEERS) - 1, _read_flag(reader)
        frame = reader.varint(MAX_FRAMES)
        epoch = reader.varint(MAX_FRAMES)
        change = SeatChange(player, Control(frame, peer, is_agent), epoch)
        _current(replay).changes.append(change)

    def _take_state(self, replay: Replay, reader: Reader) -> None:
        kind = StateKind(reader.u8())
        frame = reader.varint(MAX_FRAMES)
        data = _decompress(reader.raw(reader.remaining_bytes), self._last_state)
        self._last_state = data[:STATE_WINDOW_BYTES]
        self._states_bytes += len(data)
        if self._states_bytes > MAX_STATES_BYTES:
            raise WireError(f"its states have more than {MAX_STATES_BYTES:,} bytes")
        _current(replay).states.append(RecordedState(kind, frame, data))

    def _take_end(self, replay: Replay, reader: Reader) -> None:
        episode = _current(replay)
        if episode.end_frame is not None:
            raise WireError("an episode ends twice")
        frame = reader.varint(MAX_FRAMES)
        if not episode.first_frame <= frame <= episode.next_frame:
            raise WireError(f"ends at frame {frame}, its inputs at {episode.next_frame}")
        episode.end_frame, episode.end_checksum = frame, reader.u64()

    def _take_event(self, replay: Replay, reader: Reader) -> None:
        frame = reader.varint(MAX_FRAMES)
        if reader.remaining_bytes > MAX_EVENT_BYTES:
            raise WireError("an event is too long")
        fields_ = _read_json(reader.raw(reader.remaining_bytes))
        name = fields_.pop("event", None)
        if type(name) is not str:
            raise WireError("an event without a name")
        happenings = replay.episodes[-1].happenings if replay.episodes else replay.lobby
        happenings.append(Happening(frame, name, fields_))

    def _take_seal(self, replay: Replay, chunk: RawChunk) -> None:
        reader = Reader(chunk.payload)
        reason = reader.text(MAX_TEXT_BYTES)
        sealed = ChunkWriter.digest_of(self._data[: chunk.offset])
        if reader.raw(DIGEST_BYTES) != sealed:
            raise WireError("the seal is of another file: something was changed")
        reader.expect_end()
        replay.reason = reason
        replay.sound_bytes = chunk.end


def _current(replay: Replay) -> RecordedEpisode:
    if not replay.episodes:
        raise WireError("no episode has begun")
    return replay.episodes[-1]


def _read_flag(reader: Reader) -> bool:
    flag = reader.u8()
    if flag > 1:
        raise WireError(f"{flag} where yes or no stands")
    return bool(flag)


def _decompress(data: bytes, dictionary: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS, zdict=dictionary)
    try:
        state = inflater.decompress(data, MAX_STATE_BYTES + 1)
    except zlib.error as error:
        raise WireError(f"a state cannot be unpacked: {error}") from None
    if len(state) > MAX_STATE_BYTES:
        raise WireError(f"a state has more than {MAX_STATE_BYTES:,} bytes")
    if not inflater.eof or inflater.unused_data:
        raise WireError("a state is cut off, or something follows it")
    return state


def _read_json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError(f"it is no JSON: {error}") from None
    if type(value) is not dict:
        raise WireError("it is no JSON object")
    return value


def _read_header(payload: bytes) -> ReplayHeader:
    if len(payload) > MAX_HEADER_BYTES:
        raise WireError(f"the header has {len(payload):,} bytes")
    value: dict[str, Any] = {**_DEFAULTS, **_read_json(payload)}
    given = Fields(value)
    owners = given.integers("owners", -1, MAX_PEERS - 1, MAX_PLAYERS)
    bits = given.integers("input_bits", 0, MAX_INPUT_BITS, MAX_PLAYERS)
    if not owners or len(bits) != len(owners):
        raise WireError(f"{len(owners)} seats, and inputs of {len(bits)}")
    rate = value.get("frame_rate_hz")
    if not isinstance(rate, int | float) or not 1 <= rate <= 1000:
        raise WireError("'frame_rate_hz' is no number from 1 to 1000")
    agents = value.get("agents", [])
    if type(agents) is not list or not all(
        type(name) is str and len(name) <= MAX_AGENT_NAME for name in agents
    ):
        raise WireError("'agents' is no list of names")
    return ReplayHeader(
        match_id=given.text("match_id", MAX_TEXT_BYTES),
        local_peer=given.integer("local_peer", 0, MAX_PEERS - 1),
        started=given.text("started", 64),
        game=given.mapping("game"),
        agents=tuple(agents),
        description=given.texts("description"),
        versions=given.texts("versions"),
        owners=owners,
        input_bits=bits,
        seed=given.integer("seed", 0, (1 << 64) - 1),
        frame_rate_hz=float(rate),
        checksum_interval_frames=given.integer("checksum_interval_frames", 1, 3600),
        settings=given.mapping("settings"),
    )


_DEFAULTS: dict[str, object] = {
    "started": "",
    "game": {},
    "description": {},
    "versions": {},
    "settings": {},
}
