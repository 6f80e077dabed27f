"""Experiments: what is served, to whom, and how, written down in Python.

So far one scene, which is one game: `GymScene`, served with ``peergym serve FILE``. Standard
library only, since a file that holds a scene beside its game is sent to browsers as a whole.
"""

from peergym.experiment.gym_scene import GymScene

__all__ = ["GymScene"]
