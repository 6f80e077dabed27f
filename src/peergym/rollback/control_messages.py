"""What can be said on the channels ``control`` and ``bulk``, as plain values.

Their bytes are the affair of `peergym.rollback.control`, their meaning at a given moment that of
the session. A `Stance` is defined where it is made, in `peergym.rollback.membership`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from peergym.rollback.input_runs import InputRun
from peergym.rollback.membership import Stance


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
class Backfill:
    """Inputs of a player that you lack: of one who is lost, or of an agent before a newcomer.

    Attributes:
        episode: The episode they belong to.
        player: The player.
        run: The inputs.
    """

    episode: int
    player: int
    run: InputRun


@dataclass(frozen=True, slots=True)
class Follow:
    """Send me the match from here on: first words of somebody who watches or wants to join.

    Attributes:
        episode: The episode whose confirmed inputs below ``frame`` I hold; -1 for none.
        frame: Likewise; 0 without an episode.
    """

    episode: int
    frame: int


@dataclass(frozen=True, slots=True)
class Followed:
    """I have simulated all frames of this episode below ``frame``."""

    episode: int
    frame: int


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """I follow, am connected with everybody, and would like to run these seats.

    Attributes:
        players: The seats, ascending.
    """

    players: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Seating:
    """Who is in the match and who runs which seat; what follows on ``bulk`` belongs to it.

    Attributes:
        episode: The episode; -1 while none has begun.
        frame: Frame at which what follows begins. If it is above 0 and ``has_state`` is set, the
            state of that frame comes first.
        has_state: Whether a state follows.
        epoch: Number of the latest agreement on membership.
        members: The peer ids of all members, ascending.
        owners: For each seat the peer that runs it, -1 for an empty one.
        since: For each seat the frame from which that is so.
    """

    episode: int
    frame: int
    has_state: bool
    epoch: int
    members: tuple[int, ...]
    owners: tuple[int, ...]
    since: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Confirmed inputs of all players.

    Attributes:
        episode: The episode.
        first_frame: The first of the frames.
        columns: For each player the inputs of consecutive frames, all of one length.
    """

    episode: int
    first_frame: int
    columns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """After a desync I have put the state that counts in the place of mine.

    Attributes:
        episode: The episode.
        frame: The frame from which on my checksums count again.
        checksum: Of the state that I was sent.
    """

    episode: int
    frame: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Unrepaired:
    """After a desync I cannot take over the state that counts; or, if it is mine, not send it.

    Attributes:
        episode: The episode.
        reason: A short text for people.
    """

    episode: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reexecute:
    """States of this game cannot be sent: execute the episode again, with the inputs that follow.

    Attributes:
        episode: The episode.
        seed: Its seed.
        frame: The next frame to be confirmed: so far the inputs are all there now.
        agreed_frame: The newest frame whose state all members are known to share.
        checksum: Of that state.
    """

    episode: int
    seed: int
    frame: int
    agreed_frame: int
    checksum: int


@dataclass(frozen=True, slots=True)
class NotTold:
    """This episode I cannot tell you any more; the next one I can.

    Attributes:
        episode: The episode.
        reason: A short text for people.
    """

    episode: int
    reason: str


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
    | Backfill
    | Stance
    | Follow
    | Followed
    | JoinRequest
    | Seating
    | Rows
    | Repair
    | Unrepaired
    | Reexecute
    | NotTold
)
