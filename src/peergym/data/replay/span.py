"""A second of a match, as bits.

Theory of operation: people hold a key far longer than a frame lasts, and who is guessed, to whom
the round trip is measured and how far checksums are apart hardly ever change. So values are runs,
and what is as it was in the span before takes one bit. Everything is counted from where the last
span ended, so a span carries no frame numbers.

Law: a span that decodes has at most `MAX_SPAN_FRAMES` frames of each kind, however few its bytes.

Source: Exp-Golomb codes as in `peergym.rollback.input_runs`, and for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from peergym.data.replay.format import MAX_CHECKSUMS, MAX_PEERS, MAX_SPAN_FRAMES
from peergym.rollback.binary import BitReader, BitWriter, WireError

COUNT_ORDER = 6  # 60 frames take 7 bits
RUN_ORDER = 3
SMALL_ORDER = 2
RTT_ORDER = 4  # of the change, in tenths of a millisecond: up to 0.8 ms take 5 bits
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
        self._last_distance = 0
        self._last_rtts: dict[int, int] = {}

    def encode(self, span: Span) -> bytes:
        """Write the next span."""
        out = BitWriter()
        out.golomb(len(span.rows), COUNT_ORDER)
        if span.rows:
            for player, column in enumerate(zip(*span.rows, strict=True)):
                _write_runs(out, column, self._widths[player], self._last_inputs[player])
                self._last_inputs[player] = column[-1]
        self._write_guesses(out, span)
        out.golomb(len(span.checksums), 0)
        for distance, checksum in span.checksums:
            out.bits(distance == self._last_distance, 1)
            if distance != self._last_distance:
                out.golomb(distance, COUNT_ORDER)
            out.bits(checksum, 64)
            self._last_distance = distance
        out.bits(span.figures is not None, 1)
        if span.figures is not None:
            self._write_figures(out, span.figures)
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
        span.guesses = self._read_guesses(bits, count)
        for _ in range(bits.golomb(0, MAX_CHECKSUMS)):
            if not bits.bits(1):
                self._last_distance = bits.golomb(COUNT_ORDER, MOST)
            span.checksums.append((self._last_distance, bits.bits(64)))
        if bits.bits(1):
            span.figures = self._read_figures(bits)
        bits.expect_padding()
        return span

    def _write_guesses(self, out: BitWriter, span: Span) -> None:
        """How many more than rows, whether all are as the last one was, and if not, all."""
        guesses = span.guesses
        out.golomb(_fold(len(guesses) - len(span.rows)), 0)
        if guesses:
            is_same = all(guess == self._last_guess for guess in guesses)
            out.bits(is_same, 1)
            if not is_same:
                _write_runs(out, guesses, len(self._widths), self._last_guess)
            self._last_guess = guesses[-1]

    def _read_guesses(self, bits: BitReader, rows: int) -> list[int]:
        count = rows + _unfold(bits.golomb(0, 2 * MAX_SPAN_FRAMES))
        if not 0 <= count <= MAX_SPAN_FRAMES:
            raise WireError(f"{count} frames were simulated in a span")
        if not count:
            return []
        if bits.bits(1):
            return [self._last_guess] * count
        guesses = _read_runs(bits, count, len(self._widths), self._last_guess)
        self._last_guess = guesses[-1]
        return guesses

    def _write_figures(self, out: BitWriter, figures: Figures) -> None:
        out.golomb(figures.rollbacks, SMALL_ORDER)
        out.golomb(figures.rollback_frames, RUN_ORDER)
        out.golomb(figures.stalls, 0)
        rtts = {peer: round(rtt_ms * 10) for peer, rtt_ms in sorted(figures.rtts_ms.items())}
        is_same = list(rtts) == list(self._last_rtts)
        out.bits(is_same, 1)
        if not is_same:
            out.golomb(len(rtts), 0)
            for peer in rtts:
                out.bits(peer, 8)
        for peer, rtt in rtts.items():
            out.golomb(_fold(rtt - self._last_rtts.get(peer, 0)), RTT_ORDER)
        self._last_rtts = rtts

    def _read_figures(self, bits: BitReader) -> Figures:
        figures = Figures(
            rollbacks=bits.golomb(SMALL_ORDER, MOST),
            rollback_frames=bits.golomb(RUN_ORDER, MOST),
            stalls=bits.golomb(0, MOST),
        )
        peers = list(self._last_rtts)
        if not bits.bits(1):
            peers = [bits.bits(8) for _ in range(bits.golomb(0, MAX_PEERS))]
        rtts = {
            peer: self._last_rtts.get(peer, 0) + _unfold(bits.golomb(RTT_ORDER, MOST))
            for peer in peers
        }
        if any(not 0 <= rtt <= MOST for rtt in rtts.values()):
            raise WireError("a round trip shorter than nothing, or longer than a day")
        self._last_rtts = rtts
        figures.rtts_ms = {peer: rtt / 10 for peer, rtt in rtts.items()}
        return figures


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


def _fold(value: int) -> int:
    """A signed number as one that is not: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return value << 1 if value >= 0 else ~value << 1 | 1


def _unfold(value: int) -> int:
    return ~(value >> 1) if value & 1 else value >> 1
