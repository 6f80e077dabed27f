"""The results of a sweep on disk: one line of JSON for each match, only ever appended to.

Theory of operation: a line is ``{"run": ..., "figures": ...}`` and is written as soon as its match
is over, so whoever is killed loses the matches that were being played and nothing else. A line that
was cut off is not a result; the next one begins on a line of its own.

Law: what has been read or appended is never simulated again.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from peergym.errors import ConfigurationError
from peergym.lab.sweep.runs import Run

FILE = "runs.jsonl"


class Store:
    """The results in one folder.

    Args:
        folder: Made if it is not there.

    Raises:
        ConfigurationError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._figures: dict[str, dict[str, Any]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("a+b")
            self._read()
        except OSError as error:
            raise ConfigurationError("--out", f"cannot use {folder}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self) -> None:
        self._file.seek(0)
        line = b"\n"
        for line in self._file:
            try:
                written = json.loads(line)
                key = json.dumps(written["run"], sort_keys=True)
                self._figures[key] = dict(written["figures"])
            except (ValueError, TypeError, KeyError):
                continue  # cut off, or of somebody else: it is simulated again
        if not line.endswith(b"\n"):
            self._file.write(b"\n")

    def get(self, run: Run) -> dict[str, Any] | None:
        """The figures of a run, if it has been simulated."""
        return self._figures.get(run.key)

    def put(self, run: Run, figures: dict[str, Any]) -> None:
        """Keep the figures of a run.

        Raises:
            ConfigurationError: They cannot be written.
        """
        self._figures[run.key] = figures
        line = json.dumps({"run": run.to_json(), "figures": figures}) + "\n"
        try:
            self._file.write(line.encode())
            self._file.flush()
        except OSError as error:
            raise ConfigurationError(
                "--out", f"cannot write {self.path}: {error.strerror}"
            ) from error
