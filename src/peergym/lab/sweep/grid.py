"""The grid of a sweep: every value of every axis with every other.

As JSON, a grid is an object with a list, or a single value, for each axis::

    {"rtt_ms": [0, 50, 100, 150], "input_delay": [0, 2, "auto"], "loss": 2, "seed": [1, 2, 3]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from peergym.errors import ConfigurationError
from peergym.lab.match_file import DELAY_RULES
from peergym.lab.networks import FIGURES
from peergym.lab.sweep.runs import (
    MATCH_AXES,
    NETWORK_AXES,
    SESSION_AXES,
    Run,
    Value,
    usual_value,
    whole,
)

AXES = (*MATCH_AXES, *SESSION_AXES, *NETWORK_AXES)
"""Everything that can be varied."""

SEED = "seed"
MOST_RUNS = 100_000


@dataclass(frozen=True, slots=True)
class Grid:
    """What a sweep is to simulate.

    Attributes:
        axes: The values of each axis that is not as usual, in the order of plots.
    """

    axes: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for axis, values in self.axes.items():
            if len(set(values)) < len(values):
                raise ConfigurationError(axis, f"{_listed(values)}: has a value twice")
        if self.count > MOST_RUNS:
            raise ConfigurationError("grid", f"{self.count} matches, {MOST_RUNS} at most")

    @property
    def count(self) -> int:
        """How many matches that makes."""
        return prod([len(values) for values in self.axes.values()])

    @property
    def varied(self) -> list[str]:
        """The axes that have several values, but for the seed."""
        return [axis for axis, values in self.axes.items() if len(values) > 1 and axis != SEED]

    def runs(self, game: str, options: Mapping[str, float], frames: int) -> Iterator[Run]:
        """Every match of the grid."""
        for values in product(*self.axes.values()):
            chosen = dict(zip(self.axes, values, strict=True))
            # What is as usual is left out, so that a run is the same however it was asked for.
            differs = {axis: chosen[axis] for axis in AXES if axis in chosen}
            differs = {axis: v for axis, v in differs.items() if v != usual_value(axis)}
            yield Run(game=game, options=options, frames=frames, values=differs)

    def one_of_each(self, runs: Iterable[Run]) -> list[Run]:
        """The runs that differ in more than their seed: what is true of one is true of all."""
        seed = self.axes.get(SEED, (usual_value(SEED),))[0]
        return [run for run in runs if run.value(SEED) == seed]


def values_from_text(axis: str, text: str) -> tuple[Value, ...]:
    """The values of an axis, from ``0,50,100``.

    Raises:
        ConfigurationError: One of them is none.
    """
    return tuple(_value(axis, _from_word(axis, word.strip())) for word in text.split(","))


def grid_from_json(value: Any) -> dict[str, tuple[Value, ...]]:
    """The values of the axes that a JSON object has.

    Raises:
        ConfigurationError: It is of another form.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError("grid", 'is an object like {"rtt_ms": [0, 50]}')
    axes = {}
    for axis, given in value.items():
        if axis not in AXES:
            raise ConfigurationError("grid", f"knows {', '.join(AXES)}, not {axis!r:.60}")
        values = given if isinstance(given, list) else [given]
        if not values:
            raise ConfigurationError(axis, "has no values")
        axes[axis] = tuple(_value(axis, each) for each in values)
    return axes


def _from_word(axis: str, word: str) -> Any:
    if isinstance(usual_value(axis), str):
        return word
    try:
        return whole(float(word))
    except ValueError:
        return word


def _value(axis: str, value: Any) -> Value:
    """Check a value's type; its range is checked with everything else."""
    usual = usual_value(axis)
    if isinstance(usual, str):
        is_usable = isinstance(value, str)
    elif axis == "input_delay":
        is_usable = type(value) is int or value in DELAY_RULES
    elif axis in FIGURES:
        is_usable = type(value) in (int, float)
    else:
        is_usable = type(value) is int
    if not is_usable:
        wanted = "a text" if isinstance(usual, str) else "a number"
        if axis == "input_delay":
            wanted = f"a number of frames or one of {', '.join(DELAY_RULES)}"
        raise ConfigurationError(axis, f"is {wanted}, not {value!r:.60}")
    return whole(value)


def _listed(values: tuple[Value, ...]) -> str:
    return ",".join(map(str, values))
