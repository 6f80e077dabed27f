"""Input delay: fixed, automatic, by the article's rule, and changed in mid-match."""

from __future__ import annotations

from itertools import pairwise

import pytest

from peergym.rollback import ArticleInputDelay, AutomaticInputDelay
from peergym.rollback.events import InputDelayChanged
from peergym.testing import PairConditions, ScriptedInputs
from tests.simulation.matches import PERIOD_S, judge_sound, match, rollbacks


def own_inputs(peer_history: list[tuple[int, ...]], player: int) -> list[int]:
    return [inputs[player] for inputs in peer_history]


@pytest.mark.parametrize("delay", [0, 1, 2, 5])
def test_an_input_acts_exactly_so_many_frames_later_on_every_peer(delay: int) -> None:
    mesh = match(network=PairConditions(rtt_s=0.1), session={"input_delay": delay}, seed=3)
    assert mesh.run_frames(300)
    judge_sound(mesh, 300, expect_rollbacks=delay < 3)
    script = ScriptedInputs(3, (4, 4))
    for peer in mesh.peers.values():
        inputs = peer.history.episodes[0].inputs
        for player in (0, 1):
            expected = [0] * delay + [script.value(player, 0, frame) for frame in range(300)]
            assert own_inputs(inputs, player)[:300] == expected[:300]


def test_a_delay_of_two_makes_frame_i_yield_i_minus_two() -> None:
    mesh = match(script=lambda player, _, frame: frame % 4, session={"input_delay": 2})
    assert mesh.run_frames(60)
    for peer in mesh.peers.values():
        inputs = own_inputs(peer.history.episodes[0].inputs, 0)
        assert inputs[:60] == [max(0, frame - 2) % 4 for frame in range(60)]


def test_each_peer_may_have_its_own_delay() -> None:
    mesh = match(
        3, session_of={0: {"input_delay": 0}, 1: {"input_delay": 3}, 2: {"input_delay": 7}}
    )
    assert mesh.run_frames(300)
    judge_sound(mesh, 300)


def test_enough_delay_needs_no_rollback_at_all() -> None:
    # Two frames beyond the one-way time, for ticks do not fall on the same instant.
    mesh = match(network=PairConditions(rtt_s=0.1), session={"input_delay": 5})
    assert mesh.run_frames(300)
    judge_sound(mesh, 300, expect_rollbacks=False)
    assert rollbacks(mesh) == 0


@pytest.mark.parametrize("rtt_ms", [60, 120, 200, 300])
def test_the_automatic_delay_leaves_fifty_milliseconds_to_rollback(rtt_ms: int) -> None:
    mesh = match(
        network=PairConditions(rtt_s=rtt_ms / 1000, jitter_s=0.004),
        session={"input_delay": AutomaticInputDelay(), "prediction_window": 16},
    )
    mesh.run(25.0)
    beyond_s = rtt_ms / 2000 - 0.050
    for peer in mesh.peers.values():
        delay = peer.session.input_delay_frames
        assert 1 <= delay <= 3
        if delay < 3:
            assert delay * PERIOD_S >= beyond_s - 0.002
        if delay > 1:
            assert (delay - 1) * PERIOD_S <= beyond_s + 0.002
    judge_sound(mesh, 1000)


def test_the_automatic_delay_changes_at_most_once_in_five_seconds() -> None:
    mesh = match(
        network=PairConditions(rtt_s=0.2, jitter_s=0.2, loss=0.05),
        session={"input_delay": AutomaticInputDelay()},
        seed=8,
    )
    mesh.run(90.0)
    judge_sound(mesh, 3000)
    for peer in mesh.peers.values():
        times_s = [at_s for at_s, event in peer.events if isinstance(event, InputDelayChanged)]
        assert all(after_s - before_s > 4.99 for before_s, after_s in pairwise(times_s))


def test_the_articles_rule_takes_all_of_the_one_way_time_up_to_five_frames() -> None:
    for rtt_ms, expected in ((100, 3), (400, 5)):
        mesh = match(
            network=PairConditions(rtt_s=rtt_ms / 1000),
            session={"input_delay": ArticleInputDelay()},
        )
        mesh.run(8.0)
        for peer in mesh.peers.values():
            assert expected <= peer.session.input_delay_frames <= min(expected + 1, 5)


def test_a_delay_changed_in_mid_match_leaves_neither_hole_nor_duplicate() -> None:
    mesh = match(network=PairConditions(rtt_s=0.1, loss=0.05), seed=14)
    for delay in (2, 5, 1, 0, 8, 3):
        assert mesh.run_frames(mesh.frames + 90)
        mesh.peers[0].session.set_input_delay(0, delay)
    assert mesh.run_frames(mesh.frames + 90)
    judge_sound(mesh, 600)


def test_a_raised_delay_repeats_the_last_input_in_between() -> None:
    mesh = match(network=PairConditions(rtt_s=0.02), script=lambda player, _, frame: frame % 4)
    assert mesh.run_until_playing()
    peer = mesh.peers[0]
    assert mesh.run_until(lambda: peer.session.current_frame == 5, 1.0)
    peer.session.set_input_delay(0, 2)
    assert mesh.run_frames(30)
    inputs = own_inputs(peer.history.episodes[0].inputs, 0)
    assert inputs[:9] == [0, 1, 2, 3, 0, 0, 0, 1, 2]  # frames 5 and 6 repeat 4; 5's lands on 7
    judge_sound(mesh, 30, expect_rollbacks=False)
