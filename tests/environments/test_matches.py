"""Two processes play other people's environments over a bad line, and stay equal."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from tests.environments.others import OTHERS, game_of

SECONDS = 7.0


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody uses now."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def play(name: str) -> list[dict[str, Any]]:
    """Let two processes play; what each of them saw."""
    one, other, meeting = free_ports(3)
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.environments.peer", name]
            + [str(each) for each in (peer, *ports, meeting, SECONDS)],
            env={**os.environ, "PYTHONHASHSEED": str(peer), "PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for peer, ports in enumerate(((one, other), (other, one)))
    ]
    said = [process.communicate(timeout=100) for process in started]
    for process, (_, complaint) in zip(started, said, strict=True):
        assert process.returncode == 0, complaint[-2000:]
    return [json.loads(told.splitlines()[-1]) for told, _ in said]


@pytest.mark.parametrize("name", OTHERS)
def test_two_processes_agree_on_every_confirmed_frame(name: str) -> None:
    game_of(name)  # or skip
    one, other = play(name)
    shared = [
        (one["checksums"][episode][frame], other["checksums"][episode][frame])
        for episode in one["checksums"]
        if episode in other["checksums"]
        for frame in one["checksums"][episode]
        if frame in other["checksums"][episode]
    ]
    assert all(ours == theirs for ours, theirs in shared)
    assert len(shared) >= 5
    assert len({ours for ours, _ in shared}) > len(shared) / 3
    assert one["desyncs"] == other["desyncs"] == 0
    assert one["rollbacks"] > 0 < other["rollbacks"]
    assert one["lost"] > 0 < other["lost"]
