"""What the fleet plays: every match has a name from which it follows, and survives as JSON."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product

from peergym.lab.match_file import match_from_json
from tests.fleet.trials import BURSTS, FAILURES, LOSSES_PERCENT, PLAYERS, RTTS_MS, trials

TOO_MANY_FOR_TWO = ("drop-unequal", "drop-two", "agents-heir", "join", "part-one")
TOO_MANY_FOR_THREE = ("drop-two",)


def test_a_match_survives_as_json() -> None:
    for trial in (*trials(0), *trials(1)):
        text = json.dumps(trial.match.to_json())
        assert match_from_json(json.loads(text)) == trial.match, trial.name


def test_a_round_has_the_whole_grid_but_for_what_makes_no_sense() -> None:
    networks = len(RTTS_MS) * (len(LOSSES_PERCENT) * len(BURSTS) - 1)  # no bursts of no loss
    expected = Counter(
        {
            (players, failure): networks
            for players, failure in product(PLAYERS, FAILURES)
            if not (players == 2 and failure in TOO_MANY_FOR_TWO)
            and not (players == 3 and failure in TOO_MANY_FOR_THREE)
        }
    )
    assert Counter((trial.match.players, trial.failure) for trial in trials()) == expected
    for trial in trials():
        assert trial.match.schedule.happenings or trial.failure == "nothing"


def test_a_name_is_the_same_match_again_and_another_round_is_another() -> None:
    first, again, second = list(trials()), list(trials()), list(trials(1))
    assert first == again
    assert len({trial.name for trial in (*first, *second)}) == len(first) + len(second)
    assert [trial.match.network for trial in first] == [trial.match.network for trial in second]
    assert not {trial.match.seed for trial in first} & {trial.match.seed for trial in second}


def test_ten_million_peer_frames_are_less_than_two_rounds_and_more_than_one() -> None:
    frames = sum(trial.match.players * trial.match.frames for trial in trials())
    assert 5_000_000 < frames < 10_000_000
