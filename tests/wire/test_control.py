"""Control messages: what is said comes out, within its limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.rollback.control import (
    MAX_MESSAGE_BYTES,
    MAX_PART_BYTES,
    MAX_STATE_BYTES,
    Backfill,
    Checksums,
    ControlMessage,
    CutAck,
    CutProposal,
    EpisodeEnd,
    Goodbye,
    Hello,
    HelloAck,
    LossClaim,
    Ready,
    Received,
    Start,
    StateDump,
    WireError,
    decode_control,
    encode_control,
    split_state,
)
from peergym.rollback.wire import InputRun
from tests.wire.strategies import messages


@given(messages, st.integers(0, 2**32 - 1))
def test_a_message_comes_back(message: ControlMessage, sequence: int) -> None:
    sequence = 0 if type(message) is Received else sequence
    assert decode_control(encode_control(message, sequence)) == (sequence, message)


def test_the_largest_messages_are_within_the_limit() -> None:
    hello = Hello(255, "m" * 64, tuple((f"{n:064}", "v" * 256) for n in range(64)))
    part = StateDump(2**31 - 1, 2**31 - 1, 255, 256, b"x" * MAX_PART_BYTES)
    backfill = Backfill(0, 0, InputRun(0, (2**256 - 1, 1) * 256))
    checksums = Checksums(0, 0, tuple((8_000_000 * n, n) for n in range(256)))
    for message in (hello, part, backfill, checksums):
        data = encode_control(message, 2**32 - 1)
        assert 4000 < len(data) <= MAX_MESSAGE_BYTES or message is checksums
        assert decode_control(data) == (2**32 - 1, message)


@pytest.mark.parametrize("size", [0, 1, MAX_PART_BYTES, MAX_PART_BYTES + 1, 100_000])
def test_a_state_is_cut_into_full_parts_and_a_rest(size: int) -> None:
    data = bytes(index * 7 % 256 for index in range(size))
    parts = split_state(3, 60, data)
    assert b"".join(part.data for part in parts) == data
    assert [part.part for part in parts] == list(range(len(parts)))
    assert all(part.parts == len(parts) for part in parts)
    assert all(len(part.data) == MAX_PART_BYTES for part in parts[:-1])
    assert len(parts) == max(1, -(-size // MAX_PART_BYTES))


def test_a_state_beyond_four_mebibytes_is_not_cut() -> None:
    assert len(split_state(0, 0, bytes(MAX_STATE_BYTES))) == 256
    with pytest.raises(WireError, match="4194305 bytes"):
        split_state(0, 0, bytes(MAX_STATE_BYTES + 1))


@pytest.mark.parametrize(
    ("message", "sequence"),
    [
        (HelloAck(), -1),
        (HelloAck(), 2**32),
        (Received(5), 1),
        (Hello(256, "m", ()), 0),
        (Hello(0, "", ()), 0),
        (Hello(0, "m" * 65, ()), 0),
        (Hello(0, "m", (("a", "1"), ("a", "2"))), 0),
        (Hello(0, "m", (("a", "v" * 257),)), 0),
        (Hello(0, "m", tuple((str(n), "") for n in range(65))), 0),
        (Ready(2**31), 0),
        (Start(0, 65536), 0),
        (Checksums(0, -1, ()), 0),
        (Checksums(0, 0, ((5, 1), (5, 1))), 0),
        (Checksums(0, 0, ((5, 1), (4, 1))), 0),
        (Checksums(0, 0, ((5, 2**64),)), 0),
        (Checksums(0, 0, tuple((n, 0) for n in range(257))), 0),
        (EpisodeEnd(0, -1, 0), 0),
        (StateDump(0, 0, 1, 1, b""), 0),
        (StateDump(0, 0, 0, 257, b""), 0),
        (StateDump(0, 0, 0, 1, b"x" * (MAX_PART_BYTES + 1)), 0),
        (Goodbye("é" * 101), 0),
        (LossClaim(0, 32, ()), 0),
        (LossClaim(0, 0, (-2,)), 0),
        (Backfill(0, 0, InputRun(0, ())), 0),
        (Backfill(0, 0, InputRun(0, (-1,))), 0),
        (Backfill(0, 0, InputRun(0, (2**256,))), 0),
        (Backfill(0, 0, InputRun(0, (1,) * 513)), 0),
        (Backfill(0, 0, InputRun(2**31 - 1, (1, 1))), 0),
        (CutProposal(1, ()), 0),
        (CutProposal(1, ((2, 5), (1, 5))), 0),
        (CutAck(1, ((2, -2),)), 0),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_exceeds_a_limit_is_not_encoded(message: Any, sequence: int) -> None:
    with pytest.raises(WireError):
        encode_control(message, sequence)


def test_equal_agreements_have_equal_bytes() -> None:
    """A cut commits when all have acknowledged the same; bytes are what is compared."""
    proposal = encode_control(CutProposal(1, ((0, 80), (2, -1))), 0)
    acknowledged = encode_control(CutAck(1, ((0, 80), (2, -1))), 0)
    assert proposal[3:] == acknowledged[3:]
