"""The figures of a simulated match that has been played."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import combinations
from math import ceil, inf
from typing import Any

from peergym.lab.probe import ProbedSession
from peergym.rollback.events import DesyncDetected, Excluded, MatchRepaired, PlayerJoined
from peergym.testing.host_counts import percentile_of_counts
from peergym.testing.mesh import Mesh
from peergym.testing.mesh_peer import MeshPeer
from peergym.testing.true_inputs import agreed_changes
from peergym.testing.verdict import judge, true_lead_s

CATCH_UP_S = 2.0  # after which a newcomer plays at the pace of the others


@dataclass(frozen=True, slots=True)
class LabResult:
    """What came of it; the fields are the keys of the JSON object, in this order.

    Attributes:
        frames: Confirmed by every survivor, at most as many as were wanted.
        diverged: Frames at which some peer differs from the oracle or from another peer; newcomers
            and spectators, those who died and those who were excluded count too.
        rollbacks: Of all players' peers together.
        rollback_frames: Frames simulated again, likewise.
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
        cuts: Every player that was lost: ``player``, ``frame`` (the newest input that counts) and
            ``epoch`` (number of the agreement).
        joins: Every player that came or came back: ``player``, ``frame`` (the first with his
            inputs) and ``epoch``.
        excluded: Every peer that the match went on without: ``peer``, its ``players``, and the
            last ``frame`` it knew to be confirmed.
        spectators: Everybody who watched: ``peer``, ``first_frame``, ``frames``, ``is_alive``.
        desyncs: Every frame at which a desync was reported: ``frame``, the peers that
            ``reported`` it, and the ``repaired`` ones.
        one_sidedness: Frames simulated again by the peer that had to most, for one of the peer
            that had to least, of those who were there all the time.
        confirmed_lag_frames_p50, confirmed_lag_frames_p99: How many frames were simulated and
            not yet confirmed by all, over all ticks of all peers.
        confirmed_lag_frames_max: The most that ever were.
        stall_ms_max: The longest that any peer waited for its next frame beyond a frame's time.
        rollback_depth_frames_p50, rollback_depth_frames_p99: Frames simulated again in a rollback.
        own_latency_ms_p50, own_latency_ms_p99: From a player's input to the frame on which it acts
            being simulated by his own peer.
        held_latency_ms_p50, held_latency_ms_p95, held_latency_ms_p99: From a player's input to
            another peer holding it and all before it.
        states_held_max, inputs_held_max: Most snapshots, and most inputs of all players together,
            that any peer kept at a time.
        saves, loads: Of all peers together.
        holes: How often a peer lacked an input, while it had later ones, for longer than anything
            could have been under way: it was not sent again by itself.
        players: The figures of each peer that played.
        complaints: What is wrong with the agreements, in sentences; none ever should be.
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
    cuts: list[dict[str, int]]
    joins: list[dict[str, int]]
    excluded: list[dict[str, Any]]
    spectators: list[dict[str, Any]]
    desyncs: list[dict[str, Any]]
    one_sidedness: float
    confirmed_lag_frames_p50: int
    confirmed_lag_frames_p99: int
    confirmed_lag_frames_max: int
    stall_ms_max: float
    rollback_depth_frames_p50: int
    rollback_depth_frames_p99: int
    own_latency_ms_p50: float
    own_latency_ms_p99: float
    held_latency_ms_p50: float
    held_latency_ms_p95: float
    held_latency_ms_p99: float
    states_held_max: int
    inputs_held_max: int
    saves: int
    loads: int
    holes: int
    players: list[dict[str, Any]]
    complaints: list[str]

    @property
    def is_sound(self) -> bool:
        """Whether there was one history, and the right one."""
        return not self.diverged and not self.complaints

    def to_json(self) -> dict[str, Any]:
        """The JSON object that ``peergym lab --json`` prints."""
        return asdict(self)


def measure(mesh: Mesh, wanted_frames: int) -> LabResult:
    """The figures of a match that has been played.

    Args:
        mesh: The match.
        wanted_frames: Histories are compared up to there.
    """
    verdict = judge(mesh, wanted_frames)
    peers = [peer for peer in mesh.peers.values() if not peer.is_spectator]
    counts = [peer.checker.counts for peer in peers]
    packets = sum(peer.counts.packets_sent for peer in peers)
    sent_bytes = sum(peer.counts.bytes_sent for peer in peers)
    playing_s = sum(peer.playing_s() for peer in peers)
    lags = _sum([peer.counts.lags_frames for peer in peers])
    changes = agreed_changes(mesh)
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
        lead_ms_p95=round(1000.0 * _percentile_95(_leads_s(peers)), 3),
        input_delay_frames=max(peer.p2p.input_delay_frames for peer in peers),
        checksum=f"{verdict.checksum:016x}",
        cuts=[
            {"player": change.player, "frame": change.frame - 1, "epoch": change.epoch}
            for change in changes
            if change.lost is not None
        ],
        joins=[
            {"player": change.player, "frame": change.frame, "epoch": change.epoch}
            for change in changes
            if change.lost is None
        ],
        excluded=_excluded(mesh),
        spectators=_spectators(mesh),
        desyncs=_desyncs(peers),
        one_sidedness=_one_sidedness(mesh),
        confirmed_lag_frames_p50=percentile_of_counts(lags, 0.5),
        confirmed_lag_frames_p99=percentile_of_counts(lags, 0.99),
        confirmed_lag_frames_max=max(lags, default=0),
        stall_ms_max=max(_longest_stall_ms(mesh, peer) for peer in peers),
        **_seen_by_probes(peers),
        players=[_figures_of(mesh, peer) for peer in peers],
        complaints=list(verdict.complaints),
    )


