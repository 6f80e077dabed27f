"""What a simulated match is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peergym.envs.maker import MakeGame
from peergym.errors import ConfigurationError
from peergym.lab.redundancy import ALL_UNACKNOWLEDGED, MOST_LAST_INPUTS
from peergym.rollback.config import NOBODY, AbsentPolicy, InputDelay
from peergym.testing.conditions import PairConditions
from peergym.testing.schedule import Kind, Schedule

MOST_FRAMES = 10_000_000  # two days at 60 Hz
MOST_SPECTATORS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOptions:
    """What shall be simulated.

    Attributes:
        make_game: Makes a fresh game, with a seat for everybody who ever plays.
        frames: How many frames every peer shall confirm.
        seed: Of the network, the game and the scripted inputs.
        network: What every path does to packets.
        links: Paths that differ, by (lower player, higher player).
        input_delay: In frames, or a rule.
        window_frames: Prediction window; 0 is lockstep.
        drift_ppm: The peers' clocks run at speeds spread evenly from this much too slow to this
            much too fast.
        offset_frames: The last peer begins so many frames late.
        schedule: What goes wrong, and when.
        absent: What becomes of the seats of those who are lost; None chooses END if nothing goes
            wrong on purpose, and NOOP otherwise.
        has_server: Whether a signalling server decides between equal halves.
        spectators: How many watch from the start.
        redundancy_inputs: How many of the last inputs every datagram carries; 0 is our own rule,
            all that somebody is not known to hold.
        session: Further fields of `SessionConfig`.
        game: How to find the game again, for the flight recording; empty records nothing.
        recorded_peer: Whose calls are recorded.
    """

    make_game: MakeGame
    frames: int = 3600
    seed: int = 1
    network: PairConditions = field(default_factory=PairConditions)
    links: Mapping[tuple[int, int], PairConditions] = field(default_factory=dict)
    input_delay: InputDelay = 0
    window_frames: int = 8
    drift_ppm: float = 0.0
    offset_frames: int = 0
    schedule: Schedule = field(default_factory=Schedule)
    absent: AbsentPolicy | None = None
    has_server: bool = True
    spectators: int = 0
    redundancy_inputs: int = ALL_UNACKNOWLEDGED
    session: Mapping[str, Any] = field(default_factory=dict)
    game: Mapping[str, Any] = field(default_factory=dict)
    recorded_peer: int = 0

    def __post_init__(self) -> None:
        _check_range("frames", self.frames, 1, MOST_FRAMES)
        _check_range("offset_frames", self.offset_frames, 0, 600)
        _check_range("spectators", self.spectators, 0, MOST_SPECTATORS)
        _check_range("redundancy", self.redundancy_inputs, 0, MOST_LAST_INPUTS)
        if self.redundancy_inputs and self.game:
            raise ConfigurationError("redundancy", "other than 'all' cannot be recorded")
        seats = self.make_game().players
        self.schedule.check_players(seats, self.spectators)
        self._check_comings()
        for pair in self.links:
            if pair[1] >= seats:
                raise ConfigurationError("links", f"{pair[0]}-{pair[1]}: no such player")

    def _check_comings(self) -> None:
        joined = [happening.player for happening in self.schedule.of(Kind.JOIN)]
        if len(set(joined)) < len(joined):
            raise ConfigurationError("schedule", "a seat can be joined once; then it is a rejoin")
        if not set(range(self.make_game().players)) - set(joined):
            raise ConfigurationError("schedule", "somebody has to be there from the start")
        present: set[int] = set(range(self.make_game().players)) - set(joined)
        for happening in self.schedule.happenings:
            player, kind = happening.player, happening.kind
            needs = kind in (Kind.DROP, Kind.GOODBYE, Kind.PAUSE, Kind.DESYNC)
            if needs and player not in present:
                raise ConfigurationError("schedule", f"{kind} {happening}: nobody is there")
            if kind is Kind.REJOIN and player in present:
                raise ConfigurationError("schedule", f"{kind} {happening}: the player is there")
            if kind in (Kind.DROP, Kind.GOODBYE):
                present.discard(player)
            elif kind in (Kind.JOIN, Kind.REJOIN):
                present.add(player)

    @property
    def owners(self) -> tuple[int, ...]:
        """Peer id per seat at the start: its own index, or nobody if somebody joins later."""
        joined = {happening.player for happening in self.schedule.of(Kind.JOIN)}
        seats = range(self.make_game().players)
        return tuple(NOBODY if player in joined else player for player in seats)

    @property
    def absent_policy(self) -> AbsentPolicy:
        """What becomes of the seats of those who are lost."""
        if self.absent is not None:
            return self.absent
        return AbsentPolicy.NOOP if self.schedule.happenings else AbsentPolicy.END


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ConfigurationError(name, f"must lie in {least} to {most}, is {value}")
