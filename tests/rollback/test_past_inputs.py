"""All confirmed inputs of an episode, packed and bounded."""

from __future__ import annotations

from random import Random

import pytest

from peergym.rollback.control_limits import MAX_REEXECUTED_FRAMES
from peergym.rollback.past_inputs import (
    MOST_PAGE_BYTES,
    PAGE_OBJECT_BYTES,
    PastInputs,
    most_rows_in_message,
)

THIRTY_MINUTES = 30 * 60 * 60  # at 60 Hz


def filled(bits: tuple[int, ...], rows: list[tuple[int, ...]]) -> PastInputs:
    past = PastInputs(bits, 1200)
    for frame, row in enumerate(rows):
        past.append((frame, row))
    return past


def all_of(past: PastInputs) -> list[tuple[int, ...]]:
    told: list[tuple[int, ...]] = []
    while more := past.inputs_from(len(told)):
        told += more
    return told


@pytest.mark.parametrize("bits", [(2, 2), (1,), (0, 8, 256), (16,) * 32])
@pytest.mark.parametrize("frames", [1, 239, 240, 241, 1700])
def test_what_comes_out_is_what_was_put_in(bits: tuple[int, ...], frames: int) -> None:
    draw = Random(frames)
    rows = [tuple([draw.getrandbits(b) if b else 0 for b in bits]) for _ in range(frames)]
    past = filled(bits, rows)
    assert past.is_whole
    assert all_of(past) == rows
    assert [row for _, row in past] == rows[-1200:]
    assert past[0][0] == max(0, frames - 1200)


@pytest.mark.parametrize("frame", [0, 7, 239, 240, 611, 699])
def test_they_can_be_had_from_any_frame_a_page_at_a_time(frame: int) -> None:
    rows = [(number % 4, number // 9 % 4) for number in range(700)]
    told = filled((2, 2), rows).inputs_from(frame)
    assert 1 <= len(told) <= 240
    assert told == rows[frame : frame + len(told)]


def test_beyond_the_newest_there_is_nothing() -> None:
    past = filled((2,), [(1,)] * 250)
    assert past.inputs_from(250) == []
    assert past.inputs_from(480) == []
    assert past.inputs_from(10**6) == []


def test_of_an_episode_that_was_not_seen_from_its_beginning_nothing_is_whole() -> None:
    past = PastInputs((2,), 5, first_frame=300)
    past.append((300, (1,)))
    assert not past.is_whole
    assert list(past) == [(300, (1,))]


def test_half_an_hour_of_four_players_who_change_what_they_do_five_times_a_second() -> None:
    draw, held = Random(1), [0, 0, 0, 0]
    past = PastInputs((4, 4, 4, 4), 1200)
    for frame in range(THIRTY_MINUTES):
        for player in range(4):
            if draw.random() < 5 / 60:
                held[player] = draw.randrange(16)
        past.append((frame, tuple(held)))
    assert past.is_whole
    assert past.page_bytes < 150_000


def test_half_an_hour_of_sixteen_players_who_change_every_frame_is_kept() -> None:
    past = PastInputs((8,) * 16, 1200)
    for frame in range(THIRTY_MINUTES):
        past.append((frame, ((frame * 7) % 251,) * 16))
    assert past.is_whole
    assert MOST_PAGE_BYTES * 0.8 < past.page_bytes <= MOST_PAGE_BYTES


def test_what_would_be_too_much_is_dropped_whole_and_stays_dropped() -> None:
    bits = (256,) * 8
    draw = Random(2)
    past = PastInputs(bits, 100)
    least = MOST_PAGE_BYTES // (8 * 34 + PAGE_OBJECT_BYTES) - most_rows_in_message(bits)
    for frame in range(least):
        past.append((frame, tuple([draw.getrandbits(256) for _ in bits])))
    assert past.is_whole
    for frame in range(least, 2 * least):
        past.append((frame, tuple([draw.getrandbits(256) for _ in bits])))
        assert past.page_bytes <= MOST_PAGE_BYTES
    assert not past.is_whole
    assert past.page_bytes == 0
    assert len(past) == 100, "the newest rows go on as in every game"


def test_an_endless_episode_in_which_nobody_does_anything_ends_being_whole() -> None:
    past = PastInputs((1,), 10)
    for frame in range(MAX_REEXECUTED_FRAMES - 240):
        past.append((frame, (0,)))
    assert past.is_whole
    for frame in range(MAX_REEXECUTED_FRAMES - 240, MAX_REEXECUTED_FRAMES + 240):
        past.append((frame, (0,)))
    assert not past.is_whole
