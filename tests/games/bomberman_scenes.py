"""Fields of Bomberman drawn with letters, for scenarios."""

from __future__ import annotations

from peergym.games.bomberman import Bomberman
from peergym.games.bomberman.field import (
    BOMB,
    BRICK,
    CELL,
    CELLS,
    COLUMNS,
    CRUMBLING,
    FASTER,
    FUSE_FRAMES,
    HALF,
    LAY_BOMB,
    LONGER_FLAMES,
    MORE_BOMBS,
    OPEN,
    PILLAR,
    is_pillar_place,
    put,
)

CODES = {
    ".": OPEN,
    "#": PILLAR,
    "b": MORE_BOMBS,
    "f": LONGER_FLAMES,
    "s": FASTER,
    "x": BRICK,
    "B": BRICK + MORE_BOMBS,
    "F": BRICK + LONGER_FLAMES,
    "S": BRICK + FASTER,
}
LETTERS = (
    {code: letter for letter, code in CODES.items()}
    | {BOMB: "o"}
    | {CRUMBLING + hidden: "~" for hidden in range(4)}
)


def cell_at(row: int, column: int) -> int:
    """The cell in a row and a column, counted from the corner within the border."""
    return (row + 1) * COLUMNS + column + 1


def scene(*rows: str, players: int = 2, **places: tuple[int, int]) -> Bomberman:
    """Return a match under way in a field whose first rows are drawn; the rest is empty.

    Args:
        rows: One letter for each cell within the border; pillars stand where they always do.
        players: How many play.
        places: ``p0=(row, column)`` and so on; who has no place is far away, by himself.
    """
    game = Bomberman(players)
    game.reset(seed=1)
    game.countdown = 0
    field = bytearray(PILLAR if is_pillar_place(cell) else OPEN for cell in range(CELLS))
    for row, letters in enumerate(rows):
        for column, letter in enumerate(letters):
            if letter != " ":
                field[cell_at(row, column)] = CODES[letter]
    game.field = bytes(field)
    for player, bomber in enumerate(game.bombers):
        row, column = places.get(f"p{player}", (10, 14 - 2 * player))
        bomber.x, bomber.y = (column + 1) * CELL + HALF, (row + 1) * CELL + HALF
    return game


def lay(game: Bomberman, row: int, column: int, frames: int = 3, player: int = 0) -> None:
    """Lay a bomb that goes off in so many frames, with the reach that its owner has."""
    cell = cell_at(row, column)
    bomb = (cell, game.clock + frames, player, game.bombers[player].reach)
    game.bombs = (*game.bombs, bomb)
    game.field = put(game.field, cell, BOMB)


def step(game: Bomberman, *actions: int, frames: int = 1) -> list[str]:
    """Step with these actions (nobody else does anything) and return the effects."""
    heard: list[str] = []
    for _ in range(frames):
        game.step({f"player_{player}": action for player, action in enumerate(actions)})
        heard += game.effects
        game.effects = []
    return heard


def row_of(game: Bomberman, row: int, what: bytes | None = None) -> str:
    """A row of the field as letters."""
    field = game.field if what is None else what
    begin = cell_at(row, 0)
    return "".join(LETTERS[code] for code in field[begin : begin + COLUMNS - 2])


def burning(game: Bomberman) -> list[tuple[int, int]]:
    """Rows and columns of the cells that burn."""
    return [(cell // COLUMNS - 1, cell % COLUMNS - 1) for cell in range(CELLS) if game.fire[cell]]


def place(game: Bomberman, player: int = 0) -> tuple[int, int]:
    """Where somebody's middle is, in pixels from the middle of the first cell."""
    bomber = game.bombers[player]
    return bomber.x - CELL - HALF, bomber.y - CELL - HALF


__all__ = [
    "FUSE_FRAMES", "LAY_BOMB", "burning", "cell_at", "lay", "place", "row_of", "scene", "step",
]  # fmt: skip
