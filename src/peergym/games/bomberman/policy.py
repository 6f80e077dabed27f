"""The computer player: gets out of the way of flames, and otherwise bombs what is nearest.

It depends on the state alone, looks at the field anew in every frame, and remembers nothing. Now
and then it dreams for half a second, so that it can be beaten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.games.bomberman.blast import flames
from peergym.games.bomberman.bomber import NEVER, Bomber
from peergym.games.bomberman.danger import SAFE, frames_until_fire, paths
from peergym.games.bomberman.field import (
    FUSE_FRAMES,
    LAY_BOMB,
    OPEN,
    POWER_UPS,
    STAY,
)

if TYPE_CHECKING:
    from peergym.games.bomberman.game import Bomberman

DREAM_FRAMES = 15
DREAMS_ONE_IN = 7
NEAREST_CELLS = 40
"""It thinks no further than so many cells."""


def choose_action(game: Bomberman, player: int) -> int:
    """Return the action for a player."""
    bomber = game.bombers[player]
    if bomber.died != NEVER or game.countdown or game.ending:
        return STAY
    due = frames_until_fire(game)
    ways = paths(game, bomber, due)
    here = bomber.cell
    if due[here] < SAFE:
        return _flight(ways, due)
    if _is_dreaming(game, player):
        return STAY
    has_bomb = _bombs_left(game, player) > 0
    if has_bomb and _is_worth_a_bomb(game, player, here) and _can_escape(game, player, bomber):
        return STAY if bomber.holds_bomb else LAY_BOMB
    return _errand(game, player, ways, due, has_bomb=has_bomb)


def _flight(ways: dict[int, int], due: list[int]) -> int:
    """Return the first step to the nearest cell that will not burn, or else to the last one."""
    for cell, direction in ways.items():
        if due[cell] == SAFE:
            return direction
    return ways[max(ways, key=due.__getitem__)]


def _errand(
    game: Bomberman, player: int, ways: dict[int, int], due: list[int], *, has_bomb: bool
) -> int:
    """Return the first step to the nearest power-up or the nearest cell for a bomb."""
    field = game.field
    for looked_at, (cell, direction) in enumerate(ways.items()):
        if looked_at == NEAREST_CELLS:
            break
        if due[cell] < SAFE or not direction:
            continue
        if 0 < field[cell] <= POWER_UPS:
            return direction
        if has_bomb and _is_worth_a_bomb(game, player, cell):
            return direction
    return _pursuit(game, player, ways, due) if has_bomb else STAY


def _pursuit(game: Bomberman, player: int, ways: dict[int, int], due: list[int]) -> int:
    """Return the first step to the reachable cell that is nearest to another player."""
    others = [
        (other.x, other.y)
        for index, other in enumerate(game.bombers)
        if index != player and other.died == NEVER
    ]
    best, best_distance = STAY, SAFE
    for cell, direction in ways.items():
        if due[cell] < SAFE:
            continue
        place = Bomber(cell)
        for x, y in others:
            distance = abs(x - place.x) + abs(y - place.y)
            if distance < best_distance:
                best, best_distance = direction, distance
    return best


def _is_worth_a_bomb(game: Bomberman, player: int, cell: int) -> bool:
    """Whether a bomb here would hit a brick or somebody else."""
    field = game.field
    if field[cell] != OPEN:
        return False
    bricks: list[int] = []
    burning = flames(field, cell, game.bombers[player].reach, bricks)
    if bricks:
        return True
    for index, other in enumerate(game.bombers):
        if index != player and other.died == NEVER and other.cell in burning:
            return True
    return False


def _can_escape(game: Bomberman, player: int, bomber: Bomber) -> bool:
    """Whether there is a way to safety once a bomb lies here."""
    thought_of = (bomber.cell, game.clock + FUSE_FRAMES, player, bomber.reach)
    due = frames_until_fire(game, (thought_of,))
    return any(due[cell] == SAFE for cell in paths(game, bomber, due))


def _bombs_left(game: Bomberman, player: int) -> int:
    laid = [bomb for bomb in game.bombs if bomb[2] == player]
    return game.bombers[player].bombs - len(laid)


def _is_dreaming(game: Bomberman, player: int) -> bool:
    mixed = game.seed * 31 + game.clock // DREAM_FRAMES * 1009 + player * 9176
    for _ in range(2):  # two rounds of a multiply-and-shift mixer of 32 bits
        mixed = ((mixed >> 16 ^ mixed) * 0x45D9F3B) & 0xFFFFFFFF
    return (mixed >> 8) % DREAMS_ONE_IN == 0
