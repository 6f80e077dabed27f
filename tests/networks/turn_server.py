"""Debian's coturn in a namespace: STUN, and TURN over UDP and TCP with credentials that expire."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from peergym.cli import main
from tests.networks.internet import TURN, TURN_ADDRESS, Internet
from tests.networks.waiting import wait_for_line

PORT = 3478


@dataclass(frozen=True)
class TurnServer:
    """A TURN server that runs.

    Attributes:
        secret_file: What it shares with those who hand out credentials.
        log: Where it writes what it does.
    """

    secret_file: Path
    log: Path

    @property
    def stun(self) -> tuple[str, ...]:
        """What `peergym play` is told for STUN alone."""
        return ("--ice-server", f"stun:{TURN_ADDRESS}:{PORT}")

    @property
    def turn(self) -> tuple[str, ...]:
        """What it is told for TURN over UDP and TCP, with credentials of its own making."""
        return (*self.turn_over_udp, "--turn", url("tcp"))

    @property
    def turn_over_udp(self) -> tuple[str, ...]:
        """The same for TURN over UDP alone, where the browser must not have the choice."""
        return ("--turn", url("udp"), "--turn-secret-file", str(self.secret_file))


def credentials(secret: str, expires_in_s: int) -> tuple[str, str]:
    """Return a user and a password, made without our own code.

    Source:
        draft-uberti-behave-turn-rest-00, section 2.2.
    """
    user = f"{int(time.time()) + expires_in_s}:tests"
    digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(digest).decode()


def url(transport: str, address: str = TURN_ADDRESS) -> str:
    """Return the address of a TURN server."""
    return f"turn:{address}:{PORT}?transport={transport}"


@contextlib.contextmanager
def coturn(internet: Internet, program: str, folder: Path) -> Iterator[TurnServer]:
    """Run coturn, as `peergym turn-config` configures it, for as long as the block lasts.

    Args:
        internet: Where.
        program: Path of ``turnserver``.
        folder: Where it may write.
    """
    server = TurnServer(folder / "turn_secret", folder / "coturn.log")
    configuration = folder / "turnserver.conf"
    options = {
        "secret-file": server.secret_file,
        "listening-ip": TURN_ADDRESS,
        "output": configuration,
    }
    assert main(["turn-config", *(f"--{name}={value}" for name, value in options.items())]) == 0
    places = {"userdb": folder / "turn.db", "pidfile": folder / "turn.pid", "log-file": "stdout"}
    arguments = (f"--{name}={place}" for name, place in places.items())
    with (
        server.log.open("w", encoding="utf-8") as log,
        internet.sandbox.running(
            TURN, program, "-c", configuration, "--verbose", *arguments,
            stdout=log, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        wait_for_line(server.log, r"UDP listener opened on\s*: ", process)
        yield server
