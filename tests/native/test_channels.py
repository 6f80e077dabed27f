"""What leaves a native peer, what waits, and what is skipped."""

from __future__ import annotations

import pytest

from peergym.hosts.native_channels import (
    BULK,
    CONTROL,
    INPUT,
    MOST_BUFFERED_BYTES,
    MOST_WAITING_BYTES,
    Channel,
    SilentPace,
)


class Raw:
    """A DataChannel that keeps what it is given until it is told to drain."""

    def __init__(self, state: str = "open") -> None:
        self.readyState = state
        self.bufferedAmount = 0
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        assert self.readyState == "open"
        self.sent.append(data)
        self.bufferedAmount += len(data)

    def close(self) -> None:
        self.readyState = "closed"


def test_a_datagram_that_cannot_leave_at_once_is_skipped() -> None:
    raw = Raw("connecting")
    channel = Channel(INPUT, raw)
    assert not channel.send(b"early")
    raw.readyState = "open"
    assert channel.send(b"sent")
    raw.bufferedAmount = MOST_BUFFERED_BYTES[INPUT]
    assert not channel.send(b"late")
    assert (raw.sent, channel.skipped) == ([b"sent"], 1)


@pytest.mark.parametrize("name", [CONTROL, BULK])
def test_what_is_reliable_waits_and_leaves_in_order(name: str) -> None:
    raw = Raw("connecting")
    channel = Channel(name, raw)
    assert channel.send(b"one")
    raw.readyState, raw.bufferedAmount = "open", MOST_BUFFERED_BYTES[name]
    assert channel.send(b"two")
    assert raw.sent == []
    raw.bufferedAmount = 0
    channel.flush()
    assert raw.sent == [b"one", b"two"]


def test_a_queue_that_overflows_closes_the_channel() -> None:
    raw = Raw("connecting")
    channel = Channel(CONTROL, raw)
    assert channel.send(bytes(MOST_WAITING_BYTES))
    assert not channel.send(b"more")
    assert raw.readyState == "closed"


def test_a_silent_peer_is_told_little_and_one_that_answers_everything() -> None:
    def admitted(pace: SilentPace, frames: range) -> int:
        return sum(pace.admits(40, frame / 60) for frame in frames)

    loading = SilentPace()
    assert admitted(loading, range(120)) == 120, "nobody is silent who was never heard"
    loading.note_heard(2.0)
    assert admitted(loading, range(120, 150)) == 30
    assert 2 <= admitted(loading, range(151, 211)) <= 4, "a second of silence"
    loading.note_heard(3.6)
    assert admitted(loading, range(216, 240)) == 24
