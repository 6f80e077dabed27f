"""The bar above the field, and what is written over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peergym.games.bomberman.bomber import MOST_BOMBS, MOST_REACH, MOST_SPEED, NEVER, Bomber
from peergym.games.bomberman.field import CELL, DOWN, FRAME_RATE_HZ
from peergym.games.bomberman.screen import BAR_HEIGHT, HEIGHT, ORIGIN_X, ORIGIN_Y, WIDTH
from peergym.games.bomberman.sprites import COLOURS, NAMES, draw_head

if TYPE_CHECKING:
    from peergym.envs.surface import Surface
    from peergym.games.bomberman.game import Bomberman

MIDDLE_X, MIDDLE_Y = WIDTH / 2, (BAR_HEIGHT + HEIGHT) / 2
BAR, CARD, MUTED, BRIGHT = "#171a26", "#232838", "#8b93a8", "#f6f1e7"
ALARM = "#ff7a5c"
CARD_WIDTH, CARD_PITCH = 72, 77
TIMER_WIDTH = 108
METERS = ("#7d8df5", "#ff8a3c", "#ffd34d")
"""Colours of what somebody has: bombs, reach, speed."""
BASE_SPEED = 5


def draw_hud(game: Bomberman, surface: Surface, player: int) -> None:
    """Draw the bar and whatever is to be read; texts come last, which is cheapest to paint."""
    surface.rectangle(0, 0, WIDTH, BAR_HEIGHT, BAR)
    for index, bomber in enumerate(game.bombers):
        _draw_card(surface, index, len(game.bombers), bomber)
    _draw_timer(game, surface)
    if game.countdown:
        _draw_countdown(game, surface, player)
    elif game.ending or game.is_over:
        _draw_result(game, surface, player)


def _draw_card(surface: Surface, index: int, players: int, bomber: Bomber) -> None:
    """Draw who it is and how strong; half of the players on either side of the timer."""
    left_players = (players + 1) // 2
    if index < left_players:
        x = MIDDLE_X - TIMER_WIDTH / 2 - (left_players - index) * CARD_PITCH + 5
    else:
        x = MIDDLE_X + TIMER_WIDTH / 2 + (index - left_players) * CARD_PITCH
    surface.rectangle(x, 4, CARD_WIDTH, BAR_HEIGHT - 8, CARD, radius=8)
    draw_head(surface, f"card{index}", index, x + 21, 28, DOWN)
    if bomber.died != NEVER:
        surface.rectangle(x, 4, CARD_WIDTH, BAR_HEIGHT - 8, BAR + "c0", radius=8)
        surface.line(x + 10, 14, x + 34, 38, ALARM, width=4)
        surface.line(x + 34, 14, x + 10, 38, ALARM, width=4)
        return
    shares = (
        bomber.bombs / MOST_BOMBS,
        bomber.reach / MOST_REACH,
        (bomber.speed - BASE_SPEED) / (MOST_SPEED - BASE_SPEED),
    )
    for row, (share, colour) in enumerate(zip(shares, METERS, strict=True)):
        surface.rectangle(x + 43, 13 + row * 9, 25 * share, 6, colour, radius=3)


def _draw_timer(game: Bomberman, surface: Surface) -> None:
    left_frames = game.closing_from - game.clock
    seconds = (max(left_frames, 0) + FRAME_RATE_HZ - 1) // FRAME_RATE_HZ
    text = f"{seconds // 60}:{seconds % 60:02}"
    colour = BRIGHT if seconds > 10 or game.clock // 8 % 2 else ALARM
    surface.text(text, MIDDLE_X, BAR_HEIGHT / 2, 28, colour, align="centre")


def _draw_countdown(game: Bomberman, surface: Surface, player: int) -> None:
    digit = (game.countdown - 1) // FRAME_RATE_HZ + 1
    freshness = ((game.countdown - 1) % FRAME_RATE_HZ + 1) / FRAME_RATE_HZ
    surface.circle(MIDDLE_X, MIDDLE_Y, 78, BAR + "d0")
    size = 90 + 40 * freshness
    surface.text(str(digit), MIDDLE_X, MIDDLE_Y, size, BRIGHT, align="centre", key="digit")
    if 0 <= player < len(game.bombers):
        own = game.bombers[player]
        x, y = ORIGIN_X + own.x, ORIGIN_Y + own.y
        # Below him, except where the screen ends.
        y += 34 if y + 48 < HEIGHT else -58
        surface.rectangle(x - 24, y - 11, 48, 22, BAR + "d0", radius=11)
        surface.text("you", x, y, 18, COLOURS[player], align="centre", key="you")


def _draw_result(game: Bomberman, surface: Surface, player: int) -> None:
    if game.winner < 0:
        message, colour = "Draw", BRIGHT
    else:
        colour = COLOURS[game.winner]
        is_watching = not 0 <= player < len(game.bombers)
        message = "You win" if game.winner == player else f"{NAMES[game.winner]} wins"
        if not is_watching and game.winner != player and len(game.bombers) == 2:
            message = "You lose"
    y = MIDDLE_Y - CELL  # the page's own words come below
    surface.rectangle(MIDDLE_X - 220, y - 48, 440, 96, BAR + "e0", radius=24)
    surface.text(message, MIDDLE_X, y, 54, colour, align="centre")
