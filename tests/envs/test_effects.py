"""Effects through rollbacks: started once, stopped when they never happened, late or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.envs import GameAdapter, GameRunner
from peergym.envs.confirmed_events import ConfirmedEvent
from peergym.envs.effects import SAME_EFFECT_FRAMES, EffectMemory, StartedEffect
from peergym.errors import EnvironmentContractError
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)

NAMES = {1: "hit", 2: "wall", 3: "score"}
QUIET = [0] * (SAME_EFFECT_FRAMES + 1)


class Bells:
    """Player 0 rings: each action but 0 is a sound."""

    metadata: dict[str, Any] = {"render_fps": 60, "confirmed_effects": ("score", "goal")}
    possible_agents = ("ringer", "listener")

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.rung = 0

    def action_space(self, agent: str) -> int:
        return 4

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.rung = 0
        return {}, {}

    def step(self, actions: dict[str, int]) -> Any:
        action = actions["ringer"]
        self.rung = self.rung * 4 + action
        if action:
            self.effects.append(NAMES[action])
        nobody = dict.fromkeys(self.possible_agents, False)
        return {}, {}, nobody, nobody, {}


class Timeline:
    """Simulates and rolls back as a session would ask for it, and plays the page's part."""

    def __init__(self) -> None:
        self.runner = GameRunner(GameAdapter(Bells()))
        self.states: dict[int, SnapshotSlot] = {}
        self.started: list[StartedEffect] = []
        self.stopped: list[int] = []
        self.told: list[ConfirmedEvent] = []
        self.execute([ResetEpisode(0, 9), self.save(0)])

    def save(self, frame: int) -> SaveState:
        self.states[frame] = SnapshotSlot(frame)
        return SaveState(frame, self.states[frame])

    def execute(self, requests: list[Request], confirmed_frame: int = -1) -> None:
        self.runner.execute(requests)
        started, stopped = self.runner.take_effects()
        for effect in started:
            assert effect.id not in {before.id for before in self.started}, "started twice"
        self.started += started
        for identity in stopped:
            assert identity in {effect.id for effect in self.started}, "never started"
            assert identity not in self.stopped, "stopped twice"
            self.stopped.append(identity)
        self.told += self.runner.take_confirmed_events(confirmed_frame)

    def play(self, values: list[int], frame: int | None = None, confirmed_frame: int = -1) -> None:
        """Advance with these inputs of player 0, after a rollback to ``frame`` if given."""
        requests: list[Request] = []
        if frame is not None:
            requests.append(LoadState(frame, self.states[frame].state))
        at = self.runner.frame if frame is None else frame
        for number, value in enumerate(values):
            requests.append(AdvanceFrame(at + number, (value, 0), frame is not None))
            requests.append(self.save(at + number + 1))
        self.execute(requests, confirmed_frame)

    @property
    def heard(self) -> list[str]:
        return [effect.name for effect in self.started]

    @property
    def kept(self) -> list[str]:
        """The names of what was started and not stopped."""
        return [effect.name for effect in self.started if effect.id not in self.stopped]


def test_an_effect_is_started_once_in_spite_of_rollback() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0, 2, 0, 0])
    for _ in range(5):
        timeline.play([1, 0, 2, 0, 0], frame=1)
    timeline.play(QUIET)
    assert timeline.heard == ["hit", "wall"]
    assert timeline.stopped == []


@pytest.mark.parametrize("moved_to", range(8))
def test_an_effect_that_a_correction_moves_a_little_sounds_on(moved_to: int) -> None:
    timeline = Timeline()
    timeline.play([0, 0, 0, 0, 1, 0, 0, 0])
    corrected = [0] * 8
    corrected[moved_to] = 1
    timeline.play(corrected, frame=0)
    assert timeline.heard == ["hit"]
    assert timeline.kept == ["hit"]


def test_an_effect_that_moves_beyond_the_newest_frame_sounds_on_too() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 1, 0])
    timeline.play([0, 0, 0, 0], frame=0)
    timeline.play([0])
    assert timeline.stopped == [], "a frame may still come that has it"
    timeline.play([1])
    timeline.play(QUIET)
    assert timeline.heard == ["hit"]
    assert timeline.stopped == []


def test_an_effect_that_no_longer_happens_is_stopped_as_soon_as_nobody_can_adopt_it() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0, 0])
    identity = timeline.started[0].id
    timeline.play([0, 0, 0, 0], frame=0)
    for _ in range(SAME_EFFECT_FRAMES - 3):
        timeline.play([0])
        assert timeline.stopped == ([identity] if timeline.runner.frame > 5 else [])
    timeline.play([0])
    assert timeline.stopped == [identity]


