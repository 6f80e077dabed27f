"""How often to save, from what saving and stepping cost.

Theory of operation: with an interval of k every k-th frame is saved. A rollback goes back to the
newest snapshot at or below the first wrong frame, which lies (k - 1) / 2 frames below it on
average and k - 1 at worst, and saves on its way up again. So for r rollbacks a frame of depth d
and costs of a step, a save and a load:

    mean(k)  = step + save / k + r (load + (d + (k - 1) / 2) step + d / k save)
    worst(k) = load + (w + k - 1) step + floor((w + k - 1) / k) save + step

where w is the prediction window. Saving rarely wins where a save is dear beside a step; saving
every frame wins where it is cheap, and never costs anything unforeseen. A rollback has to fit into
one frame, or players see it: so the worst tick counts first, the mean tick second.

The interval is a local matter. Peers with different ones share one history, because what is saved
never changes what is simulated.

Laws:
    - The interval is 1 where saving costs nothing.
    - No interval is chosen whose worst tick exceeds the budget while another keeps it.
    - Among intervals that nobody could tell apart, the smallest is chosen.

Source: rule 10 of the design; the costs are those of GGPO's sparse saving (Cannon), made exact for
intervals between 1 and the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from peergym.errors import ConfigurationError

MOST_INTERVAL_FRAMES = 8  # an eighth of the saves is nearly none, and an end is told from a save
BUDGET = 0.8  # of a frame's time: drawing and the network need some as well
UNNOTICED = 0.01  # of a frame's time: not worth a rarer snapshot
INPUT_CHANGES_PER_S = 4.0  # of a lively player; each is a misprediction for the others


@dataclass(frozen=True, slots=True)
class FrameCosts:
    """What a game costs on this host, in seconds each.

    Attributes:
        step_s: To simulate a frame.
        save_s: To make a snapshot.
        load_s: To go back to one.

    Raises:
        ConfigurationError: A cost is negative or not finite; names it.
    """

    step_s: float
    save_s: float
    load_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("step_s", "save_s", "load_s"):
            value = getattr(self, name)
            if not isfinite(value) or value < 0:
                raise ConfigurationError(name, f"must be finite and not negative, is {value}")


@dataclass(frozen=True, slots=True)
class RollbackLoad:
    """How much has to be corrected.

    Attributes:
        rollbacks_per_frame: 0 to 1.
        depth_frames: Frames from the first wrong one to the current one, on average.
    """

    rollbacks_per_frame: float
    depth_frames: float


def expected_load(remote_players: int, window_frames: int, frame_period_s: float) -> RollbackLoad:
    """What to expect before anything has been measured: lively players, half a window away.

    Args:
        remote_players: Seats that others run.
        window_frames: The prediction window.
        frame_period_s: Length of a frame, in seconds.
    """
    rate = min(1.0, remote_players * INPUT_CHANGES_PER_S * frame_period_s)
    return RollbackLoad(rate if window_frames else 0.0, window_frames / 2)


def mean_tick_s(costs: FrameCosts, load: RollbackLoad, interval_frames: int) -> float:
    """The mean time of a tick with this interval, in seconds."""
    every_s = costs.save_s / interval_frames
    again_s = (load.depth_frames + (interval_frames - 1) / 2) * costs.step_s
    rollback_s = costs.load_s + again_s + load.depth_frames * every_s
    return costs.step_s + every_s + load.rollbacks_per_frame * rollback_s


def worst_tick_s(costs: FrameCosts, window_frames: int, interval_frames: int) -> float:
    """The time of a tick that goes back as far as it can, in seconds."""
    if not window_frames:
        return costs.step_s + costs.save_s
    again_frames = window_frames + interval_frames - 1
    again_s = again_frames * costs.step_s + again_frames // interval_frames * costs.save_s
    return costs.load_s + again_s + costs.step_s


def choose_snapshot_interval(
    costs: FrameCosts, load: RollbackLoad, window_frames: int, frame_period_s: float
) -> int:
    """Choose how many frames lie between two snapshots.

    Args:
        costs: Of the game, measured on this host.
        load: How much has to be corrected, expected or measured.
        window_frames: The prediction window; 0 is lockstep.
        frame_period_s: Length of a frame, in seconds.

    Returns:
        1 to `MOST_INTERVAL_FRAMES`; 1 is dense saving.
    """
    intervals = range(1, MOST_INTERVAL_FRAMES + 1)
    budget_s = BUDGET * frame_period_s
    worst_s = {k: worst_tick_s(costs, window_frames, k) for k in intervals}
    least_s = max(budget_s, min(worst_s.values()))  # where none keeps the budget, the nearest
    mean_s = {k: mean_tick_s(costs, load, k) for k in intervals if worst_s[k] <= least_s}
    good_s = min(mean_s.values()) + UNNOTICED * frame_period_s
    return next(k for k, each_s in mean_s.items() if each_s <= good_s)
