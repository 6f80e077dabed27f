"""Figures about a running session, for people to look at; nothing in the core reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class PeerStatistics:
    """How it stands with one remote peer.

    Attributes:
        rtt_s: Smoothed round-trip time in seconds; 0.0 until measured.
        jitter_s: Mean deviation of the round-trip time, in seconds.
        lead_s: How far our frames run ahead of the peer's, in seconds; negative means behind.
        input_buffer_frames: Newest contiguous input frame held of the peer minus our current
            frame: positive means its inputs arrive before they are needed.
        one_sided_frames: Frames we have rolled back because of this peer minus frames the peer
            said it rolled back because of us; positive means that we get the larger part.
        silent_s: Time since anything was heard of the peer.
        bytes_sent, bytes_received, packets_sent, packets_received: Totals on channel ``input``.
    """

    peer: int
    rtt_s: float = 0.0
    jitter_s: float = 0.0
    lead_s: float = 0.0
    input_buffer_frames: int = 0
    one_sided_frames: int = 0
    silent_s: float = 0.0
    bytes_sent: int = 0
    bytes_received: int = 0
    packets_sent: int = 0
    packets_received: int = 0


@dataclass(slots=True)
class SessionStatistics:
    """How it stands with the session as a whole.

    Attributes:
        rollbacks: Number of rollbacks so far in this match.
        rollback_frames: Frames resimulated so far in this match.
        rollback_depth_frames: Depth of the rollback of the latest tick; 0 without one.
        max_rollback_depth_frames: Deepest rollback of this match.
        stalls: Ticks in which the current frame could not be advanced.
        stalled_for: Players whose inputs the latest tick waited for; empty when it advanced.
        period_trim: Relative correction of the frame period by time sync, within +-0.01.
        skipped_ticks: Ticks skipped by hard corrections of time sync.
    """

    frame: int = 0
    complete_frame: int = -1
    confirmed_frame: int = -1
    input_delay_frames: int = 0
    rollbacks: int = 0
    rollback_frames: int = 0
    rollback_depth_frames: int = 0
    max_rollback_depth_frames: int = 0
    stalls: int = 0
    stalled_for: tuple[int, ...] = ()
    period_trim: float = 0.0
    skipped_ticks: int = 0
    snapshots_held: int = 0
    peers: tuple[PeerStatistics, ...] = ()
