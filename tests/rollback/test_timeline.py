"""The timeline of an episode: windows, corrections, snapshots, local inputs and delays."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.errors import ConfigurationError, UsageError
from peergym.rollback.config import SessionConfig
from peergym.rollback.local_inputs import LocalInputs
from peergym.rollback.requests import AdvanceFrame, LoadState, Request, SaveState
from peergym.rollback.sync_layer import SyncLayer

CEILING = 10_000


def config(**changes: Any) -> SessionConfig:
    fields: dict[str, Any] = {
        "owners": (0, 1),
        "local_peer": 0,
        "input_bits": (4, 4),
        "match_id": "m",
        "seed": 1,
    }
    return SessionConfig(**{**fields, **changes})


class Timeline:
    """A sync layer whose game state is the list of all inputs so far."""

    def __init__(self, **changes: Any) -> None:
        self.sync = SyncLayer(config(**changes))
        self.state: tuple[tuple[int, ...], ...] = ()

    def tick(self) -> list[Request]:
        requests: list[Request] = []
        self.sync.correct(requests)
        self.sync.save(requests)
        self.sync.discard(next_checksum_frame=1 << 30)
        self.sync.queues[0].add(self.sync.frame, 0)
        if self.sync.can_advance():
            self.sync.advance(requests)
        for request in requests:
            match request:
                case SaveState():
                    assert request.frame == len(self.state)
                    request.slot.put(self.state)
                case LoadState():
                    assert isinstance(request.state, tuple)
                    self.state = request.state
                    assert request.frame == len(self.state)
                case AdvanceFrame():
                    assert request.frame == len(self.state)
                    self.state = (*self.state, request.inputs)
        return requests

    def receive(self, first: int, *values: int) -> None:
        self.sync.queues[1].add_run(first, values, CEILING)


def advances(requests: list[Request]) -> int:
    return sum(isinstance(r, AdvanceFrame) and not r.resimulated for r in requests)


def resimulated(requests: list[Request]) -> list[int]:
    return [r.frame for r in requests if isinstance(r, AdvanceFrame) and r.resimulated]


def loads(requests: list[Request]) -> list[int]:
    return [r.frame for r in requests if isinstance(r, LoadState)]


def test_a_silent_remote_allows_a_window_of_frames_and_then_stalls() -> None:
    timeline = Timeline()
    assert [advances(timeline.tick()) for _ in range(12)] == [1] * 8 + [0] * 4
    assert timeline.sync.missing_players() == (1,)
    assert timeline.sync.queues[0].held == 8, "the input of frame 8 is registered once"


def test_inputs_that_come_as_predicted_cause_no_load() -> None:
    timeline = Timeline()
    for _ in range(12):
        timeline.tick()
    timeline.receive(0, *[0] * 8)
    requests = timeline.tick()
    assert loads(requests) == []
    assert advances(requests) == 1


def test_a_different_input_reloads_its_frame_and_resimulates_from_there() -> None:
    timeline = Timeline()
    for _ in range(12):
        timeline.tick()
    timeline.receive(0, 0, 0, 0, 5, 5, 5, 5, 5)
    requests = timeline.tick()
    assert loads(requests) == [3]
    assert resimulated(requests) == [3, 4, 5, 6, 7]
    assert advances(requests) == 1
    assert timeline.state[2:5] == ((0, 0), (0, 5), (0, 5))


def test_a_correction_is_made_in_a_stalled_tick() -> None:
    timeline = Timeline(owners=(0, 1, 2), input_bits=(4, 4, 4))
    for _ in range(10):
        timeline.tick()
    timeline.receive(0, 7)
    requests = timeline.tick()
    assert loads(requests) == [0]
    assert advances(requests) == 0, "player 2 is still missing"
    assert timeline.state[0] == (0, 7, 0)


def test_without_news_a_tick_saves_at_most_once_and_resimulates_nothing() -> None:
    timeline = Timeline()
    for _ in range(8):
        timeline.tick()
    counts = []
    for _ in range(3):
        requests = timeline.tick()
        assert loads(requests) == []
        counts.append(len(requests))
    assert counts == [1, 0, 0]


def test_window_zero_is_lockstep() -> None:
    timeline = Timeline(prediction_window=0)
    assert advances(timeline.tick()) == 0
    timeline.receive(0, 4)
    assert advances(timeline.tick()) == 1
    assert timeline.state == ((0, 4),)
    assert advances(timeline.tick()) == 0


@pytest.mark.parametrize("interval", [1, 3, 7])
def test_sparse_saving_gives_the_same_states(interval: int) -> None:
    dense, sparse = Timeline(), Timeline(snapshot_interval=interval)
    for tick in range(60):
        if tick % 5 == 4:
            news = [(tick * 7 + frame) % 16 for frame in range(tick - 4, tick + 1)]
            for timeline in (dense, sparse):
                timeline.receive(tick - 4, *news)
                timeline.sync.confirmed_frame = tick - 5
        dense.tick()
        sparse.tick()
        assert dense.state == sparse.state
    assert len(sparse.sync.snapshots) <= len(dense.sync.snapshots)


def test_snapshots_and_inputs_do_not_accumulate() -> None:
    timeline = Timeline()
    for tick in range(2000):
        timeline.receive(tick, tick % 16)
        timeline.sync.confirmed_frame = tick - 6
        timeline.tick()
    assert len(timeline.sync.snapshots) <= 10
    assert max(queue.kept_frames for queue in timeline.sync.queues) <= 40


def test_the_same_snapshot_can_be_loaded_any_number_of_times() -> None:
    timeline = Timeline(force_rollback_frames=8)
    for tick in range(40):
        timeline.receive(tick, tick % 3)
        timeline.sync.confirmed_frame = tick
        requests = timeline.tick()
        assert len(resimulated(requests)) == min(tick, 8)
    assert timeline.state == tuple((0, tick % 3) for tick in range(40))


def delayed(delay_frames: int) -> tuple[SyncLayer, LocalInputs]:
    sync = SyncLayer(config())
    inputs = LocalInputs((0,), sync)
    inputs.set_delay(0, delay_frames)
    return sync, inputs


def play(sync: SyncLayer, inputs: LocalInputs, frame: int, value: int) -> None:
    sync.frame = frame
    inputs.set(0, value)
    inputs.complete()


def test_a_delay_of_two_shifts_inputs_by_two_frames() -> None:
    sync, inputs = delayed(2)
    for frame in range(8):
        play(sync, inputs, frame, frame)
    assert sync.queues[0].run(0, 9) == tuple(max(0, frame - 2) for frame in range(10))


def test_raising_the_delay_repeats_the_last_input() -> None:
    sync, inputs = delayed(0)
    for frame in range(5):
        play(sync, inputs, frame, frame + 1)
    inputs.set_delay(0, 2)
    play(sync, inputs, 5, 9)
    assert sync.queues[0].run(4, 7) == (5, 5, 5, 9)


def test_lowering_the_delay_drops_inputs_until_the_sequence_goes_on() -> None:
    sync, inputs = delayed(2)
    for frame in range(5):
        play(sync, inputs, frame, frame + 1)
    inputs.set_delay(0, 0)
    for frame in range(5, 9):
        play(sync, inputs, frame, frame + 1)
    assert sync.queues[0].run(2, 8) == (1, 2, 3, 4, 5, 8, 9)


def test_a_stalled_frame_registers_its_input_once() -> None:
    sync, inputs = delayed(0)
    play(sync, inputs, 0, 3)
    play(sync, inputs, 0, 4)
    assert sync.queues[0].run(0, 0) == (3,)


def test_a_frame_without_an_input_repeats_the_last() -> None:
    sync, inputs = delayed(0)
    play(sync, inputs, 0, 3)
    sync.frame = 1
    inputs.complete()
    inputs.set(0, 8)
    play(sync, inputs, 2, 5)
    assert sync.queues[0].run(0, 2) == (3, 3, 5)


def test_delaying_a_seat_of_another_peer_is_refused() -> None:
    _, inputs = delayed(0)
    with pytest.raises(UsageError):
        inputs.set_delay(1, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("owners", ()),
        ("local_peer", 256),
        ("input_bits", (4,)),
        ("input_bits", (257, 4)),
        ("match_id", ""),
        ("seed", -1),
        ("frame_rate_hz", 0.0),
        ("prediction_window", 61),
        ("prediction_window", -1),
        ("snapshot_interval", 0),
        ("max_snapshots", 3),
        ("checksum_interval_frames", 0),
        ("input_delay", 31),
        ("drop_after_s", 0.1),
    ],
)
def test_an_unusable_value_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config(**{field: value})
    assert caught.value.field == field
