"""A simulated match as JSON: so that one that went wrong can be kept, cut down and played again.

The names are those of the options of ``peergym lab``. What is left out is as usual:

    {"game": "chaos", "players": 4, "frames": 1200, "seed": 7, "input_delay": "auto",
     "network": {"rtt_ms": 100, "loss": 5}, "links": {"0-1": {"rtt_ms": 300}},
     "absent": "agent", "spectators": 1, "server": false,
     "schedule": [{"do": "drop", "player": 2, "frame": 600}]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from peergym.envs.maker import game_maker
from peergym.errors import ConfigurationError
from peergym.lab.networks import (
    Pair,
    links_from_json,
    links_to_json,
    path_from_figures,
    path_to_figures,
)
from peergym.lab.options import LabOptions
from peergym.lab.redundancy import redundancy_from_text
from peergym.rollback.config import AbsentPolicy, InputDelay
from peergym.rollback.input_delay import ArticleInputDelay, AutomaticInputDelay
from peergym.testing.conditions import PairConditions
from peergym.testing.schedule import Kind, Schedule, schedule_from_json

FindGame = Callable[[str], type]

DELAY_RULES: dict[str, InputDelay] = {
    "auto": AutomaticInputDelay(),
    "article": ArticleInputDelay(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFile:
    """A simulated match, as a file tells it.

    Attributes:
        game: A bundled game, ``file.py:Class`` or ``module:Class``.
        options: Of the game.
        players: How many are there from the start, or more where JOIN names a seat among them.
        frames, seed, spectators: As `LabOptions` has them.
        input_delay: In frames, ``auto`` or ``article``.
        window: Prediction window, in frames.
        snapshot_interval: States are saved every so many frames.
        drift_ppm, offset_frames: As `LabOptions` has them.
        absent: What becomes of the seats of those who are lost; empty for the usual.
        server: Whether a signalling server decides between equal halves.
        redundancy: Which inputs are sent: ``all`` that somebody lacks, or ``last3`` and the like.
        network, links: What paths do.
        schedule: What goes wrong.
    """

    game: str = "chaos"
    options: Mapping[str, float] = field(default_factory=dict)
    players: int = 2
    frames: int = 3600
    seed: int = 1
    input_delay: int | str = 0
    window: int = 8
    snapshot_interval: int = 1
    drift_ppm: float = 0.0
    offset_frames: int = 0
    absent: str = ""
    server: bool = True
    spectators: int = 0
    redundancy: str = "all"
    network: PairConditions = field(default_factory=PairConditions)
    links: Mapping[Pair, PairConditions] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)

    def lab_options(self, find_game: FindGame) -> LabOptions:
        """What the lab is to simulate.

        Args:
            find_game: From the name of a game to its class.

        Raises:
            ConfigurationError: Something is unusable.
        """
        if isinstance(self.input_delay, str) and self.input_delay not in DELAY_RULES:
            raise ConfigurationError(
                "input_delay", f"is a number, 'auto' or 'article', not {self.input_delay!r}"
            )
        if self.absent not in ("", *AbsentPolicy):
            raise ConfigurationError(
                "absent", f"is one of {', '.join(AbsentPolicy)}, not {self.absent!r}"
            )
        make_game = game_maker(find_game(self.game), self.seats, self.options)
        return LabOptions(
            make_game=make_game,
            frames=self.frames,
            seed=self.seed,
            network=self.network,
            links=self.links,
            input_delay=DELAY_RULES.get(str(self.input_delay), 0)
            if isinstance(self.input_delay, str)
            else self.input_delay,
            # As hosts do it: what cannot be put back is played without prediction.
            window_frames=0 if make_game().is_lockstep else self.window,
            drift_ppm=self.drift_ppm,
            offset_frames=self.offset_frames,
            schedule=self.schedule,
            absent=AbsentPolicy(self.absent) if self.absent else None,
            has_server=self.server,
            spectators=self.spectators,
            redundancy_inputs=redundancy_from_text(self.redundancy),
            session={"snapshot_interval": self.snapshot_interval},
        )

    @property
    def seats(self) -> int:
        """How many seats the game needs for all who ever play."""
        joined = [happening.player for happening in self.schedule.of(Kind.JOIN)]
        return max([self.players, *[player + 1 for player in joined]])

    def to_json(self) -> dict[str, Any]:
        """The JSON object; what is as usual is left out."""
        usual = MatchFile()
        written: dict[str, Any] = {"game": self.game, "players": self.players}
        for each in fields(self):
            value = getattr(self, each.name)
            if value != getattr(usual, each.name):
                written[each.name] = value
        for name, write in _WRITERS.items():
            if name in written:
                written[name] = write(written[name])
        return written


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "options": dict,
    "network": path_to_figures,
    "links": links_to_json,
    "schedule": Schedule.to_json,
}

_READERS: dict[str, Callable[[Any], Any]] = {
    "network": path_from_figures,
    "links": links_from_json,
    "schedule": schedule_from_json,
}


def match_from_json(value: Any) -> MatchFile:
    """Read a match.

    Raises:
        ConfigurationError: It is none; says what is wrong.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError("match", f"is an object, not {type(value).__name__}")
    match = MatchFile()
    for name, given in value.items():
        if name not in MatchFile.__dataclass_fields__:
            known = ", ".join(MatchFile.__dataclass_fields__)
            raise ConfigurationError("match", f"knows {known}, not {name!r}")
        read = _READERS.get(name)
        if read is None:
            _check_type(name, given, getattr(match, name))
        elif name == "network" and not isinstance(given, Mapping):
            raise ConfigurationError("network", f"is an object, not {given!r}")
        match = replace(match, **{name: given if read is None else read(given)})
    return match


def _check_type(name: str, given: Any, usual: Any) -> None:
    kinds: tuple[type, ...] = (type(usual),)
    if name == "drift_ppm":
        kinds = (int, float)
    elif name == "input_delay":
        kinds = (int, str)
    if type(given) not in kinds:
        raise ConfigurationError("match", f"{name} cannot be {given!r:.60}")
    if name == "options" and not all(
        isinstance(key, str) and type(number) in (int, float) for key, number in given.items()
    ):
        raise ConfigurationError("match", "options are numbers by name")
