"""What Bomberman looks like: ground, walls, bombs and flames.

Drawn economically, for a field has 221 cells and a phone draws every frame: the ground is a few
stripes, bricks that stand side by side share their rectangles, and so do flames in a row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from peergym.games.bomberman import field as cells
from peergym.games.bomberman.field import (
    BOMB,
    BRICK,
    CELL,
    CELLS,
    CLOSING,
    CLOSING_FRAMES,
    COLUMNS,
    CRUMBLING,
    FASTER,
    FIRE_FRAMES,
    LONGER_FLAMES,
    MORE_BOMBS,
    PILLAR,
    ROWS,
)
from peergym.games.bomberman.hud import draw_hud
from peergym.games.bomberman.screen import BAR_HEIGHT, EDGE, HEIGHT, WIDTH, corner
from peergym.games.bomberman.sprites import draw_bombers

if TYPE_CHECKING:
    from peergym.envs.surface import Surface
    from peergym.games.bomberman.game import Bomberman

HALF = CELL / 2

GROUND, GROUND_STRIPE = "#4c8a57", "#478352"
WALL, WALL_TOP = "#39415a", "#5b6685"
BORDER, BORDER_EDGE = "#39415a", "#5b6685"
BRICK_SHADE, BRICK_FACE, MORTAR = "#7b3f2b", "#c8754a", "#96512f"
SHADOW = "#00000038"
BOMB_BODY, BOMB_SHINE, BOMB_CAP = "#1d2030", "#5b6280", "#3a4058"
FUSE, SPARKS = "#d9c9a3", ("#ffd34d", "#ff8a3c", "#fff4c4")
FLAMES = (("#f2542d", 38), ("#ff9f2e", 26), ("#fff0a8", 12))
"""From outside to inside: colour and thickness."""
POWER_UP_COLOURS = {MORE_BOMBS: "#5b6ee8", LONGER_FLAMES: "#e8604c", FASTER: "#e0b030"}
WARNING = "#ff3b3b"
WARNED_PAIRS = 3
"""So many pairs of cells are seen to be about to close."""


def draw_field(game: Bomberman, surface: Surface, player: int) -> None:
    """Draw a frame as seen by a player, or by a spectator (any other number)."""
    surface.clear(BORDER)
    _draw_ground(surface)
    _draw_cells(game, surface)
    _draw_bombs(game, surface)
    _draw_fire(game, surface)
    draw_bombers(game, surface, player)
    draw_hud(game, surface, player)


def _draw_ground(surface: Surface) -> None:
    left, top = EDGE, BAR_HEIGHT + EDGE
    width, height = WIDTH - 2 * EDGE, HEIGHT - BAR_HEIGHT - 2 * EDGE
    surface.rectangle(left - 4, top - 4, width + 8, height + 8, BORDER_EDGE)
    surface.rectangle(left, top, width, height, GROUND)
    for x in range(left, left + width, 2 * CELL):
        surface.rectangle(x, top, CELL, height, GROUND_STRIPE)
    surface.rectangle(left, top, width, 7, SHADOW)


def _draw_cells(game: Bomberman, surface: Surface) -> None:
    field = game.field
    for row in range(1, ROWS - 1):
        run_begin = 0  # of bricks side by side; 0 while there is none
        for cell in range(row * COLUMNS + 1, row * COLUMNS + COLUMNS):
            code = field[cell]
            is_brick = BRICK <= code < CRUMBLING
            if is_brick and not run_begin:
                run_begin = cell
            elif run_begin and not is_brick:
                _draw_bricks(surface, run_begin, cell)
                run_begin = 0
            if code == PILLAR and cell % COLUMNS != COLUMNS - 1:
                _draw_pillar(surface, cell)
            elif 0 < code < BOMB:
                _draw_power_up(surface, cell, code, game.clock)
            elif CRUMBLING <= code < PILLAR:
                _draw_crumbling(surface, cell, game.fire[cell])
    if game.clock + 2 * cells.FRAME_RATE_HZ >= game.closing_from:
        _draw_warning(game, surface)


def _draw_pillar(surface: Surface, cell: int) -> None:
    x, y = corner(cell)
    surface.rectangle(x + 1, y + 3, CELL - 2, CELL - 2, WALL, radius=7)
    surface.rectangle(x + 1, y + 1, CELL - 2, CELL - 11, WALL_TOP, radius=7)


def _draw_bricks(surface: Surface, begin: int, end: int) -> None:
    x, y = corner(begin)
    width = (end - begin) * CELL
    surface.rectangle(x + 1, y + 2, width - 2, CELL - 1, BRICK_SHADE, radius=5)
    surface.rectangle(x + 1, y + 1, width - 2, CELL - 7, BRICK_FACE, radius=5)
    surface.polygon(_joints(begin, end), MORTAR)


@cache
def _joints(begin: int, end: int) -> list[tuple[float, float]]:
    """Return the corners of the joints: one along, and in each cell one above and one below it."""
    x, y = corner(begin)
    right = x + (end - begin) * CELL
    corners: list[tuple[float, float]] = [(x, y + 20)]
    for left in range(x, right, CELL):
        corners += [
            (left + 16, y + 20),
            (left + 16, y + 1),
            (left + 18, y + 1),
            (left + 18, y + 20),
        ]
    corners += [(right, y + 20), (right, y + 22)]
    for left in range(right - CELL, x - 1, -CELL):
        corners += [
            (left + 34, y + 22),
            (left + 34, y + 41),
            (left + 32, y + 41),
            (left + 32, y + 22),
        ]
    return [*corners, (x, y + 22)]


def _draw_crumbling(surface: Surface, cell: int, frames_left: int) -> None:
    """Let four pieces fly apart and become small."""
    x, y = corner(cell)
    flown = FIRE_FRAMES - frames_left
    size = 4 + frames_left
    surface.rectangle(x + 4, y + 4, CELL - 8, CELL - 8, "#e89a45", radius=10)
    for piece, (sign_x, sign_y) in enumerate(((-1, -1), (1, -1), (-1, 1), (1, 1))):
        left = x + HALF - size / 2 + sign_x * (11 + flown)
        top = y + HALF - size / 2 + sign_y * (10 + flown) - flown * (FIRE_FRAMES - flown) / 5
        key = f"piece_{cell}_{piece}"
        surface.rectangle(left, top, size, size * 0.8, BRICK_FACE, key=key, radius=2)


def _draw_power_up(surface: Surface, cell: int, kind: int, clock: int) -> None:
    x, y = corner(cell)
    middle_x, middle_y = x + HALF, y + HALF
    shine = "#fff6dd" if clock // 8 % 2 else "#f3e7c4"
    surface.rectangle(x + 7, y + 9, CELL - 14, CELL - 14, SHADOW, radius=8)
    surface.rectangle(x + 7, y + 6, CELL - 14, CELL - 14, shine, radius=8)
    surface.rectangle(x + 10, y + 9, CELL - 20, CELL - 20, POWER_UP_COLOURS[kind], radius=6)
    middle_y -= 1
    if kind == MORE_BOMBS:
        surface.circle(middle_x - 1, middle_y + 2, 8, BOMB_BODY)
        surface.circle(middle_x - 4, middle_y - 1, 2, BOMB_SHINE)
        surface.line(middle_x + 4, middle_y - 4, middle_x + 8, middle_y - 9, FUSE, width=3)
    elif kind == LONGER_FLAMES:
        surface.polygon(_flame_corners(middle_x, middle_y, 10), "#ffd34d")
        surface.polygon(_flame_corners(middle_x, middle_y + 3, 5), "#fff4c4")
    else:
        for left in (-9, 0):
            tip = middle_x + left + 9
            arrow = [(tip - 9, middle_y - 8), (tip, middle_y), (tip - 9, middle_y + 8)]
            surface.polygon(arrow, "#fffdf2")


def _flame_corners(x: float, y: float, size: float) -> list[tuple[float, float]]:
    """Return the corners of a drop that stands on its thick end."""
    shape = ((0, -1.1), (0.55, -0.3), (0.8, 0.3), (0.5, 0.9), (-0.5, 0.9), (-0.8, 0.3))
    return [(x + dx * size, y + dy * size) for dx, dy in (*shape, (-0.45, -0.2))]


def _draw_warning(game: Bomberman, surface: Surface) -> None:
    """Show where the walls close in next: brighter and brighter."""
    until_next = (game.closing_from - game.clock - 1) % CLOSING_FRAMES
    for ahead, cell in enumerate(CLOSING[game.closed : game.closed + WARNED_PAIRS]):
        alpha = 190 - 60 * ahead - 4 * until_next
        for each in (cell, CELLS - 1 - cell):
            x, y = corner(each)
            surface.rectangle(x, y, CELL, CELL, f"{WARNING}{max(alpha, 16):02x}")


def _draw_bombs(game: Bomberman, surface: Surface) -> None:
    for cell, goes_off, _, _ in game.bombs:
        x, y = corner(cell)
        left_frames = max(goes_off - game.clock, 0)
        # It breathes, and faster towards the end.
        period = 24 if left_frames > 24 else 8
        breath = abs(left_frames % period - period // 2) / (period // 2)
        radius = 15.5 + 3 * breath
        middle_x, middle_y = x + HALF, y + HALF + 2
        key = f"{cell}_{goes_off}"
        surface.rectangle(x + 8, y + 34, 32, 10, SHADOW, radius=5)
        surface.circle(middle_x, middle_y, radius, BOMB_BODY, key=f"bomb_{key}")
        surface.circle(middle_x - 6, middle_y - 6, 4, BOMB_SHINE)
        surface.rectangle(middle_x + 4, middle_y - radius - 1, 9, 8, BOMB_CAP, radius=2)
        burnt = 8 * (1 - left_frames / cells.FUSE_FRAMES)
        tip_x, tip_y = middle_x + 18 - burnt, middle_y - radius - 9 + burnt
        surface.line(middle_x + 8, middle_y - radius, tip_x, tip_y, FUSE, width=3)
        spark = SPARKS[left_frames // 2 % len(SPARKS)]
        surface.circle(tip_x, tip_y, 3 + left_frames % 3, spark)


def _draw_fire(game: Bomberman, surface: Surface) -> None:
    fire, field = game.fire, game.field
    if not any(fire):
        return
    burning = [bool(frames) and field[cell] < BRICK for cell, frames in enumerate(fire)]
    runs = _runs(burning, 1) + _runs(burning, COLUMNS)
    in_a_run = [cell for begin, stride, length in runs for cell in _cells(begin, stride, length)]
    runs += [(cell, 1, 1) for cell in range(CELLS) if burning[cell] and cell not in in_a_run]
    for colour, thickness in FLAMES:
        for begin, stride, length in runs:
            newest = max(fire[cell] for cell in _cells(begin, stride, length))
            thick = thickness * _strength(newest)
            x, y = corner(begin)
            along = (length - 1) * CELL
            surface.rectangle(
                x + HALF - thick / 2,
                y + HALF - thick / 2,
                thick + (along if stride == 1 else 0),
                thick + (along if stride != 1 else 0),
                colour,
                radius=thick / 2,
            )


def _strength(frames_left: int) -> float:
    """Return how thick flames are: at once nearly all, all a moment later, then less and less."""
    burnt = FIRE_FRAMES - frames_left
    return (0.75 + burnt * 0.09) if burnt < 4 else 0.25 + 0.75 * frames_left / (FIRE_FRAMES - 4)


def _cells(begin: int, stride: int, length: int) -> range:
    return range(begin, begin + stride * length, stride)


def _runs(burning: list[bool], stride: int) -> list[tuple[int, int, int]]:
    """Return where two or more cells in a row burn, as (first cell, stride, how many)."""
    runs = []
    for cell in range(COLUMNS, CELLS - COLUMNS):
        if burning[cell] and not burning[cell - stride]:
            length = 1
            while burning[cell + stride * length]:
                length += 1
            if length > 1:
                runs.append((cell, stride, length))
    return runs
