"""Sweeps: many simulated matches over a grid of settings and networks, as tables and plots."""

from peergym.lab.sweep.grid import AXES, Grid
from peergym.lab.sweep.runs import Run
from peergym.lab.sweep.store import Store
from peergym.lab.sweep.workers import carry_out

__all__ = ["AXES", "Grid", "Run", "Store", "carry_out"]
