"""Every way in which a match can go wrong is a problem of its own; a sound one has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from peergym.games.catalogue import find_game
from peergym.lab.run import build, play
from peergym.rollback.events import PlayerCut
from peergym.testing import Happening, Kind, Mesh
from peergym.testing.comings import Comings
from tests.fleet import planted
from tests.fleet.checks import Outcome, check, run_trial
from tests.fleet.planted import WRONG_FRAME, drop, trial
from tests.fleet.trials import Trial

Patch = pytest.MonkeyPatch


def kinds(outcome: Outcome) -> set[str]:
    return {problem.kind for problem in outcome.problems}


def play_disturbed(played: Trial, disturb: Callable[[Mesh], None]) -> Outcome:
    """Play a match in which something is done after its hundredth frame."""
    mesh = build(played.match.lab_options(find_game))
    assert mesh.run_frames(100)
    disturb(mesh)
    play(mesh, played.match.frames)
    return check(played, mesh)


def test_a_sound_match_has_no_problem() -> None:
    outcome = run_trial(trial(drop()))
    assert outcome.problems == ()
    assert outcome.figures["cuts"] == 1
    assert outcome.figures["rollbacks"] > 0


def test_a_peer_with_another_history_has_diverged(monkeypatch: Patch) -> None:
    planted.plant_another_input(monkeypatch, peers=[1])
    assert "diverged" in kinds(run_trial(trial()))


def test_the_oracle_decides_also_where_all_peers_agree() -> None:
    def mislead(mesh: Mesh) -> None:
        for peer in mesh.peers.values():
            peer.runner.plant_desync(0, 150)

    assert kinds(play_disturbed(trial(), mislead)) == {"diverged"}, "none differs from another"


def wait_for_cut(mesh: Mesh) -> None:
    survivors = [mesh.peers[0], mesh.peers[1]]
    assert mesh.run_until(lambda: all(peer.events_of(PlayerCut) for peer in survivors), 10.0)


def test_a_cut_of_which_one_was_told_otherwise_is_no_agreement() -> None:
    def tell_otherwise(mesh: Mesh) -> None:
        wait_for_cut(mesh)
        changes = mesh.peers[1].seat_log.changes
        changes[0] = replace(changes[0], frame=changes[0].frame + 1)

    outcome = play_disturbed(trial(drop(frame=150)), tell_otherwise)
    assert kinds(outcome) == {"agreement"}


def test_a_desync_that_is_reported_of_a_sound_match_is_a_false_alarm(monkeypatch: Patch) -> None:
    planted.plant_other_checksums(monkeypatch, peer=1)
    outcome = run_trial(trial())
    assert "false alarm" in kinds(outcome)
    assert "diverged" not in kinds(outcome)


def test_a_desync_that_not_everybody_reports_is_silent(monkeypatch: Patch) -> None:
    happening = Happening(kind=Kind.DESYNC, frame=WRONG_FRAME, player=0)
    assert run_trial(trial(happening)).problems == ()
    planted.plant_deafness_for_checksums(monkeypatch)
    assert kinds(run_trial(trial(happening))) == {"silent desync"}


def test_a_match_that_waits_for_ever_is_stuck() -> None:
    def hold(mesh: Mesh) -> None:
        mesh.peers[0].hold_ticks(1000.0)

    assert "stuck" in kinds(play_disturbed(trial(), hold))


def test_one_who_was_excluded_and_does_not_come_back_is_missing(monkeypatch: Patch) -> None:
    groups = ((0,), (1, 2))
    parted = Happening(kind=Kind.PARTITION, frame=90, groups=groups, length_frames=240)
    assert run_trial(trial(parted)).problems == ()
    monkeypatch.setattr(Comings, "come_back", lambda self, old: None)
    assert kinds(run_trial(trial(parted))) == {"not back"}


def test_a_spectator_who_is_left_behind_is_missing() -> None:
    def hold(mesh: Mesh) -> None:
        mesh.watchers[0].hold_ticks(1000.0)

    outcome = play_disturbed(trial(spectators=1), hold)
    assert kinds(outcome) == {"not back"}


def test_a_match_that_stands_still_after_a_cut_makes_no_progress() -> None:
    def hold(mesh: Mesh) -> None:
        wait_for_cut(mesh)
        mesh.peers[0].hold_ticks(mesh.clock.now_s + 3.0)

    assert kinds(play_disturbed(trial(drop(frame=150)), hold)) == {"no progress"}


def test_a_match_that_falls_behind_full_speed_is_too_slow() -> None:
    def hold(mesh: Mesh) -> None:
        mesh.peers[0].hold_ticks(mesh.clock.now_s + 1.0)

    calm = trial(failure="nothing", input_delay="auto")
    assert kinds(play_disturbed(calm, lambda mesh: None)) == set()
    assert kinds(play_disturbed(calm, hold)) == {"too slow"}


def test_a_match_without_inputs_exercises_nothing() -> None:
    def idle(mesh: Mesh) -> None:
        mesh.input_of = lambda player, episode, frame: 0

    played = trial(frames=400)
    mesh = build(played.match.lab_options(find_game))
    idle(mesh)
    play(mesh, played.match.frames)
    outcome = check(played, mesh)
    assert kinds(outcome) == {"not exercised"}
    said = " ".join(problem.text for problem in outcome.problems)
    assert "players [0, 1, 2] did nothing" in said
    assert "peer 1 never rolled back" in said


def test_what_is_raised_is_a_problem_that_names_its_place(monkeypatch: Patch) -> None:
    planted.plant_error(monkeypatch, peer=2)
    (problem,) = run_trial(trial()).problems
    assert problem.kind == "exception: AttributeError in advance_frame"
    assert problem.text == "broken on purpose"
