"""One match of a sweep: what it is made of, and the figures that come of it.

Law: the same run gives the same figures, but for the time that the computer took.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import peergym
from peergym.errors import ConfigurationError
from peergym.lab.match_file import MatchFile
from peergym.lab.networks import FIGURES, PROFILE, TEXTS, path_from_figures
from peergym.lab.options import LabOptions
from peergym.lab.result import LabResult, measure
from peergym.lab.run import build, play
from peergym.rollback.config import SessionConfig
from peergym.testing.mesh import Mesh

FindGame = Callable[[str], type]
Value = int | float | str

SESSION_AXES = {"max_snapshots": "max_snapshots", "input_buffer": "input_buffer_frames"}
"""Axes that are fields of the session's configuration."""

MATCH_AXES = ("players", "input_delay", "window", "snapshot_interval", "redundancy", "seed")
"""Axes that are fields of a match's file."""

NETWORK_AXES = (*FIGURES, *TEXTS, PROFILE)


def usual_value(axis: str) -> Value:
    """What an axis is unless told otherwise."""
    value: Any
    if axis in SESSION_AXES:
        value = SessionConfig.__dataclass_fields__[SESSION_AXES[axis]].default
    elif axis in MATCH_AXES:
        value = MatchFile.__dataclass_fields__[axis].default
    else:
        value = {**FIGURES, **TEXTS, PROFILE: ""}[axis]
    return whole(value)


def whole(value: Value) -> Value:
    """A number without its point where nothing is behind it, so that 5.0 and 5 are one value."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One match of a sweep.

    Attributes:
        game: A bundled game, ``file.py:Class`` or ``module:Class``.
        options: Of the game.
        frames: How many are played.
        values: What differs from the usual, by axis.
    """

    game: str
    options: Mapping[str, float] = field(default_factory=dict)
    frames: int = 3600
    values: Mapping[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Everything that the figures depend on."""
        return {
            "peergym": peergym.__version__,
            "game": self.game,
            "options": dict(self.options),
            "frames": self.frames,
            "values": dict(self.values),
        }

    @property
    def key(self) -> str:
        """A text that no other run has."""
        return json.dumps(self.to_json(), sort_keys=True)

    def value(self, axis: str) -> Value:
        """What the run has on an axis."""
        return self.values.get(axis, usual_value(axis))

    def describe(self) -> str:
        """What differs from the usual, in a phrase."""
        said = [f"{axis} {value}" for axis, value in self.values.items()]
        return ", ".join(said) or "everything as usual"

    def lab_options(self, find_game: FindGame) -> LabOptions:
        """What the lab is to simulate.

        Raises:
            ConfigurationError: Something is unusable.
        """
        fields: dict[str, Any] = {
            axis: value for axis, value in self.values.items() if axis in MATCH_AXES
        }
        network = {axis: value for axis, value in self.values.items() if axis in NETWORK_AXES}
        match = MatchFile(
            game=self.game,
            options=self.options,
            frames=self.frames,
            network=path_from_figures(network),
            **fields,
        )
        session = {
            name: self.values[axis] for axis, name in SESSION_AXES.items() if axis in self.values
        }
        options = match.lab_options(find_game)
        return replace(options, session={**options.session, **session})

    def check(self, find_game: FindGame) -> None:
        """Refuse what cannot be simulated, before any time is spent.

        Raises:
            ConfigurationError: Something is unusable; says of which run.
        """
        try:
            build(self.lab_options(find_game))
        except ConfigurationError as error:
            reason = str(error).removeprefix(f"{error.field}: ")
            raise ConfigurationError(error.field, f"{reason} ({self.describe()})") from error


def simulate(run: Run, find_game: FindGame) -> dict[str, Any]:
    """Simulate a run.

    Returns:
        Its figures: those of `LabResult` that are single values, and those of `_rates`.

    Raises:
        ConfigurationError: It cannot be simulated.
    """
    options = run.lab_options(find_game)
    mesh = build(options)
    begun_s = process_time()
    play(mesh, options.frames)
    cpu_s = process_time() - begun_s
    result = measure(mesh, options.frames)
    figures = {
        name: value for name, value in result.to_json().items() if not isinstance(value, list)
    }
    return {**figures, **_rates(mesh, result, cpu_s), "is_sound": result.is_sound}


def _rates(mesh: Mesh, result: LabResult, cpu_s: float) -> dict[str, float]:
    """Figures by time, for one player.

    Attributes of the result: ``played_s`` is how long the match took in virtual time;
    ``cpu_us_per_frame`` is what the computer needed for a frame of one peer, network and checks
    included.
    """
    peers = [peer for peer in mesh.peers.values() if not peer.is_spectator]
    counts = [peer.session.probe.counts for peer in peers]  # type: ignore[union-attr]
    playing_s = sum(peer.playing_s() for peer in peers) or 1.0
    return {
        "played_s": round(playing_s / len(peers), 3),
        "rollbacks_per_s": round(result.rollbacks / playing_s, 4),
        "resimulated_per_s": round(result.rollback_frames / playing_s, 3),
        "stalls_per_min": round(60 * result.stalls / playing_s, 3),
        "saves_per_s": round(result.saves / playing_s, 3),
        "steps_per_s": round(sum(each.steps for each in counts) / playing_s, 3),
        "holes_per_hour": round(3600 * len(peers) * result.holes / playing_s, 3),
        "cpu_us_per_frame": round(1e6 * cpu_s / max(1, result.frames * len(peers)), 1),
    }
