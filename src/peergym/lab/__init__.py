"""The lab: simulated matches under a network of your choice, and what came of them."""

from peergym.envs.maker import game_maker
from peergym.lab.options import LabOptions
from peergym.lab.result import LabResult
from peergym.lab.run import run_lab

__all__ = ["LabOptions", "LabResult", "game_maker", "run_lab"]
