"""A copy of the source to plant faults in, and the runs of the tests against it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutation.fault import ROOT, SOURCE, Fault

REPORT, TREE = "MUTATION_REPORT", "MUTATION_TREE"
"""Variables of the environment: where to write the report, and which peergym is to be tested."""

LEAST_LIMIT_S = 300  # for the tests of one fault; a test that hangs is stopped long before
LONGEST_TEST_S = 60

Ends = Mapping[str, tuple[str, str]]
"""How each test ended: (passed, noticed or stumbled; what it said), by pytest's name of it."""


class Tree:
    """A copy of the source.

    Args:
        folder: An empty folder, for nothing else.
        source: The package to copy.
        root: Where the tests are run, and where their names begin.
    """

    def __init__(self, folder: Path, source: Path = SOURCE, root: Path = ROOT) -> None:
        self._folder = folder
        self._root = root
        self._package = folder / "source" / source.name
        skipped = shutil.ignore_patterns("__pycache__", "client_dist")
        shutil.copytree(source, self._package, ignore=skipped)
        # Checked by content: a fault may have as many bytes as what it replaces, and be planted
        # within the same second, so that size and time tell nothing.
        command = ["compileall", "-q", "--invalidation-mode", "checked-hash", self._package]
        subprocess.run([sys.executable, "-m", *map(str, command)], check=True)

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """Have a fault in the copy for a while.

        Raises:
            LookupError: It has no place there.
        """
        path = self._package / fault.path
        sound = path.read_text(encoding="utf-8")
        path.write_text(fault.planted(sound), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(sound, encoding="utf-8")

    def run(self, tests: Sequence[str]) -> tuple[Ends, str]:
        """Run tests against the copy.

        Args:
            tests: As pytest names them.

        Returns:
            How each ended, and the last lines of what pytest printed.
        """
        report = self._folder / "report.jsonl"
        report.write_text("", encoding="utf-8")
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "tests.mutation.inside",
            "-p", "no:cacheprovider", "--hypothesis-seed=0", f"--timeout={LONGEST_TEST_S}",
            "--tb=line", *tests,
        ]  # fmt: skip
        variables = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self._package.parent), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            # What fails here is no example to remember.
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self._folder / "hypothesis"),
            REPORT: str(report),
            TREE: str(self._package),
        }
        limit_s = max(LEAST_LIMIT_S, LONGEST_TEST_S * len(tests))
        try:
            done = subprocess.run(
                command, cwd=self._root, env=variables, capture_output=True, text=True,
                timeout=limit_s, check=False,
            )  # fmt: skip
            said = done.stderr + done.stdout
        except subprocess.TimeoutExpired:
            said = f"stopped after {limit_s} s"
        lines = report.read_text(encoding="utf-8").splitlines()
        ends = {test: (outcome, message) for test, outcome, message in map(json.loads, lines)}
        return ends, "\n".join(said.splitlines()[-12:])


def ends_of(test: str, ends: Ends) -> list[tuple[str, str]]:
    """How a test ended: one entry, or one for each case of a test that is parametrized."""
    return [end for name, end in ends.items() if name == test or name.startswith(f"{test}[")]
