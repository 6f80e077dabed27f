"""A UDP socket in a namespace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from tests.networks.sandbox import Sandbox

Address: TypeAlias = tuple[str, int]

WITHIN_S = 30.0
SILENCE_S = 0.3
"""Nothing comes any more: a packet takes a fraction of a millisecond here, or a tenth of this."""

PROGRAM = Path(__file__).with_name("udp_program.py")


class UdpPeer:
    """The socket, by the program that holds it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, to: Address) -> None:
        """Send a datagram."""
        self._ask("send", to)

    def hear(self) -> Address:
        """Wait for the next datagram; returns who sent it."""
        answer = self._ask("hear", WITHIN_S)
        assert answer is not None, "nothing came"
        return answer[0], answer[1]

    def hears_anything(self) -> bool:
        """Tell whether there is a datagram, or one comes soon."""
        return self._ask("hear", SILENCE_S) is not None

    def _ask(self, verb: str, argument: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([verb, argument]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def udp_peer(sandbox: Sandbox, namespace: str, port: int = 0) -> Iterator[UdpPeer]:
    """Open a socket in a namespace for as long as the block lasts."""
    with sandbox.running(
        namespace, sys.executable, PROGRAM, str(port),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield UdpPeer(process)
