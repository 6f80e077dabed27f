"""What a replay says, once it has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from peergym.data.replay.format import StateKind
from peergym.data.replay.span import Figures
from peergym.rollback.seats import Control

Row = tuple[int, ...]
"""The inputs of all players at a frame, by player."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayHeader:
    """What was agreed before the match, and who wrote it down.

    Attributes:
        match_id: Name of the match.
        local_peer: The peer that wrote the record.
        started: When, as ISO 8601 text of the writer's clock; empty if it did not know.
        game: How to find the game again: ``spec``, ``options``, ``digest``.
        agents: Names of the players, by player.
        description: What the peers had agreed on: versions, digests, and maths unless the game is
            portable.
        versions: Of everything else that computes: ``python``, ``maths`` and so on.
        owners: By player, the peer that ran the seat at first; -1 for nobody.
        input_bits: By player, bits of an input.
        seed: Of the match.
        frame_rate_hz: Frames per second.
        checksum_interval_frames: Frames between two checksums.
        settings: How it was played: delay, window, saving, policy for absent seats.
    """

    match_id: str
    local_peer: int
    started: str = ""
    game: Mapping[str, Any] = field(default_factory=dict)
    agents: tuple[str, ...] = ()
    description: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[int, ...]
    input_bits: tuple[int, ...]
    seed: int
    frame_rate_hz: float
    checksum_interval_frames: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def maths(self) -> str:
        """Fingerprint of the writer's maths; empty if it is not known."""
        return self.description.get("maths") or self.versions.get("maths", "")


@dataclass(frozen=True, slots=True)
class RecordedState:
    """A state of the game.

    Attributes:
        kind: Why it is here.
        frame: The frame it belongs to.
        data: As `GameAdapter.transfer` makes it.
    """

    kind: StateKind
    frame: int
    data: bytes


@dataclass(frozen=True, slots=True)
class SeatChange:
    """All members agreed that somebody is gone, or has come.

    Attributes:
        player: The seat.
        control: Who runs it, and from which frame on.
        epoch: Number of the agreement.
    """

    player: int
    control: Control
    epoch: int


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on the network, or to the match.

    Attributes:
        frame: The frame that the writer was about to simulate.
        name: Of the event, as in `peergym.rollback.events`.
        fields: Of the event.
    """

    frame: int
    name: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the writer counted since the last sample, as of a confirmed frame."""

    frame: int
    figures: Figures


@dataclass(slots=True)
class RecordedEpisode:
    """One episode, as one peer saw it.

    Attributes:
        number: From 0.
        seed: What the game was reset with.
        first_frame: Where the record begins: 0, or later for somebody who came.
        controls: By player, who ran the seat at ``first_frame``.
        rows: Confirmed inputs from ``first_frame`` on.
        guesses: For each frame from ``first_frame`` on, a bit for each player whose input was
            guessed when the frame was first simulated.
        checksums: Of confirmed states, by frame, ascending.
        states: In the order in which they were written.
        changes: Of seats, likewise.
        samples: Likewise.
        happenings: Likewise.
        end_frame: The first confirmed frame at which the game had terminated; None if the record
            ends before.
        end_checksum: Of the state there.
    """

    number: int
    seed: int
    first_frame: int
    controls: tuple[Control, ...]
    rows: list[Row] = field(default_factory=list)
    guesses: list[int] = field(default_factory=list)
    checksums: dict[int, int] = field(default_factory=dict)
    states: list[RecordedState] = field(default_factory=list)
    changes: list[SeatChange] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    end_frame: int | None = None
    end_checksum: int | None = None

    @property
    def next_frame(self) -> int:
        """The first frame whose inputs are not here; with an end, at least the end."""
        return self.first_frame + len(self.rows)

    @property
    def played_rows(self) -> list[Row]:
        """The inputs up to the end of the game: what comes after changes nothing."""
        if self.end_frame is None:
            return self.rows
        return self.rows[: max(0, self.end_frame - self.first_frame)]

    def state_at_first_frame(self) -> RecordedState | None:
        """What the record begins with, if that is not frame 0."""
        return next((s for s in self.states if s.kind is StateKind.JOINED), None)

    def repairs(self) -> dict[int, bytes]:
        """States that took the place of the writer's own, by frame."""
        return {s.frame: s.data for s in self.states if s.kind is StateKind.REPAIRED}

    def kept(self) -> dict[int, bytes]:
        """The writer's own states that were written down for comparison, by frame."""
        return {s.frame: s.data for s in self.states if s.kind is StateKind.KEPT}

    def first_doubt(self) -> int | None:
        """From which frame on a desync leaves the writer's checksums in doubt; None without one."""
        told = [
            happening.fields.get("last_equal_frame")
            for happening in self.happenings
            if happening.name == "DesyncDetected"
        ]
        return min([frame + 1 for frame in told if isinstance(frame, int)], default=None)

    def is_explained(self, frame: int) -> bool:
        """Whether a desync that was repaired later explains a difference at a frame."""
        doubt = self.first_doubt()
        return doubt is not None and frame >= doubt and any(frame <= to for to in self.repairs())

    def controller(self, player: int, frame: int) -> Control:
        """Who was in control of a seat at a frame."""
        newest = self.controls[player]
        for change in self.changes:
            if change.player == player and change.control.frame <= frame:
                newest = change.control
        return newest

    def was_guessed(self, player: int, frame: int) -> bool:
        """Whether a player's input was guessed when a frame was first simulated here."""
        index = frame - self.first_frame
        return 0 <= index < len(self.guesses) and bool(self.guesses[index] >> player & 1)


@dataclass(slots=True)
class Replay:
    """A match as one peer recorded it.

    Attributes:
        header: What was agreed.
        episodes: In the order in which they were played.
        lobby: What happened before the first of them.
        reason: Why the record ends; None if it was torn off, as by a crash.
        sound_bytes: Bytes of the file that belong to whole chunks.
    """

    header: ReplayHeader
    episodes: list[RecordedEpisode] = field(default_factory=list)
    lobby: list[Happening] = field(default_factory=list)
    reason: str | None = None
    sound_bytes: int = 0

    @property
    def is_sealed(self) -> bool:
        """Whether the writer came to an end, and nothing was changed since."""
        return self.reason is not None

    @property
    def frames(self) -> int:
        """Confirmed frames of all episodes."""
        return sum(len(episode.played_rows) for episode in self.episodes)

    @property
    def duration_s(self) -> float:
        """How long they took to play, in seconds."""
        return self.frames / self.header.frame_rate_hz
