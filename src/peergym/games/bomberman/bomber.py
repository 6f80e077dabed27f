"""Somebody who walks through the field.

A bomber is always in the middle of a lane: of a row, or of a column, or of both. Who steers around
a corner before he has reached the middle of the crossing is slid to it, and turns there; so one
need not hit the corner exactly.

Law: a bomber is never nearer to the middle of a cell that he cannot enter than to that of one that
he could, except when a bomb or a pillar has come to where he stands.
"""

from __future__ import annotations

from peergym.games.bomberman.field import (
    CELL,
    COLUMNS,
    DOWN,
    FASTER,
    HALF,
    LONGER_FLAMES,
    MORE_BOMBS,
    POWER_UPS,
    RIGHT,
    UP,
)

MOST_BOMBS, MOST_REACH, MOST_SPEED = 6, 8, 10
NEVER = -1


class Bomber:
    """A bomber.

    Args:
        cell: Where he starts.

    Attributes:
        x: Middle of his body, in pixels from the left of the field.
        y: Likewise from its top.
        facing: The direction of his last step.
        bombs: How many bombs of his may lie at a time.
        reach: How many cells the flames of his bombs reach.
        speed: How many pixels he walks in a frame.
        died: The frame on the game's clock in which he died, `NEVER` while he lives.
        holds_bomb: 1 if he asked for a bomb in the last frame, else 0: one wish, one bomb.
    """

    __slots__ = ("bombs", "died", "facing", "holds_bomb", "reach", "speed", "x", "y")

    def __init__(self, cell: int) -> None:
        row, column = divmod(cell, COLUMNS)
        self.x = column * CELL + HALF
        self.y = row * CELL + HALF
        self.facing = DOWN
        self.bombs = 1
        self.reach = 2
        self.speed = 6
        self.died = NEVER
        self.holds_bomb = 0

    @property
    def cell(self) -> int:
        """The cell whose middle is nearest."""
        return self.y // CELL * COLUMNS + self.x // CELL

    def get_state(self) -> tuple[int, ...]:
        """Return everything as numbers."""
        return (
            self.x,
            self.y,
            self.facing,
            self.bombs,
            self.reach,
            self.speed,
            self.died,
            self.holds_bomb,
        )

    def set_state(self, state: tuple[int, ...]) -> None:
        """Go back to what `get_state` returned."""
        (
            self.x,
            self.y,
            self.facing,
            self.bombs,
            self.reach,
            self.speed,
            self.died,
            self.holds_bomb,
        ) = state

    def take(self, power_up: int) -> None:
        """Become stronger, up to a limit."""
        if power_up == MORE_BOMBS:
            self.bombs = min(self.bombs + 1, MOST_BOMBS)
        elif power_up == LONGER_FLAMES:
            self.reach = min(self.reach + 1, MOST_REACH)
        elif power_up == FASTER:
            self.speed = min(self.speed + 1, MOST_SPEED)

    def walk(self, field: bytes, direction: int) -> None:
        """Walk for a frame, as far as the field lets him."""
        self.facing = direction
        sign = 1 if direction in (RIGHT, DOWN) else -1
        if direction in (UP, DOWN):
            self.y, self.x = _walked(field, self.y, self.x, sign, self.speed, COLUMNS, 1)
        else:
            self.x, self.y = _walked(field, self.x, self.y, sign, self.speed, 1, COLUMNS)


def _walked(
    field: bytes, along: int, across: int, sign: int, steps: int, stride: int, cross_stride: int
) -> tuple[int, int]:
    """Return where somebody is after walking.

    Args:
        field: The field.
        along: His coordinate in the direction he wants to go.
        across: The other one.
        sign: Whether ``along`` shall become greater or less.
        steps: How many pixels he walks.
        stride: From a cell to the next one along.
        cross_stride: From a cell to the next one across.

    Returns:
        (along, across).
    """
    cell = along // CELL * stride + across // CELL * cross_stride
    ahead = sign * stride
    beside = across % CELL - HALF
    if beside:  # between two lanes: into the nearer one, or else into the other
        lane_offset = 0
        if field[cell + ahead] > POWER_UPS:
            turn = 1 if beside > 0 else -1
            other = cell + turn * cross_stride
            if field[other] > POWER_UPS or field[other + ahead] > POWER_UPS:
                return along, across
            cell = other
            lane_offset = turn * CELL
        distance = lane_offset - beside
        if abs(distance) > steps:
            return along, across + (steps if distance > 0 else -steps)
        across += distance
        steps -= abs(distance)
    if field[cell + ahead] > POWER_UPS:
        to_middle = (along // CELL * CELL + HALF - along) * sign
        steps = max(0, min(steps, to_middle))
    return along + sign * steps, across
