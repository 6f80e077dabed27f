"""Datagrams: what is put in comes out, and what is too long keeps its two ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.rollback.wire import (
    MAX_DATAGRAM_BYTES,
    MAX_FRAME,
    MAX_FRAMES_PER_SEAT,
    TRAILER_BYTES,
    Body,
    InputRun,
    PlayerStatus,
    SeatTable,
    Trailer,
    WireError,
    decode_datagram,
    encode_body,
    encode_trailer,
    fit_runs,
    match_tag_of,
)
from tests.wire.strategies import datagrams

NO_TRAILER = encode_trailer(Trailer(0, None))
TWO = SeatTable((0, 1), (2, 2))


def said(held: tuple[int, ...], *inputs: tuple[InputRun, ...]) -> Body:
    return Body(1, 0, 0, held[0], 0, held, (PlayerStatus.PRESENT,) * len(held), inputs)


@given(datagrams())
def test_a_datagram_comes_back(case: tuple[SeatTable, int, Body, Trailer]) -> None:
    seats, sender, body, trailer = case
    data = encode_body(body, sender, seats) + encode_trailer(trailer)
    assert len(data) <= MAX_DATAGRAM_BYTES
    assert decode_datagram(data, sender, seats) == (body, trailer)


@given(datagrams(), datagrams())
def test_two_bodies_have_the_same_bytes_only_if_they_say_the_same(
    a: tuple[SeatTable, int, Body, Trailer], b: tuple[SeatTable, int, Body, Trailer]
) -> None:
    seats, sender, body, _ = a
    other = b[2]
    if len(other.held) == len(body.held) and len(other.inputs) == len(body.inputs):
        try:
            data = encode_body(other, sender, seats)
        except WireError:  # inputs too wide for these seats
            return
        assert (data == encode_body(body, sender, seats)) == (other == body)


def test_a_typical_datagram_takes_15_bytes() -> None:
    body = said((20003, 19996), (InputRun(19997, (1, 1, 1, 0, 0, 0, 0)),))
    assert len(encode_body(body, 0, TWO) + NO_TRAILER) == 15


def test_a_keepalive_takes_eleven_bytes() -> None:
    assert len(encode_body(said((100, 98), ()), 0, TWO) + NO_TRAILER) == 12
    between_episodes = replace(said((100, 98), ()), last_tick=-1)
    assert len(encode_body(between_episodes, 0, TWO) + NO_TRAILER) == 10


@st.composite
def long_backlogs(draw: st.DrawFn) -> tuple[SeatTable, Body]:
    """A peer with more to say than a datagram holds."""
    widths = draw(st.lists(st.sampled_from([1, 4, 16, 64]), min_size=1, max_size=4))
    seats = SeatTable((0,) * len(widths) + (1,), (*widths, 1))
    inputs = []
    held = []
    for width in widths:
        count = draw(st.integers(1, 3000))
        changes = draw(st.integers(1, 40))
        first = draw(st.integers(0, 1000))
        run = tuple((frame // changes) % (1 << width) for frame in range(count))
        inputs.append((InputRun(first, run),))
        held.append(first + count - 1)
    return seats, said((*held, -1), *inputs)


@given(long_backlogs())
def test_what_is_too_long_keeps_the_oldest_and_the_newest_inputs(
    case: tuple[SeatTable, Body],
) -> None:
    seats, body = case
    data = encode_body(body, 0, seats) + NO_TRAILER
    assert len(data) <= MAX_DATAGRAM_BYTES
    decoded, _ = decode_datagram(data, 0, seats)
    for (whole,), runs in zip(body.inputs, decoded.inputs, strict=True):
        assert runs[0].first_frame == whole.first_frame
        assert sum(len(run.values) for run in runs) <= MAX_FRAMES_PER_SEAT
        for run in runs:
            at = run.first_frame - whole.first_frame
            assert run.values == whole.values[at : at + len(run.values)]
        assert runs[-1].first_frame + len(runs[-1].values) == whole.first_frame + len(whole.values)


def test_a_backlog_of_random_inputs_fills_the_datagram() -> None:
    values = tuple(frame * 2654435761 % 2**64 for frame in range(400))
    seats = SeatTable((0, 1), (64, 1))
    data = encode_body(said((399, 3), (InputRun(0, values),)), 0, seats)
    assert 1100 < len(data) <= MAX_DATAGRAM_BYTES - TRAILER_BYTES
    (runs,) = decode_datagram(data + NO_TRAILER, 0, seats)[0].inputs
    assert len(runs) == 2
    assert abs(len(runs[0].values) - len(runs[1].values)) <= 1


def test_exactly_512_inputs_are_one_run_and_513_are_two() -> None:
    for count, runs_sent in ((512, 1), (513, 2)):
        body = said((count - 1, 0), (InputRun(0, (1,) * count),))
        decoded, _ = decode_datagram(encode_body(body, 0, TWO) + NO_TRAILER, 0, TWO)
        assert len(decoded.inputs[0]) == runs_sent


def test_what_fits_is_left_as_it_is() -> None:
    body = said((20, 3), (InputRun(4, (1,)), InputRun(6, (1,) * 15)))
    assert fit_runs(body, 0, TWO) == body
    assert fit_runs(said((20, 3)), 9, TWO) == said((20, 3))


@pytest.mark.parametrize(
    "body",
    [
        said((5,), (InputRun(5, (1,)),)),
        said((5, 5)),
        said((5, 5), (), ()),
        said((5, 5), (InputRun(4, (1,)),)),
        said((5, 5), (InputRun(5, ()),)),
        said((5, 5), (InputRun(5, (4,)),)),
        said((5, 5), (InputRun(5, (-1,)),)),
        said((0, 5), (InputRun(-1, (1, 1)),)),
        said((5, 5), (InputRun(3, (1,)), InputRun(4, (1, 1)))),
        said((5, 5), (InputRun(1, (1,)), InputRun(3, (1,)), InputRun(5, (1,)))),
        said((70000, 5), (InputRun(0, (1,)), InputRun(70000, (1,)))),
        said((MAX_FRAME + 1, 5), ()),
        said((5, MAX_FRAME + 1), ()),
        said((5, -2), ()),
        replace(said((5, 5), ()), phase=16),
        replace(said((5, 5), ()), last_tick=-2),
        replace(said((5, 5), ()), match_tag=65536),
        replace(said((5, 5), ()), episode=-1),
        replace(said((5, 5), ()), epoch=2**31),
        replace(said((5, 5), ()), status=(PlayerStatus.LOST,)),
    ],
    ids=repr,
)
def test_what_cannot_be_said_is_not_encoded(body: Body) -> None:
    with pytest.raises(WireError):
        encode_body(body, 0, TWO)


@pytest.mark.parametrize(("sent", "echo"), [(65536, None), (-1, None), (0, 32768), (0, -1)])
def test_stamps_out_of_range_are_not_encoded(sent: int, echo: int | None) -> None:
    with pytest.raises(WireError):
        encode_trailer(Trailer(sent, echo))


@pytest.mark.parametrize(
    ("owners", "input_bits", "field"),
    [
        ((), (), "owners"),
        ((0,) * 33, (1,) * 33, "owners"),
        ((0, 1), (1,), "input_bits"),
        ((0, 1), (1, 257), "input_bits"),
        ((0, 1), (-1, 1), "input_bits"),
        ((0,) * 32, (256,) * 32, "input_bits"),
    ],
)
def test_seats_beyond_the_limits_are_refused_at_construction(
    owners: Any, input_bits: Any, field: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SeatTable(owners, input_bits)
    assert refused.value.field == field


def test_the_widest_seats_that_are_accepted_fit_a_datagram() -> None:
    """The oldest and the newest input of each seat at least, behind the longest head."""
    count = 32
    width = max(width for width in range(257) if _is_accepted(count, width))
    assert 64 <= width < 256
    seats = SeatTable((0,) * count, (width,) * count)
    noise = tuple(frame * 2654435761 % (1 << width) for frame in range(500))
    held = tuple(MAX_FRAME if player % 2 == 0 else 499 for player in range(count))
    body = Body(
        0xFFFF,
        2**31 - 1,
        2**31 - 1,
        500,
        15,
        held,
        (PlayerStatus.LOST,) * count,
        tuple((InputRun(frame - 499, noise),) for frame in held),
    )
    data = encode_body(body, 0, seats) + NO_TRAILER
    assert len(data) <= MAX_DATAGRAM_BYTES
    assert all(len(runs) == 2 for runs in decode_datagram(data, 0, seats)[0].inputs)


def _is_accepted(count: int, width: int) -> bool:
    try:
        SeatTable((0,) * count, (width,) * count)
    except ConfigurationError:
        return False
    return True


def test_the_tag_of_a_match_is_the_same_everywhere() -> None:
    assert match_tag_of("m") == 0xD6FC
    assert len({match_tag_of(f"match {number}") for number in range(1000)}) > 980


def test_a_sender_who_has_the_seat_of_another_is_not_understood_as_that_other() -> None:
    """The sender is known from the channel, so nobody can speak for somebody else."""
    body = said((20, 3), (InputRun(4, (1,) * 17),))
    data = encode_body(body, 0, TWO) + NO_TRAILER
    as_other, _ = decode_datagram(data, 1, TWO)
    assert as_other.held != body.held
