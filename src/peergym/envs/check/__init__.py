"""Checks of a game: the quick one before it is served, and the thorough ones of `peergym check`.

    quick       a second of play before a game is served
    play        scripts and courses: what all checks compare
    repeat      same seed, same course; resets; saves and loads; states that are sent
    outside     clocks and global generators, caught while the game runs
    smells      lines in the source that often go wrong
    elsewhere   the same course in another process, or by a browser's Python
    figures     what a game costs; advice: what follows

What runs several of them is `peergym.testing.rollback_test`.
"""

from peergym.envs.check.quick import check_game

__all__ = ["check_game"]
