"""The ball of Pong: angles, walls, faces and ends of paddles, at any speed."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.games.pong import Pong
from peergym.games.pong.court import (
    BACK_X,
    BALL_LIMIT_Y,
    BALL_RADIUS,
    DOWN,
    FACE_X,
    GOAL_X,
    LEFT,
    PADDLE_HEIGHT,
    PADDLE_LIMIT_Y,
    PADDLE_SPEED,
    REACH_Y,
    RIGHT,
    STAY,
    STEEPEST_SLOPE,
    UP,
)

SIDES = st.sampled_from([LEFT, RIGHT])
SPEEDS = st.floats(1, 60)
SLOPES = st.floats(-1.25, 1.25)
ACTIONS = st.fixed_dictionaries(dict.fromkeys(Pong.possible_agents, st.sampled_from([0, 1, 2])))
STILL = {"left": STAY, "right": STAY}


def flying(x: float, y: float, speed: float, side: int, slope: float, **state: Any) -> Pong:
    """Return a game whose ball is at (x, y), flying towards a side."""
    game = Pong()
    game.reset(seed=1)
    game.serves, game.countdown = 1, 0
    game.ball_x, game.ball_y, game.speed = x, y, speed
    game._send_ball(side, slope)
    game.__dict__.update(state)
    return game


def step(game: Pong, actions: dict[str, int] = STILL) -> list[str]:
    """Step and return the effects."""
    game.step(actions)
    effects, game.effects = game.effects, []
    return effects


@given(st.integers(0, 1 << 64))
def test_a_serve_leaves_the_middle_within_45_degrees(seed: int) -> None:
    game = Pong()
    game.reset(seed=seed)
    while game.countdown:
        assert (game.ball_x, game.ball_y) == (0, 0)
        step(game)
    assert abs(game.ball_vy) <= abs(game.ball_vx)
    assert sqrt(game.ball_vx**2 + game.ball_vy**2) == pytest.approx(6)


def test_serves_go_to_both_sides_up_and_down_and_differ_within_a_match() -> None:
    directions = []
    for seed in range(200):
        game = Pong()
        game.reset(seed=seed)
        game._serve()
        directions.append((game.ball_vx > 0, game.ball_vy > 0))
        first = game.ball_vy
        game._serve()
        assert game.ball_vy != first
    assert all(30 < directions.count(each) < 70 for each in set(directions))
    assert len(set(directions)) == 4


def test_neighbouring_seeds_do_not_share_their_serves() -> None:
    slopes = set()
    for seed in range(20):
        game = Pong()
        game.reset(seed=seed)
        for _ in range(10):
            game._serve()
            slopes.add(game.ball_vy)
    assert len(slopes) == 200


@given(
    speed=SPEEDS,
    side=SIDES,
    start=st.tuples(st.floats(-200, 200), st.floats(-BALL_LIMIT_Y, BALL_LIMIT_Y)),
    arrival_y=st.floats(-BALL_LIMIT_Y, BALL_LIMIT_Y),
    place=st.floats(-0.8, 0.8),
)
@settings(max_examples=400)
def test_the_ball_never_tunnels_through_a_paddle(
    speed: float, side: int, start: tuple[float, float], arrival_y: float, place: float
) -> None:
    x, y = start
    slope = (arrival_y - y) / (FACE_X - x * side)
    paddle_y = max(-PADDLE_LIMIT_Y, min(PADDLE_LIMIT_Y, arrival_y - place * REACH_Y))
    game = flying(x, y, speed, side, slope, left_y=paddle_y, right_y=paddle_y)
    effects: list[str] = []
    while game.ball_vx * side > 0:
        effects = step(game)
        assert game.ball_x * side <= FACE_X
    assert effects.count("hit") == 1
    assert game.speed == speed + 1
    assert (game.left_score, game.right_score) == (0, 0)


@given(SPEEDS, SIDES, SLOPES, st.floats(-200, 200), st.lists(ACTIONS, max_size=80))
@settings(max_examples=200)
def test_the_ball_is_never_inside_a_paddle_nor_outside_the_court(
    speed: float, side: int, slope: float, y: float, actions: list[dict[str, int]]
) -> None:
    game = flying(0, y, speed, side, slope)
    for each in actions:
        before = game.speed
        effects = step(game, each)
        assert abs(game.ball_y) <= BALL_LIMIT_Y
        assert abs(game.left_y) <= PADDLE_LIMIT_Y
        assert abs(game.ball_x) <= GOAL_X
        if "score" in effects:
            return
        assert game.speed == before + effects.count("hit")
        if FACE_X < abs(game.ball_x) < BACK_X and abs(game.ball_y) < BALL_LIMIT_Y:
            paddle_y = game.left_y if game.ball_x < 0 else game.right_y
            assert abs(game.ball_y - paddle_y) >= REACH_Y - 1e-9


@given(SPEEDS, SIDES, st.floats(-1, 1))
def test_a_ball_is_reflected_by_where_it_hits_and_is_one_faster(
    speed: float, side: int, place: float
) -> None:
    game = flying(side * (FACE_X - 0.5), 0, speed, side, 0)
    game.left_y = game.right_y = -place * REACH_Y
    assert step(game) == ["hit"]
    assert game.speed == speed + 1
    assert game.ball_vx * side < 0
    assert game.ball_vy / -game.ball_vx * side == pytest.approx(place * STEEPEST_SLOPE)
    assert sqrt(game.ball_vx**2 + game.ball_vy**2) == pytest.approx(game.speed)


@given(SPEEDS, SIDES, st.sampled_from([-1, 1]))
def test_a_wall_reflects_and_keeps_the_speed(speed: float, side: int, wall: int) -> None:
    game = flying(0, wall * (BALL_LIMIT_Y - 0.25), speed, side, float(wall))
    before = (game.ball_vx, -game.ball_vy)
    assert step(game) == ["wall"]
    assert (game.ball_vx, game.ball_vy) == before
    assert abs(game.ball_y) <= BALL_LIMIT_Y


@pytest.mark.parametrize("side", [LEFT, RIGHT])
@pytest.mark.parametrize(("action", "away"), [(UP, -1), (DOWN, 1)])
def test_the_end_of_a_paddle_pushes_a_ball_behind_its_face_up_or_down(
    side: int, action: int, away: int
) -> None:
    game = flying(side * (FACE_X + 4), away * (REACH_Y + 1), 6, side, 0)
    assert step(game, {"left": action, "right": action}) == ["hit"]
    assert game.ball_vy * away > 0
    assert game.ball_vx * side > 0
    assert game.speed == 7
    assert game.ball_y * away >= PADDLE_HEIGHT / 2 + PADDLE_SPEED + BALL_RADIUS
    heard = []
    while "score" not in heard:
        heard += step(game, {"left": action, "right": action})
    assert "hit" not in heard  # a push along is not one more hit
    assert (game.left_score, game.right_score) == ((0, 1) if side == LEFT else (1, 0))


def test_a_ball_between_a_paddle_and_a_wall_gets_out() -> None:
    game = flying(FACE_X + 2, BALL_LIMIT_Y - 1, 3, RIGHT, 0.1, right_y=PADDLE_LIMIT_Y - REACH_Y)
    heard: list[str] = []
    for _ in range(60):
        heard += step(game, {"left": STAY, "right": DOWN})
        if "score" in heard:
            break
    assert heard.count("hit") <= 1
    assert heard.count("wall") <= 2
    assert game.left_score == 1


def test_paddles_move_by_their_speed_and_stop_at_the_walls() -> None:
    game = flying(0, 0, 1, LEFT, 0)
    step(game, {"left": UP, "right": DOWN})
    assert (game.left_y, game.right_y) == (-PADDLE_SPEED, PADDLE_SPEED)
    step(game, {"left": STAY})  # who sends nothing stays
    assert (game.left_y, game.right_y) == (-PADDLE_SPEED, PADDLE_SPEED)
    for _ in range(60):
        step(game, {"left": UP, "right": DOWN})
    assert (game.left_y, game.right_y) == (-PADDLE_LIMIT_Y, PADDLE_LIMIT_Y)


MIRRORED = {
    "left_y": "right_y",
    "right_y": "left_y",
    "left_score": "right_score",
    "right_score": "left_score",
}


@given(SPEEDS, SLOPES, st.floats(-300, 300), st.lists(ACTIONS, min_size=60, max_size=60))
def test_left_and_right_are_exact_mirror_images(
    speed: float, slope: float, x: float, actions: list[dict[str, int]]
) -> None:
    game = flying(x, 0, speed, RIGHT, slope)
    mirror = flying(-x, 0, speed, LEFT, slope)
    for each in actions:
        step(game, each)
        step(mirror, {"left": each["right"], "right": each["left"]})
        if game.countdown:
            assert mirror.countdown == game.countdown
            assert (mirror.left_score, mirror.right_score) == (game.right_score, game.left_score)
            return
        state, mirrored = game.get_state(), mirror.get_state()
        for name in ("ball_x", "ball_vx"):
            state[name] = -state[name]
        state["trail"] = tuple((-x, y) for x, y in state["trail"])
        assert {MIRRORED.get(name, name): value for name, value in state.items()} == mirrored
