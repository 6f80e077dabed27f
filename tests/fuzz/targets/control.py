"""Any bytes as a message: both decoders see them alike, and what decodes encodes again."""

from __future__ import annotations

from typing import Any

from peergym.rollback.control import ControlMessage, WireError, decode_control, encode_control
from tests.fuzz.build import build
from tests.fuzz.choices import Choices
from tests.wire import independent_decoder, meaning

MADE = 0xFE  # as the first byte, which is no version of ours: the rest decides about a message


DEEP = frozenset(kind.__name__ for kind in ControlMessage.__args__)


def reach(data: bytes) -> set[str]:
    """The bytes are a message; or they decide about one that is written, damaged and read."""
    if data[:1] == bytes([MADE]):
        choices = Choices(data[1:])
        message = build(choices.pick(ControlMessage.__args__), choices, ())
        try:
            written = encode_control(message, choices.number())
        except WireError:
            return set()  # a writer refuses what a reader would
        assert decode_control(written)[1] == message
        data = choices.mutate(written) if choices.left else written
    mine = ours(data)
    try:
        theirs = independent_decoder.decode_control(data)
    except independent_decoder.RefusedError as refused:
        assert mine is None
        return {str(refused)}
    assert mine == theirs
    return {mine["message"]}


def ours(data: bytes) -> dict[str, Any] | None:
    """What our decoder makes of it, None if it refuses; any error but `WireError` is a finding."""
    try:
        sequence, message = decode_control(data)
    except WireError:
        return None
    assert encode_control(message, sequence) == data
    return meaning.of_control(sequence, message)
