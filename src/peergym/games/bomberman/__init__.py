"""Bomberman for two to eight.

`field` has the measures and what a cell can be, `level` makes the field of a match, `bomber` walks,
`blast` explodes, and `game` puts the rules together. `draw`, `sprites` and `hud` are what it
looks like, `screen` says where; `policy` is the computer player, and `danger` what it fears.
"""

from peergym.games.bomberman.game import Bomberman

__all__ = ["Bomberman"]
