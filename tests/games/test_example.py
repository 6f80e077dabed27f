"""The game of one's own that the README shows really runs."""

from __future__ import annotations

from pathlib import Path

from peergym.envs import GameAdapter, Surface, describe
from peergym.games.catalogue import find_game

TAG = Path(__file__).parents[2] / "examples" / "tag.py"


def test_tag_is_a_game_that_keeps_every_law_and_is_short() -> None:
    description = describe(find_game(f"{TAG}:Tag"))
    assert (description.name, description.players, description.frame_rate_hz) == ("Tag", 2, 60.0)
    assert len(description.keys) == 4
    code = [line for line in TAG.read_text().splitlines() if line.strip()]
    assert len(code) <= 28


def test_red_catches_blue() -> None:
    game = GameAdapter(find_game(f"{TAG}:Tag")())
    game.reset(1)
    right, left = game.encode_action(0, 2), game.encode_action(1, 1)
    frames = 0
    while not game.terminated:
        game.step((right, left))
        frames += 1
    assert frames == 37
    surface = Surface(800, 600)
    game.draw(surface, 0)
    assert b"blue" in surface.encode()


def test_blue_escapes_when_the_time_is_over() -> None:
    game = GameAdapter(find_game(f"{TAG}:Tag")())
    game.reset(1)
    for _ in range(1799):
        game.step((0, 0))
    assert not game.terminated
    game.step((0, 0))
    assert game.terminated
