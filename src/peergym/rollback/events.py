"""What a session tells its host, one event at a time, by `P2PSession.next_event`.

Events are facts that have happened; nothing has to be done about them for the session to stay
correct. Peers are named by peer id, players by player index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """The handshake with a peer is complete: both run the same match."""

    peer: int


@dataclass(frozen=True, slots=True)
class PeerRefused:
    """A peer's hello does not fit ours. The match cannot start with it.

    Attributes:
        differences: (name, ours, theirs) for each entry of the description that differs.
    """

    peer: int
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PeerReady:
    """A peer is ready for the next episode (a rematch, say)."""

    peer: int
    episode: int


@dataclass(frozen=True, slots=True)
class EpisodeStarted:
    """Frame 0 of an episode has been scheduled."""

    episode: int
    seed: int


@dataclass(frozen=True, slots=True)
class EpisodeEnded:
    """The game terminated at a frame that every peer is known to hold the inputs of.

    Attributes:
        frame: First confirmed frame at which the game had terminated.
        checksum: 64-bit checksum of the state at that frame.
    """

    episode: int
    frame: int
    checksum: int


@dataclass(frozen=True, slots=True)
class PeerInterrupted:
    """Nothing was heard of a peer for a while; it is not lost yet.

    Attributes:
        silent_s: How long it has been silent, in seconds.
        drop_in_s: When it will be taken for lost, in seconds from now.
    """

    peer: int
    silent_s: float
    drop_in_s: float


@dataclass(frozen=True, slots=True)
class PeerResumed:
    """An interrupted peer is heard again."""

    peer: int
    silent_s: float


@dataclass(frozen=True, slots=True)
class PeerLost:
    """A peer was silent for too long, or another peer says so."""

    peer: int
    claimed_by: int


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """A peer said goodbye."""

    peer: int
    reason: str


@dataclass(frozen=True, slots=True)
class MatchEnded:
    """No further frame will be simulated in this match."""

    reason: str


@dataclass(frozen=True, slots=True)
class DesyncDetected:
    """Two peers hold different states of the same confirmed frame.

    Raised once for a match, on every peer that takes part in the comparison. `DesyncLocated`
    follows when both states have been compared.
    """

    peer: int
    frame: int
    local_checksum: int
    remote_checksum: int
    last_equal_frame: int


@dataclass(frozen=True, slots=True)
class DesyncLocated:
    """Where the states of a desync differ first.

    Attributes:
        difference: Path of the first differing field with both values, local then remote.
    """

    peer: int
    frame: int
    difference: str


@dataclass(frozen=True, slots=True)
class InputDelayChanged:
    """The local input delay was changed."""

    player: int
    delay_frames: int


@dataclass(frozen=True, slots=True)
class ProtocolViolated:
    """A peer sent bytes that the protocol does not allow; they changed nothing."""

    peer: int
    channel: str
    message: str


Event: TypeAlias = (
    PeerConnected
    | PeerRefused
    | PeerReady
    | EpisodeStarted
    | EpisodeEnded
    | PeerInterrupted
    | PeerResumed
    | PeerLost
    | PeerLeft
    | MatchEnded
    | DesyncDetected
    | DesyncLocated
    | InputDelayChanged
    | ProtocolViolated
)
