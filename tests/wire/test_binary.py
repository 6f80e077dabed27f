"""Fields and codes: their bytes, their limits, and that there is one form of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import RemoteProtocolError
from peergym.rollback.binary import BitReader, BitWriter, Reader, WireError, Writer

LIMIT = 2**32 - 1


def varint(value: int) -> bytes:
    out = Writer()
    out.varint(value, LIMIT)
    return out.to_bytes()


def golomb(value: int, order: int) -> str:
    out = BitWriter()
    out.golomb(value, order)
    out.bits(1, 1)  # marks where the padding begins
    bits = "".join(f"{byte:08b}" for byte in out.to_bytes())
    return bits.rstrip("0")[:-1]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (16383, "ff7f"),
        (16384, "808001"),
        (LIMIT, "ffffffff0f"),
    ],
)
def test_a_number_has_the_bytes_of_leb128(value: int, data: str) -> None:
    assert varint(value).hex() == data
    assert Reader(bytes.fromhex(data)).varint(LIMIT) == value


@pytest.mark.parametrize(
    "data", ["8000", "ff00", "80808000", "8080808010", "ffffffffff00", "80", ""]
)
def test_a_number_in_another_form_is_refused(data: str) -> None:
    with pytest.raises(WireError):
        Reader(bytes.fromhex(data)).varint(LIMIT)


@given(st.integers(0, LIMIT), st.integers(0, LIMIT))
def test_a_number_is_taken_exactly_up_to_its_limit(value: int, limit: int) -> None:
    reader = Reader(varint(value))
    if value <= limit:
        assert reader.varint(limit) == value
        reader.expect_end()
    else:
        with pytest.raises(WireError):
            reader.varint(limit)


@given(st.integers(-LIMIT, LIMIT))
def test_signed_numbers_come_back(value: int) -> None:
    out = Writer()
    out.zigzag(value, LIMIT)
    data = out.to_bytes()
    assert Reader(data).zigzag(LIMIT) == value
    assert len(data) == 1 or abs(value) >= 64


@pytest.mark.parametrize(
    ("value", "order", "bits"),
    [
        (0, 2, "100"),
        (3, 2, "111"),
        (4, 2, "01000"),
        (11, 2, "01111"),
        (12, 2, "0010000"),
        (0, 4, "10000"),
        (15, 4, "11111"),
        (16, 4, "0100000"),
        (0, 0, "1"),
        (1, 0, "010"),
    ],
)
def test_a_code_has_the_bits_of_exp_golomb(value: int, order: int, bits: str) -> None:
    assert golomb(value, order) == bits


@given(st.lists(st.tuples(st.integers(0, 70000), st.integers(0, 5), st.integers(1, 300))))
def test_bits_and_codes_come_back_in_order(fields: list[tuple[int, int, int]]) -> None:
    out = BitWriter()
    for value, order, width in fields:
        out.golomb(value, order)
        out.bits(value % (1 << width), width)
    reader = BitReader(out.to_bytes())
    for value, order, width in fields:
        assert reader.golomb(order, 70000) == value
        assert reader.bits(width) == value % (1 << width)
    reader.expect_padding()


def test_a_code_above_its_limit_is_refused() -> None:
    out = BitWriter()
    out.golomb(12, 2)
    with pytest.raises(WireError, match="12, above 11"):
        BitReader(out.to_bytes()).golomb(2, 11)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00" * 100, b"\x00\x01"])
def test_a_code_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        BitReader(data).golomb(2, 511)


def test_padding_is_less_than_a_byte_of_zeros() -> None:
    reader = BitReader(b"\x80\x00")
    reader.bits(1)
    with pytest.raises(WireError, match="1 bytes too many"):
        reader.expect_padding()
    reader.bits(8)
    reader.expect_padding()


def test_text_is_strict_utf8_on_both_sides() -> None:
    with pytest.raises(WireError):
        Writer().text("\ud800", 10)
    with pytest.raises(WireError):
        Reader(b"\x03\xed\xa0\x80").text(10)
    with pytest.raises(WireError):
        Writer().text("é" * 6, 11)


@pytest.mark.parametrize(
    ("width_name", "value"),
    [("u8", 256), ("u8", -1), ("u16", 65536), ("u16", -1), ("u64", 2**64), ("u64", -1)],
)
def test_what_does_not_fit_is_not_written(width_name: str, value: int) -> None:
    with pytest.raises(WireError):
        getattr(Writer(), width_name)(value)


def test_a_reader_stops_at_the_end_it_was_given() -> None:
    reader = Reader(b"\x01\x02\x03", 1, 2)
    assert reader.u8() == 2
    reader.expect_end()
    for take in (reader.u8, reader.u16, reader.u64):
        with pytest.raises(WireError):
            take()


def test_a_wire_error_is_a_remote_protocol_error_and_a_value_error() -> None:
    assert issubclass(WireError, RemoteProtocolError)
    assert issubclass(WireError, ValueError)
