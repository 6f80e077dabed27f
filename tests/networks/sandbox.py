"""Network namespaces of our own, of which nothing is left when the tests end, however they end.

Theory of operation: a holder process lives in a network and a mount namespace of its own (as an
ordinary user also in a user namespace, in which it is root). In its mount namespace `/run` is
empty, so names of network namespaces are known in there alone. Everything else enters by
``nsenter`` and ``ip netns exec``, both of which become the program they start: its process id is
the one that we know. When the holder's standard input closes, it ends, and the kernel removes the
namespaces with the last program in them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROGRAMS = ("unshare", "nsenter", "setpriv", "ip", "iptables")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

HOLD = "mount -t tmpfs tmpfs /run && mkdir /run/netns && echo ready && exec cat"
PROBE = """
ip netns add probe
ip netns exec probe iptables -t nat -A POSTROUTING -j MASQUERADE --random-fully
ip netns exec probe sysctl -q -w net.ipv4.ip_forward=1
ip netns del probe
"""

FAREWELL_S = 30.0


class SandboxError(Exception):
    """This machine has no namespaces for us; the message says what is missing."""


class Sandbox:
    """A holder of namespaces; a context manager."""

    def __init__(self) -> None:
        missing = [program for program in PROGRAMS if shutil.which(program, path=search()) is None]
        if missing:
            raise SandboxError(
                f"{', '.join(missing)} missing (on Debian: apt-get install iproute2 iptables)"
            )
        own = ["--net", "--mount"] if IS_ROOT else ["--user", "--map-root-user", "--net", "--mount"]
        self._holder = subprocess.Popen(
            ["unshare", *own, "sh", "-c", HOLD],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )  # fmt: skip
        entered = ["--net", "--mount"] if IS_ROOT else ["--user", "--net", "--mount"]
        self._enter = ["nsenter", f"--target={self._holder.pid}", *entered, f"--wd={Path.cwd()}"]
        if not IS_ROOT:
            self._enter.append("--preserve-credentials")
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            _, complaint = self._holder.communicate()
            raise SandboxError(f"no namespaces for this user: {complaint.strip()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._holder.communicate()

    def probe(self) -> None:
        """Find out whether everything works that a NAT is made of.

        Raises:
            SandboxError: If something does not.
        """
        try:
            self.configure(PROBE)
        except subprocess.CalledProcessError as error:
            raise SandboxError(f"no NAT can be made here: {error.stderr.strip()}") from error

    def configure(self, script: str) -> None:
        """Run lines of shell in the holder's namespaces; the first that fails raises."""
        subprocess.run(
            [*self._enter, "sh", "-e"],
            input=script, capture_output=True, text=True, check=True, env=environment(),
        )  # fmt: skip

    def command(self, namespace: str, program: Sequence[str | Path]) -> list[str]:
        """Return what runs a program in a namespace, and becomes that program."""
        return [*self._enter, "ip", "netns", "exec", namespace, *map(str, program)]

    def run(self, namespace: str, *program: str | Path) -> str:
        """Run a program in a namespace to its end; returns what it printed."""
        command = self.command(namespace, program)
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment()
        ).stdout

    @contextlib.contextmanager
    def running(
        self, namespace: str, *program: str | Path, **options: Any
    ) -> Iterator[subprocess.Popen[str]]:
        """Run a program in a namespace for as long as the block lasts.

        It is told to end by the end of its input, if it has one, else as by Ctrl-C, and killed if
        it does not; also if these tests are killed.
        """
        command = self.command(namespace, ["setpriv", "--pdeathsig=KILL", *program])
        with subprocess.Popen(command, text=True, env=environment(), **options) as process:
            try:
                yield process
            finally:
                if process.stdin is None:
                    process.send_signal(signal.SIGINT)
                else:
                    process.stdin.close()
                try:
                    process.wait(FAREWELL_S)
                except subprocess.TimeoutExpired:
                    process.kill()

    def wrapper(self, namespace: str, program: str | Path, path: Path) -> Path:
        """Write a script that runs a program in a namespace with whatever arguments it gets.

        Open files go through it, such as the pipe by which a browser is controlled.
        """
        quoted = " ".join(f"'{word}'" for word in self.command(namespace, [program]))
        path.write_text(f'#!/bin/sh\nPATH="{search()}"\nexec {quoted} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        return path


def search() -> str:
    """Where programs are looked for: an ordinary user's path lacks the administrator's."""
    return os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def environment() -> dict[str, str]:
    """What programs in namespaces are told."""
    return {**os.environ, "PATH": search()}
