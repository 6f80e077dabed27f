"""Advice: which settings fit a network and a game, and what is then to be expected."""

from peergym.lab.advise.model import Expectation, Situation, expect
from peergym.lab.advise.recommend import Advice, advise

__all__ = ["Advice", "Expectation", "Situation", "advise", "expect"]
