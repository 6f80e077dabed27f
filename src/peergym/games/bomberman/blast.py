"""Explosions.

Theory of operation: all bombs that go off in a frame do so at the same instant. First it is found
out which these are, and every arm of flames is measured against the field as it is before any of
them; only then the field is changed. So it makes no difference in which order bombs are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from peergym.games.bomberman.field import BRICK, CRUMBLING, DIRECTIONS, MOVES, Bomb


class Blast(NamedTuple):
    """What goes off in one frame.

    Attributes:
        bombs: The bombs that do.
        burning: The cells that flames reach, with the bombs' own; some may be there twice.
        bricks: The bricks that they hit, likewise.
    """

    bombs: list[Bomb]
    burning: list[int]
    bricks: list[int]


def chain(field: bytes, bombs: tuple[Bomb, ...], lit: Iterable[Bomb]) -> Blast:
    """Return what goes off if some bombs do, with all the bombs that their flames reach.

    Args:
        field: The field; it stays as it is.
        bombs: All bombs that lie there.
        lit: Those that go off by themselves.
    """
    exploding = list(lit)
    burning: list[int] = []
    bricks: list[int] = []
    for bomb in exploding:  # which grows meanwhile
        cells = flames(field, bomb[0], bomb[3], bricks)
        burning += cells
        if len(exploding) < len(bombs):
            exploding += [other for other in bombs if other[0] in cells and other not in exploding]
    return Blast(exploding, burning, bricks)


def flames(field: bytes, cell: int, reach: int, bricks: list[int]) -> list[int]:
    """Return the cells that the flames of a bomb reach.

    They pass over bombs and power-ups, and stop at bricks and pillars.

    Args:
        field: The field.
        cell: The bomb's cell.
        reach: How many cells they reach.
        bricks: The bricks that they hit are appended to it.
    """
    burning = [cell]
    for direction in DIRECTIONS:
        stride = MOVES[direction]
        end = cell + stride * reach
        here = cell
        while here != end:
            here += stride
            code = field[here]
            if code >= BRICK:
                if code < CRUMBLING:
                    bricks.append(here)
                break
            burning.append(here)
    return burning
