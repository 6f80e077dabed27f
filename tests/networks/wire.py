"""A wire between two namespaces with a delay, as there is between any two homes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.networks.sandbox import Sandbox

PROGRAM = Path(__file__).with_name("wire_program.py")
SEED = 1


class Wire:
    """The program that carries it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def change(self, delay_s: float, jitter_s: float = 0.0, loss: float = 0.0) -> None:
        """Change what it does to packets, each way: jitter reorders, losses are a share of 1."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{delay_s} {jitter_s} {loss}\n")
        self._process.stdin.flush()
        self.wait_for("done\n")

    def wait_for(self, answer: str) -> None:
        """Wait until the program says so."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == answer


@contextmanager
def wire(sandbox: Sandbox, one: tuple[str, str], other: tuple[str, str]) -> Iterator[Wire]:
    """Put a wire between two new devices for as long as the block lasts.

    Args:
        sandbox: Where their namespaces are.
        one: Namespace and name of a device.
        other: The other end.
    """
    with sandbox.running(
        one[0], sys.executable, PROGRAM, *one, *other, str(SEED),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        made = Wire(process)
        made.wait_for("ready\n")
        yield made
