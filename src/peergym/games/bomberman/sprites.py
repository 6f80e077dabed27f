"""The bombers: round heads with an antenna, small bodies, and what becomes of the dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.games.bomberman.bomber import NEVER, Bomber
from peergym.games.bomberman.field import DOWN, LEFT, RIGHT, UP
from peergym.games.bomberman.screen import ORIGIN_X, ORIGIN_Y

if TYPE_CHECKING:
    from peergym.envs.surface import Surface
    from peergym.games.bomberman.game import Bomberman

COLOURS = (
    "#f4f1ea", "#ff7a5c", "#5cc8e8", "#ffd24d", "#b98aef", "#7fd671", "#ff9fc4", "#8a93a8",
)  # fmt: skip
DARK_COLOURS = (
    "#b9b4a6", "#b8452c", "#2c86a6", "#b98a14", "#7748b5", "#3f8f36", "#c25482", "#525b70",
)  # fmt: skip
NAMES = ("White", "Coral", "Blue", "Yellow", "Violet", "Green", "Pink", "Grey")
SKIN, EYE = "#ffe3c2", "#22242e"
SHADOW = "#00000040"
GHOST_FRAMES = 40

LOOKS_TO = {UP: 0, RIGHT: 7, DOWN: 0, LEFT: -7}
"""From where somebody faces to how far his face is from the middle of his head, in pixels."""


def draw_bombers(game: Bomberman, surface: Surface, player: int) -> None:
    """Draw all, those further down the screen last: they stand in front."""
    order = sorted(enumerate(game.bombers), key=_lowest_last)
    for index, bomber in order:
        if bomber.died == NEVER:
            _draw_alive(game, surface, index, bomber, is_own=index == player)
    for index, bomber in order:
        age = game.clock - bomber.died
        if bomber.died != NEVER and age < GHOST_FRAMES:
            _draw_ghost(surface, index, bomber, age)


def _lowest_last(entry: tuple[int, Bomber]) -> int:
    return entry[1].y


def _draw_alive(
    game: Bomberman, surface: Surface, index: int, bomber: Bomber, *, is_own: bool
) -> None:
    x, y = ORIGIN_X + bomber.x + 0.5, ORIGIN_Y + bomber.y + 0.5
    hop = 0.0
    if game.ending:  # the winner is glad
        phase = game.ending % 14
        hop = phase * (14 - phase) / 2.6
    elif game.countdown:
        hop = abs(game.countdown % 16 - 8) / 4
    # The legs swing with the way walked, so they stand still when he does.
    swing = abs((bomber.x + bomber.y) % 32 - 16) / 4 - 2
    surface.rectangle(x - 15, y + 12, 30, 10, SHADOW, key=f"shadow_{index}", radius=5)
    _draw_body(surface, index, x, y - hop, swing)
    draw_head(surface, f"b{index}", index, x, y - hop - 10, bomber.facing)
    if is_own:
        top = y - hop - 46 + (game.clock // 4 % 2)
        tip = [(x - 6, top - 8), (x + 6, top - 8), (x, top)]
        surface.polygon(tip, COLOURS[index], key="own")


def _draw_body(surface: Surface, index: int, x: float, y: float, swing: float) -> None:
    colour, dark = COLOURS[index], DARK_COLOURS[index]
    key = f"b{index}"
    surface.rectangle(x - 11, y + 12 - swing, 10, 8, EYE, key=f"{key}_foot1", radius=4)
    surface.rectangle(x + 1, y + 12 + swing, 10, 8, EYE, key=f"{key}_foot2", radius=4)
    surface.rectangle(x - 11, y - 2, 22, 18, dark, key=f"{key}_body", radius=8)
    surface.circle(x - 13, y + 6 + swing, 4.5, colour, key=f"{key}_hand1")
    surface.circle(x + 13, y + 6 - swing, 4.5, colour, key=f"{key}_hand2")


def draw_head(surface: Surface, key: str, index: int, x: float, y: float, facing: int) -> None:
    """Draw a head around (x, y).

    Args:
        surface: What to draw on.
        key: Begins the keys of the shapes.
        index: Whose head; says its colour.
        x: Its middle.
        y: Likewise.
        facing: Where it looks: a direction.
    """
    colour, dark = COLOURS[index], DARK_COLOURS[index]
    look = LOOKS_TO[facing]
    surface.line(x, y - 12, x, y - 19, dark, width=3, key=f"{key}_antenna")
    surface.circle(x, y - 20, 4, dark, key=f"{key}_ball")
    surface.rectangle(x - 17, y - 14, 34, 29, colour, key=f"{key}_head", radius=14)
    if facing == UP:
        surface.rectangle(x - 9, y + 6, 18, 4, dark, key=f"{key}_nape", radius=2)
        return
    surface.rectangle(x - 12 + look / 2, y - 7, 24, 17, SKIN, key=f"{key}_face", radius=8)
    surface.rectangle(x - 7 + look, y - 4, 4, 10, EYE, key=f"{key}_eye1", radius=2)
    surface.rectangle(x + 3 + look, y - 4, 4, 10, EYE, key=f"{key}_eye2", radius=2)


def _draw_ghost(surface: Surface, index: int, bomber: Bomber, age: int) -> None:
    """Let a pale head rise and fade."""
    alpha = f"{max(0, 230 - 5 * age):02x}"
    x, y = ORIGIN_X + bomber.x, ORIGIN_Y + bomber.y - 10 - age
    key = f"ghost_{index}"
    surface.rectangle(x - 17, y - 14, 34, 34, COLOURS[index] + alpha, key=f"{key}_head", radius=14)
    for side in (-7, 7):
        for lean in (-1, 1):
            surface.line(
                x + side - 4, y - 4 * lean, x + side + 4, y + 4 * lean, EYE + alpha, width=3,
                key=f"{key}_{side}_{lean}",
            )  # fmt: skip
    if age < 12:
        for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            reach = 8 + 2 * age
            puff = "#e8e4da" + f"{200 - 16 * age:02x}"
            surface.circle(x + dx * reach, y + 12 + age + dy * reach / 2, 9 - age / 2, puff)
