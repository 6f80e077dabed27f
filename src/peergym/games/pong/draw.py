"""What Pong looks like.

Everything is drawn in the middle or as a pair, and texts are centred, so a page may show the
court mirrored left to right.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from peergym.games.pong.court import (
    BALL_RADIUS,
    FRAME_RATE_HZ,
    HEIGHT,
    LEFT,
    PADDLE_HEIGHT,
    PADDLE_WIDTH,
    PADDLE_X,
    RIGHT,
    TRAIL_FRAMES,
    WIDTH,
)

if TYPE_CHECKING:
    from peergym.envs.surface import Surface
    from peergym.games.pong.game import Pong

COURT = "#12141c"
WALL = "#2b3040"
DASH = "#272c3a"
BALL = "#f6f1e7"
MUTED = "#8b93a8"
SIDE_COLOURS = {LEFT: "#ff8766", RIGHT: "#5cc8e8"}
SIDE_NAMES = {LEFT: "Orange", RIGHT: "Blue"}
DASHES = 15
CENTRE_X, CENTRE_Y = WIDTH / 2, HEIGHT / 2


def draw_court(game: Pong, surface: Surface, player: int) -> None:
    """Draw a frame as seen by a player: 0 is left, 1 right, anything else a spectator."""
    surface.clear(COURT)
    _draw_lines(surface)
    _draw_scores(game, surface)
    _draw_paddles(game, surface)
    if game.winner:
        _draw_result(game, surface, player)
    elif game.serves == 0:
        _draw_countdown(game, surface, player)
    else:
        _draw_ball(game, surface)


def _draw_lines(surface: Surface) -> None:
    pitch = HEIGHT / DASHES
    for dash in range(DASHES):
        y = (dash + 0.25) * pitch
        surface.rectangle(CENTRE_X - 2, y, 4, pitch / 2, DASH, radius=2)
    surface.rectangle(0, 0, WIDTH, 4, WALL)
    surface.rectangle(0, HEIGHT - 4, WIDTH, 4, WALL)


def _draw_scores(game: Pong, surface: Surface) -> None:
    for side, score in ((LEFT, game.left_score), (RIGHT, game.right_score)):
        colour = SIDE_COLOURS[side] + "c0"
        surface.text(str(score), CENTRE_X + side * 90, 78, 84, colour, align="centre")


def _draw_paddles(game: Pong, surface: Surface) -> None:
    for player, (side, y) in enumerate(((LEFT, game.left_y), (RIGHT, game.right_y))):
        surface.rectangle(
            CENTRE_X + side * PADDLE_X - PADDLE_WIDTH / 2,
            CENTRE_Y + y - PADDLE_HEIGHT / 2,
            PADDLE_WIDTH,
            PADDLE_HEIGHT,
            SIDE_COLOURS[side],
            key=f"paddle_{player}",
            radius=PADDLE_WIDTH / 2,
        )


def _draw_ball(game: Pong, surface: Surface) -> None:
    # The keys change with every point: the ball must not be seen flying back to the middle.
    point = game.left_score + game.right_score
    x, y = CENTRE_X + game.ball_x, CENTRE_Y + game.ball_y
    _draw_trail(game, surface, point)
    surface.circle(x, y, BALL_RADIUS, BALL, key=f"ball_{point}")


def _draw_trail(game: Pong, surface: Surface, point: int) -> None:
    """Draw a tail that tapers off, in the colour of who hit the ball last."""
    has_been_hit = game.speed > game.serve_speed
    colour = SIDE_COLOURS[RIGHT if game.ball_vx < 0 else LEFT] if has_been_hit else BALL
    places = (*game.trail, (game.ball_x, game.ball_y))
    for age in range(len(game.trail), 0, -1):  # the oldest at the bottom
        (x1, y1), (x2, y2) = places[-1 - age], places[-age]
        strength = 1 - age / (TRAIL_FRAMES + 1)
        surface.line(
            CENTRE_X + x1,
            CENTRE_Y + y1,
            CENTRE_X + x2,
            CENTRE_Y + y2,
            _mixed(COURT, colour, 0.5 * strength),
            width=2 * BALL_RADIUS * (0.15 + 0.85 * strength),
            key=f"trail_{point}_{age}",
        )


@cache
def _mixed(ground: str, colour: str, share: float) -> str:
    """Return an opaque colour: where two half transparent lines meet, a bead would be seen."""
    pairs = zip(bytes.fromhex(ground[1:]), bytes.fromhex(colour[1:]), strict=True)
    return "#" + bytes([int(below + (above - below) * share) for below, above in pairs]).hex()


def _draw_countdown(game: Pong, surface: Surface, player: int) -> None:
    frames_left = max(game.countdown, 1)
    digit = (frames_left - 1) // FRAME_RATE_HZ + 1
    freshness = ((frames_left - 1) % FRAME_RATE_HZ + 1) / FRAME_RATE_HZ
    surface.circle(CENTRE_X, CENTRE_Y, 92, COURT)  # hides the dashes behind the digit
    colour = f"{BALL}{int(95 + 160 * freshness):02x}"
    size = 112 + 40 * freshness
    surface.text(str(digit), CENTRE_X, CENTRE_Y, size, colour, align="centre", key="digit")
    if player in (0, 1):
        _mark_own_paddle(game, surface, LEFT if player == 0 else RIGHT)


def _mark_own_paddle(game: Pong, surface: Surface, side: int) -> None:
    y = CENTRE_Y + (game.left_y if side == LEFT else game.right_y)
    # Below the paddle while there is room, which there always is on one of its two ends.
    beyond = PADDLE_HEIGHT / 2 + 24
    y += beyond if y + beyond < HEIGHT - 20 else -beyond
    x = CENTRE_X + side * PADDLE_X
    surface.text("you", x, y, 26, SIDE_COLOURS[side], align="centre", key="you")


def _draw_result(game: Pong, surface: Surface, player: int) -> None:
    own_side = {0: LEFT, 1: RIGHT}.get(player)
    if own_side is None:  # named by colour: the page may have swapped left and right
        message = f"{SIDE_NAMES[game.winner]} wins"
    else:
        message = "You win" if game.winner == own_side else "You lose"
    surface.rectangle(CENTRE_X - 230, CENTRE_Y - 122, 460, 124, COURT, radius=24)
    colour = SIDE_COLOURS[game.winner]
    surface.text(message, CENTRE_X, CENTRE_Y - 60, 80, colour, align="centre")
