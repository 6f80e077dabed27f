"""The inputs of one player: what is real, what was used, and the first frame that went wrong."""

from __future__ import annotations

from peergym.rollback.input_queue import InputQueue
from peergym.rollback.prediction import HISTORY_FRAMES

CEILING = 1000


def queue_with(*values: int) -> InputQueue:
    queue = InputQueue(0)
    queue.add_run(0, values, CEILING)
    return queue


def test_an_input_is_taken_once_and_the_first_value_counts() -> None:
    queue = InputQueue(0)
    assert queue.add(0, 5)
    assert not queue.add(0, 6)
    assert queue.real(0) == 5


def test_held_is_the_newest_frame_without_a_gap() -> None:
    queue = queue_with(1, 2)
    queue.add(3, 9)
    assert (queue.held, queue.newest) == (1, 3)
    queue.add(2, 7)
    assert (queue.held, queue.newest) == (3, 3)


def test_the_first_wrong_frame_is_the_first_that_differs_from_what_was_used() -> None:
    queue = queue_with(5)
    assert [queue.input_for(frame) for frame in (1, 2, 3, 4)] == [5, 5, 5, 5]
    queue.add_run(1, (5, 9, 9), CEILING)
    assert queue.first_wrong == 2
    queue.acknowledge_rollback()
    assert queue.first_wrong is None


def test_an_input_that_arrives_before_older_ones_is_compared_too() -> None:
    queue = queue_with(5)
    for frame in (1, 2, 3):
        queue.input_for(frame)
    queue.add(3, 8)
    assert queue.first_wrong == 3
    queue.add(1, 7)
    assert queue.first_wrong == 1


def test_frame_zero_can_be_mispredicted() -> None:
    queue = InputQueue(0)
    assert queue.input_for(0) == 0
    queue.add(0, 3)
    assert queue.first_wrong == 0


def test_an_explicit_zero_equals_the_default() -> None:
    queue = InputQueue(0)
    queue.input_for(0)
    queue.add(0, 0)
    assert queue.first_wrong is None


def test_prediction_repeats_the_newest_frame_and_not_the_newest_arrival() -> None:
    queue = InputQueue(0)
    queue.add(1, 2)
    queue.add(0, 1)
    assert queue.input_for(2) == 2


def test_a_corrected_prediction_is_used_when_the_frame_is_asked_again() -> None:
    queue = queue_with(1)
    assert queue.input_for(2) == 1
    queue.add(1, 4)
    assert queue.first_wrong is None, "frame 1 was never asked for"
    assert queue.input_for(2) == 4


def test_correct_predictions_cause_no_work() -> None:
    queue = queue_with(3)
    for frame in range(1, 9):
        queue.input_for(frame)
    queue.add_run(1, (3,) * 8, CEILING)
    assert queue.first_wrong is None


def test_nothing_is_kept_at_or_above_the_ceiling() -> None:
    queue = InputQueue(0)
    queue.add_run(0, (1,) * 500, 120)
    assert queue.held == 119
    assert queue.kept_frames == 120


def test_discarding_keeps_the_base_of_predictions() -> None:
    queue = queue_with(*range(100))
    queue.discard_below(100)
    assert queue.kept_frames == HISTORY_FRAMES
    assert queue.input_for(100) == 99


def test_discarding_is_complete_when_frames_arrived_out_of_order() -> None:
    queue = InputQueue(0)
    queue.add_run(10, tuple(range(10)), CEILING)
    queue.add_run(0, tuple(range(10)), CEILING)
    queue.add_run(20, tuple(range(100)), CEILING)
    for frame in range(0, 119, 5):
        queue.discard_below(frame)
    queue.discard_below(119)
    assert queue.kept_frames <= HISTORY_FRAMES + 1


def test_a_predictor_is_given_history_and_age() -> None:
    asked: list[tuple[int, tuple[int, ...], int]] = []

    def predictor(player: int, history: object, age_frames: int) -> int:
        assert isinstance(history, list)
        asked.append((player, tuple(history), age_frames))
        return 7

    queue = InputQueue(3, predictor)
    assert queue.input_for(0) == 0, "with nothing held the default, without asking"
    queue.add_run(0, (1, 2), CEILING)
    assert queue.input_for(4) == 7
    assert asked == [(3, (1, 2), 3)]
