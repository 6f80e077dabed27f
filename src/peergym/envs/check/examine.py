"""All checks of a game, one after the other.

Theory of operation: a script is played once, and that course is the measure of everything else: a
second game, another process with another order of sets, other times on the clock, other global
generators, the same game after a reset, after loads from any frame, and from states that were
sent; last, a browser's Python. What runs that is handed in, since only the server knows how to pack
a game for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.elsewhere import read_answer, request_of
from peergym.envs.check.figures import measure
from peergym.envs.check.findings import Figures, Finding, Report, Verdict
from peergym.envs.check.looking import check_drawing, check_metadata, check_observations
from peergym.envs.check.outside import check_outside
from peergym.envs.check.play import Course, Script, record
from peergym.envs.check.processes import ProcessError, ask_process
from peergym.envs.check.repeat import (
    NOT_RESTORED,
    check_many_loads,
    check_reset,
    check_same_seed,
    check_save_and_load,
    check_sent_states,
)
from peergym.envs.check.smells import CHANCE, CLOCK, ORDER, PORTABILITY, smells_of
from peergym.envs.maker import MakeGame, game_maker
from peergym.envs.objects.own import PutBack
from peergym.envs.raised import name_of_game_error
from peergym.errors import EnvironmentContractError, PeergymError

FRAMES = 600
SEED = 1
HASH_SEEDS = (1, 2)
MOST_PLACES = 8

Elsewhere = Callable[[str], dict[str, Any]]
"""Sends a request to a browser's Python and returns its answer; raises `PeergymError` if it
cannot. See `peergym.envs.check.elsewhere`."""

UNREPEATABLE = "the same seed has to lead to the same states first"
INEXACT = "going back has to be exact first"
NARROWER = re.compile(r": (?:an array of )?([iu])8\b.* != (?:an array of )?(?:\1)4\b")
IS_NARROWER = (
    "NumPy's whole numbers have 32 bits there unless the source says otherwise: dtype=numpy.int64"
)
IN_LOCKSTEP = "it is played in lockstep, where nothing is put back"
LOCKSTEP = (
    "It can be played in lockstep (a prediction window of 0), where nothing is taken back and "
    "nothing needs restoring. Or give it get_state and set_state."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked.

    Attributes:
        name: What to call it.
        make: Makes a fresh game.
        spec: How another process finds it; None if it cannot.
        players: How many play; None leaves it to the game.
    """

    name: str
    make: MakeGame
    spec: str | None
    players: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is checked.

    Attributes:
        seed: Of what is played.
        frames: How many.
        elsewhere: Plays the same in a browser's Python.
        why_not: What is said where that is None.
        tell: Told the name of each check as it begins.
    """

    seed: int = SEED
    frames: int = FRAMES
    elsewhere: Elsewhere | None = None
    why_not: str = "not asked for"
    tell: Callable[[str], object] = str


CHECKS = ("restorable", "same seed", "other processes", "reset", "save and load", "many loads",
          "sent states", "observations", "metadata", "drawing", "clock and chance",
          "browser's Python", "cost")  # fmt: skip
"""What `Plan.tell` is told, in this order."""


def examine(subject: Subject, plan: Plan) -> Report:
    """Run all checks; whatever the game raises is a finding."""
    script = Script(plan.seed, plan.frames)
    report = Report(subject.name, plan.seed, plan.frames, ())
    plan.tell("restorable")
    try:
        course = record(subject.make(), script)
    except EnvironmentContractError as refusal:
        return replace(report, findings=(_not_restorable(refusal),))
    except Exception as error:  # noqa: BLE001
        return replace(report, findings=(_raised("restorable", error),))
    examination = _Examination(subject, plan, script, course)
    findings = [_played(subject.make(), course, script), *examination.findings()]
    portable, there = examination.portability()
    plan.tell("cost")
    try:
        here: tuple[Figures, ...] = (measure(subject.make(), "native", time.perf_counter),)
    except Exception as error:  # noqa: BLE001 - it plays longer than the script
        findings.append(_raised("cost", error))
        here = ()
    figures = here if there is None else (*here, there)
    return replace(
        report,
        findings=(*findings, portable),
        figures=figures,
        is_lockstep=subject.make().is_lockstep,
    )


def make_subject(
    made: Callable[[], Any], name: str, spec: str | None, players: int | None, plan: Plan
) -> Subject | Report:
    """Make a subject, or the report of one that cannot even be begun with.

    Args:
        made: The class of a game, or what makes one.
        name: What to call it.
        spec: How another process finds it; None if it cannot.
        players: How many play; None leaves it to the game.
        plan: How it would be checked.

    Raises:
        ConfigurationError: It is not for so many players.
        EnvironmentContractError: It is no game.
    """
    try:
        return Subject(name, game_maker(made, players), spec, players)  # type: ignore[arg-type]
    except EnvironmentContractError as refusal:
        if not refusal.path:
            raise
        return Report(name, plan.seed, plan.frames, (_not_restorable(refusal),))


class _Examination:
    """The checks of a subject that has been played once."""

    def __init__(self, subject: Subject, plan: Plan, script: Script, course: Course) -> None:
        self._subject = subject
        self._make = subject.make
        self._plan = plan
        self._script = script
        self._course = course
        self._smells = smells_of(subject.make().env)
        self._why_not = ""  # of the checks that come, once one has failed that they build on

    def findings(self) -> Iterator[Finding]:
        """Yield what each check finds that runs on this machine."""
        make, script, course = self._make, self._script, self._course
        same = self._run("same seed", lambda: check_same_seed(make, script, course), CLOCK, CHANCE)
        yield same
        if same.verdict is Verdict.FAILED:
            self._why_not = UNREPEATABLE
        yield self._run("other processes", self._other_processes, ORDER, CHANCE, CLOCK)
        yield self._run("reset", lambda: check_reset(make(), script, course))
        yield from self._loads(self._why_not)
        yield self._run("observations", lambda: check_observations(make(), course))
        yield self._run("metadata", lambda: check_metadata(make()))
        yield self._run("drawing", lambda: check_drawing(make(), course))
        self._plan.tell("clock and chance")
        try:
            for finding in check_outside(make, script):
                yield self._with_smells(finding, CLOCK if finding.check == "clock" else CHANCE)
        except Exception as error:  # noqa: BLE001 - whatever a game raises is a finding
            yield _raised("clock and chance", error)
        passed = Finding("order of sets", Verdict.PASSED, "its source goes through no set")
        yield self._with_smells(passed, ORDER)

    def _loads(self, why_not: str) -> Iterator[Finding]:
        """Yield what the checks find that put the game back."""
        make, course, seed = self._make, self._course, self._plan.seed
        self._why_not = why_not or (IN_LOCKSTEP if make().is_lockstep else "")
        loads = self._run("save and load", lambda: check_save_and_load(make, course, seed))
        if loads.verdict is Verdict.FAILED:
            self._why_not = INEXACT
            if NOT_RESTORED not in loads.sentence:  # then the cause is known
                loads = self._blamed(loads, ORDER, CHANCE)
        yield loads
        yield self._run("many loads", lambda: check_many_loads(make(), course, seed))
        yield self._run("sent states", lambda: check_sent_states(make, course, seed))
        self._why_not = why_not

    def portability(self) -> tuple[Finding, Figures | None]:
        """Return what a browser's Python makes of it, and what it costs there."""
        name = "browser's Python"
        self._plan.tell(name)
        if self._why_not == UNREPEATABLE:
            return Finding(name, Verdict.SKIPPED, UNREPEATABLE), None
        if self._plan.elsewhere is None:
            return Finding(name, Verdict.SKIPPED, self._plan.why_not), None
        try:
            said = self._plan.elsewhere(self._request("browser"))
        except PeergymError as error:
            return Finding(name, Verdict.SKIPPED, f"could not be asked: {error}"), None
        left, figures = read_answer(self._course, said)
        claims = self._make().is_portable
        if left is None:
            sentence = "the same states as here"
            if not claims:
                sentence += ': with metadata["is_portable"] = True, native peers may join browsers'
            return Finding(name, Verdict.PASSED, sentence), figures
        sentence = f"a browser computes other states than this machine, first at {left.where}. "
        sentence += (
            'metadata["is_portable"] is True, and it is not'
            if claims
            else "Browsers play it with each other, and native peers are refused"
        )
        verdict = Verdict.FAILED if claims else Verdict.WARNED
        if NARROWER.search(left.path):
            return Finding(name, verdict, f"{sentence}. {IS_NARROWER}", left.path), figures
        finding = Finding(name, verdict, sentence, left.path)
        return self._blamed(finding, PORTABILITY, ORDER), figures

    def _run(self, name: str, check: Callable[[], Finding], *kinds: str) -> Finding:
        self._plan.tell(name)
        if self._why_not:
            return Finding(name, Verdict.SKIPPED, self._why_not)
        try:
            finding = check()
        except Exception as error:  # noqa: BLE001 - whatever a game raises is a finding
            finding = _raised(name, error)
        return self._blamed(finding, *kinds) if finding.verdict is Verdict.FAILED else finding

    def _other_processes(self) -> Finding:
        name = "other processes"
        if self._subject.spec is None:
            sentence = "another process cannot find it: give a class or a function of a module"
            return Finding(name, Verdict.SKIPPED, sentence)
        for hash_seed in HASH_SEEDS:
            try:
                said = ask_process(self._subject.spec, self._request(), hash_seed)
            except ProcessError as error:
                return Finding(name, Verdict.FAILED, str(error))
            left, _ = read_answer(self._course, said)
            if left is not None:
                sentence = f"a process with PYTHONHASHSEED={hash_seed} took another course with "
                sentence += f"the same seed and inputs; first at {left.where}"
                return Finding(name, Verdict.FAILED, sentence, left.path)
        seeds = " and ".join(map(str, HASH_SEEDS))
        return Finding(name, Verdict.PASSED, f"the same states with PYTHONHASHSEED {seeds}")

    def _request(self, host: str = "") -> str:
        return request_of(self._course, self._script, self._subject.players, host)

    def _with_smells(self, finding: Finding, kind: str) -> Finding:
        if finding.verdict is Verdict.PASSED and any(each.kind == kind for each in self._smells):
            sentence = "nothing went wrong here, but in the source"
            finding = replace(finding, verdict=Verdict.WARNED, sentence=sentence)
        return self._blamed(finding, kind) if finding.verdict is not Verdict.PASSED else finding

    def _blamed(self, finding: Finding, *kinds: str) -> Finding:
        """Add the lines that may be the cause, where they are not named already."""
        places = list(finding.places)
        for smell in self._smells:
            line = f"{smell.file}:{smell.line}:"
            if smell.kind in kinds and not any(each.startswith(line) for each in places):
                places.append(str(smell))
        return replace(finding, places=tuple(places[:MOST_PLACES]))


