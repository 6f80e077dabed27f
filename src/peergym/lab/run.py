"""One simulated match, and the figures that describe it.

Theory of operation: a mesh of real sessions plays on virtual time, each peer with varied scripted
inputs, until every one of them has confirmed the wanted frames or time is up. Then every confirmed
frame of every peer is held against the oracle.

Law: the same options give the same result, figure for figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import combinations
from math import ceil
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.errors import ConfigurationError
from peergym.rollback.config import InputDelay, SessionConfig
from peergym.rollback.flight_recorder import RecordedSession
from peergym.rollback.session import P2PSession
from peergym.testing.clock import PeerClock
from peergym.testing.conditions import PairConditions
from peergym.testing.mesh import Mesh, plain_session
from peergym.testing.oracle import MakeGame
from peergym.testing.verdict import judge, true_lead_s

MOST_FRAMES = 10_000_000  # two days at 60 Hz
PROGRESS_EVERY_FRAMES = 60

Progress = Callable[[int], None]
"""Told how many frames every survivor has confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOptions:
    """What shall be simulated.

    Attributes:
        make_game: Makes a fresh game.
        frames: How many frames every peer shall confirm.
        seed: Of the network, the game and the scripted inputs.
        network: What every path does to packets.
        input_delay: In frames, or a rule.
        window_frames: Prediction window; 0 is lockstep.
        drift_ppm: The peers' clocks run at speeds spread evenly from this much too slow to this
            much too fast.
        offset_frames: The last peer begins so many frames late.
        game: How to find the game again, for the flight recording; empty records nothing.
        recorded_peer: Whose calls are recorded.
    """

    make_game: MakeGame
    frames: int = 3600
    seed: int = 1
    network: PairConditions = field(default_factory=PairConditions)
    input_delay: InputDelay = 0
    window_frames: int = 8
    drift_ppm: float = 0.0
    offset_frames: int = 0
    game: dict[str, Any] = field(default_factory=dict)
    recorded_peer: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.frames <= MOST_FRAMES:
            raise ConfigurationError("frames", f"must lie in 1 to {MOST_FRAMES}, is {self.frames}")
        if not 0 <= self.offset_frames <= 600:
            raise ConfigurationError(
                "offset_frames", f"must lie in 0 to 600, is {self.offset_frames}"
            )


@dataclass(frozen=True, slots=True)
class LabResult:
    """What came of it; the fields are the keys of the JSON object, in this order.

    Attributes:
        frames: Confirmed by every survivor, at most as many as were wanted.
        diverged: Frames at which some peer differs from the oracle or from another peer.
        rollbacks: Of all peers together.
        rollback_frames: Frames simulated again, of all peers together.
        max_rollback_depth: Most frames that any peer simulated again in one tick.
        stalls: Ticks without a new frame, of all peers together.
        bytes_per_second_per_player: Application bytes sent on ``input`` while playing.
        bytes_per_packet_mean: Application bytes of a datagram on ``input``.
        packets_per_second_per_pair: Datagrams on ``input``, each way.
        packets_lost: Datagrams on ``input`` that the network lost.
        lead_ms_p95: How far one peer really ran ahead of another at the same frame: 95th
            percentile over all frames and pairs, without sign.
        input_delay_frames: The largest of any peer, at the end.
        checksum: Of the last of ``frames``, in hexadecimal.
    """

    frames: int
    diverged: int
    rollbacks: int
    rollback_frames: int
    max_rollback_depth: int
    stalls: int
    bytes_per_second_per_player: float
    bytes_per_packet_mean: float
    packets_per_second_per_pair: float
    packets_lost: int
    lead_ms_p95: float
    input_delay_frames: int
    checksum: str

    def to_json(self) -> dict[str, Any]:
        """The JSON object that ``peergym lab --json`` prints."""
        return asdict(self)


