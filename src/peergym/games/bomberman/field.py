"""The measures of the field, and what a cell can be.

The field is a ``bytes`` with one code for each cell, row by row, with a border of pillars around
it. So the cell to the right is one further on, the cell below is `COLUMNS` further on, and nobody
ever has to ask whether a neighbour is still on the field.

A code is ``kind * 4 + power_up``: a brick keeps what it hides in its lowest two bits.
"""

from __future__ import annotations

from typing import TypeAlias

FRAME_RATE_HZ = 30

COLUMNS, ROWS = 17, 13
CELLS = COLUMNS * ROWS
CELL = 47
"""Side of a cell, in steps of the grid that bombers walk on; one step is one pixel.

Odd, so that one step is the middle and there are as many on its left as on its right: otherwise
who comes from one side would be in a cell a frame before who comes from the other.
"""
HALF = CELL // 2

OPEN, BOMB, BRICK, CRUMBLING, PILLAR = 0, 4, 8, 12, 16
"""Kinds of cells, as the codes they have without a power-up."""
NOTHING, MORE_BOMBS, LONGER_FLAMES, FASTER = 0, 1, 2, 3
"""Power-ups. On an open cell one lies ready to be picked up."""
POWER_UPS = 3  # mask of the lowest two bits

MOVES = (0, -COLUMNS, 1, COLUMNS, -1)
"""From a direction to how much further on the next cell is."""
STAY, UP, RIGHT, DOWN, LEFT = 0, 1, 2, 3, 4
DIRECTIONS = (UP, RIGHT, DOWN, LEFT)
LAY_BOMB = 5
"""Added to a direction: five actions without a bomb and the same five with one."""
ACTIONS = 2 * LAY_BOMB

TOP_LEFT = COLUMNS + 1
BOTTOM_RIGHT = CELLS - 1 - TOP_LEFT
TOP_RIGHT = 2 * COLUMNS - 2
BOTTOM_LEFT = CELLS - 1 - TOP_RIGHT
TOP = COLUMNS + COLUMNS // 2
LEFT_SIDE = ROWS // 2 * COLUMNS + 1
STARTS = (
    TOP_LEFT,
    BOTTOM_RIGHT,
    TOP_RIGHT,
    BOTTOM_LEFT,
    TOP,
    CELLS - 1 - TOP,
    LEFT_SIDE,
    CELLS - 1 - LEFT_SIDE,
)
"""Where a match begins: so many of these as there are players. The first two are opposite."""

Bomb: TypeAlias = tuple[int, int, int, int]
"""Its cell, the frame on the game's clock in which it goes off, its owner, its reach in cells."""

FUSE_FRAMES = 75
FIRE_FRAMES = 15
"""How long flames burn, and how long a brick takes to crumble."""
CLOSING_FRAMES = 8
"""From a pair of cells that the walls take to the next."""


def put(field: bytes, cell: int, code: int) -> bytes:
    """Return the field with another code in one cell."""
    return field[:cell] + bytes((code,)) + field[cell + 1 :]


def is_pillar_place(cell: int) -> bool:
    """Whether a pillar stands here from the start: the border, and every other cell within."""
    row, column = divmod(cell, COLUMNS)
    on_border = row in (0, ROWS - 1) or column in (0, COLUMNS - 1)
    return on_border or (row % 2 == 0 and column % 2 == 0)


def closing_order() -> tuple[int, ...]:
    """Return the cells in the order in which the walls close in: from outside, turning right.

    Only one of each two opposite cells is listed. Both close together, so that nobody has longer.
    """
    order: list[int] = []
    for ring in range(1, ROWS // 2 + 1):
        right, bottom = COLUMNS - 1 - ring, ROWS - 1 - ring
        top_side = [ring * COLUMNS + column for column in range(ring, right + 1)]
        right_side = [row * COLUMNS + right for row in range(ring + 1, bottom)]
        order += top_side + right_side
    listed: list[int] = []
    for cell in order:
        if not is_pillar_place(cell) and CELLS - 1 - cell not in listed:
            listed.append(cell)
    return tuple(listed)


CLOSING = closing_order()
