"""Which settings fit a network and a game.

Theory of operation: in this order,

    1. the input delay that the automatic rule begins with, which people do not notice;
    2. the smallest window with which play hardly ever stalls, but no smaller than the usual one
       where the computer can afford it;
    3. the snapshot interval that `peergym.rollback.saving` chooses for it;
    4. if the worst tick does not fit into a frame: more delay, a frame at a time, because each
       saves a frame of the window; then a smaller window, which stalls more often;
    5. if that does not help either, lockstep, where nothing is ever simulated twice.

Law: whatever is advised, its worst tick fits into the budget, or the advice says that nothing
does.
"""

from __future__ import annotations

from dataclasses import dataclass

from peergym.lab.advise.model import (
    Expectation,
    Settings,
    Situation,
    expect,
    least_window,
)
from peergym.rollback.input_delay import STALL_FRAMES, AutomaticInputDelay
from peergym.rollback.saving import (
    BUDGET,
    RollbackLoad,
    choose_snapshot_interval,
    expected_load,
    worst_tick_s,
)

STALLS_PER_MIN = 1.0  # one frame of 3,600 that comes late is not noticed
MOST_STALLS_PER_MIN = 60.0  # once a second is no fun any more
USUAL_WINDOW = 8  # frames; the default of `SessionConfig`, which a test compares
# Frames; a correction of more than a quarter of a second at 60 Hz looks like teleporting.
MOST_WINDOW = 15


@dataclass(frozen=True, slots=True)
class Advice:
    """What is advised, and why.

    Attributes:
        settings: What to choose.
        expectation: What will come of it.
        reasons: Sentences, in the order in which it was decided.
        warnings: What is still wrong with it.
    """

    settings: Settings
    expectation: Expectation
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_lockstep(self) -> bool:
        """Whether nothing is predicted."""
        return self.settings.window_frames == 0


def advise(situation: Situation) -> Advice:
    """Say which settings fit."""
    rule = AutomaticInputDelay()
    period_s = situation.period_s
    usual = rule.wanted_frames(situation.rtt_s / 2, period_s)
    reasons = [_why_delay(situation, usual)]
    affordable = _affordable_window(situation)
    for delay_frames in range(usual, rule.most_delay_frames + STALL_FRAMES + 1):
        needed = least_window(situation, delay_frames, STALLS_PER_MIN)
        if affordable and needed <= affordable:
            if delay_frames > usual:
                reasons.append(
                    f"{delay_frames} frames of delay instead of {usual}: each saves a frame of "
                    "prediction, and so many cannot be simulated again in one frame."
                )
            window = min(affordable, max(needed, USUAL_WINDOW))
            return _advice(situation, delay_frames, window, needed, reasons)
    delay_frames = rule.most_delay_frames + STALL_FRAMES
    settings = Settings(input_delay_frames=delay_frames, window_frames=affordable)
    is_fun = expect(situation, settings).stalls_per_min <= MOST_STALLS_PER_MIN
    if affordable and (is_fun or affordable == MOST_WINDOW):
        needed = least_window(situation, delay_frames, STALLS_PER_MIN)
        reasons.append(
            f"{delay_frames} frames of delay, the most that people put up with: the network needs "
            f"a window of {needed} frames even so."
        )
        return _advice(situation, delay_frames, affordable, needed, reasons)
    return _lockstep(situation, affordable)


def _affordable_window(situation: Situation) -> int:
    """The largest window whose worst tick fits into the budget, with some snapshot interval."""
    budget_s = BUDGET * situation.period_s
    for window in range(MOST_WINDOW, 0, -1):
        interval = _interval(situation, window)
        if worst_tick_s(situation.costs, window, interval) <= budget_s:
            return window
    return 0


def _interval(situation: Situation, window: int, load: RollbackLoad | None = None) -> int:
    usual = expected_load(situation.players - 1, window, situation.period_s)
    return choose_snapshot_interval(situation.costs, load or usual, window, situation.period_s)


