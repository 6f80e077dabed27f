"""Chaos: a game for any number of players in which nothing is ever forgotten."""

from peergym.games.chaos.game import Chaos

__all__ = ["Chaos"]
