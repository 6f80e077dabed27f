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
class PlayerCut:
    """All members have agreed that a player is gone.

    Attributes:
        player: The seat.
        frame: The newest frame whose real input counts; -1 for none.
        epoch: Number of the agreement.
        peer: The peer that is gone.
        heir: The peer that runs an agent in the seat from here on; -1 for an empty seat.
    """

    player: int
    frame: int
    epoch: int
    peer: int
    heir: int


@dataclass(frozen=True, slots=True)
class PlayerJoined:
    """All members have agreed that somebody takes a seat.

    Attributes:
        player: The seat.
        frame: The first frame on which the newcomer's inputs act.
        epoch: Number of the agreement.
        peer: The newcomer.
    """

    player: int
    frame: int
    epoch: int
    peer: int


@dataclass(frozen=True, slots=True)
class ArbiterWanted:
    """The members fell into two equal halves: ask the arbiter, and tell by `P2PSession.decide`.

    Attributes:
        epoch: Number of the latest agreement.
        group: Our half, ascending.
    """

    epoch: int
    group: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """The others go on without us, or nobody can go on; we may come back as a newcomer.

    Attributes:
        confirmed_frame: The newest frame of the history that all share; what we simulated after
            it counts for nothing.
    """

    confirmed_frame: int


@dataclass(frozen=True, slots=True)
class Following:
    """The match as it stands has arrived; from here on we simulate what is confirmed.

    Attributes:
        episode: The episode.
        frame: The frame at which we begin.
        peer: Who tells us.
    """

    episode: int
    frame: int
    peer: int


@dataclass(frozen=True, slots=True)
class Reexecuting:
    """The state of the game cannot be sent, so we execute the episode again; told twice a second.

    Attributes:
        episode: The episode.
        frame: How far we are.
        to_frame: How far the match was when we last heard of it.
    """

    episode: int
    frame: int
    to_frame: int


@dataclass(frozen=True, slots=True)
class StateRefused:
    """We cannot have a peer's state: it is none, or cannot be put in place, or not be told us."""

    peer: int
    reason: str


@dataclass(frozen=True, slots=True)
class MatchRepaired:
    """After a desync everybody's state has been replaced by that of one peer.

    Attributes:
        episode: The episode, which must not be called clean.
        frame: The frame from which on states are known to be equal again.
        peer: Whose state counts.
        was_replaced: Whether ours was another.
    """

    episode: int
    frame: int
    peer: int
    was_replaced: bool


@dataclass(frozen=True, slots=True)
class RepairFailed:
    """After a desync a peer's state could not be replaced; it stays another until the end.

    Attributes:
        episode: The episode, which must not be called clean.
        peer: Who goes on in a state of his own; it may be us.
        reason: Why, for people.
    """

    episode: int
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


@dataclass(frozen=True, slots=True)
class RouteChanged:
    """A peer is reached by another way now. Told by the host: a session knows no routes.

    Attributes:
        route: ``direct``, ``relay``, or ``none`` while there is no way.
        reason: Why, for people.
    """

    peer: int
    route: str
    reason: str


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
    | PlayerCut
    | PlayerJoined
    | ArbiterWanted
    | Excluded
    | Following
    | Reexecuting
    | StateRefused
    | MatchRepaired
    | RepairFailed
    | MatchEnded
    | DesyncDetected
    | DesyncLocated
    | InputDelayChanged
    | ProtocolViolated
    | RouteChanged
)
