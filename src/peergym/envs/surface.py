"""What a game draws on: a list of shapes, not pixels.

`Surface.encode` turns the shapes into a few hundred bytes, which the page draws at its own rate.
A shape with a key is the same thing from frame to frame, so the page moves it smoothly between
two frames; one without a key jumps.

Coordinates are pixels of the game's screen, x to the right, y down; fractions are welcome.
Colours are ``"#rrggbb"``, ``"#rrggbbaa"`` or tuples of three or four integers from 0 to 255.

Layout (little endian)
    header: u8 version, u8 zero, u16 width, u16 height, u8 x 4 background (red, green, blue,
    alpha), u16 count of shapes. Each shape: u8 kind, u8 length of the key and the key in UTF-8,
    u8 x 4 colour, then by kind, as f32 unless said otherwise:

    ==== ========= ======================================================================
    kind shape     parameters
    ==== ========= ======================================================================
    1    rectangle x, y (its top left corner), width, height, corner radius
    2    circle    x, y (its centre), radius
    3    line      x1, y1, x2, y2, width
    4    polygon   u16 count of corners, then x, y of each
    5    text      x, y (middle of its height), size, u8 alignment (0 left, 1 centre,
                   2 right), u16 length and the text in UTF-8
    ==== ========= ======================================================================
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from peergym.errors import ConfigurationError, UsageError

VERSION = 1
MAX_SHAPES = 4096
"""Shapes per frame. A page draws some hundreds comfortably; this only bounds the buffer."""

MAX_SIDE = 8192
"""Longest side of a screen, in pixels."""

RECTANGLE, CIRCLE, LINE, POLYGON, TEXT = 1, 2, 3, 4, 5
ALIGNMENTS = {"left": 0, "centre": 1, "center": 1, "right": 2}

Colour: TypeAlias = str | tuple[int, int, int] | tuple[int, int, int, int]

_HEADER = struct.Struct("<BBHH4sH")
_RECTANGLE = struct.Struct("<5f")
_CIRCLE = struct.Struct("<3f")
_LINE = struct.Struct("<5f")
_TEXT = struct.Struct("<3fBH")


class Surface:
    """A screen of ``width`` x ``height`` pixels to draw on.

    Raises:
        ConfigurationError: If a side is not between 1 and `MAX_SIDE`.
    """

    def __init__(self, width: int, height: int) -> None:
        for name, side in (("width", width), ("height", height)):
            if not 1 <= side <= MAX_SIDE:
                raise ConfigurationError(name, f"must be 1 to {MAX_SIDE} pixels, not {side}")
        self.width = width
        self.height = height
        self._background = b"\x00\x00\x00\xff"
        self._shapes: list[bytes] = []

    def clear(self, colour: Colour = "#000000") -> None:
        """Remove all shapes and set the background."""
        self._background = rgba(colour)
        self._shapes.clear()

    def rectangle(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: Colour,
        key: str | None = None,
        radius: float = 0,
    ) -> None:
        """Draw a filled rectangle; (x, y) is its top left corner, ``radius`` rounds corners."""
        self._add(RECTANGLE, key, colour, _pack(_RECTANGLE, x, y, width, height, radius))

    def circle(
        self, x: float, y: float, radius: float, colour: Colour, key: str | None = None
    ) -> None:
        """Draw a filled circle around (x, y)."""
        self._add(CIRCLE, key, colour, _pack(_CIRCLE, x, y, radius))

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: Colour,
        width: float = 1,
        key: str | None = None,
    ) -> None:
        """Draw a line from (x1, y1) to (x2, y2)."""
        self._add(LINE, key, colour, _pack(_LINE, x1, y1, x2, y2, width))

    def polygon(
        self, points: Sequence[tuple[float, float]], colour: Colour, key: str | None = None
    ) -> None:
        """Draw a filled polygon with these corners."""
        if not 3 <= len(points) <= 1024:
            raise UsageError(f"a polygon needs 3 to 1024 corners, not {len(points)}")
        numbers = [number for point in points for number in point]
        packer = struct.Struct(f"<{len(numbers)}f")
        packed = len(points).to_bytes(2, "little") + _pack(packer, *numbers)
        self._add(POLYGON, key, colour, packed)

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        colour: Colour,
        align: str = "left",
        key: str | None = None,
    ) -> None:
        """Write text with its left end, centre or right end at x, in the middle of its height.

        Args:
            text: At most 65,535 bytes in UTF-8.
            x: Where it is aligned, in court pixels.
            y: The middle of its height, in court pixels, downwards.
            size: Height of the letters, in pixels.
            colour: As for all shapes.
            align: ``"left"``, ``"centre"`` (or ``"center"``) or ``"right"``.
            key: Name by which the same shape is found again in the next frame.

        Raises:
            UsageError: If the alignment is another word, or the text is too long.
        """
        if align not in ALIGNMENTS:
            raise UsageError(f"align must be left, centre or right, not {align!r}")
        encoded = str(text).encode()
        if len(encoded) > 0xFFFF:
            raise UsageError(f"a text has at most 65535 bytes, not {len(encoded)}")
        packed = _pack(_TEXT, x, y, size, ALIGNMENTS[align], len(encoded))
        self._add(TEXT, key, colour, packed + encoded)

    def encode(self) -> bytes:
        """Return the drawing as bytes."""
        header = _HEADER.pack(
            VERSION, 0, self.width, self.height, self._background, len(self._shapes)
        )
        return header + b"".join(self._shapes)

    def _add(self, kind: int, key: str | None, colour: Colour, parameters: bytes) -> None:
        if len(self._shapes) >= MAX_SHAPES:
            raise UsageError(f"a frame has at most {MAX_SHAPES} shapes")
        self._shapes.append(_head(kind, key, colour) + parameters)


def _pack(packer: struct.Struct, *numbers: float) -> bytes:
    try:
        return packer.pack(*numbers)
    except (struct.error, OverflowError) as error:
        raise UsageError(f"shapes are drawn with 32-bit floats, not {numbers!r}") from error


@lru_cache(maxsize=1024)
def _head(kind: int, key: str | None, colour: Colour) -> bytes:
    """Return kind, key and colour as bytes. Games draw the same few again and again."""
    encoded = b"" if key is None else key.encode()
    if len(encoded) > 255:
        raise UsageError(f"a key has at most 255 bytes, not {len(encoded)}")
    return bytes((kind, len(encoded))) + encoded + rgba(colour)


@lru_cache(maxsize=1024)
def rgba(colour: Colour) -> bytes:
    """Red, green, blue and alpha of a colour, as four bytes."""
    try:
        if isinstance(colour, str):
            parts = bytes.fromhex(colour[1:]) if colour.startswith("#") else b""
        else:
            parts = bytes(colour)
    except (ValueError, TypeError):
        parts = b""
    if len(parts) not in (3, 4):
        raise UsageError(f"a colour is '#rrggbb', '#rrggbbaa' or 3 or 4 bytes, not {colour!r}")
    return parts if len(parts) == 4 else parts + b"\xff"
