"""All confirmed inputs of an episode, for games whose states cannot be sent.

Theory of operation: whoever comes to such a game executes its episode from the beginning, so every
member keeps what that takes: the newest rows as they are, like everybody, and all rows since frame
0 packed into pages, each of as many frames as a message holds, its columns as runs of equal inputs.

Laws:
    - What comes out is what was put in, from frame 0 on, without a gap; or nothing is whole.
    - The pages never exceed `MOST_PAGE_BYTES`, nor the frames `MAX_REEXECUTED_FRAMES`: beyond
      either, all are dropped, and nobody can come before the next episode.
"""

from __future__ import annotations

from collections import deque

from peergym.rollback.binary import Reader, Writer
from peergym.rollback.control_limits import MAX_REEXECUTED_FRAMES, MAX_STATE_BYTES
from peergym.rollback.control_members import read_values, write_values

Row = tuple[int, tuple[int, ...]]

MOST_PAGE_BYTES = MAX_STATE_BYTES  # as much as a state may take: what could be sent is what counts
PAGE_OBJECT_BYTES = 64  # what Python adds to the bytes of a page, in whole numbers
MOST_ROWS_IN_MESSAGE = 240
MOST_COLUMN_BYTES = 16 * 1024  # of all inputs of a message, which then fits its limit


def most_rows_in_message(input_bits: tuple[int, ...]) -> int:
    """How many frames of all players' inputs fit into a message, whatever they are."""
    input_bytes = sum([(bits + 7) // 8 + 2 for bits in input_bits])
    return max(1, min(MOST_ROWS_IN_MESSAGE, MOST_COLUMN_BYTES // input_bytes))


class PastInputs(deque[Row]):
    """The newest rows, and packed all of them.

    Args:
        input_bits: For each player, the number of bits of one input.
        most_rows: How many are kept as they are.
        first_frame: Where we begin; above 0, what was before is not known.

    Attributes:
        is_whole: Whether all rows since frame 0 are there.
        page_bytes: What the pages take.
    """

    def __init__(self, input_bits: tuple[int, ...], most_rows: int, first_frame: int = 0) -> None:
        super().__init__(maxlen=most_rows)
        self.is_whole = first_frame == 0
        self.page_bytes = 0
        self._players = len(input_bits)
        self._page_frames = most_rows_in_message(input_bits)
        self._pages: list[bytes] = []
        self._open: list[tuple[int, ...]] = []

    def append(self, row: Row) -> None:
        """Keep one more row; rows come by frame, ascending."""
        super().append(row)
        if self.is_whole:
            self._open.append(row[1])
            if len(self._open) == self._page_frames:
                self._close_page()

    def _close_page(self) -> None:
        out = Writer()
        for column in zip(*self._open, strict=True):
            write_values(out, column)
        page = out.to_bytes()
        self._open.clear()
        self._pages.append(page)
        self.page_bytes += len(page) + PAGE_OBJECT_BYTES
        frames = len(self._pages) * self._page_frames
        if self.page_bytes > MOST_PAGE_BYTES or frames >= MAX_REEXECUTED_FRAMES:
            self.is_whole = False
            self.page_bytes = 0
            self._pages.clear()

    def inputs_from(self, frame: int) -> list[tuple[int, ...]]:
        """Inputs of all players at ``frame`` and after it: a page at most, or what is left of one.

        Args:
            frame: Of an episode of which all is there.

        Returns:
            By frame; empty for a frame that has not been confirmed.
        """
        number, skip = divmod(frame, self._page_frames)
        if number >= len(self._pages):
            return self._open[skip:] if number == len(self._pages) else []
        reader = Reader(self._pages[number])
        columns = [read_values(reader) for _ in range(self._players)]
        return list(zip(*columns, strict=True))[skip:]
