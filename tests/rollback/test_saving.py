"""Dense or sparse: what it costs, counted on a real timeline, and which is chosen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.errors import ConfigurationError
from peergym.rollback.config import SessionConfig
from peergym.rollback.requests import AdvanceFrame, LoadState, Request, SaveState
from peergym.rollback.saving import (
    BUDGET,
    MOST_INTERVAL_FRAMES,
    UNNOTICED,
    FrameCosts,
    RollbackLoad,
    choose_snapshot_interval,
    expected_load,
    mean_tick_s,
    worst_tick_s,
)
from peergym.rollback.sync_layer import SyncLayer

PERIOD_S = 1 / 60
WINDOW = 8
LOAD = expected_load(1, WINDOW, PERIOD_S)
INTERVALS = range(1, MOST_INTERVAL_FRAMES + 1)
STEP, SAVE, LOADING = 1.0, 1000.0, 1_000_000.0
COUNTED = FrameCosts(STEP, SAVE, LOADING)  # so that a sum of them can be read as three counts

costs = st.floats(0.0, 0.02)


def choose(step_s: float, save_s: float, **changes: Any) -> int:
    fields: dict[str, Any] = {"load": LOAD, "window_frames": WINDOW, "frame_period_s": PERIOD_S}
    fields.update(changes)
    return choose_snapshot_interval(FrameCosts(step_s, save_s, save_s / 2), **fields)


# --- the formulas


class Match:
    """A timeline on which the other player's input is mispredicted so many frames deep."""

    def __init__(self, interval: int, depth: int) -> None:
        config = SessionConfig(
            owners=(0, 1), local_peer=0, input_bits=(1, 1), match_id="m", seed=1,
            snapshot_interval=interval, checksum_interval_frames=3600,
        )  # fmt: skip
        self.sync = SyncLayer(config)
        self.depth = depth
        self.news = 0

    def tick(self, with_rollback: bool) -> float:
        """One tick. Returns what it costs."""
        sync, requests = self.sync, list[Request]()
        held = sync.frame - self.depth - (0 if with_rollback else 1)
        values = [self.news] * (held - sync.queues[1].held)
        if with_rollback:
            self.news = 1 - self.news
            values[-1] = self.news
        sync.queues[1].add_run(sync.queues[1].held + 1, tuple(values), 1 << 20)
        depth = sync.correct(requests)
        assert (depth > 0) == with_rollback
        sync.save(requests)
        sync.queues[0].add(sync.frame, 0)
        sync.advance(requests)
        return sum(self.cost(request) for request in requests)

    def cost(self, request: Request) -> float:
        if isinstance(request, SaveState):
            request.slot.put(request.frame)
        kinds = {AdvanceFrame: STEP, SaveState: SAVE, LoadState: LOADING}
        return kinds[type(request)]


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("depth", [1, 2, 5, 8])
def test_the_mean_is_what_a_timeline_really_does(interval: int, depth: int) -> None:
    # A rollback of this depth every so many frames, such that it meets every phase of saving.
    every = 2 * depth + 3
    while any(every % divisor == 0 == interval % divisor for divisor in range(2, interval + 1)):
        every += 1
    match = Match(interval, depth)
    for _ in range(2 * every):
        match.tick(with_rollback=False)
    rounds = 4 * interval
    spent = sum(
        match.tick(with_rollback=number % every == every - 1) for number in range(rounds * every)
    )
    load = RollbackLoad(rollbacks_per_frame=1 / every, depth_frames=depth)
    expected = mean_tick_s(COUNTED, load, interval)
    # A frame that is saved on the way up need not be saved once more: that is all it is too high.
    surplus = SAVE / interval / every
    assert expected - surplus == pytest.approx(spent / (rounds * every), rel=1e-9)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("window", [1, 2, 5, 8, 16])
