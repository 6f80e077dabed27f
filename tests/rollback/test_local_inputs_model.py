"""Local inputs against a model: whatever the delays do, there is no hole and no duplicate."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from peergym.errors import UsageError
from peergym.rollback.config import MAX_INPUT_DELAY_FRAMES, SessionConfig
from peergym.rollback.local_inputs import LocalInputs
from peergym.rollback.sync_layer import SyncLayer

LOCAL = (0, 2)
players = st.sampled_from(LOCAL)
values = st.integers(0, 3)
delays = st.one_of(st.integers(0, 4), st.integers(0, MAX_INPUT_DELAY_FRAMES))


def make_sync() -> SyncLayer:
    """A timeline of three players, of whom the first and the last sit here."""
    config = SessionConfig(
        owners=(0, 1, 0), local_peer=0, input_bits=(2, 2, 2), match_id="model", seed=1
    )
    return SyncLayer(config)


class LocalInputsModel(RuleBasedStateMachine):
    """Two local players press, skip and change their delays; now and then a tick is tried again."""

    @initialize()
    def begin(self) -> None:
        """Nobody has done anything."""
        self.sync = make_sync()
        self.inputs = LocalInputs(LOCAL, self.sync)
        self.added: dict[int, list[tuple[int, int]]] = {player: [] for player in LOCAL}
        for player in LOCAL:
            self.watch(player)
        self.delay = dict.fromkeys(LOCAL, 0)
        self.holds = dict.fromkeys(LOCAL, 0)
        self.given: set[int] = set()
        self.truth: dict[int, list[int]] = {player: [] for player in LOCAL}

    def watch(self, player: int) -> None:
        """Write down what is added to a player's queue, also what it refuses."""
        queue = self.sync.queues[player]
        self.sync.queues[player] = Watched(queue, self.added[player])  # type: ignore[call-overload]

    @rule(player=players, value=values)
    def press(self, player: int, value: int) -> None:
        """A player does something; the first thing in a frame counts."""
        self.inputs.set(player, value)
        if player not in self.given:
            self.holds[player] = value
            self.expect(player)

    @rule(player=players, delay=delays)
    def change_delay(self, player: int, delay: int) -> None:
        """A player's delay changes, from his next input on."""
        self.inputs.set_delay(player, delay)
        self.delay[player] = delay

    @rule(count=st.integers(1, 12))
    def tick(self, count: int) -> None:
        """Frames go by; who gave nothing goes on with what he did last."""
        for _ in range(count):
            self.complete()
            self.sync.frame += 1
            self.given.clear()

    @rule()
    def stall(self) -> None:
        """A tick that cannot advance completes the inputs all the same, and is tried again."""
        self.complete()

    @rule()
    @precondition(lambda self: self.sync.frame > 60)
    def discard(self) -> None:
        """What everybody holds is dropped."""
        for player in LOCAL:
            self.sync.queues[player].discard_below(self.sync.frame)

    def complete(self) -> None:
        """The end of a tick's first half, here and in the model."""
        self.inputs.complete()
        for player in LOCAL:
            if player not in self.given:
                self.expect(player)

    def expect(self, player: int) -> None:
        """The model: pad with the last input up to the target, or drop what comes too early."""
        self.given.add(player)
        truth, target = self.truth[player], self.sync.frame + self.delay[player]
        if target >= len(truth):
            last = truth[-1] if truth else 0
            truth += [last] * (target - len(truth)) + [self.holds[player]]

    @invariant()
    def every_frame_is_added_once_and_in_order(self) -> None:
        """No hole, no duplicate, and the values of the model."""
        for player in LOCAL:
            assert self.added[player] == list(enumerate(self.truth[player]))
            assert self.sync.queues[player].held == len(self.truth[player]) - 1

    @invariant()
    def a_local_input_is_never_predicted(self) -> None:
        """A frame that may be simulated has its input."""
        for player in self.given:
            assert self.sync.queues[player].held >= self.sync.frame


class Watched:
    """An input queue that notes what is added."""

    def __init__(self, queue: object, added: list[tuple[int, int]]) -> None:
        self._queue = queue
        self._added = added

    def add(self, frame: int, value: int) -> bool:
        """As `InputQueue.add`."""
        self._added.append((frame, value))
        return bool(self._queue.add(frame, value))  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._queue, name)


TestLocalInputsModel = LocalInputsModel.TestCase
TestLocalInputsModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(("player", "delay"), [(1, 2), (3, 2), (0, -1), (0, 31)])
def test_the_delay_of_somebody_else_or_out_of_range_is_refused(player: int, delay: int) -> None:
    inputs = LocalInputs(LOCAL, make_sync())
    with pytest.raises(UsageError, match=f"cannot delay player {player} by {delay} frames"):
        inputs.set_delay(player, delay)


def test_raised_from_0_to_2_after_frame_4_frames_5_and_6_repeat_frame_4() -> None:
    sync = make_sync()
    inputs = LocalInputs((0,), sync)
    for frame in range(12):
        if frame == 5:
            inputs.set_delay(0, 2)
        inputs.set(0, frame % 4)
        sync.frame += 1
    assert sync.queues[0].run(0, 13) == (0, 1, 2, 3, 0, 0, 0, 1, 2, 3, 0, 1, 2, 3)


def test_lowered_from_2_to_0_two_inputs_are_dropped() -> None:
    sync = make_sync()
    inputs = LocalInputs((0,), sync)
    inputs.set_delay(0, 2)
    for frame in range(10):
        if frame == 5:
            inputs.set_delay(0, 0)
        inputs.set(0, frame % 4)
        sync.frame += 1
    # What was pressed at frames 5 and 6 would land on 5 and 6, which 3 and 4 have taken.
    assert sync.queues[0].run(0, 9) == (0, 0, 0, 1, 2, 3, 0, 3, 0, 1)
