"""How bombers walk: lanes, corners, bricks and bombs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.games.bomberman import Bomberman
from peergym.games.bomberman.bomber import NEVER
from peergym.games.bomberman.field import (
    ACTIONS,
    CELL,
    DOWN,
    HALF,
    LAY_BOMB,
    LEFT,
    PILLAR,
    POWER_UPS,
    RIGHT,
    UP,
)
from tests.games.bomberman_scenes import lay, place, scene, step


def test_a_bomber_walks_his_speed_and_stops_at_walls_in_the_middle_of_a_cell() -> None:
    game = scene("..x", p0=(0, 0))
    step(game, RIGHT)
    assert place(game) == (6, 0)
    step(game, RIGHT, frames=30)
    assert place(game) == (CELL, 0)
    step(game, LEFT, frames=30)
    assert place(game) == (0, 0)
    step(game, UP, frames=5)
    assert place(game) == (0, 0)


@pytest.mark.parametrize("speed", range(6, 11))
def test_any_speed_stops_in_the_middle(speed: int) -> None:
    game = scene("...x", p0=(0, 0))
    game.bombers[0].speed = speed
    step(game, RIGHT, frames=30)
    assert place(game) == (2 * CELL, 0)


@pytest.mark.parametrize("beside", [-20, -1, 1, 20])
def test_who_turns_a_little_beside_a_crossing_is_slid_into_it(beside: int) -> None:
    game = scene(p0=(0, 2))
    game.bombers[0].x += beside
    step(game, DOWN, frames=20)
    x, y = place(game)
    assert x == 2 * CELL
    # What was walked aside is missing below: sliding is no short cut.
    assert y == 20 * 6 - abs(beside)


def test_in_front_of_a_pillar_one_slides_towards_the_nearer_crossing() -> None:
    for beside, column in ((-10, 0), (10, 2)):
        game = scene(p0=(0, 1))
        game.bombers[0].x += beside
        step(game, DOWN, frames=20)
        assert place(game)[0] == column * CELL
        assert place(game)[1] > 0


def test_in_the_middle_of_a_pillar_one_stays() -> None:
    game = scene(p0=(0, 1))
    step(game, DOWN, frames=20)
    assert place(game) == (CELL, 0)


def test_one_does_not_slide_towards_a_crossing_that_is_blocked() -> None:
    game = scene("...", ".#x", p0=(0, 1))
    game.bombers[0].x += 10
    step(game, DOWN, frames=20)
    assert place(game) == (CELL + 10, 0)


def test_one_leaves_ones_own_bomb_and_does_not_come_back_through_it() -> None:
    game = scene(p0=(0, 2))
    step(game, LAY_BOMB)
    step(game, RIGHT, frames=5)
    assert place(game) == (2 * CELL + 30, 0)
    step(game, LEFT, frames=5)
    # His middle has left the bomb's cell: back to where it stands he cannot go.
    assert place(game) == (2 * CELL + 30, 0)
    step(game, RIGHT, frames=10)
    step(game, LEFT, frames=30)
    assert place(game) == (3 * CELL, 0)


def test_while_one_stands_on_it_one_may_turn_round() -> None:
    game = scene(p0=(0, 2))
    step(game, LAY_BOMB)
    step(game, RIGHT, frames=3)
    step(game, LEFT, frames=10)
    assert place(game) == (2 * CELL - 42, 0)


def test_a_bomb_stops_others() -> None:
    game = scene(p0=(0, 0), p1=(0, 4))
    lay(game, 0, 2, frames=1000)
    step(game, RIGHT, LEFT, frames=30)
    assert place(game, 0) == (CELL, 0)
    assert place(game, 1) == (3 * CELL, 0)


def test_two_who_share_a_cell_with_a_bomb_both_leave_it() -> None:
    game = scene(p0=(0, 2), p1=(0, 2))
    step(game, LAY_BOMB)
    step(game, LEFT, RIGHT, frames=20)
    assert place(game, 0) == (0, 0)
    assert place(game, 1) == (2 * CELL + 20 * 6, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(2, 8),
    st.lists(st.tuples(st.integers(0, ACTIONS - 1), st.integers(1, 12)), min_size=20, max_size=40),
)
def test_whatever_people_do_they_stay_in_lanes_and_out_of_walls(
    seed: int, players: int, keys: list[tuple[int, int]]
) -> None:
    game = Bomberman(players)
    game.reset(seed=seed, options={"seconds_until_walls_close": 15})
    game.countdown = 0
    stood = [bomber.cell for bomber in game.bombers]
    moved = False
    for turn, (action, frames) in enumerate(keys):
        for _ in range(frames):
            game.step(
                {
                    agent: (action + player * (turn % 3)) % ACTIONS
                    for player, agent in enumerate(game.possible_agents)
                }
            )
            for player, bomber in enumerate(game.bombers):
                assert (bomber.x - HALF) % CELL == 0 or (bomber.y - HALF) % CELL == 0
                cell = bomber.cell
                if cell != stood[player]:
                    moved = True
                    assert game.field[cell] <= POWER_UPS  # he enters none that is taken
                    stood[player] = cell
                assert game.field[cell] != PILLAR or bomber.died != NEVER or game.ending
    assert moved
