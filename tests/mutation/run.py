"""Plants one fault after the other: ``python -m tests.mutation.run [WORD ...]``.

Theory of operation: the tests that shall notice faults are first run against a sound copy of the
source, where all must pass. Then each fault is planted in the copy, and every test that is named
with it must fail, by an assertion of its own or a law that is found broken. A fault that nobody
notices is a test that is missing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation.fault import Fault
from tests.mutation.faults import FAULTS
from tests.mutation.tree import Ends, Tree, ends_of

Result = tuple[Fault, str, float]
"""A fault, what is wrong with the tests that shall notice it (nothing, if they do), seconds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults that were asked for, or all. Returns the exit status."""
    asked = _read_arguments(arguments)
    faults = [fault for fault in FAULTS if all(word in fault.name for word in asked.words)]
    if not faults:
        print(f"No fault is named {' '.join(asked.words)}; --list shows all.")
        return 2
    if asked.list or asked.table:
        print(_table(faults) if asked.table else "\n".join(fault.name for fault in faults))
        return 0
    start_s = time.monotonic()
    with TemporaryDirectory(prefix="peergym-mutation-") as folder:
        tree = Tree(Path(folder))
        if not _is_sound(tree, faults):
            return 1
        results = [
            _plant(tree, fault, number, len(faults)) for number, fault in enumerate(faults, start=1)
        ]
    missed = [fault.name for fault, problem, _ in results if problem]
    _print_summary(results, time.monotonic() - start_s)
    return 1 if missed else 0


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py mutate", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the names of faults")
    parser.add_argument("--list", action="store_true", help="only the names")
    parser.add_argument("--table", action="store_true", help="the table of docs/robustness.md")
    return parser.parse_args(arguments)


def _is_sound(tree: Tree, faults: Sequence[Fault]) -> bool:
    """Whether all tests pass without any fault."""
    start_s = time.monotonic()
    tests = sorted({test for fault in faults for test in fault.caught_by})
    print(f"{len(faults)} faults, {len(tests)} tests; without a fault ...", flush=True)
    ends, said = tree.run(tests)
    wrong = [test for test in tests if not ends_of(test, ends)]
    wrong += [test for test, (outcome, _) in ends.items() if outcome != "passed"]
    if wrong:
        print("\n".join(["These do not pass without a fault:", *wrong, "", said]))
    else:
        print(f"... {len(ends)} cases pass, {time.monotonic() - start_s:.1f} s", flush=True)
    return not wrong


def _plant(tree: Tree, fault: Fault, number: int, of: int) -> Result:
    start_s = time.monotonic()
    with tree.planted(fault):
        ends, said = tree.run(fault.caught_by)
    problem = judge(fault, ends)
    took_s = time.monotonic() - start_s
    word = "MISSED" if problem else "noticed"
    print(f"[{number:3}/{of}] {took_s:5.1f} s  {word:8}  {fault.name}", flush=True)
    if problem:
        print(f"{problem}\n{said}", flush=True)
    return fault, problem, took_s


def judge(fault: Fault, ends: Ends) -> str:
    """Say what is wrong with the tests of a fault, after a run with it; nothing, if all is well."""
    problems = []
    for test in fault.caught_by:
        outcomes = ends_of(test, ends)
        if not outcomes:
            problems.append(f"  {test} did not run")
        elif not any(outcome == "noticed" for outcome, _ in outcomes):
            said = next((message for outcome, message in outcomes if message), "it passes")
            problems.append(f"  {test} does not notice it: {said}")
    return "\n".join(problems)


def _print_summary(results: Sequence[Result], took_s: float) -> None:
    width = max(len(fault.name) for fault, *_ in results)
    print("\nseconds  fault")
    for fault, problem, fault_s in results:
        tests = "NOBODY" if problem else ", ".join(_short(test) for test in fault.caught_by)
        print(f"{fault_s:7.1f}  {fault.name:{width}}  {tests}")
    noticed = sum(not problem for _, problem, _ in results)
    print(f"\n{noticed} of {len(results)} faults are noticed, in {took_s:.0f} s.")


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return f"{Path(file).stem.removeprefix('test_')}: {name.removeprefix('test_')}"


def _table(faults: Sequence[Fault]) -> str:
    """The faults as a table in Markdown."""
    rows = ["| fault | what would happen to a match | caught by |", "|---|---|---|"]
    for fault in faults:
        tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in fault.caught_by)
        rows.append(f"| {fault.name} | {fault.harm} | {tests} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
