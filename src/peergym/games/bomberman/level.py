"""The field of a match, from one seed.

A quarter is drawn by lot, the rest are its mirror images: all corners are alike, down to what is
hidden under the bricks. Around the starts there is room to step out of the way of the first bomb.
"""

from __future__ import annotations

from random import Random

from peergym.games.bomberman.field import (
    BRICK,
    CELLS,
    COLUMNS,
    FASTER,
    LONGER_FLAMES,
    MORE_BOMBS,
    NOTHING,
    OPEN,
    PILLAR,
    ROWS,
    STARTS,
    is_pillar_place,
)

BRICKS_IN_TEN = 8
"""Of ten cells where a brick may be, so many have one."""
HIDDEN = (MORE_BOMBS,) * 4 + (LONGER_FLAMES,) * 4 + (FASTER,) * 2
"""What a quarter hides: under fewer than half of its bricks."""
CORNERS = 4


def make_level(random: Random, players: int) -> bytes:
    """Return the field.

    Args:
        random: Of this match alone; some numbers are taken from it.
        players: How many starts are needed, 2 to 8.
    """
    # All corners are kept free, for they are alike; so are the middles of the sides, if needed.
    starts = STARTS[: CORNERS if players <= CORNERS else len(STARTS)]
    field = bytearray(PILLAR if is_pillar_place(cell) else OPEN for cell in range(CELLS))
    places = [
        row * COLUMNS + column
        for row in range(1, ROWS // 2 + 1)
        for column in range(1, COLUMNS // 2 + 1)
        if not is_pillar_place(row * COLUMNS + column) and _may_be_brick(row, column, starts)
    ]
    random.shuffle(places)
    del places[len(places) * BRICKS_IN_TEN // 10 :]
    for index, cell in enumerate(places):
        hidden = HIDDEN[index] if index < len(HIDDEN) else NOTHING
        for image in _mirror_images(cell):
            field[image] = BRICK + hidden
    return bytes(field)


def _may_be_brick(row: int, column: int, starts: tuple[int, ...]) -> bool:
    """Whether this cell touches no start, not even by a corner."""
    for start in starts:
        start_row, start_column = divmod(start, COLUMNS)
        if abs(row - start_row) <= 1 and abs(column - start_column) <= 1:
            return False
    return True


def _mirror_images(cell: int) -> tuple[int, int, int, int]:
    row, column = divmod(cell, COLUMNS)
    other_row, other_column = ROWS - 1 - row, COLUMNS - 1 - column
    return (
        cell,
        row * COLUMNS + other_column,
        other_row * COLUMNS + column,
        other_row * COLUMNS + other_column,
    )
