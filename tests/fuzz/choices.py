"""Decisions read off the front of fuzzed bytes, so that a fuzzer's mutations are other decisions.

Theory of operation: whatever a target has to decide it asks here, in small fixed pieces. When the
bytes run out every further decision is the first one, so all bytes are a valid input and short
ones are simple.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

EDGES = (
    -1, 255, 256, 512, 513, 1 << 16, (1 << 31) - 2, (1 << 31) - 1, 1 << 31, (1 << 32) - 1,
    1 << 32, (1 << 63) - 1, (1 << 64) - 1, 1 << 64,
)  # fmt: skip
"""Where limits lie."""

PLAIN_BYTES = 160  # values of the first byte that stand for themselves
HINT_BYTES = 224  # values below this, and not plain, stand for a hint and a small distance
EDGE_BYTES = 248  # values below this, and not a hint, stand for an edge; those above for 4 bytes


class Choices:
    """Decisions, in order.

    Args:
        data: What to read them from.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes have not been used."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, or what is left of them."""
        taken = self._data[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def byte(self) -> int:
        """The next byte."""
        taken = self.take(1)
        return taken[0] if taken else 0

    def below(self, limit: int) -> int:
        """A number of 0 to ``limit`` - 1, at most 65,536."""
        taken = self.take(1 if limit <= 256 else 2)
        return int.from_bytes(taken, "little") % limit

    def flag(self) -> bool:
        """Yes or no."""
        return bool(self.byte() & 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of some things."""
        return options[self.below(len(options))]

    def number(self, hints: Sequence[int] = ()) -> int:
        """A number: most often small, near one of the hints, or at the edge of a limit."""
        first = self.byte()
        if first < PLAIN_BYTES:
            return first
        if first < HINT_BYTES and hints:
            near, distance = divmod(first - PLAIN_BYTES, 16)
            return hints[near % len(hints)] + distance - 8
        if first < EDGE_BYTES:
            return EDGES[first % len(EDGES)]
        return int.from_bytes(self.take(4), "little")

    def blob(self) -> bytes:
        """Some bytes, behind their length."""
        return self.take(self.byte())

    def text(self) -> str:
        """Some text; every third has characters that are hard to carry."""
        size = self.byte()
        if size % 3 == 2:
            return self.take(size // 3).decode("utf-8", "surrogateescape")
        return self.take(size // 3).decode("latin-1")

    def mutate(self, data: bytes) -> bytes:
        """``data`` with some damage: bits, bytes, pieces and ends."""
        changed = bytearray(data)
        for _ in range(1 + self.below(4)):
            kind, at = self.below(6), self.below(len(changed) + 1)
            if kind == 0 and at < len(changed):
                changed[at] ^= 1 << self.below(8)
            elif kind == 1 and at < len(changed):
                changed[at] = self.byte()
            elif kind == 2:
                changed[at:at] = self.take(1 + self.below(8))
            elif kind == 3:
                del changed[at : at + 1 + self.below(8)]
            elif kind == 4:
                del changed[at:]
            else:
                size = 1 + self.below(16)
                changed[at : at + size] = changed[self.below(len(changed) + 1) :][:size]
        return bytes(changed)