def test_the_same_frame_goes_before_a_near_one() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 1, 0, 1, 0])
    timeline.play([1, 0, 1, 0, 0, 0], frame=0)
    timeline.play(QUIET)
    assert [effect.frame for effect in timeline.started] == [2, 4]
    assert timeline.stopped == []


def test_after_a_deep_rollback_it_is_stopped_at_once() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0, 0, 0, 0, 0, 0])
    timeline.play([0] * 8, frame=0)
    assert timeline.stopped == [timeline.started[0].id]


def test_only_the_one_that_never_happened_is_stopped() -> None:
    timeline = Timeline()
    timeline.play([1, 2, 1, 0, 0, 0, 0])
    timeline.play([1, 2, 0, 0, 0, 0, 0], frame=0)
    timeline.play(QUIET)
    first, _, third = timeline.started
    assert timeline.stopped == [third.id]
    assert first.id != third.id


def test_what_happens_after_all_after_it_was_stopped_is_another_sound() -> None:
    timeline = Timeline()
    timeline.play([1, *[0] * 12])
    timeline.play([*[0] * 12, 1], frame=0)
    assert timeline.heard == ["hit", "hit"]
    assert timeline.stopped == [timeline.started[0].id]


def test_two_real_effects_close_together_are_both_played() -> None:
    timeline = Timeline()
    timeline.play([1, 0, 1, 0, 1, 1])
    timeline.play([1, 0, 1, 0, 1, 1], frame=0)
    assert timeline.heard == ["hit"] * 4
    assert timeline.stopped == []


def test_an_effect_that_only_the_correction_shows_starts_late() -> None:
    timeline = Timeline()
    timeline.play([0, 0, 1, 0])
    timeline.play([1, 0, 1, 2], frame=0)
    late = [(effect.name, effect.frame, effect.late_frames) for effect in timeline.started]
    assert late == [("hit", 2, 1), ("hit", 0, 3), ("wall", 3, 0)]


@pytest.mark.parametrize(("ago", "is_heard"), [(1, True), (15, True), (16, False), (40, False)])
def test_later_than_a_quarter_of_a_second_it_is_not_started_any_more(
    ago: int, is_heard: bool
) -> None:
    timeline = Timeline()
    timeline.play([0] * 60)
    timeline.play([1, *[0] * ago], frame=60 - 1 - ago)
    assert timeline.heard == (["hit"] if is_heard else [])
    timeline.play([1, *[0] * ago], frame=60 - 1 - ago)
    assert timeline.heard == (["hit"] if is_heard else []), "nor when it is simulated again"
    timeline.play([0, *[0] * ago], frame=60 - 1 - ago)
    timeline.play(QUIET)
    assert len(timeline.stopped) == is_heard, "what was not started is not stopped"


def test_a_tick_in_which_it_was_taken_back_again_is_never_heard() -> None:
    timeline = Timeline()
    timeline.runner.execute([AdvanceFrame(0, (1, 0), False)])
    timeline.play([0] * 8, frame=0)
    assert (timeline.heard, timeline.stopped) == ([], [])


@given(st.lists(st.lists(st.integers(0, 2), min_size=8, max_size=8), min_size=1, max_size=6))
def test_in_the_end_the_page_has_played_what_the_last_history_has(
    histories: list[list[int]],
) -> None:
    timeline = Timeline()
    timeline.play(histories[0])
    for history in histories[1:]:
        timeline.play(history, frame=0)
    timeline.play(QUIET)
    for action, name in ((1, "hit"), (2, "wall")):
        assert timeline.kept.count(name) == histories[-1].count(action)


@given(st.lists(st.tuples(st.integers(0, 6), st.lists(st.integers(0, 2), max_size=4)), max_size=20))
def test_however_deep_and_often_nothing_is_left_that_never_happened(
    corrections: list[tuple[int, list[int]]],
) -> None:
    timeline, truth = Timeline(), [0] * 8
    timeline.play(truth)
    for back, news in corrections:
        frame = len(truth) - min(back, len(truth))
        old = truth[frame:]
        truth = truth[:frame] + (news + old[len(news) :])
        timeline.play(truth[frame:], frame=frame)
    timeline.play(QUIET)
    for action, name in ((1, "hit"), (2, "wall")):
        assert timeline.kept.count(name) == truth.count(action)


def test_a_new_episode_plays_the_same_effects_again() -> None:
    timeline = Timeline()
    timeline.play([1, 0])
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)])
    timeline.play([1, 0])
    assert timeline.heard == ["hit", "hit"]
    assert timeline.stopped == [], "what happened may sound into the next episode"


def test_effects_of_the_last_episode_do_not_silence_those_of_the_next() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0])
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)])
    timeline.play([0, 0, 0])
    timeline.play([0, 1, 0], frame=0)
    assert timeline.heard == ["hit", "hit"]


