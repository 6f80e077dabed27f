"""What shall go wrong in a simulated match, and when: a script, as data.

Theory of operation: a schedule is a list of happenings, each at a frame. It can be written in the
short notation of the command line (``2@600``, ``0,1|2,3@600+60``) or as JSON, and read back; it
holds plain figures only, so it can be kept, compared, cut down and played again. What carries it
out is `peergym.testing.director`.

Players are named by player index: what happens to a player happens to the peer that runs his seat
at that time, and to all its seats. Frames count over all episodes, as the living peer with the
lowest id sees them. Lengths in frames mean time: so many frame periods.

Laws:
    - The same schedule on the same mesh gives the same match, byte for byte.
    - Reading what was written gives an equal schedule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peergym.errors import ConfigurationError

MOST_HAPPENINGS = 1000
MOST_FRAME = 10_000_000
MOST_LENGTH_FRAMES = 1_000_000


class Kind(StrEnum):
    """What can happen.

    DROP: the peer dies without a word. GOODBYE: it leaves and says so. REJOIN: somebody comes
    back to a seat that was lost. JOIN: somebody takes a seat that has been empty from the start.
    PARTITION: paths between groups of players are cut for a while. PAUSE: a peer's whole host
    freezes for a while. DESYNC: one peer computes one frame wrongly. KILL_SPECTATOR: a spectator
    dies without a word.
    """

    DROP = "drop"
    GOODBYE = "goodbye"
    REJOIN = "rejoin"
    JOIN = "join"
    PARTITION = "partition"
    PAUSE = "pause"
    DESYNC = "desync"
    KILL_SPECTATOR = "kill-spectator"


WITH_LENGTH = (Kind.PARTITION, Kind.PAUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens.

    Attributes:
        kind: What.
        frame: When; 0 is as soon as the first frame has been scheduled.
        player: To whom; of KILL_SPECTATOR the spectator's number, from 0. -1 of a PARTITION.
        groups: Of a PARTITION, the groups of players; who is in none still reaches everybody.
        length_frames: Of a PARTITION or a PAUSE, how long it lasts.
    """

    kind: Kind
    frame: int
    player: int = -1
    groups: tuple[tuple[int, ...], ...] = ()
    length_frames: int = 0

    def __post_init__(self) -> None:
        _check(0 <= self.frame <= MOST_FRAME, f"frame {self.frame} is not in 0 to {MOST_FRAME}")
        most = MOST_LENGTH_FRAMES if self.kind in WITH_LENGTH else 0
        least = 1 if self.kind in WITH_LENGTH else 0
        _check(
            least <= self.length_frames <= most,
            f"a {self.kind} lasts {least} to {most} frames, not {self.length_frames}",
        )
        if self.kind is Kind.PARTITION:
            named = [player for group in self.groups for player in group]
            _check(len(self.groups) >= 2 and all(self.groups), "a partition needs two groups")
            _check(len(set(named)) == len(named), "a player can be in one group only")
            _check(all(0 <= player < 256 for player in named), "players are numbered from 0")
        else:
            _check(not self.groups, f"a {self.kind} has no groups")
            _check(0 <= self.player < 256, "players are numbered from 0")

    @property
    def players(self) -> tuple[int, ...]:
        """Everybody it names, but for spectators."""
        if self.kind is Kind.KILL_SPECTATOR:
            return ()
        return tuple(p for group in self.groups for p in group) or (self.player,)

    def __str__(self) -> str:
        who = "|".join(",".join(map(str, group)) for group in self.groups) or str(self.player)
        length = f"+{self.length_frames}" if self.kind in WITH_LENGTH else ""
        return f"{who}@{self.frame}{length}"

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        fields: dict[str, Any] = {"do": str(self.kind), "frame": self.frame}
        if self.kind is Kind.PARTITION:
            fields["groups"] = [list(group) for group in self.groups]
        else:
            fields["player"] = self.player
        if self.kind in WITH_LENGTH:
            fields["length_frames"] = self.length_frames
        return fields


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that shall happen, in the order of frames.

    Args:
        happenings: In any order; those at one frame happen in the order given.
    """

    happenings: tuple[Happening, ...] = ()

    def __post_init__(self) -> None:
        _check(len(self.happenings) <= MOST_HAPPENINGS, f"more than {MOST_HAPPENINGS} are too many")
        ordered = sorted(self.happenings, key=lambda happening: happening.frame)
        object.__setattr__(self, "happenings", tuple(ordered))

    def of(self, kind: Kind) -> tuple[Happening, ...]:
        """Those of one kind."""
        return tuple(happening for happening in self.happenings if happening.kind is kind)

    def check_players(self, players: int, spectators: int = 0) -> None:
        """Check that everybody it names is there.

        Raises:
            ConfigurationError: Somebody is not.
        """
        for happening in self.happenings:
            for player in happening.players:
                _check(player < players, f"{happening.kind} {happening}: there is no such player")
            if happening.kind is Kind.KILL_SPECTATOR:
                is_there = happening.player < spectators
                _check(is_there, f"{happening.kind} {happening}: there is no such spectator")

    def to_json(self) -> list[dict[str, Any]]:
        """The JSON array."""
        return [happening.to_json() for happening in self.happenings]


def schedule_from_json(value: Any) -> Schedule:
    """Read a schedule.

    Raises:
        ConfigurationError: It is none; says where.
    """
    _check(isinstance(value, list), "a schedule is a list")
    return Schedule(tuple(_happening_from_json(each) for each in value))


def _happening_from_json(value: Any) -> Happening:
    _check(isinstance(value, Mapping), f"{value!r} is no happening")
    fields = dict(value)
    names = {"do", "frame", "player", "groups", "length_frames"}
    _check(fields.keys() <= names, f"{sorted(fields.keys() - names)} in {value!r}")
    try:
        kind = Kind(fields.pop("do", ""))
    except ValueError:
        raise ConfigurationError(
            "schedule", f"{value!r}: one of {', '.join(Kind)} can be done"
        ) from None
    groups = fields.pop("groups", [])
    _check(
        isinstance(groups, list) and all(isinstance(group, list) for group in groups),
        f"groups are lists of players, not {groups!r}",
    )
    numbers = [*fields.values(), *[player for group in groups for player in group]]
    _check(all(type(number) is int for number in numbers), f"{value!r} wants whole numbers")
    _check("frame" in fields, f"{value!r} has no frame")
    return Happening(kind=kind, groups=tuple(tuple(group) for group in groups), **fields)


_NOTATION = re.compile(r"(?P<who>[0-9,|]+)@(?P<frame>[0-9]+)(\+(?P<length>[0-9]+))?")


def parse_happening(kind: Kind, text: str) -> Happening:
    """Read the short notation: ``2@600``, ``1@600+90``, ``0,1|2,3@600+60``.

    Raises:
        ConfigurationError: It is not of that form.
    """
    form = {Kind.PARTITION: "0,1|2,3@600+60", Kind.PAUSE: "1@600+60"}.get(kind, "2@600")
    match = _NOTATION.fullmatch(text)
    is_sound = match is not None and bool(match["length"]) == (kind in WITH_LENGTH)
    groups = match["who"].split("|") if match is not None else []
    players = [[int(p) if p else -1 for p in group.split(",")] for group in groups]
    is_single = players and len(players) == len(players[0]) == 1
    if not is_sound or match is None or not (kind is Kind.PARTITION or is_single):
        raise ConfigurationError("schedule", f"a {kind} is written like {form}, not {text!r}")
    return Happening(
        kind=kind,
        frame=int(match["frame"]),
        player=-1 if kind is Kind.PARTITION else players[0][0],
        groups=_tuples(players) if kind is Kind.PARTITION else (),
        length_frames=int(match["length"] or 0),
    )


def _tuples(groups: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(group) for group in groups)


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigurationError("schedule", message)
