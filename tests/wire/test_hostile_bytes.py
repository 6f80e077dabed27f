"""A peer may send anything: it decodes, or is refused, and both decoders see it alike."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peergym.rollback import canonical
from peergym.rollback.control import Goodbye, Rows, decode_control, encode_control
from peergym.rollback.wire import (
    Body,
    InputRun,
    SeatTable,
    Trailer,
    WireError,
    decode_datagram,
    encode_body,
    encode_trailer,
)
from tests.wire import independent_decoder
from tests.wire import meaning as meanings
from tests.wire.strategies import datagrams, messages, values

REFUSED = "refused"


def packet_of(case: tuple[SeatTable, int, Body, Trailer]) -> bytes:
    seats, sender, body, trailer = case
    return encode_body(body, sender, seats) + encode_trailer(trailer)


def ours(decode: Callable[[], Any]) -> Any:
    """What our decoder makes of it; any error but `WireError` fails the test."""
    try:
        return decode()
    except WireError:
        return REFUSED


def theirs(decode: Callable[[], Any]) -> Any:
    try:
        return decode()
    except independent_decoder.RefusedError:
        return REFUSED


def check_datagram(data: bytes, sender: int, seats: SeatTable) -> None:
    def decode() -> Any:
        body, trailer = decode_datagram(data, sender, seats)
        assert encode_body(body, sender, seats) + encode_trailer(trailer) == data
        return meanings.of_datagram(body, trailer)

    expected = theirs(
        lambda: independent_decoder.decode_datagram(
            data, list(seats.owners), list(seats.input_bits), sender
        )
    )
    assert ours(decode) == expected


def check_message(data: bytes) -> None:
    def decode() -> Any:
        sequence, message = decode_control(data)
        assert encode_control(message, sequence) == data
        return meanings.of_control(sequence, message)

    assert ours(decode) == theirs(lambda: independent_decoder.decode_control(data))


def check_canonical(data: bytes) -> None:
    def decode() -> Any:
        value = canonical.decode(data)
        assert canonical.encode(value) == data
        return meanings.sets_in_one_order(meanings.of_canonical(value))

    expected = theirs(lambda: independent_decoder.decode_canonical(data))
    assert ours(decode) == meanings.sets_in_one_order(expected)


def damaged(data: bytes) -> list[bytes]:
    """Every prefix, every flip of one bit, and one byte too many."""
    prefixes = [data[:size] for size in range(len(data))]
    flips = []
    for index in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[index] ^= 1 << bit
            flips.append(bytes(flipped))
    return [*prefixes, *flips, data + b"\0"]


@given(datagrams())
def test_every_damaged_datagram_decodes_alike_or_is_refused(
    case: tuple[SeatTable, int, Body, Trailer],
) -> None:
    seats, sender, _, _ = case
    for data in [*damaged(packet_of(case)[:60]), packet_of(case)]:
        check_datagram(data, sender, seats)


@given(messages, st.integers(1, 300))
def test_every_damaged_message_decodes_alike_or_is_refused(message: Any, sequence: int) -> None:
    data = encode_control(message, sequence if type(message).__name__ != "Received" else 0)
    for damage in [*damaged(data[:60]), data]:
        check_message(damage)


@given(values)
def test_every_damaged_value_decodes_alike_or_is_refused(value: Any) -> None:
    for damage in damaged(canonical.encode(value)[:60]):
        check_canonical(damage)


@given(st.binary(max_size=60), st.binary(min_size=1, max_size=1))
@example(b"", b"\x11")
def test_garbage_decodes_alike_or_is_refused(data: bytes, first: bytes) -> None:
    seats = SeatTable((0, 1, 0), (2, 3, 9))
    check_datagram(data, 0, seats)
    check_datagram(bytes([0x10 | first[0] & 15]) + data, 0, seats)
    check_message(data)
    check_message(b"\1\0" + first + data)
    check_canonical(data)


def test_padding_and_every_flag_are_refused_in_a_packet_they_do_not_belong_to() -> None:
    seats = SeatTable((0, 1), (2, 2))
    for flags in range(16):
        for tail in range(256):
            check_datagram(
                bytes([0x10 | flags, 0, 0, 0, 9, 4, tail, tail, 1, 2, 3, 0x84]), 0, seats
            )


def test_any_bytes_like_object_is_taken() -> None:
    seats = SeatTable((0, 1), (2, 2))
    data = bytes.fromhex("11fcd600a49c010e539768409c4d81")
    expected = decode_datagram(data, 0, seats)
    for form in (bytearray(data), memoryview(data), memoryview(bytearray(data))):
        assert decode_datagram(form, 0, seats) == expected
    message = encode_control(Goodbye("done"), 0)
    assert decode_control(memoryview(message)) == decode_control(message)


Decoder = Callable[[bytes], Any]


def decode_input(data: bytes) -> Any:
    return decode_datagram(data, 0, SeatTable((0, 1), (2, 2)))


BOMBS: dict[str, tuple[Decoder, bytes]] = {
    "a repeat of 2**4000 inputs": (
        decode_input,
        bytes.fromhex("11000000ff7f0000a0") + b"\0" * 500 + b"\1" * 600,
    ),
    "a list of 2**31 items": (canonical.decode, b"\x09\x80\x80\x80\x80\x08"),
    "an int of 2**31 bytes": (canonical.decode, b"\x03\x80\x80\x80\x80\x08"),
    "two million empty sets": (canonical.decode, b"\x09\x80\x80\x7f" + b"\x0b\0" * 2_080_768),
    "a list in a list, and so on": (canonical.decode, b"\x09\x01" * 2_000_000 + b"\0"),
    "5 MB of text": (canonical.decode, b"\x05\xc0\x96\xb1\x02" + b"a" * 5_000_000),
    "a message of 5 MB": (decode_control, b"\1\0\x09" + b"a" * 5_000_000),
    "a part of 2**31 bytes": (decode_control, bytes.fromhex("0100080000000180808080" + "08")),
    "2**31 checksums": (decode_control, bytes.fromhex("0100060000" + "8080808008")),
    "2**31 departures": (decode_control, bytes.fromhex("0100140000" + "8080808008")),
    "8,000 departures": (decode_control, bytes.fromhex("0100140000" + "c03e" + "000000" * 8000)),
    "2**31 seats": (decode_control, bytes.fromhex("0100230000000000" + "8080808008")),
    "2**31 columns": (decode_control, bytes.fromhex("0100240000" + "8080808008")),
    "8,000 columns of 512": (
        decode_control,
        bytes.fromhex("0100240000" + "c03e" + "0001ff03" * 6000),
    ),
    "a column of 2**31 repeats": (decode_control, bytes.fromhex("010024000001008080808008")),
    "a column of 512 times 512": (
        decode_control,
        bytes.fromhex("01002400000101" + "8004" + "ff0301ff0302" * 256),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_anything_is_allocated(name: str) -> None:
    decode, data = BOMBS[name]
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode(data)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 100_000


def test_the_fullest_datagram_expands_to_a_bounded_number_of_inputs() -> None:
    """1,200 bytes may say at most 512 inputs for each seat of the sender."""
    seats = SeatTable((0,) * 32, (1,) * 32)
    runs = tuple(((InputRun(1000, (1,) * 512),),) * 32)
    said = Body(0, 0, 0, 1511, 0, (1511,) * 32, seats.all_present, runs)
    data = encode_body(said, 0, seats) + encode_trailer(Trailer(0, None))
    assert len(data) < 200
    body, _ = decode_datagram(data, 0, seats)
    assert sum(len(run.values) for runs in body.inputs for run in runs) == 32 * 512


def test_the_fullest_rows_expand_to_a_bounded_number_of_inputs() -> None:
    """200 bytes may say 512 inputs of 32 players, and no message says more."""
    said = Rows(0, 0, ((1,) * 512,) * 32)
    data = encode_control(said, 0)
    assert len(data) < 200
    tracemalloc.start()
    try:
        assert decode_control(data) == (0, said)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 32 * 512 * 8 * 2
