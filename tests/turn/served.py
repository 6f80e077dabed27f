"""A server in a process of its own, as people run it, with all that it prints and keeps."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STOP_WITHIN_S = 30.0


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        url: Where.
        matches_url: Where its operator looks at the matches, with the key.
        data_dir: What it keeps.
        log: What it prints.
    """

    url: str
    matches_url: str
    data_dir: Path
    log: Path

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.url.rpartition(":")[2])

    @property
    def operator_key(self) -> str:
        """What its operator has to show."""
        return self.matches_url.partition("#key=")[2]

    def all_that_is_kept(self) -> bytes:
        """Everything in the data folder and in the log."""
        files = [path for path in sorted(self.data_dir.rglob("*")) if path.is_file()]
        assert files
        return b"\n".join(path.read_bytes() for path in [*files, self.log])


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[Served]:
    """Run ``peergym play pong`` for as long as the block lasts.

    Args:
        folder: For what it keeps and prints.
        arguments: Further words of its command line.
    """
    log, data_dir = folder / "server.log", folder / "data"
    command = [sys.executable, "-u", "-m", "peergym", "play", "pong", "--no-browser"]
    command += ["--data", str(data_dir), *arguments]
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        said = ""
        assert process.stdout is not None
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, log.read_text()
            said += line
        try:
            matches_url = re.search(r"\S+/matches#key=\S+", said)
            url = re.search(r"On this machine\s+(\S+)", said)
            assert matches_url
            assert url
            yield Served(url[1], matches_url[0], data_dir, log)
        finally:
            process.terminate()
            process.wait(STOP_WITHIN_S)
