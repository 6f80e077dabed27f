"""From facts to the bytes of a replay.

Laws:
    - Whatever was handed out can be read, wherever it is cut off between two calls.
    - Facts come in order; what breaks the order is an error here and not in some reader.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from peergym.data.replay.format import (
    MAX_EVENT_BYTES,
    MAX_FRAMES,
    MAX_HEADER_BYTES,
    MAX_PEERS,
    MAX_STATE_BYTES,
    MAX_TEXT_BYTES,
    STATE_WINDOW_BYTES,
    Chunk,
    ChunkWriter,
)
from peergym.data.replay.model import RecordedState, ReplayHeader, SeatChange
from peergym.data.replay.span import Span, SpanCodec
from peergym.errors import UsageError
from peergym.rollback.binary import Writer
from peergym.rollback.seats import Control


class ReplayWriter:
    """Writes one replay.

    Args:
        header: What was agreed.
    """

    def __init__(self, header: ReplayHeader) -> None:
        self._chunks = ChunkWriter()
        self._codec = SpanCodec(header.input_bits)
        self._input_bits = header.input_bits
        self._out = [self._chunks.begin()]
        self._last_state = b""
        self._is_sealed = False
        self._put(Chunk.HEADER, _bounded(_to_json(asdict(header)), MAX_HEADER_BYTES, "header"))

    def take(self) -> bytes:
        """Everything that was written since the last call."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def episode(
        self, number: int, seed: int, first_frame: int, controls: Sequence[Control]
    ) -> None:
        """An episode begins."""
        out = Writer()
        out.varint(number, MAX_FRAMES)
        out.u64(seed)
        out.varint(first_frame, MAX_FRAMES)
        for control in controls:
            _write_control(out, control)
        self._codec = SpanCodec(self._input_bits)
        self._put(Chunk.EPISODE, out.to_bytes())

    def span(self, span: Span) -> None:
        """What became known since the last span."""
        self._put(Chunk.SPAN, self._codec.encode(span))

    def seat(self, change: SeatChange) -> None:
        """A seat changed hands."""
        out = Writer()
        out.varint(change.player, MAX_PEERS)
        _write_control(out, change.control)
        out.varint(change.control.frame, MAX_FRAMES)
        out.varint(change.epoch, MAX_FRAMES)
        self._put(Chunk.CONTROL, out.to_bytes())

    def state(self, state: RecordedState) -> None:
        """A state, unless it is larger than a file may hold.

        The state before it is the dictionary of its compression: most of it is the same.
        """
        if len(state.data) > MAX_STATE_BYTES:
            return
        out = Writer()
        out.u8(state.kind)
        out.varint(state.frame, MAX_FRAMES)
        deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=self._last_state)
        out.raw(deflater.compress(state.data) + deflater.flush())
        self._last_state = state.data[:STATE_WINDOW_BYTES]
        self._put(Chunk.STATE, out.to_bytes())

    def event(self, frame: int, name: str, fields: Mapping[str, Any]) -> None:
        """Something happened; one that would be too long is left out but for its name."""
        out = Writer()
        out.varint(max(frame, 0), MAX_FRAMES)
        text = _to_json({"event": name, **fields})
        out.raw(text if len(text) <= MAX_EVENT_BYTES else _to_json({"event": name}))
        self._put(Chunk.EVENT, out.to_bytes())

    def end_episode(self, frame: int, checksum: int) -> None:
        """The game has terminated at a frame that is confirmed."""
        out = Writer()
        out.varint(frame, MAX_FRAMES)
        out.u64(checksum)
        self._put(Chunk.EPISODE_END, out.to_bytes())

    def seal(self, reason: str) -> None:
        """Nothing follows."""
        out = Writer()
        out.text(reason.encode()[:MAX_TEXT_BYTES].decode(errors="ignore"), MAX_TEXT_BYTES)
        out.raw(self._chunks.digest)
        self._put(Chunk.SEAL, out.to_bytes())
        self._is_sealed = True

    def _put(self, kind: int, payload: bytes) -> None:
        if self._is_sealed:
            raise UsageError("the replay is sealed; nothing can be added")
        self._out.append(self._chunks.chunk(kind, payload))


def _write_control(out: Writer, control: Control) -> None:
    out.varint(control.peer + 1, MAX_PEERS)
    out.u8(int(control.is_agent))


def _to_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=str).encode()


def _bounded(data: bytes, limit: int, what: str) -> bytes:
    if len(data) > limit:
        raise UsageError(f"the {what} has {len(data):,} bytes, {limit:,} at most can be")
    return data
