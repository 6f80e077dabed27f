"""A surface of pixels: what a page draws of a display list, drawn here for films and stills.

Shapes are drawn at twice the size and made smaller, which smooths their edges. The letters are
those of Pillow's own font, not of a page's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from peergym.envs.draw_sheets import Pixmap
from peergym.envs.surface import Colour, Surface, rgba
from peergym.errors import ConfigurationError, UsageError

try:
    from PIL import Image, ImageDraw, ImageFont, ImageOps
except ImportError:
    raise ConfigurationError(
        "video", "pictures need Pillow: pip install 'peergym[video]'"
    ) from None

OVERSAMPLING = 2
OPAQUE = 255
ANCHORS = {"left": "lm", "centre": "mm", "center": "mm", "right": "rm"}


class Picture(Surface):
    """A surface that keeps pixels.

    Args:
        width: Of the game's screen, in pixels.
        height: Likewise.
        scale: How many pixels of the picture make one of the screen.
    """

    def __init__(self, width: int, height: int, scale: float = 1.0) -> None:
        super().__init__(width, height)
        self._scale = scale * OVERSAMPLING
        self._size = (round(width * scale) // 2 * 2, round(height * scale) // 2 * 2)
        fine = (self._size[0] * OVERSAMPLING, self._size[1] * OVERSAMPLING)
        self._image: Any = Image.new("RGB", fine)
        self._opaque: Any = ImageDraw.Draw(self._image)
        self._blending: Any = ImageDraw.Draw(self._image, "RGBA")  # several times slower
        self._pictures: dict[str, tuple[Any, Any]] = {}  # what was given, and as Pillow has it
        self._view: tuple[float, float, float, float] | None = None
        self._moved = (0.0, 0.0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels; even, as films want them."""
        return self._size

    def image(self) -> Any:
        """What has been drawn, as an image of Pillow's."""
        return self._image.reduce(OVERSAMPLING)

    def clear(self, colour: Colour = "#000000") -> None:
        """Fill the picture."""
        self._view = None
        self._pen(colour).rectangle((0, 0, *self._image.size), fill=_fill(colour))

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
        """As `Surface.rectangle`."""
        if self._angle:
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            self.polygon(corners, colour)
            return
        box = (*self._place(x, y), *self._place(x + width, y + height))
        radius = min(radius, width / 2, height / 2) * self._pixel
        # The last pixel belongs to what Pillow draws, and not to a rectangle of that width.
        box = (box[0], box[1], max(box[0], box[2] - 1), max(box[1], box[3] - 1))
        self._pen(colour).rounded_rectangle(box, radius, fill=_fill(colour))

    def circle(
        self, x: float, y: float, radius: float, colour: Colour, key: str | None = None
    ) -> None:
        """As `Surface.circle`."""
        (x, y), radius = self._place(x, y), radius * self._pixel
        box = (x - radius, y - radius, x + radius, y + radius)
        self._pen(colour).ellipse(box, fill=_fill(colour))

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
        """As `Surface.line`."""
        thick = max(1, round(width * self._pixel))
        ends = (*self._place(x1, y1), *self._place(x2, y2))
        self._pen(colour).line(ends, fill=_fill(colour), width=thick)

    def polygon(
        self, points: Sequence[tuple[float, float]], colour: Colour, key: str | None = None
    ) -> None:
        """As `Surface.polygon`."""
        corners = [self._place(x, y) for x, y in points]
        self._pen(colour).polygon(corners, fill=_fill(colour))

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
        """As `Surface.text`, in another font."""
        font = _font(max(1, round(size * self._pixel)))
        place = self._place(x, y)
        self._pen(colour).text(place, text, fill=_fill(colour), font=font, anchor=ANCHORS[align])

    def sheet(self, name: str, picture: Any, *, smooth: bool = False) -> None:
        """As `Surface.sheet`."""
        del smooth
        known = self._pictures.get(name)
        if known is None or known[0] is not picture:
            self._pictures[name] = (picture, _as_image(picture))

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
        """As `Surface.sprite`."""
        if sheet not in self._pictures:
            raise UsageError(f"there is no sheet {sheet!r}: give it to surface.sheet first")
        image: Any = self._pictures[sheet][1]
        if part is not None:
            image = image.crop((part[0], part[1], part[0] + part[2], part[1] + part[3]))
        pixel = self._pixel
        size = (max(1, round(abs(width) * pixel)), max(1, round(abs(height) * pixel)))
        image = image.resize(size, Image.Resampling.NEAREST)
        if width < 0:
            image = ImageOps.mirror(image)
        if height < 0:
            image = ImageOps.flip(image)
        turned = angle + self._angle
        if turned:
            image = image.rotate(-math.degrees(turned), expand=True)
        if alpha < 1:
            image.putalpha(image.getchannel("A").point(lambda value: round(value * alpha)))
        left, top = self._place(x, y)
        corner = (round(left - image.width / 2), round(top - image.height / 2))
        self._image.paste(image, corner, image)

    def pixels(
        self, name: str, array: Any, x: float, y: float, width: float, height: float
    ) -> None:
        """As `Surface.pixels`."""
        self._pictures[name] = (None, _as_image(array))
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
        """As `Surface.layer`; here it is painted each time."""
        before, self._moved = self._moved, (x, y)
        try:
            paint(self)
        finally:
            self._moved = before

    def camera(
        self, x: float, y: float, zoom: float = 1, angle: float = 0, key: str | None = "camera"
    ) -> None:
        """As `Surface.camera`."""
        self._view = (x, y, zoom, angle)

    def no_camera(self) -> None:
        """As `Surface.no_camera`."""
        self._view = None

    def sound(self, name: str, key: str) -> None:
        """Say nothing: a picture is silent."""

    def _pen(self, colour: Colour) -> Any:
        return self._opaque if rgba(colour)[3] == OPAQUE else self._blending

    @property
    def _angle(self) -> float:
        return 0.0 if self._view is None else self._view[3]

    @property
    def _pixel(self) -> float:
        """How many pixels of the fine image make one of what is drawn."""
        return self._scale if self._view is None else self._scale * self._view[2]

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """Where a place lies in the fine image."""
        x, y = x + self._moved[0], y + self._moved[1]
        if self._view is not None:
            middle_x, middle_y, zoom, angle = self._view
            dx, dy = (x - middle_x) * zoom, (y - middle_y) * zoom
            cos, sin = math.cos(angle), math.sin(angle)
            x = self.width / 2 + dx * cos - dy * sin
            y = self.height / 2 + dx * sin + dy * cos
        return x * self._scale, y * self._scale


def _fill(colour: Colour) -> tuple[int, ...]:
    return tuple(rgba(colour))


def _as_image(picture: Any) -> Any:
    """Return what was given to draw sprites from, with an alpha channel."""
    if isinstance(picture, bytes):
        return Image.open(BytesIO(picture)).convert("RGBA")
    height, width, channels = picture.shape
    data = picture.data if isinstance(picture, Pixmap) else picture.tobytes()
    return Image.frombytes("RGB" if channels == 3 else "RGBA", (width, height), data).convert(
        "RGBA"
    )


@lru_cache(maxsize=64)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
