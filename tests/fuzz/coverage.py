"""Which steps from line to line of our package an input takes, by Python's own tracing.

Slower than the fuzzer's instrumentation by far, and the same on every system: it chooses which
seeds are kept, and says how far they reach.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import peergym
from tests.fuzz.targets import Reach

MOST_BYTES = 8_000  # of the seeds of a target: they are kept in the repository for good
PACKAGE = str(Path(peergym.__file__).parent)
Step = tuple[str, int, int, int] | str
"""(file, line before, line, how often as a power of two), or what the target says it reaches."""


def steps_of(reach: Reach, data: bytes) -> set[Step]:
    """What one input reaches."""
    taken: Counter[tuple[str, int, int]] = Counter()

    def trace(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        name = frame.f_code.co_filename
        if not name.startswith(PACKAGE):
            return None
        before = 0

        def trace_line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal before
            if event == "line":
                taken[name, before, frame.f_lineno] += 1
                before = frame.f_lineno
            return trace_line

        return trace_line

    sys.settrace(trace)
    try:
        reached = reach(data)
    finally:
        sys.settrace(None)
    return {(*step, times.bit_length()) for step, times in taken.items()} | reached


def choose(reach: Reach, inputs: Iterable[bytes], golden: Iterable[bytes]) -> list[bytes]:
    """The few of the inputs that reach what all reach together and the golden seeds do not.

    First what the target names, then steps, as many as `MOST_BYTES` have room for.
    """
    known: set[Step] = set().union(*[steps_of(reach, data) for data in golden])
    reached: dict[bytes, set[Step]] = {}
    for data in sorted(set(inputs)):
        with suppress(Exception):  # one that fails is no seed: it is kept as a failure elsewhere
            reached[data] = steps_of(reach, data) - known
    missing: set[Step] = set().union(*reached.values())
    named = {step for step in missing if isinstance(step, str)}
    chosen: list[bytes] = []
    for wanted in (named, missing):
        while wanted:
            best = max(reached, key=lambda data: len(reached[data] & wanted) / (20 + len(data)))
            is_full = sum(map(len, chosen)) + len(best) > MOST_BYTES
            if is_full and wanted is missing:
                return chosen
            chosen.append(best)
            missing.difference_update(reached[best])
            wanted.difference_update(reached[best])
    return chosen


def lines_of(path: Path) -> set[int]:
    """The lines of a file on which there is something to execute in a function."""
    lines: set[int] = set()
    pending = [compile(path.read_text("utf-8"), str(path), "exec")]
    while pending:
        code = pending.pop()
        pending += [each for each in code.co_consts if isinstance(each, CodeType)]
        is_function = bool(code.co_flags & 0x2)  # has fast locals: no module, no class
        if is_function:
            found = {line for _, _, line in code.co_lines() if line}
            lines |= found - {code.co_firstlineno}
    return lines
