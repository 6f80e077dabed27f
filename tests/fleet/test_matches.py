"""A mixture of the fleet's matches, every failure and every number of players: all are sound."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from peergym.lab.match_file import match_from_json
from tests.fleet.checks import run_trial
from tests.fleet.trials import FAILURES, PLAYERS, Trial, trials

FOUND = sorted((Path(__file__).parent / "found").glob("*.json"))

OF_EIGHT = ("drop-unequal", "drop-two", "agents-heir", "rejoin-from-agent")
"""Eight players take the longest: the failures that ask most of many."""

STRIDE = 11  # no divisor in common with the number of networks, so that each has its turn


def mixture() -> list[Trial]:
    """One trial of every failure with every number of players, on all networks in turn."""
    rows: dict[tuple[int, str], list[Trial]] = defaultdict(list)
    for trial in trials():
        rows[trial.match.players, trial.failure].append(trial)
    return [
        row[number * STRIDE % len(row)]
        for number, ((players, failure), row) in enumerate(rows.items())
        if players < 8 or failure in OF_EIGHT
    ]


MIXTURE = mixture()


@pytest.mark.parametrize("trial", MIXTURE, ids=[trial.name for trial in MIXTURE])
def test_a_match_of_the_fleet_is_sound(trial: Trial) -> None:
    outcome = run_trial(trial)
    assert not outcome.problems, f"{outcome.problems}: {json.dumps(trial.match.to_json())}"
    assert outcome.figures["frames"] >= trial.match.frames
    assert outcome.figures["compared"] > 0


def test_the_mixture_has_every_failure_every_number_of_players_and_every_network() -> None:
    assert {trial.failure for trial in MIXTURE} == set(FAILURES)
    assert {trial.match.players for trial in MIXTURE} == set(PLAYERS)
    assert {trial.match.network for trial in MIXTURE} == {each.match.network for each in trials()}


@pytest.mark.parametrize("path", FOUND, ids=[path.stem for path in FOUND])
def test_a_match_that_once_went_wrong_is_sound(path: Path) -> None:
    match = match_from_json(json.loads(path.read_bytes()))
    outcome = run_trial(Trial(path.stem, "found", match))
    assert not outcome.problems
