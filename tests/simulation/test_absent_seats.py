"""What becomes of the seat of one who is lost, and who controlled it in every frame."""

from __future__ import annotations

import pytest

from peergym.rollback import SessionState
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.events import MatchEnded, PlayerCut
from peergym.testing import Mesh, PairConditions, judge
from peergym.testing.true_inputs import given_by
from tests.simulation.losses import CLEAN, cuts, lose_unequally, lossy_match
from tests.simulation.matches import chaos, judge_sound, playing_match

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.03)
GOES_ON_FRAMES = 120


def played(mesh: Mesh, player: int, peer: int = 0) -> list[int]:
    """A player's inputs as a peer simulated the confirmed frames of the latest episode."""
    return [row[player] for row in mesh.peers[peer].history.episodes[-1].inputs]


def controllers(mesh: Mesh, player: int) -> list[tuple[int, bool]]:
    """Who controlled a seat in each confirmed frame, on which all survivors agree."""
    frames = range(min(peer.session.confirmed_frame for peer in mesh.survivors) + 1)
    said = {
        tuple(
            (control.peer, control.is_agent)
            for frame in frames
            for control in [peer.session.controller(player, frame)]
        )
        for peer in mesh.survivors
    }
    assert len(said) == 1
    return list(said.pop())


@pytest.mark.parametrize("goodbye", [True, False])
def test_policy_end_ends_the_match_for_all_without_a_cut(goodbye: bool) -> None:
    mesh = playing_match(3, NETWORK, session={"absent_policy": AbsentPolicy.END})
    if goodbye:
        mesh.peers[1].leave()
    else:
        mesh.peers[1].die()
    mesh.run(5.0)
    for peer in mesh.survivors:
        assert peer.session.state is SessionState.CLOSED
        assert len(peer.events_of(MatchEnded)) == 1
        assert not cuts(peer)
    judge_sound(mesh, 110)


def test_policy_noop_leaves_the_seat_without_input_from_the_cut_on() -> None:
    mesh = lossy_match(3, session={"prediction_window": 12})
    base = lose_unequally(mesh, lost=1, ahead={2: 5})
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    cut = base + 5
    inputs = played(mesh, 1)
    assert set(inputs[cut + 1 :]) == {0}
    assert len(inputs) > cut + 60
    assert len(set(inputs[: cut + 1])) > 1
    assert controllers(mesh, 1)[: cut + 1] == [(1, False)] * (cut + 1)
    assert set(controllers(mesh, 1)[cut + 1 :]) == {(NOBODY, False)}
    assert set(controllers(mesh, 0)) == {(0, False)}
    assert all(peer.session.local_players == (peer.peer,) for peer in mesh.survivors)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_policy_agent_hands_the_seat_to_the_lowest_that_is_left(lost: int) -> None:
    mesh = playing_match(3, CLEAN, session={"absent_policy": AbsentPolicy.AGENT})
    ahead = max({0, 1, 2} - {lost})
    base = lose_unequally(mesh, lost=lost, ahead={ahead: 4})
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    cut, heir = base + 4, min({0, 1, 2} - {lost})
    for peer in mesh.survivors:
        assert cuts(peer) == [(lost, cut, 1, heir)]
    assert mesh.peers[heir].session.local_players == tuple(sorted((lost, heir)))
    said = controllers(mesh, lost)
    assert said[: cut + 1] == [(lost, False)] * (cut + 1)
    assert set(said[cut + 1 :]) == {(heir, True)}
    assert len(said) > cut + 60
    inputs = played(mesh, lost, heir)
    assert len(set(inputs[cut + 1 :])) > 2, "the agent plays"
    given = given_by(mesh.peers[heir], 0, lost)
    assert inputs[cut + 1 :] == [given[frame] for frame in range(cut + 1, len(inputs))]
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


def test_an_agents_seat_passes_on_when_its_peer_is_lost_too() -> None:
    mesh = playing_match(4, NETWORK, session={"absent_policy": AbsentPolicy.AGENT}, seed=2)
    mesh.peers[2].die()
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(mesh.frames + 60)
    mesh.peers[0].die()
    assert mesh.run_until(lambda: all(len(cuts(peer)) == 3 for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert mesh.peers[1].session.local_players == (0, 1, 2)
    order = [peer for peer, _ in dict.fromkeys(controllers(mesh, 2))]
    assert order == [2, 0, 1]
    assert [peer for peer, _ in dict.fromkeys(controllers(mesh, 0))] == [0, 1]
    judge_sound(mesh, 180 + GOES_ON_FRAMES)


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
def test_all_seats_of_a_peer_are_cut_each_at_its_own_frame(policy: AbsentPolicy) -> None:
    mesh = playing_match(
        5,
        CLEAN,
        owners=(1, 0, 1, 2, 1),
        session={"absent_policy": policy},
        # The delays differ by seat, so what was sent of them reaches differently far.
        frames=60,
    )
    for seat, delay in ((0, 0), (2, 3), (4, 6)):
        mesh.peers[1].session.set_input_delay(seat, delay)
    assert mesh.run_frames(120)
    mesh.peers[1].die()
    assert mesh.run_until(lambda: all(len(cuts(peer)) == 3 for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    frame_of = {event.player: event.frame for event in mesh.peers[0].events_of(PlayerCut)}
    assert frame_of[2] == frame_of[0] + 3
    assert frame_of[4] == frame_of[0] + 6
    assert {event.epoch for event in mesh.peers[2].events_of(PlayerCut)} == {1}
    agents = (0, 1, 2, 4) if policy is AbsentPolicy.AGENT else (1,)
    assert mesh.peers[0].session.local_players == agents
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
def test_who_runs_a_seat_at_the_end_runs_it_from_the_start_of_the_next_episode(
    policy: AbsentPolicy,
) -> None:
    mesh = Mesh(chaos(3, score_to_win=5), NETWORK, session={"absent_policy": policy}, seed=5)
    assert mesh.run_frames(60)
    mesh.peers[2].die()
    assert mesh.run_until(lambda: all(p.session.episode >= 1 for p in mesh.survivors), 60.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    runner = (0, True) if policy is AbsentPolicy.AGENT else (NOBODY, False)
    assert set(controllers(mesh, 2)) == {runner}
    assert (set(played(mesh, 2)) == {0}) == (policy is AbsentPolicy.NOOP)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
@pytest.mark.parametrize("players", [2, 3])
def test_the_last_one_plays_on_alone(players: int, policy: AbsentPolicy) -> None:
    mesh = playing_match(
        players,
        NETWORK,
        session={"absent_policy": policy, "has_arbiter": True, "drop_after_s": 3.0},
    )
    for peer in range(1, players):
        mesh.peers[peer].leave()
        mesh.run(4.0)
    assert [peer.peer for peer in mesh.survivors] == [0]
    stalls = mesh.peers[0].counts.stalls
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES, limit_s=2.5)
    assert mesh.peers[0].counts.stalls == stalls
    assert len(cuts(mesh.peers[0])) == players - 1
    judge_sound(mesh, 120 + GOES_ON_FRAMES)
