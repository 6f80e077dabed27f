"""How many bytes a match takes."""

from __future__ import annotations

from peergym.envs import GameAdapter
from peergym.games.pong import Pong
from peergym.lab import LabOptions, run_lab
from peergym.testing import Mesh, PairConditions
from tests.simulation.matches import chaos, judge_sound

NETWORK = PairConditions(rtt_s=0.1)
MOST_DATAGRAM_BYTES = 1200


def test_two_players_of_pong_take_at_most_16_bytes_a_packet() -> None:
    result, _ = run_lab(LabOptions(make_game=lambda: GameAdapter(Pong()), network=NETWORK))
    assert result.frames == 3600
    assert 8 < result.bytes_per_packet_mean <= 16
    assert 59 <= result.packets_per_second_per_pair <= 61
    assert result.rollbacks > 100


def test_four_players_send_at_most_3000_bytes_a_second_each() -> None:
    result, _ = run_lab(LabOptions(make_game=chaos(4), network=NETWORK, frames=1800))
    assert 1000 < result.bytes_per_second_per_player <= 3000
    assert 59 <= result.packets_per_second_per_pair <= 61


def test_no_datagram_outgrows_its_limit_however_much_is_unacknowledged() -> None:
    # Eight restless seats at one peer, whose inputs nobody acknowledges for a while.
    mesh = Mesh(
        chaos(9),
        NETWORK,
        owners=(0,) * 8 + (1,),
        script=lambda player, _, frame: (frame + frame // 7 + player) % 4,
        session={"prediction_window": 60, "input_delay": 30, "drop_after_s": 60.0},
        keeps_wire=True,
    )
    assert mesh.run_frames(120)
    mesh.links.channels[0, 1].input.cut(mesh.clock.now_s, mesh.clock.now_s + 3.0)
    mesh.run(3.0)
    sizes = [len(data) for channel, _, data in mesh.peers[0].sent if channel == "input"]
    assert 200 < max(sizes) <= MOST_DATAGRAM_BYTES
    assert mesh.run_frames(mesh.frames + 200, limit_s=10.0)
    judge_sound(mesh, 300, expect_rollbacks=False)
