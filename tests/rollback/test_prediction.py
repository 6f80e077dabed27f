"""What a predictor is told, and what becomes of one that does not guess inputs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from peergym.errors import ConfigurationError
from peergym.rollback.input_queue import InputQueue
from peergym.rollback.prediction import HISTORY_FRAMES, CheckedPredictor, repeat_last

CEILING = 10_000


class Asked:
    """A predictor that remembers what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, tuple[int, ...], int]] = []

    def __call__(self, player: int, history: Sequence[int], age_frames: int) -> int:
        self.calls.append((player, tuple(history), age_frames))
        return 7


def queue_with(values: Sequence[int], first: int = 0) -> tuple[InputQueue, Asked]:
    asked = Asked()
    queue = InputQueue(2, asked)
    queue.add_run(first, tuple(values), CEILING)
    return queue, asked


@pytest.mark.parametrize("count", [1, 5, HISTORY_FRAMES, HISTORY_FRAMES + 1, 300])
@pytest.mark.parametrize("age_frames", [1, 2, 8])
def test_it_is_told_the_newest_inputs_and_how_old_they_are(count: int, age_frames: int) -> None:
    queue, asked = queue_with(range(count))
    queue.discard_below(count)
    assert queue.input_for(count - 1 + age_frames) == 7
    expected = tuple(range(count))[-HISTORY_FRAMES:]
    assert asked.calls == [(2, expected, age_frames)]


def test_nobody_is_asked_before_the_first_input() -> None:
    queue, asked = queue_with(())
    assert [queue.input_for(frame) for frame in range(8)] == [0] * 8
    assert asked.calls == []


def test_behind_a_hole_the_newest_input_counts_and_the_hole_is_left_out() -> None:
    queue, asked = queue_with((1, 2, 3))
    queue.add_run(6, (9, 8), CEILING)
    queue.input_for(10)
    assert asked.calls == [(2, (1, 2, 3, 9, 8), 3)]


def test_in_a_hole_nothing_from_the_future_is_told() -> None:
    queue, asked = queue_with((1, 2, 3))
    queue.add_run(6, (9, 8), CEILING)
    queue.input_for(3)
    queue.input_for(5)
    assert asked.calls == [(2, (1, 2, 3), 1), (2, (1, 2, 3), 3)]


def test_between_two_holes_what_lies_before_the_frame_counts() -> None:
    queue, asked = queue_with((1, 2, 3))
    queue.add(5, 9)
    queue.add(8, 4)
    queue.input_for(7)
    queue.input_for(4)
    assert asked.calls == [(2, (1, 2, 3, 9), 2), (2, (1, 2, 3), 2)]


def test_a_hole_at_the_very_beginning_is_no_reason_to_ask() -> None:
    queue, asked = queue_with((5, 6), first=2)
    assert queue.input_for(1) == 0
    assert asked.calls == []
    queue.input_for(4)
    assert asked.calls == [(2, (5, 6), 1)]


def test_a_guess_that_changes_when_asked_again_is_compared_as_it_was_used_last() -> None:
    guesses = iter((1, 2))
    queue = InputQueue(0, lambda player, history, age_frames: next(guesses))
    queue.add(0, 0)
    assert queue.input_for(1) == 1
    assert queue.input_for(1) == 2
    queue.add(1, 2)
    assert queue.first_wrong is None, "2 is what the frame was simulated with in the end"


# --- guesses that are no inputs


class Index:
    """Acts as an integer, like those of NumPy."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def always(guess: Any) -> CheckedPredictor:
    return CheckedPredictor(lambda player, history, age_frames: guess, (2, 1))


@pytest.mark.parametrize(("player", "guess"), [(0, 0), (0, 3), (1, 1), (0, Index(2))])
def test_a_guess_that_fits_is_passed_on_as_a_plain_integer(player: int, guess: Any) -> None:
    value = always(guess)(player, (0,), 1)
    assert type(value) is int
    assert value == (guess.value if isinstance(guess, Index) else guess)


@pytest.mark.parametrize(
    ("player", "guess"),
    [
        (0, 4),
        (1, 2),
        (0, -1),
        (0, None),
        (0, 1.0),
        (0, True),
        (0, "1"),
        (0, Index(4)),
        (0, Fraction(1)),
    ],
)
def test_a_guess_that_is_no_input_is_refused_by_name(player: int, guess: Any) -> None:
    predictor = always(guess)
    with pytest.raises(ConfigurationError, match=f"for player {player}, whose inputs are 0 to"):
        predictor(player, (0,), 1)


def test_a_predictor_that_raises_is_named_with_its_reason() -> None:
    def broken(player: int, history: Sequence[int], age_frames: int) -> int:
        return history[99]

    predictor = CheckedPredictor(broken, (2, 2))
    with pytest.raises(ConfigurationError, match="IndexError") as failure:
        predictor(1, (0,), 1)
    assert failure.value.field == "predictor"
    assert isinstance(failure.value.__cause__, IndexError)


def test_who_failed_once_is_not_asked_again() -> None:
    guesses = iter((9, 1))
    predictor = CheckedPredictor(lambda player, history, age_frames: next(guesses), (2,))
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="guessed 9"):
            predictor(0, (0,), 1)
    assert next(guesses) == 1
    assert predictor.failure is not None


def test_to_repeat_the_last_input_is_the_guess_without_a_predictor() -> None:
    queue, plain = InputQueue(0, repeat_last), InputQueue(0)
    for each in (queue, plain):
        each.add_run(0, (3, 1, 2), CEILING)
        each.add(5, 1)
    frames = (3, 4, 6, 9)
    assert [queue.input_for(f) for f in frames] == [plain.input_for(f) for f in frames]
