"""What a game reads besides its inputs: clocks and global generators, caught in the act.

Theory of operation: while a game plays, the functions of `time`, the global ones of `random` and
NumPy, and the system's entropy are replaced by ones that note who calls them. The clocks among
them show times of our own, and the global generators begin at seeds of our own. The script is
played four times: if the course changes with the clock's times, or with the seeds, it depends on
them; if they are called and it does not change, that is said as a warning. If it changes although
nothing was changed, nothing can be said of what is not called.

Law: everything is put back, whatever the game raises.

Not done: `datetime.now`, whose class cannot be replaced without others noticing; the source shows
it (`peergym.envs.check.smells`).
"""

from __future__ import annotations

import gc
import os
import random
import sys
import sysconfig
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.check.findings import Finding, Verdict
from peergym.envs.check.play import Course, Departure, Script, departure_of, record

CLOCKS = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
          "process_time", "process_time_ns")  # fmt: skip
BEGIN_NS = 1_700_000_000_000_000_000
LONGEST_FRAMES = 200
MOST_PLACES = 8
LIBRARY = sysconfig.get_paths()["stdlib"]
OWN_FOLDER = str(Path(__file__).parents[2])
OWN_GAMES = str(Path(OWN_FOLDER) / "games")

Replaced = dict[int, tuple[Callable[..., Any], Callable[..., Any]]]
"""By the id of a function: itself, and what to put in its place."""


@dataclass(slots=True)
class Calls:
    """Who called what.

    Attributes:
        clocks: Lines that read a clock.
        chances: Lines that drew from a global generator or from the system.
    """

    clocks: dict[str, None] = field(default_factory=dict)
    chances: dict[str, None] = field(default_factory=dict)


def check_outside(make: Callable[[], GameAdapter], script: Script) -> list[Finding]:
    """Check that a game's course depends on no clock and no global generator."""
    short = Script(script.seed, min(script.frames, LONGEST_FRAMES))
    calls = Calls()

    def play(tick_ns: int, seed: int) -> Course:
        with _watched(calls, tick_ns, seed):
            return record(make(), short)

    course = play(1_000_000, 1)
    is_repeatable = departure_of(course, play(1_000_000, 1)) is None
    clock = departure_of(course, play(7_777_777_777, 1))
    chance = departure_of(course, play(1_000_000, 2))
    findings = [
        _finding("clock", clock, calls.clocks, "reads a clock", "no clock is read"),
        _finding(
            "global chance",
            chance,
            calls.chances,
            "draws from a generator that is not its own",
            "no global generator is drawn from",
        ),
    ]
    # What is called by nobody did not make the difference.
    return [each if is_repeatable or each.places else _unknown(each.check) for each in findings]


def _unknown(check: str) -> Finding:
    sentence = "the game takes another course each time, for a reason that is not seen here"
    return Finding(check, Verdict.SKIPPED, sentence)


def _finding(
    check: str, left: Departure | None, called: dict[str, None], does: str, passed: str
) -> Finding:
    places = tuple(called)[:MOST_PLACES]
    if left is not None:
        sentence = f"the game {does}, and its states depend on it; first at {left.where}"
        return Finding(check, Verdict.FAILED, sentence, left.path, places)
    if places:
        return Finding(
            check, Verdict.WARNED, f"the game {does}; its states did not depend on it", "", places
        )
    return Finding(check, Verdict.PASSED, passed)


@contextmanager
def _watched(calls: Calls, tick_ns: int, seed: int) -> Iterator[None]:
    """Replace clocks and global generators for a while."""
    clock = _Clock(tick_ns)
    replaced: Replaced = {}
    for name in CLOCKS:
        original = getattr(time, name)
        replaced[id(original)] = original, clock.function(name, original, calls.clocks)
    chances: list[Callable[..., Any]] = [*_global_functions(), os.urandom, uuid.uuid4, uuid.uuid1]
    for chance in chances:
        replaced[id(chance)] = chance, _noted(chance, calls.chances)
    numpy_generator = _numpy_generator()
    state = random.getstate()
    numpy_state = numpy_generator.get_state() if numpy_generator is not None else None
    random.seed(seed)
    if numpy_generator is not None:
        numpy_generator.seed(seed)
    collects = gc.isenabled()
    gc.disable()  # what others do when rubbish is collected is not the game's doing
    undo = _replace(replaced)
    try:
        yield
    finally:
        for namespace, name, original in undo:
            namespace[name] = original
        if collects:
            gc.enable()
        random.setstate(state)
        if numpy_generator is not None:
            numpy_generator.set_state(numpy_state)


class _Clock:
    """A clock that goes on at each look, so that who waits for it does not wait for ever."""

    def __init__(self, tick_ns: int) -> None:
        self._tick_ns = tick_ns
        self._now_ns = BEGIN_NS + tick_ns

    def function(
        self, name: str, original: Callable[[], float], called: dict[str, None]
    ) -> Callable[[], float]:
        """Return what to put in a clock's place."""
        is_whole = name.endswith("_ns")

        def look() -> float:
            if not _note(name, called):
                return original()
            self._now_ns += self._tick_ns
            return self._now_ns if is_whole else self._now_ns / 1e9

        return look


def _noted(original: Callable[..., Any], called: dict[str, None]) -> Callable[..., Any]:
    name = getattr(original, "__name__", "random")

    def call(*arguments: Any, **named: Any) -> Any:
        _note(name, called)
        return original(*arguments, **named)

    return call


def _note(name: str, called: dict[str, None]) -> bool:
    """Note the line that has called, unless it is the standard library's or ours."""
    frame = sys._getframe(2)  # noqa: SLF001 - the caller of who called us
    file = frame.f_code.co_filename
    if _is_library(file):
        return False
    called[f"{Path(file).name}:{frame.f_lineno}: {name}()"] = None
    return True


def _is_library(file: str) -> bool:
    """Whether a file is the standard library's, or ours and no game."""
    if file.startswith(OWN_FOLDER):
        return not file.startswith(OWN_GAMES)
    return file.startswith((LIBRARY, "<frozen")) and "site-packages" not in file


def _global_functions() -> Iterator[Callable[..., Any]]:
    """Yield the functions that are methods of a generator which all modules share."""
    own = getattr(random.seed, "__self__", None)
    for name, value in vars(random).items():
        if getattr(value, "__self__", None) is own and name not in {"getstate", "setstate"}:
            yield value
    numpy_generator = _numpy_generator()
    if numpy_generator is not None:
        for value in vars(sys.modules["numpy.random"]).values():
            if getattr(value, "__self__", None) is numpy_generator:
                yield value


def _numpy_generator() -> Any:
    """Return NumPy's global generator; None where no one has imported NumPy."""
    module = sys.modules.get("numpy.random.mtrand")
    return getattr(module, "_rand", None)


def _replace(replaced: Replaced) -> list[tuple[dict[str, Any], str, Any]]:
    """Replace functions where they are at home, and in modules that imported them by name.

    Returns:
        What puts them back.
    """
    homes = {"time", "random", "os", "uuid", "numpy.random"}
    undo = []
    for name, module in list(sys.modules.items()):
        if not isinstance(module, ModuleType) or name == __name__:
            continue
        if name not in homes and _is_library(getattr(module, "__file__", None) or "<frozen"):
            continue
        namespace = vars(module)
        for key, value in list(namespace.items()):
            known = replaced.get(id(value))
            if known is not None and known[0] is value:
                undo.append((namespace, key, value))
                namespace[key] = known[1]
    return undo
