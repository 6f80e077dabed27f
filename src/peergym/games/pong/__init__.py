"""Pong for two.

`game` holds the rules, `draw` what it looks like, `policy` the computer player.
"""

from peergym.games.pong.game import Pong

__all__ = ["Pong"]
