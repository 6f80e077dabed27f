"""The targets find faults: each is planted, and a committed seed breaks the law that forbids it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from peergym.errors import SignallingError
from peergym.rollback import canonical, flight_recorder
from peergym.rollback.binary import BitReader, Reader
from peergym.rollback.datagrams import Datagrams
from peergym.rollback.input_queue import InputQueue
from peergym.rollback.lane import Lane
from peergym.rollback.membership import Membership
from peergym.signalling import Rooms
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import load_reach

Original = Callable[..., Any]


def believe_before_reading(decode: Original) -> Original:
    """A datagram counts as heard although it does not decode."""

    def planted(self, data, endpoint, *rest, **named):
        endpoint.last_heard_s += 1.0
        return decode(self, data, endpoint, *rest, **named)

    return planted


def forget_corrections(note_wrong: Original) -> Original:
    """A wrong prediction is not remembered."""
    return lambda self, frame: None


def keep_what_is_refused(accept: Original) -> Original:
    """Messages are kept before they are read."""

    def planted(self, data):
        self._outgoing.append(data)
        return accept(self, data)

    return planted


def take_any_length(raw: Original) -> Original:
    """Bytes that are not there are taken for an empty end."""
    return lambda self, size: raw(self, min(size, self.remaining_bytes))


def let_it_pass(check: Original) -> Original:
    """A check that checks nothing."""
    return lambda *_: None


def agree_alone(are_all_ready: Original) -> Original:
    """A member does not wait for the others."""
    return lambda self: True


def sit_down_first(join: Original) -> Original:
    """Whoever asks for a room leaves a trace, also if he may not enter."""

    def planted(self, member, code, now_s):
        try:
            return join(self, member, code, now_s)
        except SignallingError:
            self._push(member, "room", {})
            raise

    return planted


def count_in_vain(decode: Original) -> Original:
    """Two values in the place of one are taken."""
    return lambda data, *rest: canonical._Decoder(data).value(0)


PLANTED = [
    ("session", Datagrams, "decode", believe_before_reading),
    ("session", InputQueue, "_note_wrong", forget_corrections),
    ("session", Lane, "accept", keep_what_is_refused),
    ("datagram", BitReader, "expect_padding", let_it_pass),
    ("control", Reader, "raw", take_any_length),
    ("canonical", canonical, "decode", count_in_vain),
    ("recording", flight_recorder, "_check_types", let_it_pass),
    ("membership", Membership, "_are_all_ready", agree_alone),
    ("rooms", Rooms, "join", sit_down_first),
    ("frame", Rooms, "create", sit_down_first),
]


def replay(target: str) -> None:
    reach = load_reach(target)
    for data in seeds_of(target).values():
        reach(data)


@pytest.mark.parametrize(("target", "owner", "name", "plant"), PLANTED)
def test_a_planted_fault_is_found_by_a_seed(monkeypatch, target, owner, name, plant):
    monkeypatch.setattr(owner, name, plant(getattr(owner, name)))
    with pytest.raises((AssertionError, TypeError, AttributeError)):
        replay(target)
