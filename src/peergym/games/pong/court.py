"""The measures of the court, in pixels and frames.

The rules count from the middle of the court, x to the right and y down, so that left and right
are exact mirror images: negating a float loses nothing, subtracting it from 800 may.
"""

from __future__ import annotations

FRAME_RATE_HZ = 60

WIDTH, HEIGHT = 800, 600
WALL_Y = HEIGHT / 2

BALL_RADIUS = 9.0
STEP_PIXELS = 4.0
"""The ball moves in steps of at most this: less than a paddle's thickness, so it cannot tunnel."""

PADDLE_X = 355.0
"""Distance of a paddle's middle from the middle of the court."""
PADDLE_WIDTH = 14.0
PADDLE_HEIGHT = 96.0
PADDLE_SPEED = 8.0
"""Pixels a frame."""
PADDLE_LIMIT_Y = WALL_Y - PADDLE_HEIGHT / 2

FACE_X = PADDLE_X - PADDLE_WIDTH / 2 - BALL_RADIUS
"""Where the ball's middle is when it touches a paddle's face."""
BACK_X = PADDLE_X + PADDLE_WIDTH / 2 + BALL_RADIUS
REACH_Y = PADDLE_HEIGHT / 2 + BALL_RADIUS
"""How far the ball's middle may be from the paddle's to touch it."""
BALL_LIMIT_Y = WALL_Y - BALL_RADIUS
GOAL_X = WIDTH / 2 + BALL_RADIUS
"""The ball scores when the whole of it has left the court."""

STEEPEST_SLOPE = 1.25
"""Slope of a ball hit with the very end of a paddle's face: 51 degrees."""

COUNTDOWN_FRAMES = 3 * FRAME_RATE_HZ
PAUSE_FRAMES = FRAME_RATE_HZ
"""From a point to the next serve."""

TRAIL_FRAMES = 8

UP, STAY, DOWN = 0, 1, 2
LEFT, RIGHT = -1, 1
"""Sides, as the sign of their x."""
