"""A page that keeps pictures, as `client/src/render/sheets.ts` does."""

from __future__ import annotations

import struct
from typing import Any

from peergym.envs.draw_sheets import PATCH_HEAD, RGB, SMOOTH

PATCH, PAINT = 7, 8
FIXED = {1: 20, 2: 12, 3: 20, 6: 30, 9: 14, 10: 16}
"""Bytes of the parameters of a shape, by kind."""


class Page:
    """Reads display lists by their documented layout.

    Attributes:
        files: Pictures that came as files.
        paints: How often a layer's content came.
    """

    def __init__(self) -> None:
        self.files: list[bytes] = []
        self.paints = 0
        self._sheets: dict[int, Any] = {}

    def array(self, sheet: int) -> Any:
        """What has come of a sheet."""
        return self._sheets[sheet]

    def take(self, data: bytes) -> None:
        """Read a list."""
        version, _, _, _, _, count = struct.unpack_from("<BBHH4sH", data)
        assert version in (1, 2)
        at = self._shapes(data, struct.calcsize("<BBHH4sH"), count)
        assert at == len(data)

    def _shapes(self, data: bytes, at: int, count: int) -> int:
        for _ in range(count):
            kind = data[at]
            at += 2 + data[at + 1] + 4
            if kind == PATCH:
                at = self._patch(data, at)
            elif kind == PAINT:
                self.paints += 1
                _, _, length = struct.unpack_from("<HII", data, at)
                (inner,) = struct.unpack_from("<H", data, at + 10)
                end = self._shapes(data, at + 12, inner)
                assert end == at + 10 + length
                at = end
            else:
                at += FIXED[kind]
        return at

    def _patch(self, data: bytes, at: int) -> int:
        import numpy as np  # noqa: PLC0415 - for tests that have it

        sheet, across, down, x, y, width, height, kind, size = PATCH_HEAD.unpack_from(data, at)
        at += PATCH_HEAD.size
        pixels = data[at : at + size]
        channels = {RGB: 3, RGB + 1: 4}.get(kind & ~SMOOTH)
        if channels is None:
            self.files.append(pixels)
            return at + size
        shape = (down, across, channels)
        if sheet not in self._sheets or self._sheets[sheet].shape != shape:
            self._sheets[sheet] = np.zeros(shape, np.uint8)
        piece = np.frombuffer(pixels, np.uint8).reshape(height, width, channels)
        self._sheets[sheet][y : y + height, x : x + width] = piece
        return at + size
