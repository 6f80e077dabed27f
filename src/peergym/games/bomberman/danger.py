"""When each cell will burn, and which can be reached alive: what the computer player knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.games.bomberman.blast import flames
from peergym.games.bomberman.bomber import Bomber
from peergym.games.bomberman.field import (
    CELL,
    CELLS,
    CLOSING,
    CLOSING_FRAMES,
    DIRECTIONS,
    MOVES,
    POWER_UPS,
    STAY,
    Bomb,
)

if TYPE_CHECKING:
    from peergym.games.bomberman.game import Bomberman

SAFE = 9999
"""Frames until a cell burns that no bomb will reach."""
FEARED_FRAMES = 120
"""Walls that close in later than this are not yet feared."""
MARGIN_FRAMES = 3
"""Flames come by so much earlier than they do."""


def frames_until_fire(game: Bomberman, more: tuple[Bomb, ...] = ()) -> list[int]:
    """Return for each cell in how many frames it will burn; 0 where it does, `SAFE` if never.

    Args:
        game: The game.
        more: Bombs that are only thought of.
    """
    due = [SAFE] * CELLS
    field, clock = game.field, game.clock
    # By their time: a bomb that another one sets off before its time takes over that time.
    for cell, goes_off, _, reach in sorted((*game.bombs, *more), key=_time_of):
        frames = min(goes_off - clock, due[cell])
        for each in flames(field, cell, reach, []):
            due[each] = min(due[each], frames)
    for cell, frames in enumerate(game.fire):
        if frames:
            due[cell] = 0
    frames = game.closing_from + game.closed * CLOSING_FRAMES - clock
    for cell in CLOSING[game.closed :]:
        if frames > FEARED_FRAMES:
            break
        for each in (cell, CELLS - 1 - cell):
            due[each] = min(due[each], max(frames, 0))
        frames += CLOSING_FRAMES
    return due


def paths(game: Bomberman, bomber: Bomber, due: list[int]) -> dict[int, int]:
    """Return the cells that a bomber can reach alive, nearest first, and how each path begins.

    Args:
        game: The game.
        bomber: Who walks.
        due: From `frames_until_fire`.

    Returns:
        From a cell to the direction of the first step; `STAY` for the cell where he is.
    """
    start = bomber.cell
    field, fire = game.field, game.fire
    pace_frames = CELL // bomber.speed + 1
    first = {start: STAY}
    ring, frames = [start], 0
    while ring:
        frames += pace_frames
        following = []
        for cell in ring:
            for direction in DIRECTIONS:
                neighbour = cell + MOVES[direction]
                if field[neighbour] > POWER_UPS or neighbour in first:
                    continue
                if fire[neighbour]:
                    # He may stand at its edge already, a whole pace nearer than its middle.
                    if fire[neighbour] > frames - pace_frames:
                        continue
                elif due[neighbour] < frames + MARGIN_FRAMES:
                    continue
                first[neighbour] = first[cell] or direction
                following.append(neighbour)
        ring = following
    return first


def _time_of(bomb: Bomb) -> int:
    return bomb[1]
