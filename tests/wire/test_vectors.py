"""Golden vectors: the bytes of every field, fixed for good.

Vectors are added (`vectors/add.py`), never edited: the encoder must still give exactly their bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from peergym.rollback import canonical
from peergym.rollback.control import ControlMessage, decode_control, encode_control
from peergym.rollback.wire import (
    SeatTable,
    WireError,
    decode_datagram,
    encode_body,
    encode_trailer,
)
from tests.wire import independent_decoder
from tests.wire import meaning as meanings

DECODERS: dict[str, Callable[[bytes], Any]] = {
    "input": lambda data: decode_datagram(data, 0, SeatTable((0, 1), (2, 2))),
    "control": decode_control,
    "canonical": canonical.decode,
}
FOLDER = Path(__file__).parent / "vectors"


def load(name: str) -> list[Any]:
    vectors = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.mark.parametrize("vector", load("datagrams"))
def test_a_datagram_means_what_it_always_meant(vector: dict[str, Any]) -> None:
    data, seats = bytes.fromhex(vector["hex"]), SeatTable(vector["owners"], vector["input_bits"])
    body, trailer = decode_datagram(data, vector["sender"], seats)
    assert meanings.of_datagram(body, trailer) == vector["meaning"]
    assert encode_body(body, vector["sender"], seats) + encode_trailer(trailer) == data


@pytest.mark.parametrize("vector", load("datagrams"))
def test_a_decoder_made_from_the_page_reads_the_datagram(vector: dict[str, Any]) -> None:
    decoded = independent_decoder.decode_datagram(
        bytes.fromhex(vector["hex"]), vector["owners"], vector["input_bits"], vector["sender"]
    )
    assert decoded == vector["meaning"]


@pytest.mark.parametrize("vector", load("control"))
def test_a_message_means_what_it_always_meant(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    sequence, message = decode_control(data)
    assert meanings.of_control(sequence, message) == vector["meaning"]
    assert encode_control(message, sequence) == data


@pytest.mark.parametrize("vector", load("control"))
def test_a_decoder_made_from_the_page_reads_the_message(vector: dict[str, Any]) -> None:
    assert independent_decoder.decode_control(bytes.fromhex(vector["hex"])) == vector["meaning"]


@pytest.mark.parametrize("vector", load("canonical"))
def test_canonical_bytes_mean_what_they_always_meant(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    value = canonical.decode(data)
    expected = meanings.sets_in_one_order(vector["meaning"])
    assert meanings.sets_in_one_order(meanings.of_canonical(value)) == expected
    assert canonical.encode(value) == data


@pytest.mark.parametrize("vector", load("canonical"))
def test_a_decoder_made_from_the_page_reads_canonical_bytes(vector: dict[str, Any]) -> None:
    decoded = independent_decoder.decode_canonical(bytes.fromhex(vector["hex"]))
    expected = meanings.sets_in_one_order(vector["meaning"])
    assert meanings.sets_in_one_order(decoded) == expected


@pytest.mark.parametrize("vector", load("refused"))
def test_what_must_be_refused_is_refused(vector: dict[str, Any]) -> None:
    decode = DECODERS[vector["channel"]]
    with pytest.raises(WireError):
        decode(bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("vector", load("refused"))
def test_a_decoder_made_from_the_page_refuses_it_for_its_reason(vector: dict[str, Any]) -> None:
    with pytest.raises(independent_decoder.RefusedError) as refused:
        independent_decoder.decode(vector["channel"], bytes.fromhex(vector["hex"]))
    assert str(refused.value) == vector["reason"]


def test_every_message_and_every_flag_has_a_vector() -> None:
    messages = {parameters.values[0]["meaning"]["message"] for parameters in load("control")}
    assert messages == {kind.__name__ for kind in ControlMessage.__args__}
    flags = {bytes.fromhex(p.values[0]["hex"])[0] & 15 for p in load("datagrams")}
    assert {flag for flag in (1, 2, 4, 8) if any(seen & flag for seen in flags)} == {1, 2, 4, 8}
    tags = {bytes.fromhex(parameters.values[0]["hex"])[0] for parameters in load("canonical")}
    assert tags == {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12}


PAGE = (Path(__file__).parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file_name", "name", "heading", "end"),
    [
        ("datagrams", "the example of the page", "### Example", "15 bytes."),
        ("control", "claim", "Nothing else is needed", "11 bytes."),
    ],
)
def test_an_example_of_the_page_is_a_vector(
    file_name: str, name: str, heading: str, end: str
) -> None:
    example = PAGE.split(heading)[1].split(end)[0]
    rows = [line[4:16] for line in example.splitlines() if line.startswith("    ")]
    pairs = [pair for row in rows for pair in row.split() if len(pair) == 2]
    names = {p.values[0]["name"]: p.values[0]["hex"] for p in load(file_name)}
    assert "".join(pairs) == names[name]
    assert end == f"{len(pairs)} bytes."


def test_the_page_lists_every_message_under_its_number() -> None:
    table = PAGE.split("## Messages")[1].split("### The handshake")[0]
    listed = dict(re.findall(r"^\| (\d+) \| (\w+) \|", table, re.MULTILINE))
    spoken = {}
    for parameters in load("control"):
        data = bytes.fromhex(parameters.values[0]["hex"])
        after_sequence = next(i for i in range(1, len(data)) if data[i] < 128) + 1
        spoken[str(data[after_sequence])] = parameters.values[0]["meaning"]["message"]
    assert listed == spoken
