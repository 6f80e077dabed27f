"""The rules of Bomberman, one scene each."""

from __future__ import annotations

from itertools import permutations

import pytest

from peergym.games.bomberman.bomber import MOST_BOMBS, MOST_REACH, MOST_SPEED, NEVER
from peergym.games.bomberman.field import FIRE_FRAMES, FUSE_FRAMES, LAY_BOMB, RIGHT, STAY, put
from peergym.games.bomberman.game import ENDING_FRAMES, NOBODY
from tests.games.bomberman_scenes import burning, cell_at, lay, row_of, scene, step

FAR = (4, 4)


def test_a_bomb_goes_off_when_its_fuse_has_burnt_down_and_burns_for_half_a_second() -> None:
    game = scene(p0=(0, 0))
    assert step(game, LAY_BOMB) == ["bomb"]
    game.bombers[0].x += 1000  # away with him
    game.bombers[0].died = 0
    game.ending = 1000
    assert step(game, frames=FUSE_FRAMES - 1) == []
    assert row_of(game, 0)[0] == "o"
    assert step(game) == ["explosion"]
    assert burning(game) == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0)]
    step(game, frames=FIRE_FRAMES - 1)
    assert burning(game)
    step(game)
    assert burning(game) == []
    assert row_of(game, 0) == "." * 15


def test_flames_stop_at_pillars_and_at_the_first_brick() -> None:
    game = scene("...x.x", " #", "......", p0=(8, 8))
    game.bombers[0].reach = 5
    lay(game, 0, 1)
    step(game, frames=3)
    assert burning(game) == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert row_of(game, 0)[:6] == "...~.x"
    step(game, frames=FIRE_FRAMES)
    assert row_of(game, 0)[:6] == ".....x"


@pytest.mark.parametrize(("letter", "revealed"), [("B", "b"), ("F", "f"), ("S", "s"), ("x", ".")])
def test_a_brick_that_has_crumbled_shows_what_it_hid(letter: str, revealed: str) -> None:
    game = scene("..." + letter, p0=(8, 8))
    lay(game, 0, 2)
    step(game, frames=3 + FIRE_FRAMES - 1)
    assert row_of(game, 0)[3] == "~"  # nobody gets at it before
    step(game)
    assert row_of(game, 0)[3] == revealed


def test_two_bombs_that_hit_one_brick_together_break_no_more_than_that_brick() -> None:
    game = scene("..F...", "#.#", "......", p0=(8, 8))
    lay(game, 0, 1)
    lay(game, 0, 3)
    step(game, frames=3 + FIRE_FRAMES)
    assert row_of(game, 0)[:6] == "..f..."


def test_flames_pass_over_power_ups_and_burn_them() -> None:
    game = scene("..bs", p0=(8, 8))
    lay(game, 0, 1)
    step(game, frames=3)
    assert row_of(game, 0)[:4] == "...."
    assert (0, 3) in burning(game)


def test_a_chain_goes_off_in_one_frame_whatever_the_order_of_the_bombs() -> None:
    places = ((0, 0), (0, 2), (2, 2), (4, 2))
    outcomes = []
    for order in permutations(places):
        game = scene(".....", " # #", "...x.", " # #", "..F.B", p0=(8, 8))
        for row, column in order:
            lay(game, row, column, frames=3 if (row, column) == (0, 0) else 60)
        assert step(game, frames=2) == []
        assert step(game) == ["explosion"]
        assert game.bombs == ()
        outcomes.append((game.field, game.fire))
    assert len(outcomes) == 24
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert {(0, 0), (0, 4), (2, 3), (4, 2), (6, 2)} <= set(burning(game))


def test_a_chain_ends_at_a_brick() -> None:
    game = scene("..x..", p0=(8, 8))
    lay(game, 0, 1)
    lay(game, 0, 3, frames=60)
    step(game, frames=3)
    assert [bomb[0] for bomb in game.bombs] == [cell_at(0, 3)]


def test_a_bomb_that_is_laid_into_flames_goes_off_at_once() -> None:
    game = scene(p0=(8, 8), p1=(8, 0))
    lay(game, 0, 2)
    step(game, frames=3)
    lay(game, 0, 3, frames=60)
    assert "explosion" in step(game)
    assert (0, 5) in burning(game)


def test_one_wish_is_one_bomb_however_long_it_is_held() -> None:
    game = scene(p0=(0, 0))
    game.bombers[0].bombs = 3
    step(game, RIGHT + LAY_BOMB, frames=20)
    assert len(game.bombs) == 1
    step(game, RIGHT)
    step(game, RIGHT + LAY_BOMB)
    assert len(game.bombs) == 2


def test_a_wish_that_is_held_is_held_after_going_back() -> None:
    game = scene(p0=(0, 0))
    game.bombers[0].bombs = 3
    step(game, RIGHT + LAY_BOMB, frames=4)
    state = game.get_state()
    step(game, RIGHT, frames=10)
    game.set_state(state)
    assert game.get_state() == state
    step(game, RIGHT + LAY_BOMB, frames=20)
    assert len(game.bombs) == 1


def test_flames_reach_as_far_as_the_owner_could_when_he_laid_the_bomb() -> None:
    game = scene(p0=(0, 0), p1=(8, 8))
    game.bombers[0].reach = 5
    step(game, LAY_BOMB)
    game.bombers[0].reach = 3
    step(game, frames=FUSE_FRAMES)
    assert max(column for _, column in burning(game)) == 5