def test_what_a_correction_left_in_doubt_is_stopped_when_the_episode_is_over() -> None:
    timeline = Timeline()
    timeline.play([0, 1, 0])
    timeline.play([0, 0, 0], frame=0)
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)])
    assert timeline.stopped == [timeline.started[0].id]


def test_what_is_remembered_is_bounded() -> None:
    timeline = Timeline()
    for _ in range(300):
        timeline.play([1, 2])
    assert len(timeline.runner._effects._played) <= 64
    assert len(timeline.heard) == 600


def test_what_is_remembered_for_a_host_that_never_asks_is_bounded() -> None:
    memory = EffectMemory(15)
    for frame in range(1000):
        memory.add(frame, ["hit"])
        memory.roll_back(frame + 1)
    assert len(memory._new) <= 64
    assert (memory._played, memory._stopped) == ([], [])


# --- confirmed events


def test_an_event_is_told_once_and_only_when_its_frame_is_confirmed() -> None:
    timeline = Timeline()
    timeline.play([0, 3, 0, 0], confirmed_frame=0)
    assert timeline.told == []
    timeline.play([0], confirmed_frame=1)
    assert timeline.told == [ConfirmedEvent(1, "score")]
    timeline.play([0, 0, 0], confirmed_frame=7)
    assert timeline.told == [ConfirmedEvent(1, "score")]
    assert timeline.heard == [], "it is not played twice, once guessed and once certain"


def test_an_event_that_a_rollback_removes_is_never_told() -> None:
    timeline = Timeline()
    timeline.play([0, 3, 0, 3, 0])
    timeline.play([0, 0, 3, 0], frame=1)
    timeline.play([0] * 5, confirmed_frame=9)
    assert timeline.told == [ConfirmedEvent(3, "score")]


def test_an_event_that_a_rollback_brings_is_told() -> None:
    timeline = Timeline()
    timeline.play([0] * 5)
    timeline.play([3, 1, 3, 0], frame=1)
    timeline.play([0], confirmed_frame=5)
    assert timeline.told == [ConfirmedEvent(1, "score"), ConfirmedEvent(3, "score")]


def test_what_was_told_is_not_told_again_when_it_is_simulated_again() -> None:
    timeline = Timeline()
    timeline.play([0, 3, 0, 0], confirmed_frame=1)
    for _ in range(3):
        timeline.play([0, 3, 0, 3], frame=0, confirmed_frame=2)
    timeline.play([0], confirmed_frame=3)
    assert timeline.told == [ConfirmedEvent(1, "score"), ConfirmedEvent(3, "score")]


def test_inputs_known_beyond_the_newest_frame_do_not_swallow_what_happens_there() -> None:
    timeline = Timeline()
    timeline.play([0, 0], confirmed_frame=6)
    timeline.play([3, 0, 3], confirmed_frame=6)
    assert timeline.told == [ConfirmedEvent(2, "score"), ConfirmedEvent(4, "score")]


def test_events_of_an_episode_that_was_never_confirmed_are_not_told_in_the_next() -> None:
    timeline = Timeline()
    timeline.play([0, 3, 0])
    timeline.execute([ResetEpisode(1, 5), timeline.save(0)], confirmed_frame=-1)
    timeline.play([3, 0, 0], confirmed_frame=2)
    assert timeline.told == [ConfirmedEvent(0, "score")]


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.lists(st.integers(0, 3), max_size=6), st.integers(0, 8)),
        max_size=20,
    )
)
def test_what_is_told_is_exactly_what_the_confirmed_history_has(
    corrections: list[tuple[int, list[int], int]],
) -> None:
    timeline, truth, confirmed = Timeline(), [0] * 8, -1
    timeline.play(truth)
    for back, news, progress in corrections:
        frame = max(confirmed + 1, len(truth) - back)
        truth = (truth[:frame] + news + [0] * 8)[: max(len(truth), frame + len(news))]
        timeline.play(truth[frame:], frame=frame)
        confirmed = min(confirmed + progress, len(truth) - 1)
        timeline.execute([], confirmed_frame=confirmed)
    expected = [frame for frame in range(confirmed + 1) if truth[frame] == 3]
    assert [event.frame for event in timeline.told] == expected


@pytest.mark.parametrize("wrong", ["score", 3, (1, 2), None])
def test_confirmed_effects_that_are_no_names_break_the_contract(wrong: Any) -> None:
    env = Bells()
    env.metadata = {"confirmed_effects": wrong}
    with pytest.raises(EnvironmentContractError, match="must be a tuple of names"):
        GameRunner(GameAdapter(env))
