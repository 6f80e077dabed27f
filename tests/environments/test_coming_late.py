"""Somebody comes late to an environment whose states cannot be sent, and executes it again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations
from typing import Any

import pytest

from tests.environments.others import game_of
from tests.environments.test_matches import free_ports

COME_FRAME = 300
SECONDS = 19.0
CASES = {
    "knights_archers_zombies": ("knights archers zombies", (0, 1, 2)),
    "overcooked_ai": ("overcooked-ai", (0, 2)),  # it has two seats
}


def play(name: str, peers: tuple[int, ...]) -> list[dict[str, Any]]:
    """Let processes play, of which the last comes late; what each of them saw."""
    pairs = {f"{one}-{other}": free_ports(3) for one, other in combinations(peers, 2)}
    command = [sys.executable, "-W", "ignore", "-m", "tests.environments.late_peer"]
    started = [
        subprocess.Popen(
            [*command, name, str(peer), json.dumps(pairs), str(COME_FRAME), str(SECONDS)],
            env={**os.environ, "PYTHONHASHSEED": str(peer), "PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for peer in peers
    ]
    said = [process.communicate(timeout=100) for process in started]
    for process, (_, complaint) in zip(started, said, strict=True):
        assert process.returncode == 0, complaint[-2000:]
    return [json.loads(told.splitlines()[-1]) for told, _ in said]


@pytest.mark.parametrize("name", CASES)
def test_who_comes_late_plays_the_same_match(name: str) -> None:
    known_as, peers = CASES[name]
    game_of(known_as)  # or skip
    one, *others, late = play(name, peers)
    assert not any(each["can_restore"] for each in (one, *others, late))
    told = "\n".join(late["told"])
    assert "Following(episode=0, frame=0" in told, told
    assert "Reexecuting(episode=0" in told, told
    assert "PlayerJoined" in told, told
    for each in (one, *others, late):
        assert "Desync" not in "".join(each["told"])
        assert "StateRefused" not in "".join(each["told"])
    ours, theirs = late["checksums"]["0"], one["checksums"]["0"]
    shared = [frame for frame in ours if frame in theirs]
    assert all(ours[frame] == theirs[frame] for frame in shared)
    assert min(map(int, shared)) == 0
    assert max(map(int, shared)) > COME_FRAME + 60
    assert len({ours[frame] for frame in shared}) > len(shared) / 3
    assert late["rollbacks"] > 0
