"""A second of a match, as bits.

Theory of operation: people hold a key far longer than a frame lasts, and who is guessed hardly
changes, so both are runs: a value, and for how many frames. A run that goes on from the span
before says so in one bit. Everything is counted from where the last span ended, so a span carries
no frame numbers.

Law: a span that decodes has at most `MAX_SPAN_FRAMES` frames of each kind, however few its bytes.

Source: Exp-Golomb codes as in `peergym.rollback.input_runs`, and for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from peergym.data.replay.format import MAX_CHECKSUMS, MAX_PEERS, MAX_SPAN_FRAMES
from peergym.rollback.binary import BitReader, BitWriter

COUNT_ORDER = 6  # 60 frames take 7 bits
RUN_ORDER = 3
SMALL_ORDER = 2
RTT_ORDER = 9  # tenths of a millisecond: 50 ms take 10 bits
MOST = (1 << 32) - 1


@dataclass(slots=True)
class Figures:
    """What a peer counted in the time of a span.

    Attributes:
        rollbacks: How often it went back.
        rollback_frames: How many frames it simulated again.
        stalls: Ticks without a new frame.
        rtts_ms: Round trip to each peer at the end, by peer id.
    """

    rollbacks: int = 0
    rollback_frames: int = 0
    stalls: int = 0
    rtts_ms: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Span:
    """What became known between two flushes.

    Attributes:
        rows: Confirmed inputs of all players, one row for each frame.
        guesses: For each frame simulated, a bit for each player whose input was guessed at first.
        checksums: (frames since the last checksum, checksum).
        figures: What was counted; None if nothing was.
    """

    rows: list[tuple[int, ...]] = field(default_factory=list)
    guesses: list[int] = field(default_factory=list)
    checksums: list[tuple[int, int]] = field(default_factory=list)
    figures: Figures | None = None


class SpanCodec:
    """Writes or reads the spans of one episode, in order.

    Args:
        input_bits: For each player, bits of an input.
    """

    def __init__(self, input_bits: Sequence[int]) -> None:
        self._widths = tuple(input_bits)
        self._last_inputs = [0] * len(self._widths)
        self._last_guess = 0

    def encode(self, span: Span) -> bytes:
        """Write the next span."""
        out = BitWriter()
        out.golomb(len(span.rows), COUNT_ORDER)
        if span.rows:
            for player, column in enumerate(zip(*span.rows, strict=True)):
                last = self._last_inputs[player]
                _write_runs(out, column, self._widths[player], last)
                self._last_inputs[player] = column[-1]
        out.golomb(len(span.guesses), COUNT_ORDER)
        if span.guesses:
            _write_runs(out, span.guesses, len(self._widths), self._last_guess)
            self._last_guess = span.guesses[-1]
        out.golomb(len(span.checksums), SMALL_ORDER)
        for distance, checksum in span.checksums:
            out.golomb(distance, COUNT_ORDER)
            out.bits(checksum, 64)
        out.bits(span.figures is not None, 1)
        if span.figures is not None:
            _write_figures(out, span.figures)
        return out.to_bytes()

    def decode(self, data: bytes) -> Span:
        """Read the next span.

        Raises:
            WireError: It is none.
        """
        bits = BitReader(data)
        span = Span()
        count = bits.golomb(COUNT_ORDER, MAX_SPAN_FRAMES)
        if count:
            columns = [
                _read_runs(bits, count, width, last)
                for width, last in zip(self._widths, self._last_inputs, strict=True)
            ]
            self._last_inputs = [column[-1] for column in columns]
            span.rows = list(zip(*columns, strict=True))
        count = bits.golomb(COUNT_ORDER, MAX_SPAN_FRAMES)
        if count:
            span.guesses = _read_runs(bits, count, len(self._widths), self._last_guess)
            self._last_guess = span.guesses[-1]
        for _ in range(bits.golomb(SMALL_ORDER, MAX_CHECKSUMS)):
            distance = bits.golomb(COUNT_ORDER, MOST)
            span.checksums.append((distance, bits.bits(64)))
        if bits.bits(1):
            span.figures = _read_figures(bits)
        bits.expect_padding()
        return span


def _write_runs(out: BitWriter, values: Sequence[int], width: int, last: int) -> None:
    """Runs of equal values; the first says in one bit whether it goes on with ``last``."""
    done = 0
    while done < len(values):
        value, length = values[done], 1
        while done + length < len(values) and values[done + length] == value:
            length += 1
        if done == 0:
            out.bits(value == last, 1)
        if done > 0 or value != last:
            out.bits(value, width)
        out.golomb(length - 1, RUN_ORDER)
        done += length


def _read_runs(bits: BitReader, count: int, width: int, last: int) -> list[int]:
    values: list[int] = []
    while len(values) < count:
        goes_on = not values and bits.bits(1)
        value = last if goes_on else bits.bits(width)
        values += [value] * (bits.golomb(RUN_ORDER, count - len(values) - 1) + 1)
    return values


def _write_figures(out: BitWriter, figures: Figures) -> None:
    out.golomb(figures.rollbacks, SMALL_ORDER)
    out.golomb(figures.rollback_frames, RUN_ORDER)
    out.golomb(figures.stalls, 0)
    out.golomb(len(figures.rtts_ms), 0)
    for peer, rtt_ms in sorted(figures.rtts_ms.items()):
        out.bits(peer, 8)
        out.golomb(round(rtt_ms * 10), RTT_ORDER)


def _read_figures(bits: BitReader) -> Figures:
    figures = Figures(
        rollbacks=bits.golomb(SMALL_ORDER, MOST),
        rollback_frames=bits.golomb(RUN_ORDER, MOST),
        stalls=bits.golomb(0, MOST),
    )
    for _ in range(bits.golomb(0, MAX_PEERS)):
        peer = bits.bits(8)
        figures.rtts_ms[peer] = bits.golomb(RTT_ORDER, MOST) / 10
    return figures
