"""The real coturn on the loopback address, configured as `peergym turn-config` prints it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from peergym.cli import main
from peergym.server.turn import read_turn_secret

PROGRAM = shutil.which("turnserver")
LOOPBACK = "127.0.0.1"
UP_WITHIN_S = 30.0

LOOPBACK_LINES = """
# For a test on one machine: everybody is at the loopback address.
allow-loopback-peers
"""
NEEDS_COTURN = "coturn is not installed (apt-get install coturn)"


def require_coturn() -> None:
    """Skip without coturn; where continuous integration could install it, fail."""
    if PROGRAM is None:
        is_ci = os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0
        (pytest.fail if is_ci else pytest.skip)(NEEDS_COTURN)


@dataclass(frozen=True)
class Coturn:
    """A coturn that runs.

    Attributes:
        port: Where it listens.
        secret_file: What it shares with those who make credentials.
        log: What it prints.
    """

    port: int
    secret_file: Path
    log: Path

    @property
    def url(self) -> str:
        """Its address, as `--turn` takes it."""
        return f"turn:{LOOPBACK}:{self.port}"

    @property
    def secret(self) -> str:
        """The secret."""
        return read_turn_secret(self.secret_file)

    def said(self, pattern: str) -> list[str]:
        """Return what its log says that looks like this."""
        return re.findall(pattern, self.log.read_text("utf-8"))


def free_port() -> int:
    """Return a port that is free over UDP and TCP just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.bind((LOOPBACK, 0))
        port = int(tcp.getsockname()[1])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind((LOOPBACK, port))
    return port


@contextlib.contextmanager
def running_coturn(
    folder: Path, *, has_private_peers: bool = True, further_lines: str = ""
) -> Iterator[Coturn]:
    """Run coturn as long as the block lasts.

    Args:
        folder: Where its files go.
        has_private_peers: Whether it may send to the loopback address, where all are.
        further_lines: Of the configuration.
    """
    require_coturn()
    folder.mkdir(parents=True, exist_ok=True)
    config, port = folder / "turnserver.conf", free_port()
    coturn = Coturn(port, folder / "secret", folder / "coturn.log")
    arguments = ["--listening-ip", LOOPBACK, "--port", str(port), "--relay-ports", "40000-48000"]
    files = ["--secret-file", str(coturn.secret_file), "-o", str(config)]
    assert main(["turn-config", *arguments, *files]) == 0
    with config.open("a", encoding="utf-8") as file:
        file.write(LOOPBACK_LINES * has_private_peers)
        file.write(further_lines)
    # Not in the file: until it has read that, coturn would write its log among the system's.
    places = {"userdb": folder / "turn.db", "pidfile": folder / "turn.pid", "log-file": "stdout"}
    command = [str(PROGRAM), "-c", str(config), "--verbose"]
    command += [f"--{name}={place}" for name, place in places.items()]
    with coturn.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(coturn, process)
        yield coturn
    finally:
        process.terminate()
        process.wait(UP_WITHIN_S)


def _wait_until_up(coturn: Coturn, process: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + UP_WITHIN_S
    while not coturn.said("Total auth threads|IO method \\(admin thread\\)"):
        assert process.poll() is None, coturn.log.read_text("utf-8")
        assert time.monotonic() < until_s, coturn.log.read_text("utf-8")
        time.sleep(0.02)
