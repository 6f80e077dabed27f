"""The computer player: watches the ball from the middle of the court on, and aims a little off.

The faster the ball, the further off it aims, so every rally ends. It depends on the state alone:
its errors are drawn from the seed, the serve and the speed of the ball.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.games.pong.court import (
    BALL_LIMIT_Y,
    DOWN,
    FACE_X,
    PADDLE_SPEED,
    STAY,
    UP,
)

if TYPE_CHECKING:
    from peergym.games.pong.game import Pong

SEES_FROM_X = -60.0
"""The ball is watched from here on, in pixels towards the own side."""
DEAD_ZONE = PADDLE_SPEED * 0.75
ERROR_PIXELS = 20.0
ERROR_PIXELS_PER_SPEED = 3.5


def choose_action(game: Pong, side: int) -> int:
    """Return the action for the paddle on a side."""
    paddle_y = game.left_y if side < 0 else game.right_y
    distance = _target(game, side) - paddle_y
    if distance < -DEAD_ZONE:
        return UP
    return DOWN if distance > DEAD_ZONE else STAY


def _target(game: Pong, side: int) -> float:
    towards = game.ball_vx * side
    x = game.ball_x * side
    if towards <= 0 or x < SEES_FROM_X or x > FACE_X:
        return game.ball_y * 0.25
    arrival_y = _folded(game.ball_y + game.ball_vy * (FACE_X - x) / towards)
    return arrival_y + _error(game, side) * (ERROR_PIXELS + ERROR_PIXELS_PER_SPEED * game.speed)


def _folded(y: float) -> float:
    """Return where a ball that would be at y without walls is with them."""
    span = 2 * BALL_LIMIT_Y
    y = (y + BALL_LIMIT_Y) % (2 * span)
    return (y if y <= span else 2 * span - y) - BALL_LIMIT_Y


def _error(game: Pong, side: int) -> float:
    """Return a number from -1 to 1 that changes with every hit."""
    mixed = game.seed * 31 + game.serves * 1009 + int(game.speed) * 9176 + (side + 1) * 131
    for _ in range(2):  # two rounds of a multiply-and-shift mixer of 32 bits
        mixed = ((mixed >> 16 ^ mixed) * 0x45D9F3B) & 0xFFFFFFFF
    return (mixed >> 8) % 2001 / 1000 - 1.0
