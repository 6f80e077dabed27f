"""What can be said on the wire, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from peergym.rollback.control import (
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
)
from peergym.rollback.membership import Arrival, Departure
from peergym.rollback.wire import (
    MAX_FRAME,
    Body,
    InputRun,
    PlayerStatus,
    SeatTable,
    Trailer,
    fit_runs,
)

frames = st.one_of(st.integers(-1, 200), st.integers(-1, MAX_FRAME))
numbers = st.one_of(st.integers(0, 200), st.integers(0, 2**31 - 1))
u64 = st.integers(0, 2**64 - 1)
trailers = st.builds(Trailer, st.integers(0, 0xFFFF), st.one_of(st.none(), st.integers(0, 0x7FFF)))


@st.composite
def runs_of_seat(draw: st.DrawFn, held: int, width: int) -> tuple[InputRun, ...]:
    count = draw(st.integers(0, 2))
    runs: list[InputRun] = []
    last = held
    for _ in range(count):
        if last < 0:
            break
        # Few different values, so that there are repeats.
        values = st.sampled_from([0, (1 << width) - 1, (1 << width) // 2])
        size = min(last + 1, draw(st.integers(1, 40)))
        run = tuple(draw(st.lists(values, min_size=size, max_size=size)))
        runs.insert(0, InputRun(last - size + 1, run))
        last = runs[0].first_frame - 1 - draw(st.integers(1, 70))
    return tuple(runs)


@st.composite
def seat_tables(draw: st.DrawFn) -> SeatTable:
    count = draw(st.integers(1, 6))
    owners = draw(st.lists(st.integers(-1, 3), min_size=count, max_size=count))
    widths = st.one_of(st.integers(0, 8), st.sampled_from([9, 64, 256]))
    return SeatTable(owners, draw(st.lists(widths, min_size=count, max_size=count)))


@st.composite
def datagrams(draw: st.DrawFn) -> tuple[SeatTable, int, Body, Trailer]:
    """(seats, sender, body, trailer), short enough; now and then a sender without a seat."""
    seats = draw(seat_tables())
    seated = [owner for owner in seats.owners if owner >= 0]
    sender = draw(st.sampled_from([*seated, 9]))
    held = tuple(draw(frames) for _ in range(seats.count))
    is_playing = draw(st.booleans())
    statuses = st.one_of(st.just(PlayerStatus.PRESENT), st.sampled_from(PlayerStatus))
    body = Body(
        match_tag=draw(st.integers(0, 0xFFFF)),
        episode=draw(numbers),
        epoch=draw(st.one_of(st.just(0), numbers)),
        last_tick=draw(frames) if is_playing else -1,
        phase=draw(st.integers(0, 15)) if is_playing else 0,
        held=held,
        status=tuple(draw(statuses) for _ in range(seats.count)),
        inputs=tuple(
            draw(runs_of_seat(held[player], seats.input_bits[player]))
            for player in seats.players_of(sender)
        ),
    )
    return seats, sender, fit_runs(body, sender, seats), draw(trailers)


def text(max_bytes: int, min_size: int = 0) -> st.SearchStrategy[str]:
    alphabet = st.characters(exclude_categories=["Cs"])
    return st.text(alphabet, min_size=min_size, max_size=max_bytes // 4)


@st.composite
def checksums(draw: st.DrawFn) -> Checksums:
    reported = sorted(draw(st.sets(numbers, max_size=20)))
    reports = tuple((frame, draw(u64)) for frame in reported)
    return Checksums(draw(numbers), draw(numbers), reports)


@st.composite
def state_dumps(draw: st.DrawFn) -> StateDump:
    parts = draw(st.integers(1, 256))
    part = draw(st.integers(0, parts - 1))
    return StateDump(draw(numbers), draw(numbers), part, parts, draw(st.binary(max_size=64)))


inputs = st.sampled_from([0, 1, 300, 2**256 - 1])
input_runs = st.builds(
    InputRun, st.integers(0, 2**30), st.lists(inputs, min_size=1, max_size=40).map(tuple)
)
peers = st.integers(0, 255)
players = st.sets(st.integers(0, 31), max_size=6).map(lambda seats: tuple(sorted(seats)))
departures = st.builds(Departure, peers, st.lists(frames, max_size=5).map(tuple), st.booleans())
arrivals = st.builds(Arrival, peers, players, numbers, st.booleans())
# Without an episode there is no frame.
places = st.one_of(st.just((-1, 0)), st.tuples(numbers, numbers))


def by_peer(changes: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Ascending by peer, none twice."""
    unique = st.lists(changes, max_size=5, unique_by=lambda change: change.peer)
    return unique.map(lambda listed: tuple(sorted(listed, key=lambda change: change.peer)))


@st.composite
def seatings(draw: st.DrawFn) -> Seating:
    seats = draw(st.lists(st.tuples(st.integers(-1, 255), numbers), max_size=32))
    return Seating(
        draw(st.one_of(st.just(-1), numbers)),
        draw(numbers),
        draw(st.booleans()),
        draw(numbers),
        tuple(sorted(draw(st.sets(peers, max_size=6)))),
        tuple(owner for owner, _ in seats),
        tuple(frame for _, frame in seats),
    )


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    count = draw(st.integers(1, 30))
    column = st.lists(inputs, min_size=count, max_size=count).map(tuple)
    columns = draw(st.lists(column, min_size=1, max_size=4).map(tuple))
    return Rows(draw(numbers), draw(st.integers(0, MAX_FRAME - count + 1)), columns)


@st.composite
def reexecutions(draw: st.DrawFn) -> Reexecute:
    frame = draw(st.integers(0, 2**20))
    seed = draw(st.integers(0, 2**32 - 1))
    return Reexecute(draw(numbers), seed, frame, draw(st.integers(0, frame)), draw(u64))


messages: st.SearchStrategy[ControlMessage] = st.one_of(
    st.builds(
        Hello,
        st.integers(0, 255),
        text(64, min_size=1),
        st.dictionaries(text(64), text(256), max_size=8).map(lambda named: tuple(named.items())),
    ),
    st.builds(HelloAck),
    st.builds(Received, numbers),
    st.builds(Ready, numbers),
    st.builds(Start, numbers, st.integers(0, 0xFFFF)),
    checksums(),
    st.builds(EpisodeEnd, numbers, numbers, u64),
    state_dumps(),
    st.builds(Goodbye, text(200)),
    st.builds(Backfill, numbers, st.integers(0, 31), input_runs),
    st.builds(Stance, numbers, st.booleans(), by_peer(departures), by_peer(arrivals)),
    places.map(lambda place: Follow(*place)),
    places.map(lambda place: Followed(*place)),
    st.builds(JoinRequest, players.filter(bool)),
    seatings(),
    rows(),
    st.builds(Repair, numbers, numbers, u64),
    st.builds(Unrepaired, numbers, text(200)),
    reexecutions(),
    st.builds(NotTold, numbers, text(200)),
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-300, 300),
    st.integers(),
    st.floats(),
    st.sampled_from([0.0, -0.0, float("nan"), 2**64, -(2**63), 2**200]),
    text(40),
    st.binary(max_size=20),
)
keys = st.recursive(
    # One NaN at most is the same in all places, so it is left out of keys.
    scalars.filter(lambda value: value == value),  # noqa: PLR0124
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.frozensets(inner, max_size=3)
    ),
    max_leaves=5,
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(keys, inner, max_size=5),
        st.sets(keys, max_size=5),
        st.frozensets(keys, max_size=5),
    ),
    max_leaves=20,
)
