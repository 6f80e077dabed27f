"""The runner carries out requests; rollbacks leave no trace but the corrected history."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import GameAdapter, GameRunner
from peergym.errors import UsageError
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)

NAMES = {1: "hit", 2: "wall", 3: "end"}


class Bell:
    """Player 0 rings: 1 and 2 make a sound, 3 ends the game, 0 is silence."""

    possible_agents = ("ringer", "listener")

    def __init__(self) -> None:
        self.effects: list[str] = []

    def action_space(self, agent: str) -> int:
        return 4

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.rung: list[int] = [seed or 0]
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        action = actions["ringer"]
        self.rung.append(action)
        if action:
            self.effects.append(NAMES[action])
        over = dict.fromkeys(self.possible_agents, action == 3)
        return {}, {}, over, dict.fromkeys(self.possible_agents, False), {}


class Timeline:
    """Simulates, and rolls back, as a session would ask for it."""

    def __init__(self) -> None:
        self.runner = GameRunner(GameAdapter(Bell()))
        self.states: dict[int, SnapshotSlot] = {}
        self.heard: list[str] = []
        self.execute([ResetEpisode(0, 9), self.save(0)])

    def save(self, frame: int) -> SaveState:
        self.states[frame] = SnapshotSlot(frame)
        return SaveState(frame, self.states[frame])

    def execute(self, requests: list[Request]) -> None:
        self.runner.execute(requests)
        self.heard += self.runner.take_effects()

    def play(self, values: list[int], frame: int | None = None) -> None:
        """Advance with these inputs of player 0, after a rollback to ``frame`` if given."""
        requests: list[Request] = []
        if frame is not None:
            requests.append(LoadState(frame, self.states[frame].state))
        at = self.runner.frame if frame is None else frame
        for number, value in enumerate(values):
            requests.append(AdvanceFrame(at + number, (value, 0), frame is not None))
            requests.append(self.save(at + number + 1))
        self.execute(requests)


def test_a_rollback_leads_to_the_state_of_the_true_inputs() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0, 0])
    timeline.play([2, 0, 0], frame=1)
    assert timeline.runner.game.env.rung == [9, 0, 2, 0, 0]
    assert timeline.runner.frame == 4


def test_a_state_can_be_restored_any_number_of_times() -> None:
    timeline = Timeline()
    timeline.play([1, 2])
    for value in (0, 1, 2, 1):
        timeline.play([value, value], frame=1)
        assert timeline.runner.game.env.rung == [9, 1, value, value]


def test_an_effect_is_played_once_in_spite_of_rollback() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0, 2, 0, 0])
    for _ in range(5):
        timeline.play([1, 0, 2, 0, 0], frame=1)
    assert timeline.heard == ["hit", "wall"]


def test_an_effect_that_a_correction_moves_is_not_played_again() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 0, 1, 0, 0])
    timeline.play([1, 0, 0, 0, 0, 0], frame=0)
    timeline.play([0, 0, 0, 0, 0, 0, 0, 0, 1], frame=0)  # moved past the frames known so far
    assert timeline.heard == ["hit"]


def test_two_real_effects_close_together_are_both_played() -> None:
    timeline = Timeline()
    timeline.play([1, 0, 1, 0, 1, 1])
    timeline.play([1, 0, 1, 0, 1, 1], frame=0)
    assert timeline.heard == ["hit"] * 4


def test_an_effect_that_only_the_correction_shows_is_played_late() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 1, 0])
    timeline.play([1, 0, 1, 2], frame=0)
    assert timeline.heard == ["hit", "hit", "wall"]


def test_an_effect_far_from_the_one_taken_back_is_another_one() -> None:
    timeline = Timeline()
    timeline.play([1, *[0] * 12])
    timeline.play([*[0] * 12, 1], frame=0)
    assert timeline.heard == ["hit", "hit"]


@given(st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), min_size=1, max_size=6))
def test_no_history_plays_fewer_sounds_than_it_has(histories: list[list[int]]) -> None:
    timeline = Timeline()
    timeline.play(histories[0])
    for history in histories[1:]:
        timeline.play(history, frame=0)
    for action, name in ((1, "hit"), (2, "wall")):
        most = max(history.count(action) for history in histories)
        assert timeline.heard.count(name) == most


def test_the_same_effects_are_played_again_in_the_next_episode() -> None:
    timeline = Timeline()
    timeline.play([1, 0])
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)])
    timeline.play([1, 0])
    assert timeline.heard == ["hit", "hit"]
    assert timeline.runner.game.env.rung == [5, 1, 0]


def test_effects_of_the_last_episode_do_not_silence_those_of_the_next() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0])
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)])
    timeline.play([0, 0, 0])
    timeline.play([0, 1, 0], frame=0)
    assert timeline.heard == ["hit", "hit"]


def test_what_is_remembered_of_effects_is_bounded() -> None:
    timeline = Timeline()
    for _ in range(300):
        timeline.play([1, 2])
    assert len(timeline.runner._effects._played) <= 64
    assert len(timeline.heard) == 600


def test_the_end_is_the_first_frame_at_which_the_game_was_over() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 3, 0, 0])
    assert timeline.runner.end_frame == 3
    assert timeline.runner.frame == 5
    assert timeline.runner.game.env.rung == [9, 0, 0, 3]


@pytest.mark.parametrize(
    ("corrected", "frame", "end_frame"),
    [
        ([0, 0, 0], 2, None),  # it never ended
        ([3, 0, 0], 2, 3),  # the same end
        ([0, 3, 0], 2, 4),  # later
        ([3, 0, 3, 0, 0], 0, 1),  # earlier
        ([0], 4, 3),  # a rollback to after the end
        ([0, 0], 3, 3),  # a rollback to the end itself
    ],
)
def test_a_correction_moves_or_takes_back_the_end(
    corrected: list[int], frame: int, end_frame: int | None
) -> None:
    timeline = Timeline()
    timeline.play([0, 0, 3, 0, 0])
    timeline.play(corrected, frame=frame)
    assert timeline.runner.end_frame == end_frame
    assert timeline.runner.game.terminated == (end_frame is not None)


def test_a_runner_that_begins_with_a_finished_state_knows_the_end() -> None:
    finished = Timeline()
    finished.play([0, 3])
    late = GameRunner(GameAdapter(Bell()))
    late.execute([LoadState(2, finished.states[2].state)])
    assert (late.frame, late.end_frame, late.game.terminated) == (2, 2, True)


def test_a_new_episode_has_not_ended() -> None:
    timeline = Timeline()
    timeline.play([3])
    timeline.execute([ResetEpisode(1, 5)])
    assert timeline.runner.end_frame is None
    assert not timeline.runner.game.terminated
    assert timeline.runner.frame == 0


def test_something_that_is_no_request_is_refused() -> None:
    with pytest.raises(UsageError, match="'advance' is not a request"):
        Timeline().runner.execute(["advance"])  # type: ignore[list-item]
