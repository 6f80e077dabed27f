"""Messages of `control` and `bulk`: what is said comes out, within its limits."""

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
    EpisodeEnd,
    Follow,
    Followed,
    Goodbye,
    Hello,
    HelloAck,
    JoinRequest,
    NotTold,
    Ready,
    Received,
    Reexecute,
    Repair,
    Rows,
    Seating,
    Stance,
    Start,
    StateDump,
    Unrepaired,
    WireError,
    decode_control,
    encode_control,
    split_state,
)
from peergym.rollback.membership import Arrival, Departure
from peergym.rollback.wire import InputRun
from tests.wire.strategies import messages


@given(messages, st.integers(0, 2**32 - 1))
def test_a_message_comes_back(message: ControlMessage, sequence: int) -> None:
    sequence = 0 if type(message) is Received else sequence
    assert decode_control(encode_control(message, sequence)) == (sequence, message)


WIDE = (2**256 - 1, 1) * 256  # 512 inputs that cannot be shortened: 33 bytes each, and the length


def test_the_largest_messages_are_within_the_limit() -> None:
    hello = Hello(255, "m" * 64, tuple((f"{n:064}", "v" * 256) for n in range(64)))
    part = StateDump(2**31 - 1, 2**31 - 1, 255, 256, b"x" * MAX_PART_BYTES)
    backfill = Backfill(0, 0, InputRun(0, WIDE))
    rows = Rows(2**31 - 1, 2**31 - 512, (WIDE, (1, 2) * 256))
    for message in (hello, part, backfill, rows):
        data = encode_control(message, 2**32 - 1)
        assert MAX_PART_BYTES < len(data) <= MAX_MESSAGE_BYTES
        assert decode_control(data) == (2**32 - 1, message)


def test_256_checksums_of_distant_frames_fit() -> None:
    checksums = Checksums(0, 0, tuple((8_000_000 * n, n) for n in range(256)))
    assert decode_control(encode_control(checksums, 9)) == (9, checksums)


def test_a_stance_about_every_peer_there_can_be_fits() -> None:
    """Each peer id has one seat at most one time, or some have several and others none."""
    last = 2**31 - 1
    stance = Stance(
        last,
        True,
        tuple(Departure(peer, (last,), True) for peer in range(256)),
        tuple(Arrival(peer, (31,), last, True) for peer in range(256)),
    )
    data = encode_control(stance, 2**32 - 1)
    assert len(data) < 6000
    assert decode_control(data) == (2**32 - 1, stance)


@pytest.mark.parametrize(
    "message",
    [
        Rows(0, 0, (WIDE, WIDE)),
        Rows(0, 0, (WIDE,) * 32),
        Stance(0, False, tuple(Departure(peer, (2**31 - 1,) * 32) for peer in range(256)), ()),
    ],
    ids=["rows of two players", "rows of all", "stance"],
)
def test_what_each_limit_allows_but_the_size_of_a_message_does_not_is_not_encoded(
    message: ControlMessage,
) -> None:
    with pytest.raises(WireError, match="24576 at most"):
        encode_control(message, 0)


def test_a_message_may_have_24_kib_and_not_a_byte_more() -> None:
    def rows(changes: int) -> Rows:
        narrow = (1, 2) * changes + (0,) * (512 - 2 * changes)
        return Rows(0, 0, (WIDE, (1 << 95, 1) * 256, narrow))

    fitting = [n for n in range(256) if len(encoded_or_empty(rows(n))) > 0]
    message = rows(fitting[-1])
    missing = MAX_MESSAGE_BYTES - len(encode_control(message, 0))
    longest = encode_control(message, 128**missing if missing else 0)
    assert len(fitting) < 256
    assert len(longest) == MAX_MESSAGE_BYTES
    assert decode_control(longest)[1] == message
    with pytest.raises(WireError, match="24577 bytes"):
        encode_control(message, 128 ** (missing + 1))
    with pytest.raises(WireError, match="24577 bytes"):
        decode_control(longest + b"\0")


