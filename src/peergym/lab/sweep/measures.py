"""What a sweep is drawn by: which figures, under which title, in which unit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a match.

    Attributes:
        name: As the tables call it.
        title: As charts do.
        unit: Its unit, or what it is counted by.
        meaning: A sentence.
    """

    name: str
    title: str
    unit: str
    meaning: str


MEASURES = (
    Measure(
        "resimulated_per_s",
        "Frames simulated again",
        "a second, each player",
        "What rollbacks cost: frames that had to be computed once more.",
    ),
    Measure(
        "rollback_depth_frames_p99",
        "Depth of rollbacks",
        "frames, 99th percentile",
        "How far the picture may jump back when a prediction was wrong.",
    ),
    Measure(
        "stalls_per_min",
        "Stalled ticks",
        "a minute, each player",
        "Ticks without a new frame: the game stood still for a frame's time.",
    ),
    Measure(
        "stall_ms_max",
        "Longest wait",
        "ms beyond a frame's time",
        "The longest time that anybody's game stood still.",
    ),
    Measure(
        "own_latency_ms_p50",
        "Own input until it acts",
        "ms, median",
        "Felt latency: from a player's input to the frame that shows it to himself.",
    ),
    Measure(
        "own_latency_ms_p99",
        "Own input until it acts",
        "ms, 99th percentile",
        "The same, with stalls.",
    ),
    Measure(
        "held_latency_ms_p95",
        "Input until another holds it",
        "ms, 95th percentile",
        "From a player's input to another peer holding it and all before it.",
    ),
    Measure(
        "confirmed_lag_frames_p99",
        "Not yet confirmed",
        "frames, 99th percentile",
        "Frames that were simulated and that not everybody is known to hold.",
    ),
    Measure(
        "bytes_per_second_per_player",
        "Sent",
        "bytes a second, each player",
        "On the channel for inputs, to all others together, without the headers of the network.",
    ),
    Measure(
        "states_held_max",
        "States kept",
        "at most, each peer",
        "Snapshots of the game in memory.",
    ),
    Measure(
        "saves_per_s",
        "States saved",
        "a second, each player",
        "Snapshots made.",
    ),
    Measure(
        "holes_per_hour",
        "Holes",
        "an hour of the match",
        "Inputs that a peer lacked and that nobody sent again by himself.",
    ),
    Measure(
        "cpu_us_per_frame",
        "Time of the computer",
        "µs for a frame of one peer",
        "Network and checks of the lab included; depends on the computer.",
    ),
)
