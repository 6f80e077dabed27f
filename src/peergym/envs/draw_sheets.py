"""Pictures that a surface draws from: sent once, piece by piece, and kept by the page.

Theory of operation: a sheet is cut into tiles. Those that the page does not have yet go along with
the next frames, as many as a frame can carry, so a large picture appears within a few frames and a
small one at once. A picture that changes (an environment that renders itself) is compared with what
was sent, and only tiles that differ go again. Besides, one tile of each sheet in use goes again in
every frame: whatever a page may have missed is there after a while.

Laws:
    - What is drawn is a function of what the game drew; only when it arrives depends on the budget.
    - A frame carries at most `FRAME_BUDGET_BYTES` of pictures, or one file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from peergym.errors import UsageError

TILE = 32
"""Pixels of a tile's side: 3 KB, against 19 bytes that say where it belongs."""

FRAME_BUDGET_BYTES = 320 * 1024
"""Of pictures in a frame; the worker's outbox has 512 KB for everything."""

MAX_FILE_BYTES = 256 * 1024
MAX_SHEETS = 256
MAX_SIDE = 4096
FILE_AGAIN_FRAMES = 600
"""A file goes again so often: in whole seconds, since a tile of it would be of no use."""

RGB, RGBA, FILE = 1, 2, 3
SMOOTH = 0x80
"""Added to the format where the picture is to be smoothed when magnified."""

PATCH_HEAD = struct.Struct("<HHHHHHHBI")
"""Sheet; its width and height; x, y, width, height of the piece; format; bytes."""

Palette: TypeAlias = Mapping[str, tuple[int, ...] | str]


class Pixmap:
    """A picture of pixels, four bytes each.

    Args:
        width: In pixels.
        height: In pixels.
        data: Red, green, blue and alpha of each pixel, row by row.

    Raises:
        UsageError: The data are not of that size.
    """

    def __init__(self, width: int, height: int, data: bytes) -> None:
        if len(data) != width * height * 4:
            raise UsageError(f"{width} x {height} pixels have {width * height * 4} bytes")
        self.shape = (height, width, 4)
        self.data = data

    @classmethod
    def from_rows(cls, rows: Sequence[str], palette: Palette) -> Pixmap:
        """Make one of rows of letters, each of which is a colour of the palette.

        Args:
            rows: As many letters in each.
            palette: Colours as on a surface, by letter; what is not in it is transparent.

        Raises:
            UsageError: The rows are of different lengths, or a colour is none.
        """
        from peergym.envs.surface import rgba  # noqa: PLC0415 - which imports this module

        if not rows or len(set(map(len, rows))) != 1:
            raise UsageError("a picture needs rows of the same length")
        colours = {letter: rgba(colour) for letter, colour in palette.items()}
        pixels = b"".join(colours.get(letter, bytes(4)) for row in rows for letter in row)
        return cls(len(rows[0]), len(rows), pixels)

    def piece(self, x: int, y: int, width: int, height: int) -> bytes:
        """Return the bytes of a part of it."""
        row, data = self.shape[1] * 4, self.data
        return b"".join(
            data[at * row + x * 4 : at * row + (x + width) * 4] for at in range(y, y + height)
        )


