"""Run one command after another, stop at the first that fails, and say how long each took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class StepError(Exception):
    """A step ended with an exit status other than 0, which is kept."""

    def __init__(self, name: str, exit_status: int) -> None:
        super().__init__(f"{name} failed with exit status {exit_status}.")
        self.exit_status = exit_status


class Steps:
    """The steps of one command, with the time each took.

    Args:
        root: The folder in which the steps run.
        environment: Variables to add to those of this process.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._environment = {**os.environ, **environment}
        self._durations_s: list[tuple[str, float]] = []

    def run(self, name: str, command: Sequence[str | Path], folder: Path | None = None) -> None:
        """Run one step.

        Args:
            name: What the step is called in messages.
            command: The program and its arguments.
            folder: Where to run it; the root if left out.

        Raises:
            StepError: If it fails.
        """
        print(f"\n--- {name}", flush=True)
        start_s = time.monotonic()
        arguments = [str(part) for part in command]
        process = subprocess.Popen(arguments, cwd=folder or self._root, env=self._environment)
        exit_status = _wait(process)
        self._durations_s.append((name, time.monotonic() - start_s))
        if exit_status:
            raise StepError(name, exit_status)

    def print_durations(self) -> None:
        """Print a table of the steps that ran."""
        print("\nseconds  step")
        for name, duration_s in self._durations_s:
            print(f"{duration_s:7.1f}  {name}")


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has sent it to the process too, which ends in its own way.
        process.wait()
        raise