def run_lab(options: LabOptions, progress: Progress | None = None) -> tuple[LabResult, Mesh]:
    """Simulate a match.

    Args:
        options: What to simulate.
        progress: Called now and then.

    Returns:
        The figures, and the mesh for those who want to look closer.

    Raises:
        ConfigurationError: An option is unusable.
    """
    mesh = _build(options)
    limit_s = options.frames / 20 + 30.0
    frames = 0
    while frames < options.frames:
        frames = min(frames + PROGRESS_EVERY_FRAMES, options.frames)
        if not mesh.run_frames(frames, limit_s - mesh.clock.now_s):
            break
        if progress is not None:
            progress(mesh.frames)
    return _measure(mesh, options.frames), mesh


def recording_of(mesh: Mesh, peer: int) -> bytes:
    """The flight recording of a peer that was recorded."""
    session = mesh.peers[peer].session
    if not isinstance(session, RecordedSession):
        raise ConfigurationError("trace", f"peer {peer} was not recorded")
    return session.recording()


def _build(options: LabOptions) -> Mesh:
    players = options.make_game().players
    if options.game and not 0 <= options.recorded_peer < players:
        raise ConfigurationError(
            "trace_peer", f"must lie in 0 to {players - 1}, is {options.recorded_peer}"
        )

    def make_session(config: SessionConfig, game: GameAdapter) -> P2PSession:
        if options.game and config.local_peer == options.recorded_peer:
            return RecordedSession(
                config,
                game.canonical,
                options.game,
                restore=game.restore,
                transfer=game.transfer,
            )
        return plain_session(config, game)

    late_s = options.offset_frames / options.make_game().frame_rate_hz
    return Mesh(
        options.make_game,
        options.network,
        seed=options.seed,
        clocks=_drifting_clocks(players, options.drift_ppm),
        late_s={players - 1: late_s},
        session={
            "input_delay": options.input_delay,
            "prediction_window": options.window_frames,
        },
        make_session=make_session,
    )


def _drifting_clocks(players: int, drift_ppm: float) -> dict[int, PeerClock]:
    if not drift_ppm or players < 2:
        return {}
    return {
        peer: PeerClock(drift_ppm=drift_ppm * (2.0 * peer / (players - 1) - 1.0))
        for peer in range(players)
    }


def _measure(mesh: Mesh, wanted_frames: int) -> LabResult:
    verdict = judge(mesh, wanted_frames)
    peers = list(mesh.peers.values())
    counts = [peer.checker.counts for peer in peers]
    packets = sum(peer.counts.packets_sent for peer in peers)
    sent_bytes = sum(peer.counts.bytes_sent for peer in peers)
    playing_s = sum(peer.playing_s() for peer in peers)
    return LabResult(
        frames=verdict.frames,
        diverged=verdict.diverged,
        rollbacks=sum(count.rollbacks for count in counts),
        rollback_frames=sum(count.rollback_frames for count in counts),
        max_rollback_depth=max(count.max_depth_frames for count in counts),
        stalls=sum(peer.counts.stalls for peer in peers),
        bytes_per_second_per_player=_ratio(sent_bytes, playing_s),
        bytes_per_packet_mean=_ratio(sent_bytes, packets),
        packets_per_second_per_pair=_ratio(packets, playing_s * max(1, len(peers) - 1)),
        packets_lost=mesh.links.totals().packets_lost,
        lead_ms_p95=round(1000.0 * _percentile_95(_leads_s(mesh)), 3),
        input_delay_frames=max(peer.session.input_delay_frames for peer in peers),
        checksum=f"{verdict.checksum:016x}",
    )


def _leads_s(mesh: Mesh) -> list[float]:
    return [
        abs(lead_s)
        for one, other in combinations(mesh.peers.values(), 2)
        for _, lead_s in true_lead_s(one, other)
    ]


def _percentile_95(values: list[float]) -> float:
    """The smallest value that at least 95 % of all do not exceed; 0 of none."""
    return sorted(values)[ceil(0.95 * len(values)) - 1] if values else 0.0


def _ratio(amount: float, per: float) -> float:
    return round(amount / per, 3) if per else 0.0
