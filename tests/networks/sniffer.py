"""Who sends anything to a home, seen at its router."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.networks.nat import WAN
from tests.networks.sandbox import Sandbox

PROGRAM = Path(__file__).with_name("sniffer_program.py")


class Sniffer:
    """What the program has seen so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def addresses(self) -> set[str]:
        """Return the addresses from which packets came."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return set(self._process.stdout.readline().split())


@contextmanager
def sniffer(sandbox: Sandbox, router: str) -> Iterator[Sniffer]:
    """Look at all packets that come to a router from the internet, while the block lasts."""
    with sandbox.running(
        router, sys.executable, PROGRAM, WAN, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Sniffer(process)