def _seen_by_probes(peers: list[MeshPeer]) -> dict[str, Any]:
    """What was seen of those sessions that were looked at."""
    seen = [peer.session.probe.counts for peer in peers if isinstance(peer.session, ProbedSession)]
    depths = _sum([counts.depths for counts in seen])
    own = _sum([counts.own_tenths for counts in seen])
    held = _sum([counts.held_tenths for counts in seen])
    return {
        "rollback_depth_frames_p50": percentile_of_counts(depths, 0.5),
        "rollback_depth_frames_p99": percentile_of_counts(depths, 0.99),
        "own_latency_ms_p50": percentile_of_counts(own, 0.5) / 10,
        "own_latency_ms_p99": percentile_of_counts(own, 0.99) / 10,
        "held_latency_ms_p50": percentile_of_counts(held, 0.5) / 10,
        "held_latency_ms_p95": percentile_of_counts(held, 0.95) / 10,
        "held_latency_ms_p99": percentile_of_counts(held, 0.99) / 10,
        "states_held_max": max([counts.states_held for counts in seen], default=0),
        "inputs_held_max": max([counts.inputs_held for counts in seen], default=0),
        "saves": sum(counts.saves for counts in seen),
        "loads": sum(counts.loads for counts in seen),
        "holes": sum(counts.holes for counts in seen),
    }


def _sum(counters: list[Counter[int]]) -> Counter[int]:
    return sum(counters, Counter[int]())


def _figures_of(mesh: Mesh, peer: MeshPeer) -> dict[str, Any]:
    """What one peer did, saw and suffered."""
    rolled_back, counts = peer.checker.counts, peer.counts
    playing_s = peer.playing_s()
    statistics = peer.p2p.statistics()
    return {
        "peer": peer.peer,
        "players": list(peer.p2p.local_players),
        "state": _state_of(peer),
        "frames": peer.history.frames,
        "rollbacks": rolled_back.rollbacks,
        "rollback_frames": rolled_back.rollback_frames,
        "max_rollback_depth": rolled_back.max_depth_frames,
        "stalls": counts.stalls,
        "stall_ms_max": _longest_stall_ms(mesh, peer),
        "bytes_per_second": _ratio(counts.bytes_sent, playing_s),
        "packets_per_second": _ratio(counts.packets_sent, playing_s),
        "input_delay_frames": peer.p2p.input_delay_frames,
        "one_sided_frames": {str(each.peer): each.one_sided_frames for each in statistics.peers},
        "confirmed_lag_frames_p50": percentile_of_counts(counts.lags_frames, 0.5),
        "confirmed_lag_frames_p99": percentile_of_counts(counts.lags_frames, 0.99),
    }


def _state_of(peer: MeshPeer) -> str:
    for name, is_so in (
        ("died", peer.is_dead),
        ("left", peer.has_left),
        ("excluded", peer.is_excluded),
        ("outside", not peer.is_member),
    ):
        if is_so:
            return name
    return peer.session.state.value


def _excluded(mesh: Mesh) -> list[dict[str, Any]]:
    return [
        {
            "peer": peer.peer,
            "players": list(peer.p2p.config.local_players or peer.p2p.local_players),
            "frame": event.confirmed_frame,
        }
        for peer in mesh.peers.values()
        for event in peer.events_of(Excluded)
    ]


def _spectators(mesh: Mesh) -> list[dict[str, Any]]:
    return [
        {
            "peer": peer.peer,
            "first_frame": min([part.first_frame for part in peer.history.episodes], default=0),
            "frames": peer.history.frames,
            "is_alive": not peer.is_gone,
        }
        for peer in mesh.watchers
    ]


def _desyncs(peers: list[MeshPeer]) -> list[dict[str, Any]]:
    reported: dict[int, list[int]] = {}
    for peer in peers:
        for event in peer.events_of(DesyncDetected):
            reported.setdefault(event.frame, []).append(peer.peer)
    repaired = [
        peer.peer for peer in peers for event in peer.events_of(MatchRepaired) if event.was_replaced
    ]
    return [
        {"frame": frame, "reported": by, "repaired": repaired}
        for frame, by in sorted(reported.items())
    ]


def _one_sidedness(mesh: Mesh) -> float:
    frames = [
        peer.checker.counts.rollback_frames for peer in mesh.survivors if not peer.is_newcomer
    ]
    return round(max(frames) / max(1, min(frames)), 3) if len(frames) > 1 else 1.0


def _longest_stall_ms(mesh: Mesh, peer: MeshPeer) -> float:
    gap_s = peer.counts.gap_s(mesh.clock.now_s)
    return round(1000.0 * max(0.0, gap_s - 1.0 / mesh.frame_rate_hz), 3)


def _leads_s(peers: list[MeshPeer]) -> list[float]:
    return [
        abs(lead_s)
        for one, other in combinations(peers, 2)
        for at_s, lead_s in true_lead_s(one, other)
        if at_s > max(_in_step_from_s(one), _in_step_from_s(other))
    ]


def _in_step_from_s(peer: MeshPeer) -> float:
    """When a newcomer had caught up with the others; before anything for all others."""
    if not peer.is_newcomer:
        return -inf
    return peer.time_of(PlayerJoined) + CATCH_UP_S


def _percentile_95(values: list[float]) -> float:
    """The smallest value that at least 95 % of all do not exceed; 0 of none."""
    return sorted(values)[ceil(0.95 * len(values)) - 1] if values else 0.0


def _ratio(amount: float, per: float) -> float:
    return round(amount / per, 3) if per else 0.0
