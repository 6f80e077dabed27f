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

from tests.networks.internet import TURN, TURN_ADDRESS, Internet
from tests.networks.waiting import wait_for_line

PORT = 3478
LIFETIME_S = 3600


@dataclass(frozen=True)
class TurnServer:
    """A TURN server that runs.

    Attributes:
        secret: What it shares with those who hand out credentials.
        log: Where it writes what it does.
    """

    secret: str
    log: Path

    @property
    def stun(self) -> str:
        """Its STUN address, as ``--ice-server`` takes it."""
        return f"stun:{TURN_ADDRESS}:{PORT}"

    def turn(
        self, transport: str = "udp", *, secret: str = "", lifetime_s: int = LIFETIME_S
    ) -> str:
        """Return its TURN address with credentials, as ``--ice-server`` takes it.

        Args:
            transport: ``udp`` or ``tcp``: how a page gets to the server.
            secret: Makes credentials of another server, which this one refuses.
            lifetime_s: Negative: they have expired.

        Source:
            draft-uberti-behave-turn-rest-00, section 2.2.
        """
        user = f"{int(time.time()) + lifetime_s}:tests"
        digest = hmac.new((secret or self.secret).encode(), user.encode(), hashlib.sha1).digest()
        password = base64.b64encode(digest).decode()
        return f"turn:{TURN_ADDRESS}:{PORT}?transport={transport},{user},{password}"


@contextlib.contextmanager
def coturn(internet: Internet, program: str, folder: Path) -> Iterator[TurnServer]:
    """Run coturn for as long as the block lasts.

    Args:
        internet: Where.
        program: Path of ``turnserver``.
        folder: Where it may write.
    """
    server = TurnServer(secret="known to both", log=folder / "coturn.log")
    options = {
        "listening-ip": TURN_ADDRESS,
        "relay-ip": TURN_ADDRESS,
        "listening-port": PORT,
        "realm": "tests.peergym",
        "static-auth-secret": server.secret,
        "userdb": folder / "coturn.db",
        "pidfile": folder / "coturn.pid",
        "log-file": "stdout",
    }
    switches = ("-n", "--use-auth-secret", "--no-cli", "--no-tls", "--no-dtls", "--verbose")
    arguments = (f"--{name}={value}" for name, value in options.items())
    with (
        server.log.open("w", encoding="utf-8") as log,
        internet.sandbox.running(
            TURN, program, *switches, *arguments, stdout=log, stderr=subprocess.STDOUT
        ) as process,
    ):
        wait_for_line(server.log, r"listener opened on\s*: ", process)
        yield server