def encoded_or_empty(message: ControlMessage) -> bytes:
    try:
        return encode_control(message, 0)
    except WireError:
        return b""


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
        (Backfill(0, 0, InputRun(0, ())), 0),
        (Backfill(0, 0, InputRun(0, (-1,))), 0),
        (Backfill(0, 0, InputRun(0, (2**256,))), 0),
        (Backfill(0, 0, InputRun(0, (1,) * 513)), 0),
        (Backfill(0, 0, InputRun(2**31 - 1, (1, 1))), 0),
        (Stance(-1, False, (), ()), 0),
        (Stance(2**31, False, (), ()), 0),
        (Stance(0, False, (Departure(256, ()),), ()), 0),
        (Stance(0, False, (Departure(-1, ()),), ()), 0),
        (Stance(0, False, (Departure(0, (-2,)),), ()), 0),
        (Stance(0, False, (Departure(0, (2**31,)),), ()), 0),
        (Stance(0, False, (Departure(0, (0,) * 33),), ()), 0),
        (Stance(0, False, (Departure(2, ()), Departure(1, ())), ()), 0),
        (Stance(0, False, (Departure(2, ()), Departure(2, (), True)), ()), 0),
        (Stance(0, False, (), (Arrival(256, (0,), 0),)), 0),
        (Stance(0, False, (), (Arrival(0, (32,), 0),)), 0),
        (Stance(0, False, (), (Arrival(0, (1, 0), 0),)), 0),
        (Stance(0, False, (), (Arrival(0, (0, 0), 0),)), 0),
        (Stance(0, False, (), (Arrival(0, (0,), -1),)), 0),
        (Stance(0, False, (), (Arrival(0, (0,), 2**31),)), 0),
        (Stance(0, False, (), (Arrival(2, (0,), 0), Arrival(1, (1,), 0))), 0),
        (Follow(-2, 0), 0),
        (Follow(2**31, 0), 0),
        (Follow(-1, 1), 0),
        (Followed(-1, 1), 0),
        (Followed(0, -1), 0),
        (JoinRequest(()), 0),
        (JoinRequest((32,)), 0),
        (JoinRequest((1, 0)), 0),
        (JoinRequest((1, 1)), 0),
        (Seating(-2, 0, False, 0, (), (0,), (0,)), 0),
        (Seating(0, -1, False, 0, (), (0,), (0,)), 0),
        (Seating(0, 0, False, 0, (1, 0), (0,), (0,)), 0),
        (Seating(0, 0, False, 0, (256,), (0,), (0,)), 0),
        (Seating(0, 0, False, 0, (), (-2,), (0,)), 0),
        (Seating(0, 0, False, 0, (), (256,), (0,)), 0),
        (Seating(0, 0, False, 0, (), (0,), (-1,)), 0),
        (Seating(0, 0, False, 0, (), (0, 1), (0,)), 0),
        (Seating(0, 0, False, 0, (), (0,) * 33, (0,) * 33), 0),
        (Rows(0, 0, ()), 0),
        (Rows(0, 0, ((),)), 0),
        (Rows(0, 0, ((0, 1), (0,))), 0),
        (Rows(0, 0, ((0, -1),)), 0),
        (Rows(0, 0, ((2**256,),)), 0),
        (Rows(0, 0, ((0,) * 513,)), 0),
        (Rows(0, 0, ((0,),) * 33), 0),
        (Rows(0, -1, ((0,),)), 0),
        (Rows(0, 2**31 - 1, ((0, 0),)), 0),
        (Repair(0, 0, 2**64), 0),
        (Repair(0, -1, 0), 0),
        (Unrepaired(-1, "no"), 0),
        (Unrepaired(0, "ü" * 101), 0),
        (Reexecute(-1, 0, 0, 0, 0), 0),
        (Reexecute(0, 2**32, 0, 0, 0), 0),
        (Reexecute(0, -1, 0, 0, 0), 0),
        (Reexecute(0, 0, 2**20 + 1, 0, 0), 0),
        (Reexecute(0, 0, 5, 6, 0), 0),
        (Reexecute(0, 0, 5, -1, 0), 0),
        (Reexecute(0, 0, 5, 5, 2**64), 0),
        (NotTold(-1, "no"), 0),
        (NotTold(0, "ü" * 101), 0),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_exceeds_a_limit_is_not_encoded(message: Any, sequence: int) -> None:
    with pytest.raises(WireError):
        encode_control(message, sequence)
