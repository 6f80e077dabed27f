"""The input queue against a model that keeps everything, under any order of arrivals."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from peergym.rollback.input_queue import InputQueue

AHEAD_FRAMES = 20


class InputQueueModel(RuleBasedStateMachine):
    """A player's true inputs arrive in any order and number, while frames are simulated."""

    @initialize(truth=st.lists(st.integers(0, 3), min_size=400, max_size=400))
    def begin(self, truth: list[int]) -> None:
        """Fix what the player really does."""
        self.truth = truth
        self.queue = InputQueue(0)
        self.arrived: set[int] = set()
        self.used: dict[int, int] = {}
        self.frame = 0

    @rule(first=st.integers(0, 40), count=st.integers(1, 30))
    def deliver(self, first: int, count: int) -> None:
        """A datagram brings a run that begins near what is missing."""
        start = max(0, self.queue.held + 5 - first)
        values = tuple(self.truth[start : start + count])
        ceiling = self.frame + AHEAD_FRAMES
        self.queue.add_run(start, values, ceiling)
        self.arrived |= set(range(start, min(start + len(values), ceiling)))

    @rule(lie=st.integers(0, 3))
    def repeat_with_another_value(self, lie: int) -> None:
        """A frame that is held arrives again, differently: the first counts."""
        if self.queue.held >= 0:
            self.queue.add(self.queue.held, lie)

    @rule(count=st.integers(1, 8))
    def simulate(self, count: int) -> None:
        """Simulate frames, with predictions where inputs are missing."""
        for _ in range(count):
            if self.frame - self.held < 12:
                self.used[self.frame] = self.queue.input_for(self.frame)
                self.frame += 1

    @rule()
    def roll_back(self) -> None:
        """Go back to the first wrong frame and simulate again."""
        wrong = self.queue.first_wrong
        if wrong is not None:
            self.queue.acknowledge_rollback()
            for frame in range(wrong, self.frame):
                self.used[frame] = self.queue.input_for(frame)

    @rule()
    def discard(self) -> None:
        """Drop what nobody needs."""
        if self.queue.first_wrong is None:
            self.queue.discard_below(min(self.held, self.frame))

    @property
    def held(self) -> int:
        """The newest frame without a gap, by the model."""
        frame = -1
        while frame + 1 in self.arrived:
            frame += 1
        return frame

    @invariant()
    def held_is_the_newest_frame_without_a_gap(self) -> None:
        """It is what the model says."""
        assert self.queue.held == self.held

    @invariant()
    def the_first_wrong_frame_is_the_first_that_was_used_wrongly(self) -> None:
        """It is derived from what was used, whatever the order of arrivals."""
        wrong = [f for f in self.used if f in self.arrived and self.used[f] != self.truth[f]]
        assert self.queue.first_wrong == min(wrong, default=None)

    @invariant()
    def nothing_accumulates(self) -> None:
        """What is kept is bounded by window and ceiling once it has been discarded."""
        if self.queue.first_wrong is None:
            self.queue.discard_below(min(self.held, self.frame))
            assert self.queue.kept_frames <= 2 * AHEAD_FRAMES + 45


TestInputQueueModel = InputQueueModel.TestCase
TestInputQueueModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
