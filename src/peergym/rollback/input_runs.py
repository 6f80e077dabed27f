"""Inputs of consecutive frames as bits: the part of a datagram that grows.

Theory of operation: people hold a key far longer than a frame lasts, so a run of inputs is a few
*repeats* (one value, a number of frames). They are written newest first, because the newest frame
of a run is known from the view and its first frame follows from the lengths. A seat's inputs are
one run; when they do not fit into the datagram, the oldest and the newest run, with a gap between.

Laws:
    - One encoding for each meaning: neighbouring repeats differ, a gap is at least one frame.
    - At most `MAX_FRAMES_PER_SEAT` inputs per seat, refused before any of them is expanded.

Source: Golomb, "Run-length encodings" (1966); the repeats are long and rarely change, which is
the case Exp-Golomb codes are for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peergym.rollback.binary import BitReader, BitWriter, WireError

MAX_FRAMES_PER_SEAT = 512  # inputs of one seat in a datagram: 8.5 s at 60 Hz
MAX_GAP_FRAMES = 1 << 16  # between the oldest and the newest run
REPEAT_ORDER = 3  # of the code of a repeat's length: what is under way at 100 ms takes 4 bits
GAP_ORDER = 4  # of the code of a gap's length: 1 to 16 frames 5 bits


@dataclass(slots=True)
class InputRun:
    """Inputs of consecutive frames of one player.

    Attributes:
        first_frame: Frame of the first input.
        values: One input per frame, at least one.
    """

    first_frame: int
    values: tuple[int, ...]


Runs = tuple[InputRun, ...]


def encode_seat(out: BitWriter, runs: Runs, held: int, width: int, is_split: bool) -> None:
    """Append one seat's inputs.

    Args:
        out: Where to append.
        runs: None, one, or the oldest and the newest.
        held: The seat's newest input frame, at which the newest run ends.
        width: Bits of one input.
        is_split: Whether any seat of the datagram has two runs.

    Raises:
        WireError: The runs break a law or a limit.
    """
    if not runs:
        out.bits(0, 1)
        return
    _check_runs(runs, held)
    newest = runs[-1]
    out.bits(1, 1)
    _encode_run(out, newest.values, width)
    if is_split:
        out.bits(len(runs) - 1, 1)
        if len(runs) == 2:
            oldest = runs[0]
            out.golomb(newest.first_frame - oldest.first_frame - len(oldest.values) - 1, GAP_ORDER)
            _encode_run(out, oldest.values, width)


def _check_runs(runs: Runs, held: int) -> None:
    oldest, newest = runs[0], runs[-1]
    if len(runs) > 2 or oldest.first_frame < 0 or not oldest.values or not newest.values:
        raise WireError("inputs are one or two runs of at least one frame, from frame 0 on")
    if newest.first_frame + len(newest.values) - 1 != held:
        raise WireError(
            f"run of {len(newest.values)} inputs from frame {newest.first_frame} "
            f"does not end at frame {held}"
        )
    if oldest is not newest:
        gap = newest.first_frame - oldest.first_frame - len(oldest.values)
        if not 1 <= gap <= MAX_GAP_FRAMES:
            raise WireError(f"gap of {gap} frames, 1 to {MAX_GAP_FRAMES} can be")
    if frames_of(runs) > MAX_FRAMES_PER_SEAT:
        raise WireError(f"{frames_of(runs)} inputs of a seat, {MAX_FRAMES_PER_SEAT} at most")


def frames_of(runs: Runs) -> int:
    """Number of inputs in ``runs``."""
    return sum([len(run.values) for run in runs])


def _encode_run(out: BitWriter, values: tuple[int, ...], width: int) -> None:
    """Newest first: value, length of the repeat less one, whether another repeat follows."""
    value = values[-1]
    length = 0
    for older in reversed(values):
        if older == value:
            length += 1
            continue
        out.bits(value, width)
        out.golomb(length - 1, REPEAT_ORDER)
        out.bits(1, 1)
        value, length = older, 1
    out.bits(value, width)
    out.golomb(length - 1, REPEAT_ORDER)
    out.bits(0, 1)


def decode_seat(bits: BitReader, held: int, width: int, is_split: bool) -> Runs:
    """Take one seat's inputs.

    Args:
        bits: Where to take them from.
        held: The seat's newest input frame according to the same datagram.
        width: Bits of one input.
        is_split: Whether the datagram says that some seat has two runs.

    Raises:
        WireError: The bits are cut off or break a law or a limit.
    """
    if not bits.bits(1):
        return ()
    values = _decode_run(bits, width, MAX_FRAMES_PER_SEAT)
    newest = InputRun(_first_frame(held, len(values)), values)
    if not is_split or not bits.bits(1):
        return (newest,)
    last_of_oldest = newest.first_frame - 2 - bits.golomb(GAP_ORDER, MAX_GAP_FRAMES - 1)
    values = _decode_run(bits, width, MAX_FRAMES_PER_SEAT - len(values))
    return (InputRun(_first_frame(last_of_oldest, len(values)), values), newest)


def _first_frame(last_frame: int, count: int) -> int:
    first_frame = last_frame - count + 1
    if first_frame < 0:
        raise WireError(f"run of {count} inputs up to frame {last_frame} begins before frame 0")
    return first_frame


def _decode_run(bits: BitReader, width: int, limit: int) -> tuple[int, ...]:
    """One run of at most ``limit`` inputs, oldest first."""
    values: list[int] = []
    previous = -1
    while True:
        value = bits.bits(width)
        if value == previous:
            raise WireError(f"input {value} is repeated in two pieces")
        room = limit - len(values)
        if room < 1:
            raise WireError(f"more than {limit} inputs in a run")
        values += [value] * (bits.golomb(REPEAT_ORDER, room - 1) + 1)
        if not bits.bits(1):
            values.reverse()
            return tuple(values)
        previous = value


def repeat_bits(width: int, length: int) -> int:
    """Bits of one repeat: value, length, and whether another follows."""
    code = length - 1 + (1 << REPEAT_ORDER)
    return width + (code.bit_length() << 1) - REPEAT_ORDER


def fit_seat(runs: Runs, width: int, room_bits: int) -> Runs:
    """Leave out what does not fit, from the middle.

    Half of the room is for the oldest inputs, half for the newest; each half holds at least one
    input, which `peergym.rollback.wire.SeatTable` makes sure of.

    Args:
        runs: None, one, or the oldest and the newest.
        width: Bits of one input.
        room_bits: What the seat may take.
    """
    if not runs:
        return runs
    oldest, newest = runs[0], runs[-1]
    half = room_bits // 2
    head = _count_that_fits(oldest.values, width, half)
    tail = _count_that_fits(newest.values[::-1], width, half)
    if oldest is newest and head + tail >= len(newest.values):
        return runs
    first_of_tail = newest.first_frame + len(newest.values) - tail
    return (
        InputRun(oldest.first_frame, oldest.values[:head]),
        InputRun(first_of_tail, newest.values[len(newest.values) - tail :]),
    )


def _count_that_fits(values: Sequence[int], width: int, room_bits: int) -> int:
    """How many of the first values fit into ``room_bits`` and half the limit of frames."""
    count = length = spent_bits = 0
    previous = -1
    for value in values[: MAX_FRAMES_PER_SEAT // 2]:
        length = length + 1 if value == previous else 1
        if length == 1:
            spent_bits += repeat_bits(width, 1)
        else:
            spent_bits += repeat_bits(width, length) - repeat_bits(width, length - 1)
        if spent_bits > room_bits:
            break
        previous = value
        count += 1
    return count
