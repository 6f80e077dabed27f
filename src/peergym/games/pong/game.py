"""The rules of Pong.

The ball leaves the middle towards one side, drawn by lot, at most 45 degrees up or down. It is
reflected by the walls, and by a paddle's face the steeper the further from its middle it hits.
With every hit it is one pixel per frame faster. The end of a paddle pushes a ball that is past
its face up or down. Who lets the ball out loses the point.

Portable: only ``+ - * / sqrt``, comparisons, and methods of `random.Random` that give the same
numbers on every platform. The generator is made anew for each serve from the seed and the number
of the serve, so these two integers are its whole state.
"""

from __future__ import annotations

from math import sqrt
from random import Random
from typing import TYPE_CHECKING, Any

from peergym.games.pong import policy as computer
from peergym.games.pong.court import (
    BACK_X,
    BALL_LIMIT_Y,
    COUNTDOWN_FRAMES,
    DOWN,
    FACE_X,
    FRAME_RATE_HZ,
    GOAL_X,
    HEIGHT,
    LEFT,
    PADDLE_LIMIT_Y,
    PADDLE_SPEED,
    PAUSE_FRAMES,
    REACH_Y,
    RIGHT,
    STAY,
    STEEPEST_SLOPE,
    STEP_PIXELS,
    TRAIL_FRAMES,
    UP,
    WIDTH,
)
from peergym.games.pong.draw import draw_court

if TYPE_CHECKING:
    from peergym.envs.surface import Surface

MOVES = {UP: -PADDLE_SPEED, STAY: 0.0, DOWN: PADDLE_SPEED}
MOST_SERVES = 1 << 20
"""More serves than any match has, so that (seed, serve) makes one number."""


