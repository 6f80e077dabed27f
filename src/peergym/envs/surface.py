"""What a game draws on: a list of shapes, not pixels.

`Surface.encode` turns the shapes into a few hundred bytes, which the page draws at its own rate.
A shape with a key is the same thing from frame to frame, so the page moves it smoothly between
two frames; one without a key jumps.

Coordinates are pixels of the game's screen, x to the right, y down; fractions are welcome.
Colours are ``"#rrggbb"``, ``"#rrggbbaa"`` or tuples of three or four integers from 0 to 255.

Beside shapes there are sprites, cut out of pictures that the page keeps (`sheet`); layers, drawn
once and kept by the page until they change (`layer`); a camera, through which what follows is seen
(`camera`); and sounds (`sound`). ``docs/drawing.md`` shows them all.

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
    6    sprite    x, y (its centre), width, height (negative: flipped), angle (radians,
                   clockwise), u16 sheet, then u16 x, y, width, height of the part of the
                   sheet (width 0: all of it); of its colour, only alpha counts
    7    patch     not drawn: a piece of a sheet. u16 sheet, u16 x 2 its whole size, u16 x
                   4 x, y, width and height of the piece, u8 format (1 RGB, 2 RGBA, 3 a
                   file; + 128: smooth), u32 length and the bytes
    8    paint     not drawn: what is on a layer. u16 layer, u32 stamp, u32 length, then u16
                   count and shapes
    9    layer     u16 layer, u32 stamp, then x, y (how far it is moved)
    10   camera    x, y (what is in the middle of the screen), zoom, angle; holds for what
                   follows; zoom 0: none
    11   sound     not drawn: u8 length of the name and the name. Heard when a key is there
                   that was not there in the frame before
    ==== ========= ======================================================================

    Kinds from 6 on make version 2; a list without them is of version 1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from peergym.envs.draw_sheets import Sheets
from peergym.errors import ConfigurationError, UsageError

VERSION = 1
EXTENDED_VERSION = 2
MAX_SHAPES = 4096
"""Shapes per frame. A page draws some hundreds comfortably; this only bounds the buffer."""

MAX_SIDE = 8192
"""Longest side of a screen, in pixels."""

RECTANGLE, CIRCLE, LINE, POLYGON, TEXT = 1, 2, 3, 4, 5
SPRITE, PATCH, PAINT, LAYER, CAMERA, SOUND = 6, 7, 8, 9, 10, 11
MAX_LAYERS = 64
LAYER_AGAIN_FRAMES = 120
"""What is on a layer goes again so often: whoever missed it sees it after two seconds."""

OPAQUE: Colour = "#ffffff"
ALIGNMENTS = {"left": 0, "centre": 1, "center": 1, "right": 2}

Colour: TypeAlias = str | tuple[int, int, int] | tuple[int, int, int, int]

_HEADER = struct.Struct("<BBHH4sH")
_RECTANGLE = struct.Struct("<5f")
_CIRCLE = struct.Struct("<3f")
_LINE = struct.Struct("<5f")
_TEXT = struct.Struct("<3fBH")
_SPRITE = struct.Struct("<5f5H")
_PAINT = struct.Struct("<HII")
_LAYER = struct.Struct("<HI2f")
_CAMERA = struct.Struct("<4f")
_COUNT = struct.Struct("<H")


@dataclass(slots=True)
class _Painted:
    """What is on a layer."""

    number: int
    version: Any
    stamp: int
    body: bytes
    frames: int = 0


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
        self._sheets = Sheets()
        self._layers: dict[str, _Painted] = {}
        self._is_layer = False
        self._is_extended = False

    def clear(self, colour: Colour = "#000000") -> None:
        """Remove all shapes and set the background. Sheets and layers are kept for later."""
        self._background = rgba(_hashable(colour))
        self._shapes.clear()
        self._is_extended = False

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
        try:
            numbers = [number for x, y in points for number in (x, y)]
        except (TypeError, ValueError):
            raise UsageError(f"corners are pairs of numbers, not {points!r:.80}") from None
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
        encoded = str(text).encode(errors="replace")
        if len(encoded) > 0xFFFF:
            raise UsageError(f"a text has at most 65535 bytes, not {len(encoded)}")
        packed = _pack(_TEXT, x, y, size, ALIGNMENTS[align], len(encoded))
        self._add(TEXT, key, colour, packed + encoded)

    def sheet(self, name: str, picture: Any, *, smooth: bool = False) -> None:
        """Give a picture to draw sprites from. Given again, the same picture costs nothing.

        Args:
            name: Of the sheet.
            picture: A `Pixmap`, an array of height x width x 3 or 4 bytes, or the bytes of a PNG,
                JPEG or WebP file. Another object of the same name replaces it.
            smooth: Whether it is smoothed when magnified; pixel art is not.

        Raises:
            UsageError: It is something else, or too large.
        """
        self._sheets.put(name, picture, is_smooth=smooth)

    def sprite(
        self,
        sheet: str,
        x: float,
        y: float,
        width: float,
        height: float,
        part: tuple[int, int, int, int] | None = None,
        *,
        angle: float = 0,
        alpha: float = 1,
        key: str | None = None,
    ) -> None:
        """Draw a sheet, or a part of it, around (x, y).

        Args:
            sheet: Its name.
            x: Its centre.
            y: Its centre.
            width: On the screen, in pixels; negative: flipped left to right.
            height: On the screen, in pixels; negative: upside down.
            part: x, y, width, height within the sheet, in its pixels; None: all of it.
            angle: In radians, clockwise.
            alpha: 0 (invisible) to 1.
            key: Name by which the same shape is found again in the next frame.

        Raises:
            UsageError: There is no such sheet.
        """
        number = self._sheets.use(sheet).number
        packed = _pack(_SPRITE, x, y, width, height, angle, number, *(part or (0, 0, 0, 0)))
        colour = (255, 255, 255, round(255 * min(1.0, max(0.0, alpha))))
        self._add(SPRITE, key, colour, packed)

    def pixels(
        self, name: str, array: Any, x: float, y: float, width: float, height: float
    ) -> None:
        """Show an array of height x width x 3 (or 4) bytes, with its top left corner at (x, y).

        Only what has changed since it was last shown is sent. The array may be reused by whoever
        made it.

        Raises:
            UsageError: It is not such an array.
        """
        shape: tuple[int, ...] = getattr(array, "shape", ())
        is_magnified = len(shape) > 1 and width >= 2 * shape[1]
        self._sheets.show(name, array, is_smooth=not is_magnified)
        self.sprite(name, x + width / 2, y + height / 2, width, height)

    def layer(
        self,
        name: str,
        version: Any,
        paint: Callable[[Surface], None],
        x: float = 0,
        y: float = 0,
        key: str | None = None,
    ) -> None:
        """Draw a layer, which the page keeps: it is painted and sent when its version changes.

        Args:
            name: Of the layer.
            version: What it looks like depends on this alone, such as the number of a level, or a
                list or an array of what is where.
            paint: Called with a surface when there is something to paint.
            x: How far it is moved to the right.
            y: How far it is moved down.
            key: Name by which it is found again in the next frame, to be moved smoothly.

        Raises:
            UsageError: It is a layer on a layer, or there are too many.
        """
        if self._is_layer:
            raise UsageError("a layer has no layers")
        painted = self._layers.get(name)
        version = _kept(version)
        if painted is None or painted.version != version:
            painted = self._paint(name, version, paint)
        if painted.frames % LAYER_AGAIN_FRAMES == 0:
            head = _PAINT.pack(painted.number, painted.stamp, len(painted.body))
            self._add(PAINT, None, OPAQUE, head + painted.body)
        painted.frames += 1
        self._add(LAYER, key, OPAQUE, _pack(_LAYER, painted.number, painted.stamp, x, y))

    def camera(
        self, x: float, y: float, zoom: float = 1, angle: float = 0, key: str | None = "camera"
    ) -> None:
        """See what follows through a camera.

        Args:
            x: What is in the middle of the screen.
            y: What is in the middle of the screen.
            zoom: How many pixels of the screen make one of the world.
            angle: By which the world is turned, in radians, clockwise.
            key: The same camera from frame to frame, so that it moves smoothly.
        """
        self._add(CAMERA, key, OPAQUE, _pack(_CAMERA, x, y, zoom, angle))

    def no_camera(self) -> None:
        """Draw what follows on the screen itself again."""
        self._add(CAMERA, None, OPAQUE, _pack(_CAMERA, 0, 0, 0, 0))

    def sound(self, name: str, key: str) -> None:
        """Let a sound be heard, once: in the first of the frames in a row that name its key.

        For drawings of environments that know nothing of effects; a game of one's own says what is
        heard by its `effects`, which a rollback takes back.

        Args:
            name: Of the sound, as for effects.
            key: What it is that sounds, such as ``"goal 3"``.
        """
        encoded = name.encode()
        self._add(SOUND, key, OPAQUE, bytes((len(encoded),)) + encoded)

    def encode(self) -> bytes:
        """Return the drawing as bytes."""
        patches = [_head(PATCH, None, OPAQUE) + patch for patch in self._sheets.take_patches()]
        version = EXTENDED_VERSION if self._is_extended else VERSION
        count = len(self._shapes) + len(patches)
        header = _HEADER.pack(version, 0, self.width, self.height, self._background, count)
        return header + b"".join(patches) + b"".join(self._shapes)

    def _paint(self, name: str, version: Any, paint: Callable[[Surface], None]) -> _Painted:
        if name not in self._layers and len(self._layers) >= MAX_LAYERS:
            raise UsageError(f"a surface has at most {MAX_LAYERS} layers")
        inner = Surface(self.width, self.height)
        inner._sheets, inner._is_layer = self._sheets, True
        paint(inner)
        before = self._layers.get(name)
        number = len(self._layers) if before is None else before.number
        stamp = 1 if before is None else before.stamp + 1
        body = _COUNT.pack(len(inner._shapes)) + b"".join(inner._shapes)
        self._layers[name] = _Painted(number, version, stamp, body)
        return self._layers[name]

    def _add(self, kind: int, key: str | None, colour: Colour, parameters: bytes) -> None:
        if len(self._shapes) >= MAX_SHAPES:
            raise UsageError(f"a frame has at most {MAX_SHAPES} shapes")
        if kind > TEXT:
            self._is_extended = True
        try:
            head = _head(kind, key, colour)
        except (TypeError, AttributeError):  # a list of bytes for a colour, a number for a key
            head = _head(kind, None if key is None else str(key), _hashable(colour))
        self._shapes.append(head + parameters)


def _pack(packer: struct.Struct, *numbers: float) -> bytes:
    try:
        return packer.pack(*numbers)
    except (struct.error, OverflowError) as error:
        raise UsageError(f"shapes are drawn with 32-bit floats, not {numbers!r}") from error


def _hashable(colour: Any) -> Colour:
    """A colour that came as a list or an array, as a tuple."""
    return colour if isinstance(colour, str) or not isinstance(colour, Iterable) else tuple(colour)


def _kept(version: Any) -> Any:
    """A version of a layer, such that nobody changes it: it may be a list of the game's own."""
    if hasattr(version, "tobytes"):
        return version.shape, version.tobytes()
    return deepcopy(version) if isinstance(version, (list, dict, set, bytearray)) else version


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
