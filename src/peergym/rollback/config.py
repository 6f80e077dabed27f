"""What a session has to be told before it starts, checked at construction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from peergym.errors import ConfigurationError
from peergym.rollback.input_delay import ArticleInputDelay, AutomaticInputDelay

MAX_PLAYERS = 32  # seats; the status bits and view of a datagram stay far below its size limit
MAX_PREDICTION_WINDOW = 60  # frames; one second at 60 Hz, beyond which nobody calls it playing
MAX_INPUT_DELAY_FRAMES = 30  # frames; half a second at 60 Hz
DROP_AFTER_TWO_PEERS_S = 10.0  # nobody else is waiting, so the match pauses for long
DROP_AFTER_MANY_PEERS_S = 3.0  # the others are held up only this long

NOBODY = -1
"""In the place of a peer id: nobody runs the seat."""


class AbsentPolicy(StrEnum):
    """What becomes of the seats of a peer that is lost, and of seats that nobody has taken.

    END ends the match for all; NOOP gives the empty seat the input 0; AGENT has the connected
    peer with the lowest id run it.
    """

    END = "end"
    NOOP = "noop"
    AGENT = "agent"


InputDelay = int | AutomaticInputDelay | ArticleInputDelay


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionConfig:
    """The agreed description of a match, seen from one of its peers.

    Everything but ``local_peer``, ``input_delay`` and ``snapshot_interval`` must be equal on all
    peers.

    Attributes:
        owners: For each player (seat), the id of the peer that runs it at the start of the match;
            `NOBODY` for a seat that is empty until somebody joins.
        agents: The seats in ``owners`` that their peer runs for nobody, by an agent; whoever comes
            can have them.
        local_peer: Our own peer id. If it is not among the owners, we are a newcomer.
        input_bits: For each player, the number of bits of one input (0 to 256).
        match_id: Name of the match; datagrams of another match are refused.
        seed: Seed of the match, from which each episode's seed is derived.
        frame_rate_hz: Frames per second.
        input_delay: Frames between a local input and the frame it acts on, or a rule.
        prediction_window: How many frames may be simulated beyond the complete frame; 0 is
            lockstep.
        snapshot_interval: Save every so many frames; 1 is dense saving.
        max_snapshots: Snapshots held at most; at the limit the session stalls.
        input_buffer_frames: How far beyond the newest contiguous input a peer's inputs are kept,
            and how many of our own may be unacknowledged before the session stalls.
        checksum_interval_frames: Frames between two checksums that are exchanged.
        drop_after_s: Silence after which a peer is lost, in seconds; None chooses 10 with two
            peers and 3 with more.
        absent_policy: What becomes of the seats of those who are lost.
        has_arbiter: Whether somebody (the signalling server) decides which half goes on when the
            members fall into two equal halves; without, it is the half with the lowest peer id.
        repairs_desyncs: Whether those whose state differs get the state of the majority.
        sends_states: Whether the game's states can be sent to those who come; if not, they execute
            the episode again from its beginning, and all members keep its inputs.
        description: What must agree before a match starts (game, versions, digests, maths),
            name to short text; a difference is reported by name.
        force_rollback_frames: Resimulate this many frames in every tick, to prove that rollback
            changes nothing; 0 in normal play.
    """

    owners: tuple[int, ...]
    local_peer: int
    input_bits: tuple[int, ...]
    match_id: str
    seed: int
    frame_rate_hz: float = 60.0
    input_delay: InputDelay = 0
    prediction_window: int = 8
    snapshot_interval: int = 1
    max_snapshots: int = 160
    input_buffer_frames: int = 120
    checksum_interval_frames: int = 60
    drop_after_s: float | None = None
    agents: tuple[int, ...] = ()
    absent_policy: AbsentPolicy = AbsentPolicy.END
    has_arbiter: bool = False
    repairs_desyncs: bool = True
    sends_states: bool = True
    description: Mapping[str, str] = field(default_factory=dict)
    force_rollback_frames: int = 0

    def __post_init__(self) -> None:
        _check(1 <= len(self.owners) <= MAX_PLAYERS, "owners", f"1 to {MAX_PLAYERS} players")
        _check(
            all(NOBODY <= owner <= 255 for owner in self.owners),
            "owners",
            f"peer ids lie in 0 to 255, and {NOBODY} is nobody",
        )
        _check(0 <= self.local_peer <= 255, "local_peer", "peer ids lie in 0 to 255")
        _check(bool(self.peers), "owners", "nobody runs a seat")
        _check(all(0 <= player < len(self.owners) for player in self.agents), "agents", "are seats")
        _check(len(self.input_bits) == len(self.owners), "input_bits", "needs one entry per player")
        _check(
            all(0 <= bits <= 256 for bits in self.input_bits), "input_bits", "0 to 256 bits each"
        )
        _check(0 < len(self.match_id.encode()) <= 64, "match_id", "1 to 64 bytes of UTF-8")
        _check(0 <= self.seed < 1 << 64, "seed", "an unsigned 64-bit integer")
        _check(1.0 <= self.frame_rate_hz <= 240.0, "frame_rate_hz", "1 to 240")
        _check_range("prediction_window", self.prediction_window, 0, MAX_PREDICTION_WINDOW)
        _check_range("snapshot_interval", self.snapshot_interval, 1, 60)
        _check_range("input_buffer_frames", self.input_buffer_frames, 16, 400)
        _check_range("checksum_interval_frames", self.checksum_interval_frames, 1, 3600)
        _check_range("force_rollback_frames", self.force_rollback_frames, 0, 60)
        least = 2 * (self.prediction_window + self.snapshot_interval) + self.force_rollback_frames
        _check_range("max_snapshots", self.max_snapshots, least + 2, 4096)
        if isinstance(self.input_delay, int):
            _check_range("input_delay", self.input_delay, 0, MAX_INPUT_DELAY_FRAMES)
        if self.drop_after_s is not None:
            _check(0.5 < self.drop_after_s <= 600.0, "drop_after_s", "above 0.5 and at most 600 s")

    @property
    def peers(self) -> tuple[int, ...]:
        """The ids of all peers that run seats at the start, ascending."""
        return tuple(sorted(set(self.owners) - {NOBODY}))

    @property
    def is_newcomer(self) -> bool:
        """Whether we come to a match that others have begun."""
        return self.local_peer not in self.owners

    @property
    def remote_peers(self) -> tuple[int, ...]:
        """The other peers' ids, ascending."""
        return tuple(peer for peer in self.peers if peer != self.local_peer)

    @property
    def local_players(self) -> tuple[int, ...]:
        """The seats that this peer runs, ascending."""
        return self.players_of(self.local_peer)

    def players_of(self, peer: int) -> tuple[int, ...]:
        """The seats that ``peer`` runs, ascending."""
        return tuple(player for player, owner in enumerate(self.owners) if owner == peer)

    @property
    def frame_period_s(self) -> float:
        """Nominal length of a frame in seconds."""
        return 1.0 / self.frame_rate_hz


def _check(condition: bool, name: str, message: str) -> None:
    if not condition:
        raise ConfigurationError(name, message)


def _check_range(name: str, value: int, least: int, most: int) -> None:
    _check(least <= value <= most, name, f"must lie in {least} to {most}, is {value}")
