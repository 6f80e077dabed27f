"""A real server in a namespace: `peergym play`, as on somebody's machine in the internet."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.networks.internet import SERVER, SERVER_ADDRESS, Internet
from tests.networks.waiting import wait_for_line

PORT = 8000
ORIGIN = f"http://{SERVER_ADDRESS}:{PORT}"


@dataclass(frozen=True)
class GameServer:
    """A server that runs.

    Attributes:
        url: Where it is.
        log: What it printed.
    """

    url: str
    log: Path


@contextlib.contextmanager
def game_server(internet: Internet, folder: Path, *options: str) -> Iterator[GameServer]:
    """Run a server of Pong for as long as the block lasts.

    Args:
        internet: Where.
        folder: For what it keeps and prints.
        options: Further words of its command line.
    """
    log = folder / "server.log"
    command = [sys.executable, "-u", "-m", "peergym.cli", "play", "pong", "--no-browser", "--lan"]
    command += ["--port", str(PORT), "--data", str(folder / "data"), *options]
    with (
        log.open("w", encoding="utf-8") as output,
        internet.sandbox.running(
            SERVER, *command, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        url = wait_for_line(log, r"In your network\s+(\S+)", process)[1]
        assert url == ORIGIN
        yield GameServer(url, log)
