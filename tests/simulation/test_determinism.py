"""Same seed, same bytes; and no clock's offset leaves a trace."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from peergym.testing import Mesh, PairConditions, PeerClock
from tests.simulation.matches import chaos, judge_sound, match

NETWORK = PairConditions(
    rtt_s=0.11, jitter_s=0.03, loss=0.05, burst_packets=2, duplicate=0.1, reorder=0.1
)
SOURCES = Path(__file__).parents[2] / "src"
PRINT_WIRE = """
import sys
from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.rollback import AutomaticInputDelay
from peergym.testing import Mesh, PairConditions
import hashlib
mesh = Mesh(
    lambda: GameAdapter(Chaos(3)),
    PairConditions(rtt_s=0.11, jitter_s=0.03, loss=0.05, burst_packets=2, reorder=0.1),
    seed=17, keeps_wire=True, session={"input_delay": AutomaticInputDelay()},
)
mesh.run(10.0)
digest = hashlib.blake2b()
for peer in mesh.peers.values():
    for channel, recipient, data in peer.sent:
        digest.update(repr((peer.peer, channel, recipient, data)).encode())
    digest.update(repr(sorted(peer.history.episodes[0].checksums.items())).encode())
print(digest.hexdigest())
"""


def wire_digest(mesh: Mesh) -> str:
    digest = hashlib.blake2b()
    for peer in mesh.peers.values():
        for packet in peer.sent:
            digest.update(repr((peer.peer, packet)).encode())
    return digest.hexdigest()


def test_the_same_match_twice_sends_the_same_bytes() -> None:
    digests = set()
    for _ in range(2):
        mesh = match(3, NETWORK, seed=4, keeps_wire=True)
        mesh.run(10.0)
        judge_sound(mesh, 400)
        digests.add(wire_digest(mesh))
    assert len(digests) == 1


def test_another_seed_sends_other_bytes() -> None:
    digests = set()
    for seed in (4, 5):
        mesh = match(3, NETWORK, seed=seed, keeps_wire=True)
        mesh.run(10.0)
        digests.add(wire_digest(mesh))
    assert len(digests) == 2


def test_the_order_of_hashes_leaves_no_trace_in_the_bytes() -> None:
    digests = set()
    for hash_seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(SOURCES)}
        run = subprocess.run(
            [sys.executable, "-c", PRINT_WIRE],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout)
    assert len(digests) == 1


@cache
def digest_with_clocks_at(offset_s: float) -> str:
    clocks = {peer: PeerClock(offset_s=offset_s) for peer in range(3)}
    mesh = Mesh(chaos(3), NETWORK, seed=7, clocks=clocks, keeps_wire=True)
    mesh.run(10.0)
    judge_sound(mesh, 400)
    return wire_digest(mesh)


@pytest.mark.parametrize("offset_s", [-3600.0, 86_400.0, 1_000_000.0])
def test_adding_a_constant_to_every_clock_changes_nothing(offset_s: float) -> None:
    assert digest_with_clocks_at(offset_s) == digest_with_clocks_at(0.0)


def test_clocks_with_different_offsets_change_nothing_but_stamps() -> None:
    counts = []
    for offsets in ((0.0, 0.0, 0.0), (5.0, -7000.0, 1e5)):
        clocks = {peer: PeerClock(offset_s=offset) for peer, offset in enumerate(offsets)}
        mesh = Mesh(chaos(3), NETWORK, seed=7, clocks=clocks)
        mesh.run(10.0)
        judge_sound(mesh, 400)
        counts.append([peer.checker.counts for peer in mesh.peers.values()])
    assert counts[0] == counts[1]
