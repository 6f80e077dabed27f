"""A match of Pong: countdown, points, end, rematch, drawing, and the computer player."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from peergym.envs import GameAdapter, Surface
from peergym.games.pong import Pong
from peergym.games.pong.court import COUNTDOWN_FRAMES, DOWN, LEFT, PAUSE_FRAMES, RIGHT, STAY, UP

STILL = {"left": STAY, "right": STAY}


def started(seed: int = 3, **options: int) -> GameAdapter:
    game = GameAdapter(Pong(), options)
    game.reset(seed)
    return game


def play_policies(game: GameAdapter, max_frames: int = 60_000) -> list[str]:
    """Let the computer play both sides to the end; return all effects."""
    heard = []
    for _ in range(max_frames):
        if game.terminated:
            break
        game.step((game.policy(0), game.policy(1)))
        heard += game.take_effects()
    return heard


def test_a_countdown_of_three_ticks_precedes_the_first_serve() -> None:
    game = started()
    heard = []
    for _ in range(COUNTDOWN_FRAMES):
        assert game.env.ball_vx == 0
        game.step((0, 0))
        heard += game.take_effects()
    assert heard == ["countdown"] * 3 + ["go"]
    assert game.env.ball_vx != 0


def test_who_lets_the_ball_out_loses_the_point_and_a_pause_follows() -> None:
    env = Pong()
    env.reset(seed=3)
    env.left_y = env.right_y = 250  # both out of the way of a ball along the middle
    env.countdown = 0
    env._send_ball(RIGHT, 0.0)
    rewards: Any = {}
    while not env.countdown:
        _, rewards, _, _, _ = env.step(STILL)
    assert rewards == {"left": 1.0, "right": -1.0}
    assert (env.left_score, env.right_score, env.countdown) == (1, 0, PAUSE_FRAMES)
    assert (env.ball_x, env.ball_y, env.speed) == (0, 0, 6)
    assert env.effects == ["score"]


@pytest.mark.parametrize("score_to_win", [1, 3])
@pytest.mark.parametrize("ball_speed", [3, 12])
def test_a_match_ends_at_the_chosen_score(score_to_win: int, ball_speed: int) -> None:
    game = started(score_to_win=score_to_win, ball_speed=ball_speed)
    heard = play_policies(game)
    env = game.env
    assert game.terminated
    assert max(env.left_score, env.right_score) == score_to_win
    assert env.winner == (LEFT if env.left_score > env.right_score else RIGHT)
    assert heard.count("score") == env.left_score + env.right_score
    assert heard.count("hit") > 0
    assert env.serve_speed == ball_speed


def test_a_rematch_is_the_next_episode() -> None:
    game = started(score_to_win=1)
    first = game.canonical(game.save())
    play_policies(game)
    game.reset(4)
    assert not game.terminated
    assert (game.env.left_score, game.env.winner, game.env.countdown) == (0, 0, COUNTDOWN_FRAMES)
    game.reset(3)
    assert game.canonical(game.save()) == first


def test_a_game_that_is_over_stays_over_for_those_who_step_it_directly() -> None:
    game = started(score_to_win=1)
    play_policies(game)
    before = game.env.get_state()
    _, rewards, terminations, _, _ = game.env.step(STILL)
    assert game.env.get_state() == before
    assert rewards == {"left": 0.0, "right": 0.0}
    assert all(terminations.values())


def test_without_a_seed_the_next_episode_has_the_next_seed() -> None:
    env = Pong()
    env.reset(seed=0)
    assert env.seed == 0
    env.reset()
    assert env.seed == 1


def test_the_state_is_a_flat_dict_that_holds_everything() -> None:
    game = started()
    for _ in range(400):
        game.step((game.policy(0), game.policy(1)))
    saved = game.save()
    other = started(seed=77)
    other.load(saved)
    assert other.canonical(other.save()) == game.canonical(saved)
    for _ in range(400):
        for each in (game, other):
            each.step((each.policy(0), each.policy(1)))
    assert other.canonical(other.save()) == game.canonical(game.save())
    state = game.env.get_state()
    assert 12 <= len(state) <= 20
    assert all(not isinstance(value, dict | list | set) for value in state.values())


def test_observations_are_seen_from_the_left_by_both() -> None:
    env = Pong()
    env.reset(seed=3)
    env.ball_x, env.ball_vx, env.left_y, env.right_y = 10.0, 2.0, 5.0, -5.0
    env.countdown = 5
    observations, *_ = env.step(STILL)
    assert observations["left"] == (10.0, 0.0, 2.0, 0.0, 5.0, -5.0)
    assert observations["right"] == (-10.0, 0.0, -2.0, 0.0, -5.0, 5.0)


def test_the_computer_player_is_decent_and_can_be_beaten() -> None:
    hits, points, winners = 0, 0, []
    for seed in range(12):
        game = started(seed=seed)
        heard = play_policies(game)
        hits += heard.count("hit")
        points += heard.count("score")
        winners.append(game.env.winner)
    assert 4 < hits / points < 20
    assert {LEFT, RIGHT} == set(winners)


def test_the_computer_player_depends_on_the_state_alone() -> None:
    game = started()
    for _ in range(250):
        game.step((game.policy(0), 0))
    before = game.canonical(game.save())
    assert [game.policy(1) for _ in range(5)] == [game.policy(1)] * 5
    assert game.canonical(game.save()) == before


def test_the_computer_player_reckons_with_the_walls() -> None:
    env = Pong()
    env.reset(seed=3)
    env.serves, env.countdown, env.ball_x = 1, 0, 100.0
    env._send_ball(RIGHT, 2.0)  # would arrive 482 below the middle; the wall sends it back to 100
    env.right_y = 250.0
    assert env.policy("right") == UP
    env.right_y = 0.0
    assert env.policy("right") == DOWN


def drawn(game: GameAdapter, player: int) -> bytes:
    surface = Surface(*Pong.metadata["screen"])
    game.draw(surface, player)
    return surface.encode()


def test_each_player_is_told_whether_he_won() -> None:
    game = started(score_to_win=1)
    assert b"you" in drawn(game, 0)
    assert b"win" not in drawn(game, 0)
    play_policies(game)
    winner = 0 if game.env.winner == LEFT else 1
    assert b"You win" in drawn(game, winner)
    assert b"You lose" in drawn(game, 1 - winner)
    assert b"e wins" in drawn(game, -1)


def test_a_drawing_is_small_and_its_ball_is_where_the_ball_is() -> None:
    game = started()
    for _ in range(COUNTDOWN_FRAMES + 30):
        game.step((0, 0))
    data = drawn(game, 0)
    at = data.index(b"ball_0") + len(b"ball_0") + 4
    x, y, radius = struct.unpack_from("<3f", data, at)
    assert (x, y) == pytest.approx((400 + game.env.ball_x, 300 + game.env.ball_y))
    assert radius == 9
    assert b"paddle_0" in data
    assert b"paddle_1" in data
    assert len(data) < 1200
    (count,) = struct.unpack_from("<H", data, 10)
    assert count <= 40  # more shapes cost a phone too much time to draw
