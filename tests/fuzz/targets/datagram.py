"""Any bytes on channel ``input``: both decoders see them alike, and what decodes encodes again."""

from __future__ import annotations

from typing import Any

from peergym.rollback.wire import (
    MAX_FRAMES_PER_SEAT,
    SeatTable,
    WireError,
    decode_datagram,
    encode_body,
    encode_trailer,
)
from tests.wire import independent_decoder, meaning

MATCHES = (
    (SeatTable((0, 1), (2, 2)), 0),
    (SeatTable((0, 1, 0), (2, 3, 9)), 0),
    (SeatTable((0, 1, 2, 3, 1), (0, 256, 8, 1, 64)), 1),
    (SeatTable((0,) * 32, (1,) * 32), 0),
    (SeatTable((0, 1), (2, 2)), 9),
)
"""(seats, sender): one match of the golden vectors, wide and narrow inputs, all seats, none."""

DEEP = frozenset({"inputs", "two runs", "epoch", "somebody absent", "echo"})


def reach(data: bytes) -> set[str]:
    """The first byte chooses the match, the others are the datagram."""
    if not data:
        return set()
    seats, sender = MATCHES[data[0] % len(MATCHES)]
    owners, widths = list(seats.owners), list(seats.input_bits)
    mine = ours(data[1:], sender, seats)
    try:
        theirs = independent_decoder.decode_datagram(data[1:], owners, widths, sender)
    except independent_decoder.RefusedError as refused:
        assert mine is None
        return {str(refused)}
    assert mine == theirs
    said = {
        "inputs": any(mine["inputs"]),
        "two runs": any(len(runs) == 2 for runs in mine["inputs"]),
        "epoch": mine["epoch"],
        "somebody absent": any(mine["status"]),
        "echo": mine["echo"] is not None,
    }
    return {name for name, is_said in said.items() if is_said}


def ours(data: bytes, sender: int, seats: SeatTable) -> dict[str, Any] | None:
    """What our decoder makes of it, None if it refuses; any error but `WireError` is a finding."""
    try:
        body, trailer = decode_datagram(data, sender, seats)
    except WireError:
        return None
    assert encode_body(body, sender, seats) + encode_trailer(trailer) == data
    for runs in body.inputs:
        assert sum(len(run.values) for run in runs) <= MAX_FRAMES_PER_SEAT
    return meaning.of_datagram(body, trailer)