def _played(game: GameAdapter, course: Course, script: Script) -> Finding:
    env = game.env
    episodes = f"{course.episodes} episodes" if course.episodes > 1 else "one episode"
    if game.is_lockstep:
        sentence = f"{IN_LOCKSTEP}: inputs take effect when all of them are there. What "
        sentence += f"{script.frames} frames in {episodes} returned is compared"
        return Finding("restorable", Verdict.WARNED, sentence)
    sentence = f"each state of {script.frames} frames in {episodes} could be saved"
    own = getattr(env, "put_back", PutBack()).sentence
    if hasattr(env, "get_state"):
        own = "Its own get_state and set_state are used"
    sentence += f". {own}" if own else ""
    return Finding("restorable", Verdict.PASSED, sentence)


def _not_restorable(refusal: EnvironmentContractError) -> Finding:
    if not refusal.path and "lockstep" not in str(refusal):  # of something else than its state
        return Finding("restorable", Verdict.FAILED, str(refusal))
    reason = str(refusal).removeprefix(f"{refusal.path}: ")
    sentence = f"its state cannot be saved: {reason}"
    if "lockstep" not in sentence:  # which most refusals name themselves
        sentence += f". {LOCKSTEP}"
    return Finding("restorable", Verdict.FAILED, sentence, refusal.path)


def _raised(check: str, error: Exception) -> Finding:
    path = error.path if isinstance(error, EnvironmentContractError) else ""
    sentence = f"the game raised {name_of_game_error(error)}"
    return Finding(check, Verdict.FAILED, sentence, path)
