"""The relay's frames and the routes' reports: one encoding each, and nothing else is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.rollback import relay_wire as relay
from peergym.rollback.binary import WireError
from peergym.rollback.route_report import decode_report, encode_report
from tests.wire import independent_relay_decoder as independent
from tests.wire import relay_meaning as meanings
from tests.wire.independent_decoder import RefusedError

FOLDER = Path(__file__).parent / "vectors"
REFUSED = "refused"
SHORT = st.binary(max_size=40)


def load(name: str) -> list[Any]:
    vectors = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


def ours(way: str, data: bytes) -> Any:
    """The meaning; what was decoded must encode to the same bytes."""
    try:
        if way == "report":
            report = decode_report(data)
            assert encode_report(report) == data
            return meanings.of_report(report)
        frame = relay.decode_up(data) if way == "up" else relay.decode_down(data)
        assert encode(frame) == data
        return meanings.of_frame(frame)
    except WireError:
        return REFUSED


def theirs(way: str, data: bytes) -> Any:
    try:
        if way == "report":
            return independent.decode_report(data)
        return independent.decode_frame(way, data)
    except RefusedError:
        return REFUSED


def encode(frame: relay.UpFrame | relay.DownFrame) -> bytes:
    if isinstance(frame, relay.Welcome):
        return relay.encode_welcome(frame.peer, frame.others)
    if isinstance(frame, relay.Gone):
        return relay.encode_gone(frame.peer, is_goodbye=frame.is_goodbye)
    if isinstance(frame, relay.FannedInput):
        return relay.encode_input(frame.recipients, frame.body)
    if isinstance(frame, relay.Addressed):
        return relay.encode_addressed(frame.kind, frame.peer, frame.data)
    return encode_simple(frame)


def encode_simple(
    frame: relay.Attach | relay.FreshToken | relay.Ping | relay.Pong | relay.Came,
) -> bytes:
    if isinstance(frame, relay.Attach):
        return relay.encode_attach(frame.token)
    if isinstance(frame, relay.FreshToken):
        return relay.encode_token(frame.token)
    if isinstance(frame, relay.Ping):
        return relay.encode_ping(frame.stamp)
    if isinstance(frame, relay.Pong):
        return relay.encode_pong(frame.stamp)
    return relay.encode_came(frame.peer)


@pytest.mark.parametrize("vector", load("relay.json"))
def test_a_frame_means_what_it_always_meant(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    assert ours(vector["way"], data) == vector["meaning"]
    assert theirs(vector["way"], data) == vector["meaning"]


@pytest.mark.parametrize("vector", load("relay_refused.json"))
def test_what_was_refused_once_is_refused(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    assert ours(vector["way"], data) == REFUSED
    assert theirs(vector["way"], data) == REFUSED


@pytest.mark.parametrize("vector", load("relay.json"))
def test_both_decoders_agree_on_every_prefix_and_every_flipped_bit(vector: dict[str, Any]) -> None:
    data, way = bytes.fromhex(vector["hex"]), vector["way"]
    spoiled = [data[:size] for size in range(len(data))]
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        spoiled.append(bytes(flipped))
    outcomes = [ours(way, each) for each in spoiled]
    assert outcomes == [theirs(way, each) for each in spoiled]
    assert REFUSED in outcomes


@given(st.sampled_from(["up", "down", "report"]), SHORT)
def test_both_decoders_agree_on_anything(way: str, data: bytes) -> None:
    assert ours(way, data) == theirs(way, data)


@given(st.dictionaries(st.integers(0, 255), st.binary(min_size=4, max_size=4), min_size=1), SHORT)
def test_a_fanned_datagram_comes_back_as_it_went(recipients: dict[int, bytes], body: bytes) -> None:
    if not body:
        with pytest.raises(WireError, match="datagram of 0 bytes"):
            relay.encode_input(recipients.items(), body)
        return
    frame = relay.decode_up(relay.encode_input(recipients.items(), body))
    assert isinstance(frame, relay.FannedInput)
    assert dict(frame.recipients) == recipients
    assert frame.body == body


@pytest.mark.parametrize(
    "recipients",
    [[], [(1, bytes(4)), (1, bytes(4))], [(1, bytes(3))], [(1, bytes(5))], [(256, bytes(4))]],
)
def test_a_datagram_that_nobody_would_take_is_not_encoded(
    recipients: list[tuple[int, bytes]],
) -> None:
    with pytest.raises(WireError):
        relay.encode_input(recipients, b"\x11body")


def test_what_is_too_long_is_not_encoded() -> None:
    with pytest.raises(WireError, match="24577 bytes"):
        relay.encode_addressed(relay.UpKind.BULK, 1, bytes(24 * 1024 + 1))
    with pytest.raises(WireError, match="1197 bytes for 1 peers"):
        relay.encode_input([(1, bytes(4))], bytes(1197))
    with pytest.raises(WireError, match="token of 1025 bytes"):
        relay.encode_attach("x" * 1025)
    with pytest.raises(WireError, match="peer 256"):
        relay.encode_came(256)
