"""A few bytes that stand for more than a server has: refused before they are read."""

from __future__ import annotations

import json
import time
import zlib

import pytest

from peergym.data.replay.format import MAX_STATE_BYTES, Chunk, StateKind
from peergym.data.replay.span import Span, SpanCodec
from peergym.data.store_intake import Summary, examine, reading_cost
from peergym.data.store_model import Refusal, RefusalCode, StoreLimits
from tests.data.records import claim_of, played, short, with_chunks

LATER_S = 1_800_000_000.0  # long after the match
LIMIT_BYTES = StoreLimits().reading_bytes
NO_REPLAY = RefusalCode.NO_REPLAY
EPISODE = (Chunk.EPISODE, b"\0" + bytes(8) + b"\0" + b"\1\0\2\0")


def code_of(data):
    found = examine(claim_of(), data, StoreLimits(), LATER_S)
    assert isinstance(found, Refusal), found
    return found.code


def test_an_honest_record_costs_little_and_is_taken():
    assert reading_cost(played(), LIMIT_BYTES) < 500_000
    assert isinstance(examine(claim_of(), short()[-1], StoreLimits(), LATER_S), Summary)


@pytest.mark.parametrize(
    ("span", "count"),
    [
        (Span(rows=[(0, 0)] * 4096), 1000),
        (Span(guesses=[0] * 4096), 9000),
        (Span(checksums=[(1, 0)] * 4096), 400),
    ],
    ids=["inputs", "guesses", "checksums"],
)
def test_runs_that_stand_for_too_much_are_refused_in_time(span, count):
    codec = SpanCodec((2, 2))
    codec.encode(span)
    again = codec.encode(span)  # what goes on with the span before, as all that follow do
    data = with_chunks([EPISODE, *[(Chunk.SPAN, again)] * count])
    assert len(data) < StoreLimits().record_bytes
    start_s = time.process_time()
    assert code_of(data) == RefusalCode.TOO_LARGE
    assert time.process_time() - start_s < 10


def test_a_record_stands_for_no_more_than_can_have_been_played():
    codec, span = SpanCodec((2, 2)), Span(rows=[(0, 0)] * 4096)
    codec.encode(span)
    claim = claim_of(started_s=1000)
    hour = with_chunks([EPISODE, *[(Chunk.SPAN, codec.encode(span))] * 53])
    at_once = examine(claim, hour, StoreLimits(), 1010.0)
    assert at_once.code is RefusalCode.TOO_LARGE
    assert examine(claim, hour, StoreLimits(), 1000.0 + 3600).frames == 53 * 4096


def test_events_of_nothing_but_brackets_are_refused():
    event = b"\0" + json.dumps({"event": "x", "y": [[]] * 1000}, separators=(",", ":")).encode()
    assert len(event) < 4096
    data = with_chunks([(Chunk.EVENT, event)] * 5000)
    assert code_of(data) == RefusalCode.TOO_LARGE


def test_chunks_without_number_are_refused():
    data = with_chunks([(0x90, b"")] * 200_000)
    assert len(data) < 1_000_000
    assert code_of(data) == RefusalCode.TOO_LARGE


def packed_state(size_bytes):
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(bytes(size_bytes)) + deflater.flush()
    assert len(packed) < 5000
    return (Chunk.STATE, bytes([StateKind.KEPT, 0]) + packed)


def test_states_that_unpack_to_more_than_any_game_has_are_refused():
    assert code_of(with_chunks([EPISODE, packed_state(MAX_STATE_BYTES + 1)])) == NO_REPLAY
    largest = packed_state(MAX_STATE_BYTES)
    assert code_of(with_chunks([EPISODE, *[largest] * 17])) == NO_REPLAY
    fewer = with_chunks([EPISODE, *[largest] * 16])
    assert isinstance(examine(claim_of(), fewer, StoreLimits(), LATER_S), Summary)


@pytest.mark.parametrize(
    "data",
    [b"", b"PGRP", b"PGRP\1", b"PGRP\2" + bytes(100), b"\x89PNG", bytes(1000), b"PGRP\1" * 500],
)
def test_what_is_no_record_is_refused_with_a_sentence(data):
    found = examine(claim_of(), data, StoreLimits(), LATER_S)
    assert found.code is RefusalCode.NO_REPLAY
    assert found.message.endswith(".")


def test_every_damaged_byte_is_refused_or_was_never_part_of_it():
    data = short(spans=3)[2]
    for position in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[position] ^= 0x10
        found = examine(claim_of(), bytes(damaged), StoreLimits(), LATER_S)
        # A damaged length may look like the end of a file that was torn off.
        assert isinstance(found, Refusal) or found.frames < 180
