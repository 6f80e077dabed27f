"""The runner carries out requests; rollbacks leave no trace but the corrected history."""

from __future__ import annotations

from typing import Any

import pytest

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


class Bell:
    """Player 0 rings a bell: which one is remembered; 3 ends the game."""

    possible_agents = ("ringer", "listener")

    def action_space(self, agent: str) -> int:
        return 4

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.rung: list[int] = [seed or 0]
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        action = actions["ringer"]
        self.rung.append(action)
        over = dict.fromkeys(self.possible_agents, action == 3)
        return {}, {}, over, dict.fromkeys(self.possible_agents, False), {}


class Timeline:
    """Simulates, and rolls back, as a session would ask for it."""

    def __init__(self) -> None:
        self.runner = GameRunner(GameAdapter(Bell()))
        self.states: dict[int, SnapshotSlot] = {}
        self.execute([ResetEpisode(0, 9), self.save(0)])

    def save(self, frame: int) -> SaveState:
        self.states[frame] = SnapshotSlot(frame)
        return SaveState(frame, self.states[frame])

    def execute(self, requests: list[Request]) -> None:
        self.runner.execute(requests)

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
