"""What can be said on the wire, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from peergym.rollback.control import (
    Backfill,
    Checksums,
    ControlMessage,
    CutAck,
    CutProposal,
    EpisodeEnd,
    Goodbye,
    Hello,
    HelloAck,
    LossClaim,
    Ready,
    Received,
    Start,
    StateDump,
)
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
    owners = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    widths = st.one_of(st.integers(0, 8), st.sampled_from([9, 64, 256]))
    return SeatTable(owners, draw(st.lists(widths, min_size=count, max_size=count)))


@st.composite
def datagrams(draw: st.DrawFn) -> tuple[SeatTable, int, Body, Trailer]:
    """(seats, sender, body, trailer), short enough; now and then a sender without a seat."""
    seats = draw(seat_tables())
    sender = draw(st.one_of(st.sampled_from(seats.owners), st.just(9)))
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


input_runs = st.builds(
    InputRun,
    st.integers(0, 2**30),
    st.lists(st.sampled_from([0, 1, 300, 2**256 - 1]), min_size=1, max_size=40).map(tuple),
)
cuts = st.dictionaries(st.integers(0, 31), frames, min_size=1, max_size=6).map(
    lambda cut: tuple(sorted(cut.items()))
)
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
    st.builds(LossClaim, numbers, st.integers(0, 31), st.lists(frames, max_size=32).map(tuple)),
    st.builds(Backfill, numbers, st.integers(0, 31), input_runs),
    st.builds(CutProposal, numbers, cuts),
    st.builds(CutAck, numbers, cuts),
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
