"""Somebody is lost while survivors hold different amounts of his inputs: one cut, one history."""

from __future__ import annotations

import pytest

from peergym.rollback import SessionState
from peergym.rollback.config import AbsentPolicy
from peergym.rollback.events import Excluded, MatchEnded, PeerLost, PlayerCut
from peergym.testing import Kind, Mesh, PairConditions, Schedule, judge
from peergym.testing.schedule import parse_happening
from tests.simulation.losses import (
    CLEAN,
    assert_one_cut,
    claimed,
    cuts,
    deafen,
    excluded,
    lose_unequally,
    lossy_match,
    newest_said,
)
from tests.simulation.matches import chaos, judge_sound, rollbacks, stalls

GOES_ON_FRAMES = 120


@pytest.mark.parametrize("more", [0, 2, 5, 20])
@pytest.mark.parametrize("ahead", [0, 1])
def test_the_cut_is_the_newest_input_that_any_survivor_held(ahead: int, more: int) -> None:
    mesh = lossy_match(3, session={"prediction_window": 12})
    base = lose_unequally(mesh, lost=2, ahead={ahead: more})
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert claimed(mesh, 2) == {ahead: base + more, 1 - ahead: base}, "that unequal it was"
    assert_one_cut(mesh, player=2, frame=base + more)
    before = rollbacks(mesh)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert rollbacks(mesh) > before
    assert stalls(mesh) > 0, "everybody waited for the lost one at the prediction limit"
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("interval", [2, 5, 8])
def test_sparse_saving_goes_back_to_a_snapshot_before_the_cut(interval: int) -> None:
    mesh = lossy_match(
        3,
        script=lambda player, episode, frame: (frame * (player + 1)) % 4,  # never as predicted
        session={"snapshot_interval": interval, "prediction_window": 12},
    )
    base = lose_unequally(mesh, lost=2, ahead={1: 7})
    assert mesh.run_frames(base + GOES_ON_FRAMES)
    assert_one_cut(mesh, player=2, frame=base + 7)
    assert mesh.peers[0].checker.counts.max_depth_frames > 7, "back to before what it lacked"
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.compared >= 2 * (verdict.frames // interval)


@pytest.mark.parametrize("delay", [0, 3, 6])
def test_inputs_that_were_sent_ahead_of_their_frame_count(delay: int) -> None:
    mesh = lossy_match(3, session={"input_delay": delay})
    base = lose_unequally(mesh, lost=2, ahead={1: 4})
    assert mesh.run_frames(base + GOES_ON_FRAMES)
    assert_one_cut(mesh, player=2, frame=base + 4)
    assert len(mesh.peers[2].checker.inputs) <= base + 5 - delay, "it died before it came to them"
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("seed", [0, 1, 102, 120, 134, 138, 144])
def test_thirty_percent_loss_between_the_survivors_only_delays_the_agreement(seed: int) -> None:
    pairs = {pair: PairConditions(rtt_s=0.12, loss=0.3) for pair in ((0, 1), (0, 2), (1, 2))}
    mesh = lossy_match(4, pairs=pairs, seed=seed, session={"prediction_window": 12})
    base = lose_unequally(mesh, lost=3, ahead={0: 3, 2: 9})
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 8.0)
    assert claimed(mesh, 3) == {0: base + 3, 1: base, 2: base + 9}
    assert_one_cut(mesh, player=3, frame=base + 9)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("apart_frames", [0, 1, 20, 190])