def _advice(
    situation: Situation, delay_frames: int, window: int, needed: int, reasons: list[str]
) -> Advice:
    dense = expect(situation, Settings(input_delay_frames=delay_frames, window_frames=window))
    load = RollbackLoad(dense.rollbacks_per_s * situation.period_s, dense.depth_frames_mean)
    interval = _interval(situation, window, load)
    settings = Settings(
        input_delay_frames=delay_frames, window_frames=window, snapshot_interval=interval
    )
    expectation = expect(situation, settings)
    reasons.append(_why_window(window, needed))
    reasons.append(_why_interval(situation, interval))
    return Advice(settings, expectation, tuple(reasons), _warnings(situation, expectation))


def _why_delay(situation: Situation, frames: int) -> str:
    rule = AutomaticInputDelay()
    return (
        f"Input delay: the one-way time is {1000 * situation.rtt_s / 2:g} ms; "
        f"{1000 * rule.most_predicted_s:g} ms of it are left to prediction, and the rest is paid "
        f"with {frames} frame{'s' * (frames != 1)} of delay ({rule.least_delay_frames} at least, "
        f"{rule.most_delay_frames} at most), as with --input-delay auto."
    )


def _why_window(window: int, needed: int) -> str:
    if needed == 0:
        return (
            f"Window {window}: this delay hides the whole way, so that nothing is predicted but "
            "after a loss or a hiccup; the window is there for those."
        )
    if window > needed:
        return (
            f"Window {window}: {needed} would do for fewer than {STALLS_PER_MIN:g} stalled frame a "
            "minute; what is more costs nothing until a hiccup needs it."
        )
    if window == needed:
        return (
            f"Window {window}: with less, play stalls more than {STALLS_PER_MIN:g} time a minute."
        )
    return f"Window {window}: {needed} would be needed, but corrections of more frames hurt more."


def _why_interval(situation: Situation, interval: int) -> str:
    costs = situation.costs
    said = f"a save costs {1e6 * costs.save_s:g} µs beside {1e6 * costs.step_s:g} µs for a step"
    if interval == 1:
        return f"Snapshot interval 1: {said}; saving less often would not be noticed."
    more = (interval - 1) / 2
    return (
        f"Snapshot interval {interval}: {said}; each rollback then takes {more:g} more "
        f"step{'s' * (more != 1)} on average, which is cheaper than saving every frame."
    )


def _lockstep(situation: Situation, affordable: int) -> Advice:
    rule = AutomaticInputDelay()
    late_s = situation.rtt_s / 2 + situation.jitter_s / 2
    delay_frames = rule.wanted_frames(late_s, situation.period_s, 0)
    settings = Settings(input_delay_frames=delay_frames, window_frames=0)
    expectation = expect(situation, settings)
    budget_ms = 1000 * BUDGET * situation.period_s
    most = f"go back {affordable} frames at most" if affordable else "not even go back one frame"
    why_mode = (
        f"Lockstep: in {budget_ms:.1f} ms, the part of a frame that the game may take, this "
        f"computer can {most}, and the network needs more; in lockstep every frame is simulated "
        "once."
    )
    why_delay = (
        f"Input delay {delay_frames}: all of the one-way time, a frame for jitter, and one so that "
        "the next packet heals a loss in time."
    )
    why_interval = "Snapshot interval 1: without rollbacks, snapshots are for checksums alone."
    reasons = (why_mode, why_delay, why_interval)
    return Advice(settings, expectation, reasons, _warnings(situation, expectation))


def _warnings(situation: Situation, expectation: Expectation) -> tuple[str, ...]:
    said = []
    budget_us = 1e6 * BUDGET * situation.period_s
    if expectation.worst_tick_us > budget_us:
        said.append(
            f"A tick takes up to {expectation.worst_tick_us:.0f} µs, and {budget_us:.0f} is all "
            "there is: the game is too slow for this frame rate, on any network."
        )
    if expectation.stalls_per_min > MOST_STALLS_PER_MIN:
        said.append(
            f"The network is too slow or too lossy for this frame rate: about "
            f"{expectation.stalls_per_min:.0f} stalled frames a minute."
        )
    if expectation.own_latency_ms > 100:
        said.append(
            f"An own input takes {expectation.own_latency_ms:.0f} ms to act, which is felt."
        )
    return tuple(said)