def test_nobody_has_more_bombs_out_than_he_may_and_no_two_share_a_cell() -> None:
    game = scene(p0=(0, 0), p1=(0, 0))
    for _ in range(3):
        step(game, LAY_BOMB, LAY_BOMB)
        step(game, STAY, STAY)
    assert len(game.bombs) == 1
    step(game, RIGHT, RIGHT, frames=12)
    step(game, LAY_BOMB, LAY_BOMB)
    assert [bomb[2] for bomb in game.bombs] == [0, 1]  # the first has none left


def test_power_ups_make_stronger_up_to_a_limit() -> None:
    game = scene("..bfs", p0=(0, 0))
    bomber = game.bombers[0]
    assert (bomber.bombs, bomber.reach, bomber.speed) == (1, 2, 6)
    assert step(game, RIGHT, frames=32) == ["pickup"] * 3
    assert (bomber.bombs, bomber.reach, bomber.speed) == (2, 3, 7)
    assert row_of(game, 0) == "." * 15
    for _ in range(20):
        for power_up in (1, 2, 3):
            bomber.take(power_up)
    assert (bomber.bombs, bomber.reach, bomber.speed) == (MOST_BOMBS, MOST_REACH, MOST_SPEED)


def test_who_reach_a_power_up_in_the_same_frame_both_have_it() -> None:
    game = scene("..b..", p0=(0, 0), p1=(0, 4))
    step(game, RIGHT, 4, frames=20)
    assert [bomber.bombs for bomber in game.bombers] == [2, 2]


def test_who_stands_in_flames_dies_and_the_last_one_wins() -> None:
    game = scene(p0=(0, 0), p1=(8, 8))
    lay(game, 0, 1, player=1)
    game.step({})
    _, rewards, _, _, _ = game.step({})
    assert not any(rewards.values())
    game.effects = []
    _, rewards, terminations, _, _ = game.step({})
    assert rewards == {"player_0": -1.0, "player_1": 1.0}
    assert game.effects == ["explosion", "death", "win"]
    assert game.winner == 1
    assert not any(terminations.values())
    for _ in range(ENDING_FRAMES):
        _, rewards, terminations, _, _ = game.step({})
        assert not any(rewards.values())
    assert all(terminations.values())
    before = game.get_state()
    game.step({"player_0": LAY_BOMB, "player_1": RIGHT})
    assert game.get_state() == before  # what is over stays over


def test_to_die_in_the_same_frame_is_a_draw() -> None:
    game = scene(p0=(0, 0), p1=(0, 2))
    lay(game, 0, 1)
    heard = step(game, frames=3)
    assert heard == ["explosion", "death", "death", "draw"]
    assert (game.winner, game.ending) == (NOBODY, ENDING_FRAMES)


def test_who_survives_the_other_by_a_frame_wins_and_may_not_die_after_that() -> None:
    game = scene(p0=(0, 0), p1=(8, 8))
    lay(game, 0, 1, frames=3)
    lay(game, 8, 9, frames=4)
    step(game, frames=10)
    assert (game.winner, game.bombers[1].died) == (1, NEVER)


def test_the_dead_do_nothing_and_the_match_goes_on_without_them() -> None:
    game = scene("..b", players=3, p0=(0, 0), p1=(8, 8), p2=(8, 4))
    lay(game, 2, 0, player=1)
    step(game, frames=3)
    assert game.bombers[0].died == 3
    before = game.bombers[0].get_state()
    step(game, RIGHT + LAY_BOMB, frames=40)
    assert game.bombs == ()
    after = game.bombers[0].get_state()
    assert after[:-1] == before[:-1]  # the last is whether he still wishes for a bomb
    assert game.ending == 0


def test_walls_close_in_on_opposite_cells_and_bury_bombs_and_people() -> None:
    game = scene(p0=(0, 0), p1=(5, 6))
    game.closing_from = 5
    lay(game, 10, 14, frames=100)
    step(game, frames=4)
    assert row_of(game, 0)[0] == "."
    heard = step(game)
    assert row_of(game, 0)[0] == row_of(game, 10)[14] == "#"
    assert game.bombs == ()
    assert heard == ["wall", "death", "win"]
    assert game.winner == 1


def test_in_the_end_no_cell_is_left_and_whoever_still_lives_dies_together() -> None:
    game = scene(players=2, p0=(5, 5), p1=(5, 9))  # the last pair to be closed
    game.closing_from = 1
    heard = []
    while not game.is_over:
        heard += step(game)
        assert game.clock < 1000
    assert game.winner == NOBODY
    assert heard.count("death") == 2
    assert heard.count("draw") == 1


def test_what_is_told_for_good_is_deaths_and_how_it_ended() -> None:
    game = scene()
    assert set(game.metadata["confirmed_effects"]) == {"death", "win", "draw"}


def test_a_countdown_lets_nobody_move() -> None:
    game = scene(p0=(0, 0))
    game.countdown = 31
    before = game.bombers[0].get_state()
    heard = step(game, RIGHT + LAY_BOMB, frames=31)
    assert heard == ["countdown", "go"]
    assert game.bombers[0].get_state() == before
    assert game.clock == 0


def test_a_crumbling_brick_stops_flames_and_keeps_its_time() -> None:
    game = scene("..Fx", p0=(8, 8))
    lay(game, 0, 1, frames=1)
    step(game)
    lay(game, 0, 0, frames=5)
    step(game, frames=FIRE_FRAMES)
    assert row_of(game, 0)[:4] == "..fx"
    game.field = put(game.field, cell_at(0, 2), 0)
