"""A surface of pixels: what a page draws of a display list, drawn here for films and stills.

Shapes are drawn at twice the size and made smaller, which smooths their edges. The letters are
those of Pillow's own font, not of a page's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from peergym.envs.surface import Colour, Surface, rgba
from peergym.errors import ConfigurationError

try:
    from PIL import Image, ImageDraw, ImageFont
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

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels; even, as films want them."""
        return self._size

    def image(self) -> Any:
        """What has been drawn, as an image of Pillow's."""
        return self._image.reduce(OVERSAMPLING)

    def clear(self, colour: Colour = "#000000") -> None:
        """Fill the picture."""
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
        box = self._scaled(x, y, x + width, y + height)
        radius = min(radius, width / 2, height / 2) * self._scale
        # The last pixel belongs to what Pillow draws, and not to a rectangle of that width.
        box = (box[0], box[1], max(box[0], box[2] - 1), max(box[1], box[3] - 1))
        self._pen(colour).rounded_rectangle(box, radius, fill=_fill(colour))

    def circle(
        self, x: float, y: float, radius: float, colour: Colour, key: str | None = None
    ) -> None:
        """As `Surface.circle`."""
        box = self._scaled(x - radius, y - radius, x + radius, y + radius)
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
        thick = max(1, round(width * self._scale))
        self._pen(colour).line(self._scaled(x1, y1, x2, y2), fill=_fill(colour), width=thick)

    def polygon(
        self, points: Sequence[tuple[float, float]], colour: Colour, key: str | None = None
    ) -> None:
        """As `Surface.polygon`."""
        corners = [(x * self._scale, y * self._scale) for x, y in points]
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
        font = _font(max(1, round(size * self._scale)))
        place = (x * self._scale, y * self._scale)
        self._pen(colour).text(place, text, fill=_fill(colour), font=font, anchor=ANCHORS[align])

    def _pen(self, colour: Colour) -> Any:
        return self._opaque if rgba(colour)[3] == OPAQUE else self._blending

    def _scaled(self, *numbers: float) -> Any:
        return tuple(number * self._scale for number in numbers)


def _fill(colour: Colour) -> tuple[int, ...]:
    return tuple(rgba(colour))


@lru_cache(maxsize=64)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