@pytest.mark.parametrize("players", [5, 6])
def test_two_lost_at_once_or_one_after_the_other(players: int, apart_frames: int) -> None:
    # 190 frames later the first loss is just being agreed upon: both are claimed after 3 s.
    mesh = lossy_match(players, PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.05), seed=players)
    mesh.peers[players - 1].die()
    mesh.run(apart_frames / 60)
    mesh.peers[1].die()
    assert mesh.run_until(lambda: all(len(cuts(peer)) == 2 for peer in mesh.survivors), 10.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    told = [sorted(cuts(peer)) for peer in mesh.survivors]
    assert len(told) == players - 2
    assert all(each == told[0] for each in told)
    assert {epoch for *_, epoch, _ in told[0]} <= {1, 2}
    assert mesh.survivors[0].session.epoch == 2
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


def test_a_survivor_that_is_lost_during_the_agreement_leaves_its_inputs_behind() -> None:
    mesh = lossy_match(4, session={"prediction_window": 12})
    base = lose_unequally(mesh, lost=3, ahead={1: 6})
    # Peer 1 alone holds six more, hands them on to 0 only, and dies.
    deafen(mesh, 1, 2)
    assert mesh.run_until(lambda: bool(mesh.peers[0].events_of(PeerLost)), 5.0)
    mesh.run(0.5)
    mesh.peers[1].die()
    assert mesh.run_until(lambda: all(len(cuts(peer)) == 2 for peer in mesh.survivors), 10.0)
    for peer in mesh.survivors:
        assert {player: frame for player, frame, *_ in cuts(peer)}[3] == base + 6
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("both_ways", [True, False])
def test_one_who_is_still_heard_by_one_survivor_is_lost_all_the_same(both_ways: bool) -> None:
    mesh = lossy_match(3)
    deafen(mesh, 2, 0)
    if both_ways:
        deafen(mesh, 0, 2)
    mesh.run(8.0)
    assert excluded(mesh) == [2]
    assert [peer.peer for peer in mesh.survivors] == [0, 1]
    held = claimed(mesh, 2)
    assert held[1] > held[0], "peer 1 heard more"
    assert_one_cut(mesh, player=2, frame=held[1])
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert mesh.peers[2].session.state is SessionState.CLOSED
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("when", ["claimed", "agreed"])
def test_late_packets_of_a_lost_player_change_nothing(when: str) -> None:
    mesh = lossy_match(3, keeps_wire=True)
    lost = mesh.peers[2]
    for other in (0, 1):
        deafen(mesh, 2, other)
    base = newest_said(lost, 2)
    assert mesh.run_until(lambda: newest_said(lost, 2) >= base + 6, 2.0)
    lost.die()
    late = [data for channel, _, data in lost.sent if channel == "input"][-12:]
    kind = PeerLost if when == "claimed" else PlayerCut
    assert mesh.run_until(lambda: all(peer.events_of(kind) for peer in mesh.survivors), 6.0)
    for data in late:
        mesh.peers[0].receive("input", 2, data)
    assert mesh.run_frames(base + GOES_ON_FRAMES)
    assert_one_cut(mesh, player=2, frame=base)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


def test_a_survivor_that_hears_nothing_of_the_agreement_stops_and_says_so() -> None:
    mesh = lossy_match(5)
    now_s = mesh.clock.now_s
    for other in (0, 1, 3):
        for pair in ((2, other), (other, 2)):
            mesh.links.channels[pair].control.cut(now_s)
    mesh.peers[4].die()
    mesh.run(16.0)
    assert excluded(mesh) == [2]
    assert mesh.peers[2].session.state is SessionState.CLOSED
    told = mesh.peers[2].events_of(Excluded)
    assert told[0].confirmed_frame == mesh.peers[2].session.confirmed_frame
    assert [peer.peer for peer in mesh.survivors] == [0, 1, 3]
    assert all({player for player, *_ in cuts(peer)} == {2, 4} for peer in mesh.survivors)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("players", [3, 4, 8])
def test_a_goodbye_is_agreed_upon_at_once(players: int) -> None:
    mesh = lossy_match(players, PairConditions(rtt_s=0.15, jitter_s=0.03, loss=0.03))
    left_s = mesh.clock.now_s
    mesh.peers[1].leave()
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 3.0)
    assert mesh.clock.now_s - left_s < 1.5
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert mesh.peers[1].session.state is SessionState.CLOSED
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_the_match_goes_on_whoever_is_lost_the_lowest_too(lost: int) -> None:
    mesh = lossy_match(3, PairConditions(rtt_s=0.1, loss=0.05), seed=lost)
    mesh.peers[lost].die()
    dead_s = mesh.clock.now_s
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert 3.0 <= mesh.clock.now_s - dead_s < 4.0
    heal = mesh.frames
    assert mesh.run_frames(heal + 10, limit_s=2.0), "progress within 2 s"
    assert mesh.run_frames(heal + GOES_ON_FRAMES)
    judge_sound(mesh, heal + GOES_ON_FRAMES)


@pytest.mark.parametrize("at_frame", [0, 1, 8])
@pytest.mark.parametrize("lost", [0, 2])
def test_one_who_is_lost_before_or_at_the_first_frames(lost: int, at_frame: int) -> None:
    schedule = Schedule((parse_happening(Kind.DROP, f"{lost}@{at_frame}"),))
    mesh = lossy_match(3, CLEAN, schedule=schedule, frames=0)
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 10.0)
    assert mesh.run_frames(GOES_ON_FRAMES)
    newest = max(claimed(mesh, lost).values())
    assert newest <= at_frame + 10
    assert_one_cut(mesh, player=lost, frame=newest)
    frames = mesh.frames
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.frames == frames >= GOES_ON_FRAMES


def test_the_next_episode_starts_without_the_one_who_was_lost_between_two() -> None:
    mesh = Mesh(
        chaos(3, score_to_win=2),
        PairConditions(rtt_s=0.1, jitter_s=0.02),
        session={"absent_policy": AbsentPolicy.NOOP},
        rematch_after_s=1.0,
    )
    assert mesh.run_until(
        lambda: all(p.session.state is SessionState.ENDED for p in mesh.survivors), 60.0
    )
    mesh.peers[1].die()
    assert mesh.run_until(lambda: all(p.session.episode == 1 for p in mesh.survivors), 20.0)
    assert mesh.run_frames(mesh.frames + 60)
    assert all(len(cuts(peer)) == 1 for peer in mesh.survivors)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    inputs = mesh.peers[0].history.episodes[1].inputs
    assert {row[1] for row in inputs} == {0}
    assert len({row[0] for row in inputs}) > 1
    assert not mesh.survivors[0].events_of(MatchEnded)


@pytest.mark.parametrize("after_s", [0.2, 0.3, 0.4, 0.5, 0.56, 0.6, 0.7])
@pytest.mark.parametrize("leaver", [0, 1])
def test_a_goodbye_while_the_next_episode_starts_on_some_and_not_on_others(
    leaver: int, after_s: float
) -> None:
    mesh = Mesh(
        chaos(3, score_to_win=2),
        PairConditions(rtt_s=0.1, jitter_s=0.03),
        seed=2,
        pairs={(0, 2): PairConditions(rtt_s=0.3)},
        session={"absent_policy": AbsentPolicy.NOOP},
        rematch_after_s=0.3,
    )
    assert mesh.run_until(
        lambda: all(p.session.state is SessionState.ENDED for p in mesh.survivors), 60.0
    )
    frames = mesh.frames
    mesh.run(after_s)
    mesh.peers[leaver].leave()
    assert mesh.run_frames(frames + GOES_ON_FRAMES, limit_s=15.0)
    assert [peer.peer for peer in mesh.survivors] == [peer for peer in range(3) if peer != leaver]
    assert all(len(cuts(peer)) == 1 for peer in mesh.survivors)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
