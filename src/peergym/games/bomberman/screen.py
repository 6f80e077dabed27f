"""Where the field is on the screen: under a bar, and of its border only the inner edge is seen."""

from __future__ import annotations

from peergym.games.bomberman.field import CELL, COLUMNS, ROWS

BAR_HEIGHT = 48
EDGE = 16
"""So much is seen of the border."""
ORIGIN_X = EDGE - CELL
ORIGIN_Y = BAR_HEIGHT + EDGE - CELL
"""Where the field's own corner is, in pixels: outside."""
WIDTH = (COLUMNS - 2) * CELL + 2 * EDGE
HEIGHT = BAR_HEIGHT + (ROWS - 2) * CELL + 2 * EDGE


def corner(cell: int) -> tuple[int, int]:
    """Return the top left corner of a cell on the screen."""
    row, column = divmod(cell, COLUMNS)
    return ORIGIN_X + column * CELL, ORIGIN_Y + row * CELL
