"""Plays the next matches of the fleet on all cores, until time is up.

Theory of operation: the trials of all rounds form one list. A shard plays those that have no result
yet, several at once, and stops in time; the next one goes on from there. So it does not matter how
often it is interrupted, or killed.

Of a match that goes wrong the JSON is kept, and that of a smaller one that goes wrong in the same
way beside it: ``peergym lab GAME --match FILE`` plays either.

Law: a shard ends when its time is over and what had been begun by then has been played.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from time import monotonic

from peergym.lab.match_file import MatchFile
from tests.fleet.checks import Outcome, run_trial
from tests.fleet.results import Kept, Result, Results
from tests.fleet.shrink import shrink
from tests.fleet.trials import Trial, trials

SHARD_S = 450.0  # below ten minutes, with the longest match and its shrinking still to come
SHRINK_S = 90.0

RunTrial = Callable[[Trial], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What shall be played, and where it is kept.

    Attributes:
        folder: Of the results.
        rounds: How many times the grid is played, with other seeds each time.
        most_peer_frames: Stop when the results of all parts amount to so many.
        part, parts: Which part of the trials is ours, from 1 on; how many parts there are.
        words: All of them must be in a trial's name.
    """

    folder: Path
    rounds: int = 2
    most_peer_frames: int = 10_000_000
    part: int = 1
    parts: int = 1
    words: tuple[str, ...] = ()

    def wanted(self) -> Iterator[Trial]:
        """All trials, of all parts."""
        for round_ in range(self.rounds):
            for trial in trials(round_):
                if all(word in trial.name for word in self.words):
                    yield trial

    def ours(self) -> Iterator[Trial]:
        """The trials of our part."""
        return islice(self.wanted(), self.part - 1, None, self.parts)

    @property
    def store(self) -> Results:
        """Where results are kept."""
        return Results(self.folder, f"{self.part}of{self.parts}")

    def read(self) -> Kept:
        """What has been played so far of the trials that are wanted, in all parts."""
        names = {trial.name for trial in self.wanted()}
        kept = self.store.read()
        results = {name: result for name, result in kept.results.items() if name in names}
        return replace(kept, results=results)


def run_shard(
    fleet: Fleet,
    on_result: Callable[[Result], None],
    shard_s: float = SHARD_S,
    processes: int = 1,
    run: RunTrial = run_trial,
) -> None:
    """Play the next trials, for as long as a shard may take.

    Args:
        fleet: What to play.
        on_result: Told of each result.
        shard_s: For how long.
        processes: How many at once; a single one is this process itself.
        run: Plays and checks a trial.

    Raises:
        OSError: Results cannot be read or written.
    """
    store = fleet.store
    store.check()
    known = fleet.read().results
    frames = sum(peer_frames(result) for result in known.values())
    until_s = monotonic() + shard_s

    def next_trials() -> Iterator[Trial]:
        for trial in fleet.ours():
            if frames >= fleet.most_peer_frames or monotonic() >= until_s:
                return
            if trial.name not in known:
                yield trial

    play_one = partial(play, fleet.folder, run=run)
    played = (
        map(play_one, next_trials())
        if processes == 1
        else _play_at_once(play_one, next_trials(), processes)
    )
    for result in played:
        store.append(result)
        frames += peer_frames(result)
        on_result(result)


def _play_at_once(
    play_one: Callable[[Trial], Result], wanted: Iterator[Trial], processes: int
) -> Iterator[Result]:
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_end_with_the_parent) as pool:
        running: set[Future[Result]] = {
            pool.submit(play_one, trial) for trial in islice(wanted, processes)
        }
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            running |= {pool.submit(play_one, trial) for trial in islice(wanted, len(done))}


def _end_with_the_parent() -> None:
    """In a process that plays: end when the one that started it is interrupted, or killed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def peer_frames(result: Result) -> int:
    """How many frames the peers of a match have simulated together, without what was repeated."""
    frames = result["figures"].get("peer_frames", 0)
    return frames if isinstance(frames, int) else 0


def play(folder: Path, trial: Trial, run: RunTrial = run_trial) -> Result:
    """Play one trial; keep its match, and a smaller one, if it goes wrong."""
    outcome = run(trial)
    result: Result = {
        "trial": trial.name,
        "failure": trial.failure,
        "match": trial.match.to_json(),
        "problems": [[problem.kind, problem.text] for problem in outcome.problems],
        "figures": outcome.figures,
    }
    if outcome.problems:
        _keep(folder, trial.name, trial.match)
        smallest = shrink_trial(trial, outcome, run)
        result["smallest"] = str(_keep(folder, f"{trial.name}.smallest", smallest))
    return result


def shrink_trial(
    trial: Trial, outcome: Outcome, run: RunTrial = run_trial, shrink_s: float = SHRINK_S
) -> MatchFile:
    """Find a smaller match that goes wrong in the same way, for as long as that may take."""
    kinds = {problem.kind for problem in outcome.problems}
    until_s = monotonic() + shrink_s

    def fails(match: MatchFile) -> bool:
        if monotonic() >= until_s:
            return False
        problems = run(replace(trial, match=match)).problems
        return any(problem.kind in kinds for problem in problems)

    return shrink(trial.match, fails)


def _keep(folder: Path, name: str, match: MatchFile) -> Path:
    path = folder / "failures" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(match.to_json(), indent=1) + "\n", encoding="utf-8")
    return path
