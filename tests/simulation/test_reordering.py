"""Duplication and reordering change nothing."""

from __future__ import annotations

import pytest

from peergym.testing import PairConditions
from tests.simulation.matches import PERIOD_S, checksums, judge_sound, match

FRAMES = 400


@pytest.mark.parametrize("players", [2, 3])
def test_packets_tripled_and_reordered_by_up_to_ten_leave_the_history_as_if_clean(
    players: int,
) -> None:
    clean = match(players, PairConditions(rtt_s=0.06), seed=21)
    stirred = match(
        players,
        PairConditions(
            rtt_s=0.06, duplicate=1.0, copies=2, reorder=0.5, reorder_by_s=10 * PERIOD_S
        ),
        seed=21,
    )
    for mesh in (clean, stirred):
        assert mesh.run_frames(FRAMES)
        judge_sound(mesh, FRAMES)
    carried = stirred.links.totals()
    assert carried.packets_carried > 2.5 * carried.packets_sent
    for peer, other in zip(clean.peers.values(), stirred.peers.values(), strict=True):
        assert checksums(peer, FRAMES) == checksums(other, FRAMES)


def test_copies_of_every_packet_cause_no_more_rollbacks() -> None:
    once = match(network=PairConditions(rtt_s=0.1), seed=5)
    thrice = match(network=PairConditions(rtt_s=0.1, duplicate=1.0, copies=2), seed=5)
    for mesh in (once, thrice):
        assert mesh.run_frames(FRAMES)
        judge_sound(mesh, FRAMES)
    for peer in once.peers:
        wrong_once = once.peers[peer].checker.counts.rollbacks
        assert abs(thrice.peers[peer].checker.counts.rollbacks - wrong_once) <= 2


def test_prediction_is_from_the_newest_frame_and_not_from_the_newest_packet() -> None:
    # Held for long, an input is predicted right unless an old packet is believed again.
    network = PairConditions(rtt_s=0.06, reorder=1.0, reorder_by_s=8 * PERIOD_S)
    mesh = match(network=network, script=lambda player, _, frame: 1 + player if frame > 60 else 0)
    assert mesh.run_frames(FRAMES)
    for peer in mesh.peers.values():
        assert 1 <= peer.checker.counts.rollbacks <= 2