def test_the_worst_tick_is_never_exceeded_and_is_reached(interval: int, window: int) -> None:
    seen = []
    for phase in range(2 * interval):
        match = Match(interval, window)
        for _ in range(3 * window + interval + phase):
            match.tick(with_rollback=False)
        seen.append(match.tick(with_rollback=True))
    assert max(seen) == worst_tick_s(COUNTED, window, interval)


# --- the choice


def test_a_cheap_save_is_made_every_frame() -> None:
    assert choose(10e-6, 10e-6) == 1
    assert choose(0.0, 0.0) == 1
    assert choose(1e-3, 0.0) == 1


def test_a_dear_save_is_made_rarely() -> None:
    assert 3 <= choose(100e-6, 1e-3) <= 6
    assert choose(100e-6, 5e-3) >= 6


def test_a_dear_step_is_not_repeated_to_spare_a_save() -> None:
    assert choose(1e-3, 100e-6) == 1
    assert choose(5e-3, 1e-3) == 1


def test_a_tick_that_would_not_fit_into_a_frame_is_avoided_first() -> None:
    costs = FrameCosts(0.6e-3, 1.2e-3, 0.6e-3)
    assert worst_tick_s(costs, WINDOW, 1) > BUDGET * PERIOD_S
    chosen = choose(0.6e-3, 1.2e-3, load=RollbackLoad(0.9, 1.0))
    assert worst_tick_s(costs, WINDOW, chosen) <= BUDGET * PERIOD_S


def test_many_players_mean_more_rollbacks() -> None:
    assert expected_load(0, 8, PERIOD_S).rollbacks_per_frame == 0.0
    assert expected_load(1, 8, PERIOD_S).rollbacks_per_frame == pytest.approx(1 / 15)
    assert expected_load(7, 8, PERIOD_S).rollbacks_per_frame == pytest.approx(7 / 15)
    assert expected_load(15, 8, 0.1).rollbacks_per_frame == 1.0


def test_in_lockstep_nothing_is_ever_loaded() -> None:
    load = expected_load(3, 0, PERIOD_S)
    assert load.rollbacks_per_frame == 0.0
    assert worst_tick_s(COUNTED, 0, 4) == STEP + SAVE
    assert choose(1e-3, 1e-3, load=load, window_frames=0) > 1


@given(costs, costs, st.sampled_from([0, 1, 3, 8, 16]), st.integers(0, 7))
def test_the_choice_keeps_its_laws(
    step_s: float, save_s: float, window: int, remote_players: int
) -> None:
    load = expected_load(remote_players, window, PERIOD_S)
    each = FrameCosts(step_s, save_s, save_s / 2)
    chosen = choose_snapshot_interval(each, load, window, PERIOD_S)
    worst_s = {k: worst_tick_s(each, window, k) for k in INTERVALS}
    fitting = [k for k in INTERVALS if worst_s[k] <= BUDGET * PERIOD_S]
    if not fitting:
        assert worst_s[chosen] == min(worst_s.values())
        return
    assert chosen in fitting
    best_s = min(mean_tick_s(each, load, k) for k in fitting)
    assert mean_tick_s(each, load, chosen) <= best_s + UNNOTICED * PERIOD_S
    for smaller in fitting:
        if smaller < chosen:
            assert mean_tick_s(each, load, smaller) > best_s + UNNOTICED * PERIOD_S


@given(st.floats(0.0, 50e-6), st.lists(st.floats(0.0, 1e-3), min_size=2, max_size=6))
def test_the_dearer_a_save_the_rarer(step_s: float, saves_s: list[float]) -> None:
    chosen = [choose(step_s, save_s) for save_s in sorted(saves_s)]
    assert all(before <= after for before, after in pairwise(chosen))


@pytest.mark.parametrize("wrong", [{"step_s": -1.0}, {"save_s": float("nan")}, {"load_s": 1e999}])
def test_a_cost_that_cannot_be_is_named(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        FrameCosts(**{"step_s": 1.0, "save_s": 1.0, **wrong})
    assert refused.value.field in wrong
