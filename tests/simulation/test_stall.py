"""The edge of the prediction window: a stall is a value, and corrections go on."""

from __future__ import annotations

import pytest

from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import PERIOD_S, chaos, judge_sound, match, playing_match, stalls


def test_a_silent_peer_lets_eight_frames_be_predicted_and_then_no_more() -> None:
    mesh = playing_match(network=PairConditions(rtt_s=0.002))
    peer = mesh.peers[0]
    mesh.links.cut(mesh.clock.now_s)
    mesh.run(2 * PERIOD_S)
    mesh.run(30 * PERIOD_S)
    assert peer.session.current_frame - peer.session.complete_frame == 9
    frame, count = peer.session.current_frame, peer.counts.stalls
    mesh.run(4.5 * PERIOD_S)
    assert peer.session.current_frame == frame
    assert peer.counts.stalls - count in (4, 5)
    assert peer.session.statistics().stalled_for == (1,)


def test_an_input_given_in_a_stall_is_registered_once_and_arrives() -> None:
    # The stalled peer's input of the frame it cannot simulate yet is sent all the same.
    mesh = playing_match(network=PairConditions(rtt_s=0.05))
    mesh.links.channels[1, 0].input.cut(mesh.clock.now_s, mesh.clock.now_s + 1.0)
    mesh.run(0.8)
    stalled, other = mesh.peers[0], mesh.peers[1]
    assert stalled.session.statistics().stalled_for == (1,)
    assert other.session.complete_frame == stalled.session.current_frame
    mesh.run(3.0)
    judge_sound(mesh, 200)


def test_a_correction_from_one_peer_is_applied_while_another_stalls_us() -> None:
    mesh = playing_match(
        3, PairConditions(rtt_s=0.02), script=lambda player, _, frame: (frame // 2 + player) % 4
    )
    peer = mesh.peers[0]
    now_s = mesh.clock.now_s
    # Peer 2 falls silent for peer 0 alone; peer 1's inputs are late, so they come in the stall.
    mesh.links.channels[2, 0].input.cut(now_s, now_s + 0.6)
    mesh.links.channels[1, 0].input.cut(now_s + 0.05, now_s + 0.35)
    mesh.run(0.34)
    assert set(peer.session.statistics().stalled_for) == {2}
    assert peer.session.current_frame - peer.session.complete_frame == 9
    before = peer.checker.counts.rollbacks
    frames = peer.checker.counts.frames
    mesh.run(0.1)
    assert set(peer.session.statistics().stalled_for) == {2}
    assert peer.checker.counts.rollbacks > before, "peer 1's correction had to be applied"
    assert peer.checker.counts.frames == frames, "while no new frame could be simulated"
    mesh.run(3.0)
    judge_sound(mesh, 200)


@pytest.mark.parametrize("window", [1, 2, 3])
@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_a_window_smaller_than_the_latency_stalls_and_stays_right(window: int, delay: int) -> None:
    mesh = match(
        network=PairConditions(rtt_s=10 * PERIOD_S),
        session={"prediction_window": window, "input_delay": delay},
    )
    assert mesh.run_frames(120)
    expect_rollbacks = window + delay > 0 and delay < 5
    judge_sound(mesh, 120, expect_rollbacks)
    if window + delay < 5:
        assert stalls(mesh) > 20
    for peer in mesh.peers.values():
        assert peer.checker.counts.max_depth_frames <= window


@pytest.mark.parametrize("players", [2, 3])
def test_a_window_of_zero_is_lockstep(players: int) -> None:
    mesh = match(players, PairConditions(rtt_s=0.05, loss=0.05), session={"prediction_window": 0})
    assert mesh.run_frames(120)
    verdict = judge_sound(mesh, 120, expect_rollbacks=False)
    assert verdict.frames >= 120
    for peer in mesh.peers.values():
        assert peer.checker.counts.rollbacks == 0


def test_lockstep_with_enough_delay_runs_at_full_speed() -> None:
    mesh = match(
        network=PairConditions(rtt_s=0.06), session={"prediction_window": 0, "input_delay": 4}
    )
    assert mesh.run_until_playing()
    mesh.run(2.0)
    before = mesh.frames
    mesh.run(5.0)
    assert mesh.frames - before >= 298
    judge_sound(mesh, 300, expect_rollbacks=False)


def test_a_whole_mesh_cut_into_single_peers_stands_still_together() -> None:
    mesh = Mesh(chaos(4), PairConditions(rtt_s=0.05), session={"drop_after_s": 30.0})
    assert mesh.run_frames(60)
    mesh.links.partition([[0], [1], [2], [3]], mesh.clock.now_s, mesh.clock.now_s + 3.0)
    mesh.run(1.0)
    frames = [peer.session.current_frame for peer in mesh.peers.values()]
    mesh.run(1.9)
    assert [peer.session.current_frame for peer in mesh.peers.values()] == frames
    assert max(frames) - min(frames) <= 9
    mesh.run(3.0)
    judge_sound(mesh, 150)
