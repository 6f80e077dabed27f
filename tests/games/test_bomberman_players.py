"""What Bomberman shows to people, how they steer, and how the computer plays."""

from __future__ import annotations

import struct

import pytest

from peergym.envs import GameAdapter, Surface, describe
from peergym.games.bomberman import Bomberman
from peergym.games.bomberman.bomber import NEVER
from peergym.games.bomberman.field import DOWN, LAY_BOMB, LEFT, RIGHT, STAY, UP
from peergym.games.bomberman.game import NOBODY
from tests.games.bomberman_scenes import cell_at, lay, scene, step


def drawn(game: Bomberman, player: int) -> bytes:
    surface = Surface(*Bomberman.metadata["screen"])
    game.draw(surface, player)
    return surface.encode()


def shapes(data: bytes) -> int:
    (count,) = struct.unpack_from("<H", data, 10)
    return int(count)


def test_a_direction_and_a_bomb_are_held_together() -> None:
    keys = {binding.keys: binding.action for binding in describe(Bomberman).keys}
    assert keys["ArrowUp",] == UP
    assert keys[" ",] == LAY_BOMB
    assert keys["ArrowLeft", " "] == LEFT + LAY_BOMB
    assert keys["d", " "] == RIGHT + LAY_BOMB
    assert len(keys) == 17


def test_a_bomb_is_laid_while_one_walks_on() -> None:
    game = scene(p0=(0, 0))
    step(game, RIGHT, frames=3)
    step(game, RIGHT + LAY_BOMB, frames=3)
    assert game.bombers[0].x == scene(p0=(0, 0)).bombers[0].x + 36
    assert [bomb[0] for bomb in game.bombs] == [cell_at(0, 0)]


def test_each_is_told_how_it_ended() -> None:
    game = scene(p0=(0, 0), p1=(8, 8))
    assert b"win" not in drawn(game, 0)
    lay(game, 0, 1, player=1)
    step(game, frames=3)
    assert b"You lose" in drawn(game, 0)
    assert b"You win" in drawn(game, 1)
    assert b"Coral wins" in drawn(game, -1)


def test_a_draw_is_told_to_all() -> None:
    game = scene(p0=(0, 0), p1=(0, 2))
    lay(game, 0, 1)
    step(game, frames=3)
    assert all(b"Draw" in drawn(game, player) for player in (-1, 0, 1))


@pytest.mark.parametrize("players", [2, 4, 8])
def test_every_frame_of_a_match_is_light_enough_to_draw(players: int) -> None:
    game = GameAdapter(Bomberman(players), {"seconds_until_walls_close": 30})
    game.reset(2)
    assert b"you" in drawn(game.env, 0)
    frame = 0
    while not game.terminated:
        if frame % 10 == 0:
            data = drawn(game.env, 0)
            assert shapes(data) < 650
            assert len(data) < 32_000
            alive = [str(n) for n, each in enumerate(game.env.bombers) if each.died == NEVER]
            assert all(f"shadow_{player}".encode() in data for player in alive)
        game.step(tuple(game.policy(player) for player in range(players)))
        frame += 1


def test_the_computer_player_gets_out_of_the_way_of_a_bomb() -> None:
    game = scene(p0=(0, 0), p1=(10, 0))
    lay(game, 0, 0, frames=60, player=1)
    for _ in range(90):
        step(game, game.policy("player_0"), STAY)
    assert game.bombers[0].died == NEVER


def test_the_computer_player_waits_where_it_is_safe() -> None:
    game = scene("..xxx", ".#x", "xxx", p0=(1, 0), p1=(10, 10))
    lay(game, 0, 1, frames=20)
    for _ in range(20):
        step(game, game.policy("player_0"), STAY)
        assert game.bombers[0].cell in (cell_at(0, 0), cell_at(1, 0))
    assert game.bombers[0].died == NEVER


def test_the_computer_player_lays_no_bomb_that_it_could_not_escape() -> None:
    game = scene(".xx", "x#", "x", p0=(0, 0), p1=(10, 10))
    for _ in range(60):
        step(game, game.policy("player_0"), STAY)
    assert game.bombs == ()


def test_the_computer_player_fetches_power_ups() -> None:
    game = scene("...f", p0=(0, 0), p1=(10, 14))
    for _ in range(90):
        step(game, game.policy("player_0"), STAY)
    assert game.bombers[0].reach == 3


def test_the_computer_player_depends_on_the_state_alone() -> None:
    game = GameAdapter(Bomberman(4))
    game.reset(3)
    for _ in range(300):
        game.step(tuple(game.policy(player) for player in range(4)))
    before = game.canonical(game.save())
    assert [game.policy(1) for _ in range(5)] == [game.policy(1)] * 5
    assert game.canonical(game.save()) == before


def test_computer_players_beat_one_who_does_nothing_and_not_always_each_other() -> None:
    winners, lengths = [], []
    for seed in range(6):
        game = GameAdapter(Bomberman(4))
        game.reset(seed)
        while not game.terminated:
            game.step((0, *[game.policy(player) for player in (1, 2, 3)]))
        winners.append(game.env.winner)
        lengths.append(game.env.clock)
    assert winners.count(0) <= 2
    assert len({*winners} - {NOBODY}) >= 3
    assert min(lengths) > 300


def test_the_dead_look_on() -> None:
    game = scene(players=3, p0=(0, 0), p1=(8, 8), p2=(8, 4))
    lay(game, 0, 1, player=1)
    step(game, frames=60)
    assert game.bombers[0].died == 3
    assert game.policy("player_0") == STAY
    assert b"shadow_0" not in drawn(game, 0)
    assert b"shadow_1" in drawn(game, 0)
    assert game.policy("player_1") in (STAY, UP, RIGHT, DOWN, LEFT, LAY_BOMB)
