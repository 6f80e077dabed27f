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

PROGRAM = Path(__file__).with_name("udp_program.py")


class UdpPeer:
    """The socket, by the program that holds it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, to: Address) -> None:
        """Send a datagram."""
        self._ask("send", to)

    def hear(self) -> Address | None:
        """Return who sent the next datagram; None: nobody did."""
        answer = self._ask("hear", None)
        return None if answer is None else (answer[0], answer[1])

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
        yield UdpPeer(process)
