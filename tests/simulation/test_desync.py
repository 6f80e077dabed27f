"""A planted difference is told by everybody; a sound match never tells of one."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.rollback.events import DesyncDetected, DesyncLocated
from peergym.testing import Mesh, PairConditions, judge
from tests.simulation.matches import chaos, judge_sound

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.03, loss=0.05)
PLANTED_FRAME = 200


class Forgetful(Chaos):
    """From one frame on, one copy of the game counts differently."""

    has_fault = False

    def step(self, actions: dict[str, int]) -> Any:
        results = super().step(actions)
        if self.has_fault and self.frame == PLANTED_FRAME:
            self.digest ^= 1
        return results


def match_with_fault(players: int, faulty: int, **session: Any) -> Mesh:
    session = {"repairs_desyncs": False, **session}
    mesh = Mesh(
        lambda: GameAdapter(Forgetful(players)), NETWORK, seed=2, session=session, rematch=False
    )
    mesh.peers[faulty].game.env.has_fault = True
    return mesh


@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("interval", [1, 10, 60])
def test_a_planted_desync_is_told_and_located_on_every_peer(players: int, interval: int) -> None:
    faulty = players - 1
    mesh = match_with_fault(players, faulty, checksum_interval_frames=interval)
    mesh.run(12.0)
    first_compared = -(-PLANTED_FRAME // interval) * interval
    for peer in mesh.peers.values():
        told = peer.events_of(DesyncDetected)
        assert len(told) == 1, "once for a match"
        assert told[0].frame == first_compared
        assert told[0].last_equal_frame == first_compared - interval
        assert told[0].local_checksum != told[0].remote_checksum
        located = peer.events_of(DesyncLocated)
        assert located
        assert all(".digest" in event.difference for event in located)
    assert judge(mesh).diverged > 0, "the oracle sees it too"
    assert judge(mesh).first_diverged == (0, PLANTED_FRAME)


def test_the_faulty_peer_is_found_wherever_it_sits() -> None:
    mesh = match_with_fault(3, 0, checksum_interval_frames=10)
    mesh.run(8.0)
    for peer in (mesh.peers[1], mesh.peers[2]):
        assert [event.peer for event in peer.events_of(DesyncDetected)] == [0]


@pytest.mark.parametrize("interval", [1, 7, 60])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sound_match_never_tells_of_a_desync(seed: int, interval: int) -> None:
    network = PairConditions(rtt_s=0.2, jitter_s=0.1, loss=0.1, burst_packets=4, reorder=0.1)
    mesh = Mesh(chaos(3), network, seed=seed, session={"checksum_interval_frames": interval})
    assert mesh.run_frames(500, limit_s=60.0)
    judge_sound(mesh, 500)
    for peer in mesh.peers.values():
        assert not peer.events_of(DesyncDetected)


@pytest.mark.parametrize("interval", [1, 10, 60])
def test_the_checksums_a_session_tells_are_those_of_the_true_states(interval: int) -> None:
    network = PairConditions(rtt_s=0.12, jitter_s=0.08, loss=0.1, burst_packets=3)
    mesh = Mesh(chaos(2), network, seed=6, session={"checksum_interval_frames": interval})
    assert mesh.run_frames(600)
    judge_sound(mesh, 600)
    for peer in mesh.peers.values():
        told = {frame: checksum for (_, frame), checksum in peer.told_checksums.items()}
        expected = list(range(0, 590, interval))
        assert [frame for frame in sorted(told) if frame < 590] == expected, "none left out"
        true = peer.history.episodes[0].checksums
        assert all(true[frame] == told[frame] for frame in expected)
