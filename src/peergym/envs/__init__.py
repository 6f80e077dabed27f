"""From an environment to something a session can run: reset, step, save, load, draw."""

from peergym.envs.actions import ActionCodec
from peergym.envs.adapter import GameAdapter
from peergym.envs.description import GameDescription, describe
from peergym.envs.draw_sheets import Pixmap
from peergym.envs.game import ParallelGame
from peergym.envs.load import load_game
from peergym.envs.runner import GameRunner
from peergym.envs.spaces import codec_from_space
from peergym.envs.surface import Surface

__all__ = [
    "ActionCodec",
    "GameAdapter",
    "GameDescription",
    "GameRunner",
    "ParallelGame",
    "Pixmap",
    "Surface",
    "codec_from_space",
    "describe",
    "load_game",
]
