"""Packets that never arrive."""

from __future__ import annotations

import pytest

from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import (
    PERIOD_S,
    chaos,
    judge_sound,
    match,
    playing_match,
    rollbacks,
    stalls,
)


def test_one_delivery_heals_twenty_losses_in_a_row() -> None:
    mesh = playing_match(network=PairConditions(rtt_s=0.06), session={"prediction_window": 30})
    sender, recipient = mesh.peers[0], mesh.peers[1]
    link = mesh.links.channels[0, 1].input
    start_s = mesh.clock.now_s
    lost_before = link.statistics.packets_lost
    link.cut(start_s, start_s + 20.5 * PERIOD_S)
    mesh.run(20.5 * PERIOD_S)
    assert 20 <= link.statistics.packets_lost - lost_before <= 21
    assert sender.session.current_frame - recipient.session.complete_frame > 20
    link.cut(mesh.clock.now_s + 1.5 * PERIOD_S, mesh.clock.now_s + 1.0)  # lets one or two through
    mesh.run(0.03 + 2 * PERIOD_S)
    assert sender.session.current_frame - recipient.session.complete_frame <= 6
    mesh.run(2.0)
    judge_sound(mesh, 200)


@pytest.mark.parametrize("loss", [0.3, 0.5])
def test_a_network_that_loses_every_third_packet_only_slows_a_match_down(loss: float) -> None:
    mesh = match(3, PairConditions(rtt_s=0.1, loss=loss), seed=3)
    assert mesh.run_frames(300, limit_s=60.0)
    assert stalls(mesh) > 0
    judge_sound(mesh, 300)


def test_losses_in_one_direction_alone_keep_both_histories_equal() -> None:
    mesh = Mesh(chaos(), PairConditions(rtt_s=0.08), seed=4)
    assert mesh.run_until_playing()
    link = mesh.links.channels[0, 1].input
    for second in range(1, 8):
        link.cut(second, second + 0.25)
    assert mesh.run_frames(400)
    assert link.statistics.packets_lost > 80
    judge_sound(mesh, 400)


def test_losses_on_the_reliable_channel_delay_the_start_but_do_not_prevent_it() -> None:
    mesh = match(4, PairConditions(rtt_s=0.15, loss=0.4), seed=8)
    assert mesh.run_until_playing(limit_s=20.0)
    retransmitted = sum(
        channels.control.statistics.packets_lost for channels in mesh.links.channels.values()
    )
    assert retransmitted > 10


def test_correct_predictions_cause_no_work() -> None:
    mesh = match(network=PairConditions(rtt_s=0.2, loss=0.1), script=lambda player, *_: player)
    assert mesh.run_frames(300)
    # A constant input differs from the default once, at frame 0.
    assert rollbacks(mesh) <= 1
    assert max(peer.history.frames for peer in mesh.peers.values()) >= 300
