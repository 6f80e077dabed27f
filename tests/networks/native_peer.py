"""Native peers in namespaces."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.networks.sandbox import Sandbox

PROGRAM = Path(__file__).with_name("native_program.py")


@dataclass(frozen=True)
class Played:
    """What a peer tells of its match.

    Attributes:
        checksums: Confirmed so far, by frame.
        rollbacks: So far.
        after_s: From when all were in the room until the first frame was confirmed.
    """

    checksums: dict[str, str]
    rollbacks: int
    after_s: float


class DistantPeer:
    """A native peer, by the program that runs it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def wait_for_room(self) -> str:
        """Wait until the room is entered; returns its code."""
        return str(self._read()["room"])

    def wait_for_played(self) -> Played:
        """Wait until enough was played."""
        while "checksums" not in (told := self._read()):
            pass
        return Played(**told)

    def _read(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the peer has gone"
        told: dict[str, object] = json.loads(line)
        return told


@contextmanager
def native_peer(
    sandbox: Sandbox, namespace: str, url: str, room: str = ""
) -> Iterator[DistantPeer]:
    """Have a native peer play for as long as the block lasts.

    Args:
        sandbox: Where its namespace is.
        namespace: Where it runs.
        url: The server's.
        room: Code of the room; empty makes one.
    """
    with sandbox.running(
        namespace, sys.executable, PROGRAM, url, room,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield DistantPeer(process)