class Sheet:
    """One picture, and how much of it the page has.

    Args:
        number: By which sprites name it.
        source: A `Pixmap`, an array, or the bytes of a picture's file.
        is_smooth: Whether it is smoothed when magnified.

    Raises:
        UsageError: It is something else, or too large.
    """

    def __init__(self, number: int, source: Any, *, is_smooth: bool) -> None:
        self.number = number
        self.source = source
        self.is_smooth = is_smooth
        self.is_used = False
        self._sent: Any = None  # of an array: what the page has
        self._missing: list[int] = []
        self._again = 0
        self._frames = 0
        self.width, self.height, self.format = _measure(source)
        if self.format != FILE:
            self._missing = list(range(self._tiles))

    @property
    def is_incomplete(self) -> bool:
        """Whether the page lacks a piece of it."""
        return bool(self._missing)

    @property
    def _across(self) -> int:
        return -(-self.width // TILE)

    @property
    def _tiles(self) -> int:
        return self._across * -(-self.height // TILE)

    def show(self, array: Any) -> None:
        """Replace the picture by another one of the same size."""
        if self._sent is None:
            self._sent = array.copy()
        else:
            known = set(self._missing)
            self._missing += [tile for tile in self._differing(array) if tile not in known]
            self._sent[:] = array

    def _differing(self, array: Any) -> Iterator[int]:
        """Yield the tiles in which an array differs from what was shown."""
        across = self._across
        for row in range(-(-self.height // TILE)):
            rows = slice(row * TILE, (row + 1) * TILE)
            unequal = array[rows] != self._sent[rows]
            if not unequal.any():
                continue
            for column in range(across):
                if unequal[:, column * TILE : (column + 1) * TILE].any():
                    yield row * across + column

    def patches(self, budget_bytes: int) -> Iterator[bytes]:
        """Yield pieces to send in this frame, as many as a budget allows, but at least one."""
        self.is_used = False
        if self.format == FILE:
            if self._frames % FILE_AGAIN_FRAMES == 0:
                yield self._head(0, 0, self.width, self.height, len(self.source)) + self.source
            self._frames += 1
            return
        count = max(1, budget_bytes // (TILE * TILE * 4))
        now, self._missing = self._missing[:count], self._missing[count:]
        if not now:
            self._again = (self._again + 1) % self._tiles
            now = [self._again]
        for tile in now:
            box = self._box(tile)
            data = self._piece(*box)
            yield self._head(*box, len(data)) + data

    def _piece(self, x: int, y: int, width: int, height: int) -> bytes:
        if isinstance(self.source, Pixmap):
            return self.source.piece(x, y, width, height)
        shown = self.source if self._sent is None else self._sent
        return bytes(shown[y : y + height, x : x + width].tobytes())

    def _head(self, x: int, y: int, width: int, height: int, size: int) -> bytes:
        kind = self.format | (SMOOTH if self.is_smooth else 0)
        return PATCH_HEAD.pack(
            self.number, self.width, self.height, x, y, width, height, kind, size
        )

    def _box(self, tile: int) -> tuple[int, int, int, int]:
        x, y = tile % self._across * TILE, tile // self._across * TILE
        return x, y, min(TILE, self.width - x), min(TILE, self.height - y)


class Sheets:
    """The sheets of a surface, by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Sheet] = {}

    def put(self, name: str, source: Any, *, is_smooth: bool) -> Sheet:
        """Add a sheet, or leave it as it is if the very same source is there already.

        Raises:
            UsageError: It is no picture, it is too large, or there are too many.
        """
        sheet = self._by_name.get(name)
        if sheet is not None and sheet.source is source:
            return sheet
        if sheet is None and len(self._by_name) >= MAX_SHEETS:
            raise UsageError(f"a surface has at most {MAX_SHEETS} sheets")
        number = len(self._by_name) if sheet is None else sheet.number
        self._by_name[name] = Sheet(number, source, is_smooth=is_smooth)
        return self._by_name[name]

    def show(self, name: str, array: Any, *, is_smooth: bool) -> Sheet:
        """Add a picture that changes from frame to frame, or replace it by another one."""
        sheet = self._by_name.get(name)
        shape = getattr(array, "shape", None)
        if sheet is None or getattr(sheet.source, "shape", None) != shape:
            sheet = self.put(name, array, is_smooth=is_smooth)
        sheet.is_smooth = is_smooth
        sheet.show(array)
        return sheet

    def use(self, name: str) -> Sheet:
        """Return a sheet that is drawn from in this frame.

        Raises:
            UsageError: There is none of this name.
        """
        sheet = self._by_name.get(name)
        if sheet is None:
            raise UsageError(f"there is no sheet {name!r}: give it to surface.sheet first")
        sheet.is_used = True
        return sheet

    def take_patches(self) -> list[bytes]:
        """Return the pieces that go along with this frame."""
        sheets = self._by_name.values()
        used = [sheet for sheet in sheets if sheet.is_used or sheet.is_incomplete]
        taken: list[bytes] = []
        left = FRAME_BUDGET_BYTES
        for sheet in used:
            for patch in sheet.patches(left):
                taken.append(patch)
                left -= len(patch)
            if left <= 0:
                break
        return taken


def _measure(source: Any) -> tuple[int, int, int]:
    """Return width, height and format of a picture."""
    if isinstance(source, bytes):
        if len(source) > MAX_FILE_BYTES:
            raise UsageError(
                f"a picture's file has at most {MAX_FILE_BYTES} bytes, not {len(source)}"
            )
        return 0, 0, FILE
    shape: tuple[int, ...] = getattr(source, "shape", ())
    if len(shape) != 3 or shape[2] not in (3, 4) or not all(0 < n <= MAX_SIDE for n in shape):
        raise UsageError(
            "a picture is a Pixmap, the bytes of a PNG, JPEG or WebP file, or an array of height x "
            f"width x 3 or 4 bytes, each side at most {MAX_SIDE}; not {type(source).__name__}"
        )
    if not isinstance(source, Pixmap) and str(getattr(source, "dtype", "")) != "uint8":
        raise UsageError(f"the array of a picture has bytes (uint8), not {source.dtype}")
    return int(shape[1]), int(shape[0]), RGB if shape[2] == 3 else RGBA
