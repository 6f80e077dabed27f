"""Checks blame what is to blame, and what is played in lockstep passes as such."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from peergym.cli.check.table import print_report
from peergym.envs import load_game
from peergym.envs.check.examine import Plan, Subject, examine
from peergym.envs.check.findings import Finding, Report, Verdict
from peergym.envs.check.outside import check_outside
from peergym.envs.check.play import Script
from peergym.envs.maker import game_maker
from tests.envs import planted_odd_games
from tests.envs.planted_games import Sound

HERE = Path(__file__).with_name("odd_forms.py")
FRAMES = 120

TIDE = """
TIDES = [0]


class Tide:
    possible_agents = (0, 1)

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        TIDES[0] = self.x = 0

    def step(self, actions):
        TIDES[0] += 1
        self.x += TIDES[0]
        return {}, {}, {}, {}, {}
"""


def examined(cls: type) -> Report:
    return examine(Subject(cls.__name__, game_maker(cls), None), Plan(3, FRAMES))


def found(report: Report, check: str) -> Finding:
    (finding,) = [each for each in report.findings if each.check == check]
    return finding


def failed(report: Report) -> list[str]:
    return [each.check for each in report.failures]


def test_chance_is_not_blamed_for_a_clock_that_cannot_be_replaced() -> None:
    report = examined(planted_odd_games.CalendarClock)
    assert failed(report) == ["same seed"]
    assert found(report, "global chance").verdict is Verdict.SKIPPED
    assert any("datetime.now" in place for place in found(report, "same seed").places)


def test_a_game_that_draws_into_its_state_fails_here_as_it_does_when_it_is_served() -> None:
    report = examined(planted_odd_games.PaintsState)
    assert failed(report) == ["drawing"]
    assert "draw changed the state" in found(report, "drawing").sentence
    assert ".drawn" in found(report, "drawing").sentence


def test_rules_that_read_an_observation_late_are_found_and_can_say_so() -> None:
    report = examined(load_game(f"{HERE}:LooksLate"))
    assert failed(report) == ["observations"]
    assert "_get_obs" in found(report, "observations").sentence
    assert failed(examined(load_game(f"{HERE}:SaysThatItLooks"))) == []


def test_what_is_played_in_lockstep_passes_as_that() -> None:
    report = examined(planted_odd_games.Waits)
    assert failed(report) == []
    assert report.is_lockstep
    assert found(report, "restorable").verdict is Verdict.WARNED
    assert found(report, "save and load").verdict is Verdict.SKIPPED
    console = Console(record=True, width=200, highlight=False)
    print_report(report, console)
    text = console.export_text()
    assert "can be played in lockstep" in text
    assert "rollback" not in text


def test_drawing_that_changes_what_nobody_can_save_shows_in_the_course() -> None:
    class Smudges(planted_odd_games.Waits):
        def draw(self, surface: Any, player: int) -> None:
            self.x += 1.0

    assert "drawing" in failed(examined(Smudges))


def test_a_variable_of_a_file_goes_by_the_files_own_name(tmp_path: Path) -> None:
    path = tmp_path / "tide.py"
    path.write_text(TIDE)
    report = examined(load_game(f"{path}:Tide"))
    assert "Not restored: tide.TIDES" in found(report, "save and load").sentence


def test_a_step_that_returns_nonsense_is_not_told_of_its_state() -> None:
    class Wrong(Sound):
        def step(self, actions: dict[str, int]) -> Any:
            return {}, 0.0, False, False, {}

    sentence = found(examined(Wrong), "restorable").sentence
    assert sentence.startswith("Wrong.step must return observations")
    assert "lockstep" not in sentence


def test_an_error_is_told_with_its_line() -> None:
    class Falls(Sound):
        def step(self, actions: dict[str, int]) -> Any:
            raise RuntimeError("the moon fell down")

    with pytest.raises(RuntimeError):
        Falls().step({})
    sentence = found(examined(Falls), "restorable").sentence
    assert "RuntimeError: the moon fell down (test_check_odd.py:" in sentence
    assert "in step)" in sentence


def test_a_set_that_comes_back_in_another_order_is_named_with_its_line() -> None:
    report = examined(planted_odd_games.HistoryOfSet)
    assert failed(report) == ["save and load"]
    places = found(report, "save and load").places
    assert any("goes through a set" in place for place in places), places


def test_a_key_for_an_action_that_nobody_has_fails_here_as_it_does_when_it_is_served() -> None:
    cls = type("Keyed", (Sound,), {"metadata": {"keys_to_action": {"a": 7}}})
    report = examined(cls)
    assert failed(report) == ["metadata"]
    assert "action 7" in found(report, "metadata").sentence


def test_a_game_without_a_key_is_told_so() -> None:
    report = examined(Sound)
    assert found(report, "metadata").verdict is Verdict.WARNED
    assert "nobody has a key" in found(report, "metadata").sentence


def test_state_in_a_closure_and_in_a_class_within_is_named() -> None:
    report = examined(planted_odd_games.CountsInAClosure)
    finding = found(report, "save and load")
    assert "Not restored: self.count, a closure with so_far" in finding.sentence
    assert finding.places == ()
    report = examined(load_game(f"{HERE}:SharesItsScore"))
    assert "Not restored: SharesItsScore.scores" in found(report, "save and load").sentence


def test_a_game_that_raises_after_the_script_is_a_finding_too() -> None:
    class FallsLate(Sound):
        def step(self, actions: dict[str, int]) -> Any:
            result = super().step(actions)
            if self.frame > FRAMES + 5:
                raise RuntimeError("too old")
            return result

    report = examined(FallsLate)
    assert "cost" in failed(report)
    assert "too old" in found(report, "cost").sentence


def test_a_game_of_which_nothing_can_be_seen_is_told_so_and_why() -> None:
    finding = found(examined(Sound), "drawing")
    assert finding.verdict is Verdict.WARNED
    assert "no draw method" in finding.sentence
    blind = examined(load_game(f"{Path(__file__).with_name('other_forms.py')}:Blind"))
    assert "OSError: no display (other_forms.py:" in found(blind, "drawing").sentence


def test_a_clock_that_is_read_when_rubbish_is_collected_is_not_the_games() -> None:
    """Hypothesis does so in the process of these very tests."""

    class Litters(Sound):
        def step(self, actions: dict[str, int]) -> Any:
            for _ in range(300):
                pair: list[Any] = []
                pair.append(pair)
            return super().step(actions)

    read: list[float] = []

    def note(phase: str, info: dict[str, int]) -> None:
        read.append(time.perf_counter())

    gc.callbacks.append(note)
    try:
        clock, _ = check_outside(game_maker(Litters), Script(3, 60))
        gc.collect()
    finally:
        gc.callbacks.remove(note)
    assert read
    assert gc.isenabled()
    assert clock.verdict is Verdict.PASSED, clock
