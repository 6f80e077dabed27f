"""A peer that sends anything, by any way, in any order: nothing is raised, and little is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.hosts.peer_ways import BULK, CONTROL, INPUT
from peergym.hosts.route_lane import WINDOW_BYTES
from peergym.hosts.route_quality import RouteQuality
from peergym.rollback import relay_wire as wire
from peergym.rollback.control import Goodbye, Received, encode_control
from peergym.rollback.control_limits import MAX_MESSAGE_BYTES
from peergym.rollback.relay_wire import DownKind
from peergym.rollback.route_report import Route, RouteReport, encode_report
from peergym.rollback.wire import Trailer
from peergym.server.relay_connection import RelayLimits
from tests.routes.world import Host, World

BAD = 1
SHORT = st.binary(max_size=40)
CHANNELS = st.sampled_from([INPUT, CONTROL, BULK])
KINDS = st.sampled_from([DownKind.INPUT, DownKind.CONTROL, DownKind.BULK, DownKind.REPORT])
STAMPS = st.integers(0, 2**16 - 1)

WORDS = st.one_of(
    SHORT,
    SHORT.map(lambda data: b"\x11" + data),
    st.integers(0, 2**20).map(lambda number: encode_control(Received(number), 0)),
    st.integers(0, 30).map(lambda number: encode_control(Goodbye("later"), number)),
    st.builds(
        RouteReport,
        hears_direct=st.booleans(),
        likes_direct=st.booleans(),
        route=st.sampled_from(Route),
        loss=st.floats(0, 1),
        count=STAMPS,
        trailer=st.builds(Trailer, sent=STAMPS, echo=st.none() | st.integers(0, 2**15 - 1)),
    ).map(encode_report),
)
"""Among them what is well-formed, and a lie."""

PRESENCES = {
    "came": [wire.encode_came(BAD)],
    "gone": [wire.encode_gone(BAD, is_goodbye=False)],
    "gone for good": [wire.encode_gone(BAD, is_goodbye=True)],
    "here and gone": [wire.encode_came(BAD), wire.encode_gone(BAD, is_goodbye=False)],
}

DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("direct"), CHANNELS, WORDS),
        st.tuples(st.just("relayed"), KINDS, WORDS),
        st.tuples(st.just("frame"), SHORT),
        st.tuples(st.just("link"), st.booleans()),
        st.tuples(st.just("relay"), st.booleans()),
        st.tuples(st.just("there"), st.sampled_from(sorted(PRESENCES))),
        st.tuples(st.just("pass"), st.sampled_from([0.0, 0.016, 0.3, 1.0, 4.0])),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(DOINGS)
def test_whatever_a_peer_does_nothing_is_raised_and_little_is_sent(
    doings: list[tuple[Any, ...]],
) -> None:
    world = World(2)
    world.run(1.5)
    good = world.hosts[0]
    world.hosts[BAD].is_dead = True
    for doing in doings:
        _do(world, good, doing)
        now_s = world.now_s
        out = good.routes.drain(now_s)
        assert sum(len(each.data) for each in out) < 4 * WINDOW_BYTES
        assert now_s < good.routes.timer_s() <= now_s + 1
        assert good.routes.is_reached(0)
    while good.routes.next_event() is not None:
        pass
    assert all(len(choice._counted) < 100 for choice in _qualities(good))


def _has(messages: int) -> bytes:
    """He says that he has so many."""
    return wire.encode_addressed(DownKind.CONTROL, BAD, encode_control(Received(messages), 0))


@pytest.mark.parametrize(
    "frame",
    [_has(0), wire.encode_came(BAD)],
    ids=["says that nothing came", "attaches again and again"],
)
def test_who_never_has_what_is_sent_costs_less_than_the_relay_allows(frame: bytes) -> None:
    world = World(2, offers=[])
    world.run(2)
    good = world.hosts[0]
    lane = good.routes._peers[BAD].lanes[CONTROL]
    for _ in range(100):
        lane.put(b"\x01\x01\x09" + bytes(MAX_MESSAGE_BYTES - 3))
    sent_bytes = 0
    for tick in range(60 * 20):
        now_s = world.now_s + tick / 60
        if tick % 30 == 29:  # he gets on, but never far
            good.routes.receive_relayed(_has(1 + tick // 30), now_s)
        good.routes.receive_relayed(frame, now_s)
        sent_bytes += sum(len(each.data) for each in good.routes.drain(now_s))
    # Three such peers at once, and inputs beside them.
    assert 2 * WINDOW_BYTES < sent_bytes < 20 * RelayLimits().bytes_per_s / 4


def test_who_comes_and_goes_without_end_does_not_fill_the_record() -> None:
    world = World(2, offers=[])
    world.run(2)
    good, told = world.hosts[0], 0
    for tick in range(60 * 60):
        now_s = world.now_s + tick / 60
        for frame in PRESENCES["gone"] + PRESENCES["came"]:
            good.routes.receive_relayed(frame, now_s)
        while good.routes.next_event() is not None:
            told += 1
    assert 20 < told < 100
    assert good.route(BAD) == "relay"


def _do(world: World, good: Host, doing: tuple[Any, ...]) -> None:
    routes, now_s = good.routes, world.now_s
    what, *how = doing
    if what == "direct":
        routes.receive_direct(how[0], how[1], BAD, now_s)
    elif what == "link":
        routes.note_direct(BAD, now_s, is_open=how[0])
    elif what == "relay":
        routes.note_relay(now_s, is_open=how[0])
    elif what == "pass":
        world.run(how[0])
    for frame in _frames(what, how):
        routes.receive_relayed(frame, now_s)


def _frames(what: str, how: list[Any]) -> list[bytes]:
    """What comes from the relay."""
    if what == "relayed":
        return [wire.encode_addressed(how[0], BAD, how[1])] if how[1] else []
    if what == "frame":
        return how
    if what == "relay":
        return [wire.encode_welcome(0, [])] if how[0] else []
    return PRESENCES[how[0]] if what == "there" else []


def _qualities(host: Host) -> Iterator[RouteQuality]:
    for chooser in host.routes.choosers().values():
        yield from (chooser.direct, chooser.relay)
