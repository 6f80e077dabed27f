"""A match that goes wrong is cut down to a small one that goes wrong in the same way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from peergym.lab.match_file import MatchFile, match_from_json
from peergym.testing import Happening, Kind, PairConditions, Schedule
from tests.fleet import planted
from tests.fleet.checks import Outcome, run_trial
from tests.fleet.planted import drop, trial
from tests.fleet.shard import play, shrink_trial
from tests.fleet.shrink import shrink, simpler_matches
from tests.fleet.trials import Problem, Trial, trials

MUCH = MatchFile(
    players=4,
    frames=800,
    seed=77,
    input_delay="auto",
    snapshot_interval=4,
    absent="noop",
    spectators=2,
    network=PairConditions(rtt_s=0.1, jitter_s=0.05, loss=0.15, burst_packets=10, burst_s=0.167),
    schedule=Schedule(
        (
            drop(player=1, frame=200),
            Happening(kind=Kind.PARTITION, frame=50, groups=((0, 1), (2, 3)), length_frames=60),
            Happening(kind=Kind.KILL_SPECTATOR, frame=80, player=0),
        )
    ),
)


def test_all_that_has_nothing_to_do_with_a_problem_is_left_out() -> None:
    def fails(match: MatchFile) -> bool:
        drops = match.schedule.of(Kind.DROP)
        return bool(drops) and drops[0].player == 1 and match.network.loss > 0

    smallest = shrink(MUCH, fails)
    assert fails(smallest)
    usual = MatchFile()
    assert smallest == replace(
        usual,
        frames=smallest.frames,
        absent="noop",
        network=replace(usual.network, loss=0.15),
        schedule=Schedule((drop(player=1, frame=1),)),
    )
    assert smallest.frames <= 100


def test_a_problem_that_never_comes_again_leaves_the_match_as_it_was() -> None:
    assert shrink(MUCH, lambda match: False) == MUCH


def test_no_more_matches_are_tried_than_are_allowed() -> None:
    tried = []

    def fails(match: MatchFile) -> bool:
        tried.append(match)
        return len(tried) % 2 == 0

    shrink(MUCH, fails, most_tries=15)
    assert len(tried) == len({repr(match) for match in tried}) == 15


def test_what_is_simpler_is_another_match_and_survives_as_json() -> None:
    for each in list(trials())[::97]:
        for simpler in simpler_matches(each.match):
            assert simpler != each.match
            assert match_from_json(json.loads(json.dumps(simpler.to_json()))) == simpler


def test_a_planted_fault_shrinks_to_a_small_match_with_the_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    planted.plant_another_input(monkeypatch, peers=[1])
    wanted = trial(drop(frame=180), input_delay=2, spectators=1)
    result = play(tmp_path, wanted)
    assert "diverged" in [kind for kind, _ in result["problems"]]
    kept = match_from_json(json.loads((tmp_path / "failures" / "planted.json").read_bytes()))
    assert kept == wanted.match
    smallest = match_from_json(json.loads(Path(result["smallest"]).read_bytes()))
    assert (smallest.players, smallest.spectators, smallest.input_delay) == (2, 0, 0)
    assert not smallest.schedule.happenings
    assert smallest.network == PairConditions()
    assert smallest.frames < wanted.match.frames
    again = run_trial(replace(wanted, match=smallest))
    assert "diverged" in [problem.kind for problem in again.problems]
    monkeypatch.undo()
    assert run_trial(replace(wanted, match=smallest)).problems == ()


def test_another_problem_is_not_taken_for_the_one_that_is_looked_for() -> None:
    def run(each: Trial) -> Outcome:
        kind = "diverged" if each.match.spectators == 2 else "stuck"
        return Outcome((Problem(kind, ""),), {})

    wanted = Trial("planted", "planted", MUCH)
    smallest = shrink_trial(wanted, run(wanted), run)
    assert smallest.spectators == 2
    assert smallest.players < 4
