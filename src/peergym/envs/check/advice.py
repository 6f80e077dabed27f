"""What the cost of a game means for a match: how fast, how far back, how often saved."""

from __future__ import annotations

from dataclasses import dataclass

from peergym.rollback.config import MAX_PREDICTION_WINDOW
from peergym.rollback.saving import (
    BUDGET,
    MOST_INTERVAL_FRAMES,
    FrameCosts,
    choose_snapshot_interval,
    expected_load,
    worst_tick_s,
)

USUAL_WINDOW_FRAMES = 8
FASTEST_HZ = 240.0  # what a game may ask for


@dataclass(frozen=True, slots=True)
class Advice:
    """What a host can do.

    Attributes:
        frame_rate_hz: The highest at which a rollback over the usual window still fits into
            a frame.
        window_frames: The largest prediction window at the game's own frame rate; 0 is lockstep.
        interval_frames: Frames from one snapshot to the next; 1 is dense saving.
        worst_tick_s: The longest tick at the usual window, in seconds.
        fits: Whether the usual window fits into a frame at the game's own rate.
    """

    frame_rate_hz: float
    window_frames: int
    interval_frames: int
    worst_tick_s: float
    fits: bool


def advise(costs: FrameCosts, frame_rate_hz: float, players: int) -> Advice:
    """Say what costs mean.

    Args:
        costs: Measured on the host.
        frame_rate_hz: The game's own.
        players: Seats.
    """
    period_s = 1.0 / frame_rate_hz
    window = USUAL_WINDOW_FRAMES
    load = expected_load(players - 1, window, period_s)
    shortest_s = _shortest_worst_s(costs, window)
    windows = range(1, MAX_PREDICTION_WINDOW + 1)
    fitting = [each for each in windows if _shortest_worst_s(costs, each) <= BUDGET * period_s]
    return Advice(
        frame_rate_hz=min(FASTEST_HZ, BUDGET / shortest_s) if shortest_s else FASTEST_HZ,
        window_frames=max(fitting, default=0),
        interval_frames=choose_snapshot_interval(costs, load, window, period_s),
        worst_tick_s=shortest_s,
        fits=shortest_s <= BUDGET * period_s,
    )


def _shortest_worst_s(costs: FrameCosts, window_frames: int) -> float:
    intervals = range(1, MOST_INTERVAL_FRAMES + 1)
    return min(worst_tick_s(costs, window_frames, each) for each in intervals)