class Pong:
    """Pong in PettingZoo's parallel form.

    Attributes:
        ball_x, ball_y: Middle of the ball, counted from the middle of the court.
        ball_vx, ball_vy: Its velocity, in pixels per frame; both 0 before the serve.
        speed: Its speed, in pixels per frame.
        is_behind: Whether the ball has touched a paddle's end: it can no more be saved.
        left_y, right_y: Middles of the paddles.
        left_score, right_score: Points.
        countdown: Frames until the serve, 0 while the ball flies.
        serves: How many serves there have been.
        winner: ``LEFT`` or ``RIGHT``, 0 while nobody has won.
        trail: Where the ball was in the last frames, oldest first. For drawing.
        effects: What was to be heard in the last step.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - PettingZoo wants a plain dict on the class
        "name": "Pong",
        "render_fps": FRAME_RATE_HZ,
        "screen": (WIDTH, HEIGHT),
        "noop": STAY,
        "is_portable": True,
        "confirmed_effects": ("score",),
        "keys_to_action": {"ArrowUp": UP, "ArrowDown": DOWN, "w": UP, "s": DOWN},
        "pointer": {
            "shape": "paddle_{player}",
            "axis": "y",
            "decrease": UP,
            "increase": DOWN,
            "dead_zone": PADDLE_SPEED * 0.75,
        },
        "options": {
            "ball_speed": {"label": "Ball speed", "default": 6, "min": 3, "max": 12, "step": 1},
            "score_to_win": {"label": "Score to win", "default": 5, "min": 1, "max": 21, "step": 1},
        },
    }
    possible_agents = ("left", "right")

    ball_x: float
    ball_y: float
    ball_vx: float
    ball_vy: float
    speed: float
    is_behind: bool
    left_y: float
    right_y: float
    left_score: int
    right_score: int
    countdown: int
    serves: int
    winner: int
    trail: tuple[tuple[float, float], ...]
    effects: list[str]

    def __init__(self) -> None:
        self.effects = []
        self.seed = 0
        self._begin(ball_speed=6, score_to_win=5)

    def action_space(self, agent: str) -> int:
        """Return the number of actions: up, stay, down."""
        return 3

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start an episode; without a seed, the one after the last seed."""
        self.seed = self.seed + 1 if seed is None else seed
        options = options or {}
        self._begin(options.get("ball_speed", 6), options.get("score_to_win", 5))
        return self._observations(), {"left": {}, "right": {}}

    def step(
        self, actions: dict[str, int]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Advance by one frame; the rewards are 1 and -1 for a point."""
        points = self.left_score - self.right_score
        if not self.winner:
            self.left_y = _moved(self.left_y, actions.get("left", STAY))
            self.right_y = _moved(self.right_y, actions.get("right", STAY))
            if self.countdown:
                self._count_down()
            else:
                self._move_ball()
        reward = float(self.left_score - self.right_score - points)
        over = self.winner != 0
        return (
            self._observations(),
            {"left": reward, "right": -reward},
            {"left": over, "right": over},
            {"left": False, "right": False},
            {"left": {}, "right": {}},
        )

    def get_state(self) -> dict[str, Any]:
        """Return all attributes but the effects; every value is immutable."""
        state = self.__dict__.copy()
        del state["effects"]
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        """Go back to what `get_state` returned."""
        self.__dict__.update(state)

    def draw(self, surface: Surface, player: int) -> None:
        """Draw the court as seen by a player."""
        draw_court(self, surface, player)

    def policy(self, agent: str) -> int:
        """Return the action of the computer player in this agent's seat."""
        return computer.choose_action(self, LEFT if agent == "left" else RIGHT)

    def _begin(self, ball_speed: float, score_to_win: int) -> None:
        self.serve_speed = float(ball_speed)
        self.score_to_win = score_to_win
        self.left_y = self.right_y = 0.0
        self.left_score = self.right_score = 0
        self.serves = 0
        self.winner = 0
        self._place_ball(COUNTDOWN_FRAMES)

    def _place_ball(self, countdown_frames: int) -> None:
        self.ball_x = self.ball_y = 0.0
        self.ball_vx = self.ball_vy = 0.0
        self.speed = self.serve_speed
        self.is_behind = False
        self.trail = ()
        self.countdown = countdown_frames

    def _count_down(self) -> None:
        if self.serves == 0 and self.countdown % FRAME_RATE_HZ == 0:
            self.effects.append("countdown")
        self.countdown -= 1
        if self.countdown == 0:
            self.effects.append("go")
            self._serve()

    def _serve(self) -> None:
        random = Random(self.seed * MOST_SERVES + self.serves)
        self.serves += 1
        side = LEFT if random.randrange(2) == 0 else RIGHT
        self._send_ball(side, random.uniform(-1.0, 1.0))

    def _send_ball(self, side: int, slope: float) -> None:
        """Send the ball towards a side, falling by ``slope`` pixels per pixel sideways."""
        across = self.speed / sqrt(1.0 + slope * slope)
        self.ball_vx = side * across
        self.ball_vy = slope * across

    def _move_ball(self) -> None:
        self.trail = (*self.trail[1 - TRAIL_FRAMES :], (self.ball_x, self.ball_y))
        steps = int(self.speed / STEP_PIXELS) + 1
        for _ in range(steps):
            self._move_ball_a_step(steps)
            if abs(self.ball_x) > GOAL_X:
                self._score()
                return

    def _move_ball_a_step(self, steps: int) -> None:
        before_x = self.ball_x
        self.ball_x += self.ball_vx / steps
        self.ball_y += self.ball_vy / steps
        if abs(self.ball_y) > BALL_LIMIT_Y:
            self._bounce_off_wall()
        side = LEFT if self.ball_vx < 0 else RIGHT
        if FACE_X <= self.ball_x * side <= BACK_X:
            paddle_y = self.left_y if side == LEFT else self.right_y
            offset = self.ball_y - paddle_y
            if abs(offset) > REACH_Y:
                return
            if before_x * side <= FACE_X:
                self._hit_face(side, offset)
            else:
                self._touch_end(side, paddle_y, LEFT if offset < 0 else RIGHT)

    def _bounce_off_wall(self) -> None:
        wall = BALL_LIMIT_Y if self.ball_y > 0 else -BALL_LIMIT_Y
        self.ball_y = 2 * wall - self.ball_y
        self.ball_vy = -self.ball_vy
        self.effects.append("wall")

    def _hit_face(self, side: int, offset: float) -> None:
        self.ball_x = side * FACE_X
        self.speed += 1.0
        self._send_ball(-side, offset / REACH_Y * STEEPEST_SLOPE)
        self.effects.append("hit")

    def _touch_end(self, side: int, paddle_y: float, away: int) -> None:
        """Push a ball that is past the face out of the paddle, ``away`` being its sign of y.

        The first touch is a hit. From then on the ball is only pushed along: between a paddle and
        a wall it would otherwise be hit in every step.
        """
        pushed_y = paddle_y + away * REACH_Y
        self.ball_y = max(-BALL_LIMIT_Y, min(BALL_LIMIT_Y, pushed_y))
        if not self.is_behind:
            self.is_behind = True
            self.speed += 1.0
            self._send_ball(side, float(away))
            self.effects.append("hit")

    def _score(self) -> None:
        self.effects.append("score")
        if self.ball_x > 0:
            self.left_score += 1
        else:
            self.right_score += 1
        self._place_ball(PAUSE_FRAMES)
        if self.left_score >= self.score_to_win:
            self.winner = LEFT
        elif self.right_score >= self.score_to_win:
            self.winner = RIGHT

    def _observations(self) -> dict[str, Any]:
        """Return, for each, what it would see if it stood on the left: ball, velocity, paddles."""
        x, y, vx, vy = self.ball_x, self.ball_y, self.ball_vx, self.ball_vy
        return {
            "left": (x, y, vx, vy, self.left_y, self.right_y),
            "right": (-x, y, -vx, vy, self.right_y, self.left_y),
        }


def _moved(paddle_y: float, action: int) -> float:
    paddle_y += MOVES[action]
    return max(-PADDLE_LIMIT_Y, min(PADDLE_LIMIT_Y, paddle_y))
