"""A shard stops in time, or is killed; the next goes on, and nothing is played twice."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import peergym
from tests.fleet import results as results_file
from tests.fleet.checks import Outcome
from tests.fleet.results import Result
from tests.fleet.shard import Fleet, run_shard
from tests.fleet.trials import Problem, Trial

ROOT = Path(__file__).parents[2]
PLAYED = (
    "peergym.rollback.session", "peergym.testing.mesh", "peergym.testing.oracle",
    "peergym.lab.run", "peergym.envs.runner", "peergym.games.chaos",
)  # fmt: skip
WORDS = ("2p-50ms", "drop")
KILLED = """
import os, sys
from pathlib import Path
from tests.fleet import results
from tests.fleet.shard import Fleet, run_shard
from tests.fleet.test_shard import WORDS, quick

results.source = lambda: "of both"  # although somebody may be writing on it right now
played = []

def run(trial):
    played.append(trial)
    if len(played) == 5:
        os._exit(9)  # as if killed: nothing is cleaned up
    return quick(trial)

run_shard(Fleet(folder=Path(sys.argv[1]), rounds=1, words=WORDS), lambda result: None, run=run)
"""


def quick(trial: Trial) -> Outcome:
    """Say that a trial was sound, without playing it."""
    return Outcome((), {"peer_frames": 100})


def wrong(trial: Trial) -> Outcome:
    return Outcome((Problem("stuck", "planted"),), {})


class Told:
    """Collects what a shard tells."""

    def __init__(self, stops_after: int = 10_000) -> None:
        self.names: list[str] = []
        self._stops_after = stops_after

    def __call__(self, result: Result) -> None:
        self.names.append(result["trial"])
        if len(self.names) == self._stops_after:
            raise KeyboardInterrupt


def fleet(folder: Path, **fields: object) -> Fleet:
    return Fleet(**{"folder": folder, "rounds": 1, "words": WORDS, **fields})


def lines(folder: Path) -> list[str]:
    return [
        line for path in folder.glob("results-*.jsonl") for line in path.read_text().splitlines()
    ]


def all_names() -> list[str]:
    return [trial.name for trial in fleet(Path()).wanted()]


def test_an_interrupted_shard_is_taken_up_again_without_playing_anything_twice(
    tmp_path: Path,
) -> None:
    first, second = Told(stops_after=5), Told()
    with pytest.raises(KeyboardInterrupt):
        run_shard(fleet(tmp_path), first, run=quick)
    run_shard(fleet(tmp_path), second, run=quick)
    assert len(first.names) == 5
    assert first.names + second.names == all_names()
    third = Told()
    run_shard(fleet(tmp_path), third, run=quick)
    assert third.names == []


def test_a_killed_shard_is_taken_up_again_without_playing_anything_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_file, "source", lambda: "of both")
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert killed.returncode == 9
    assert len(lines(tmp_path)) == 4
    told = Told()
    run_shard(fleet(tmp_path), told, run=quick)
    assert told.names == all_names()[4:]
    assert len(lines(tmp_path)) == len(all_names())


def test_a_line_that_was_cut_off_is_no_result_and_is_played_again(tmp_path: Path) -> None:
    run_shard(fleet(tmp_path), Told(), run=quick)
    (path,) = tmp_path.glob("results-*.jsonl")
    path.write_bytes(path.read_bytes()[:-30])
    kept = fleet(tmp_path).read()
    assert [line.split(": ", 1)[1] for line in kept.broken] == ["no result, left out"]
    told = Told()
    run_shard(fleet(tmp_path), told, run=quick)
    assert told.names == all_names()[-1:]
    assert list(fleet(tmp_path).read().results) == all_names()


@pytest.mark.parametrize("line", ["[]", "{", "null", '{"trial": 1}', "\udcff\udcfe", "[" * 10_000])
def test_what_is_no_result_is_told_and_left_out(tmp_path: Path, line: str) -> None:
    path = tmp_path / "results-1of1.jsonl"
    path.write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
    run_shard(fleet(tmp_path), Told(), run=quick)
    kept = fleet(tmp_path).read()
    assert len(kept.broken) == 1
    assert list(kept.results) == all_names()


def test_what_another_version_of_the_source_has_played_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(results_file, "source", lambda: "an older one")
        run_shard(fleet(tmp_path), Told(), run=quick)
    assert fleet(tmp_path).read().foreign == len(all_names())
    told = Told()
    run_shard(fleet(tmp_path), told, run=quick)
    assert told.names == all_names()


def test_the_source_of_a_match_is_found_where_it_is() -> None:
    package, here = Path(peergym.__file__).parent, Path(results_file.__file__).parent
    found = {path for name in results_file.OF_PEERGYM for path in package.glob(name)}
    assert {Path(str(import_module(name).__file__)) for name in PLAYED} <= found
    assert all((here / name).exists() for name in results_file.OF_FLEET)


def test_a_shard_without_time_begins_nothing_and_one_with_enough_frames_ends(
    tmp_path: Path,
) -> None:
    told = Told()
    run_shard(fleet(tmp_path), told, shard_s=0.0, run=quick)
    assert told.names == []
    run_shard(fleet(tmp_path, most_peer_frames=350), told, run=quick)
    assert len(told.names) == 4, "each has a hundred"
    run_shard(fleet(tmp_path, most_peer_frames=350), told, run=quick)
    assert len(told.names) == 4


def test_the_parts_are_the_whole_and_know_of_each_other(tmp_path: Path) -> None:
    told = Told()
    for part in (1, 2, 3):
        run_shard(fleet(tmp_path, part=part, parts=3), told, run=quick)
    assert sorted(told.names) == sorted(all_names())
    again = Told()
    run_shard(fleet(tmp_path), again, run=quick)
    assert again.names == []


def test_what_was_played_beside_what_is_wanted_does_not_count(tmp_path: Path) -> None:
    run_shard(fleet(tmp_path), Told(), run=quick)
    others = fleet(tmp_path, words=("3p-50ms", "drop"), most_peer_frames=350)
    told = Told()
    run_shard(others, told, run=quick)
    assert len(told.names) == 4
    assert list(others.read().results) == told.names


def test_two_processes_play_the_same_matches_as_one(tmp_path: Path) -> None:
    told = Told()
    run_shard(fleet(tmp_path), told, processes=2, run=quick)
    assert sorted(told.names) == sorted(all_names())
    assert sorted(fleet(tmp_path).read().results) == sorted(all_names())


def test_a_match_that_goes_wrong_is_kept_and_the_shard_goes_on(tmp_path: Path) -> None:
    told = Told()
    run_shard(fleet(tmp_path), told, run=wrong)
    assert told.names == all_names()
    kept = {path.name for path in (tmp_path / "failures").iterdir()}
    assert kept == {f"{name}{end}" for name in all_names() for end in (".json", ".smallest.json")}
