"""What can be said on the channel ``control``, as plain values.

Their bytes are the affair of `peergym.rollback.control`, their meaning at a given moment that of
the session. The membership messages (`LossClaim` to `CutAck`) are described in ``docs/wire.md``
under "Agreeing on a cut".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from peergym.rollback.input_runs import InputRun


@dataclass(frozen=True, slots=True)
class Hello:
    """Who I am and what I am about to play.

    Attributes:
        peer: The sender's peer id.
        match_id: Name of the match, 1 to 64 bytes of UTF-8.
        entries: What must agree, as (name, value); no name twice.
    """

    peer: int
    match_id: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelloAck:
    """Your hello has arrived and fits."""


@dataclass(frozen=True, slots=True)
class Received:
    """All your messages with a sequence below ``next_sequence`` have arrived.

    The first message over a new route, so that the other side knows what to repeat. Not numbered
    itself.
    """

    next_sequence: int


@dataclass(frozen=True, slots=True)
class Ready:
    """I am ready for this episode."""

    episode: int


@dataclass(frozen=True, slots=True)
class Start:
    """Frame 0 of this episode is ``start_in_ms`` milliseconds after this arrives."""

    episode: int
    start_in_ms: int


@dataclass(frozen=True, slots=True)
class Checksums:
    """Checksums of confirmed frames.

    Attributes:
        episode: The episode they belong to.
        rolled_back_frames: Frames the sender has rolled back because of the receiver.
        reports: (frame, 64-bit checksum), frames ascending.
    """

    episode: int
    rolled_back_frames: int
    reports: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EpisodeEnd:
    """The game terminated at this confirmed frame, in a state with this checksum."""

    episode: int
    frame: int
    checksum: int


@dataclass(frozen=True, slots=True)
class StateDump:
    """One part of the canonical bytes of a state that two peers disagree on.

    Attributes:
        episode: The episode it belongs to.
        frame: The frame whose state it is.
        part: Number of this part, from 0.
        parts: How many parts there are.
        data: At most 16 KiB.
    """

    episode: int
    frame: int
    part: int
    parts: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Goodbye:
    """I leave the match; ``reason`` is a short text for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class LossClaim:
    """I take a player for lost, and this is what I hold of everybody.

    Attributes:
        epoch: The membership epoch the claim would end.
        player: The lost player.
        held: For each player the newest frame held without a gap, -1 for none.
    """

    epoch: int
    player: int
    held: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Backfill:
    """Inputs of a lost player that you lack."""

    epoch: int
    player: int
    run: InputRun


@dataclass(frozen=True, slots=True)
class CutProposal:
    """I propose that these players end at these frames.

    Attributes:
        epoch: The membership epoch that would begin.
        cuts: (player, newest frame whose real input counts or -1), players ascending.
    """

    epoch: int
    cuts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CutAck:
    """I hold all inputs up to these cuts and agree."""

    epoch: int
    cuts: tuple[tuple[int, int], ...]


ControlMessage: TypeAlias = (
    Hello
    | HelloAck
    | Received
    | Ready
    | Start
    | Checksums
    | EpisodeEnd
    | StateDump
    | Goodbye
    | LossClaim
    | Backfill
    | CutProposal
    | CutAck
)
