"""Somebody comes to a match that others have begun, or comes back to it."""

from __future__ import annotations

import gc
import types
from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.rollback import P2PSession, SessionConfig, SessionState
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.events import Following, PeerConnected, StateRefused
from peergym.testing import Kind, Mesh, PairConditions, Schedule, judge
from peergym.testing.schedule import parse_happening
from tests.simulation.arrivals import (
    GOES_ON_FRAMES,
    NETWORK,
    first_frame_s,
    joins,
    judge_without_seat,
    match_with_empty_seat,
    wait_until_joined,
)
from tests.simulation.losses import cuts, lossy_match
from tests.simulation.matches import chaos, judge_sound, match, playing_match

POLICIES = [AbsentPolicy.NOOP, AbsentPolicy.AGENT]


@pytest.mark.parametrize(
    ("at_frame", "policy"),
    [
        (60, AbsentPolicy.AGENT),
        (300, AbsentPolicy.NOOP),
        (1400, AbsentPolicy.AGENT),
        (1400, AbsentPolicy.NOOP),
    ],
)
def test_one_who_comes_plays_within_two_seconds_and_holds_nobody_up(
    at_frame: int, policy: AbsentPolicy
) -> None:
    mesh = match_with_empty_seat(
        network=PairConditions(rtt_s=0.15, jitter_s=0.02), session={"absent_policy": policy}
    )
    assert mesh.run_frames(at_frame)
    stalls = [peer.counts.stalls for peer in mesh.survivors]
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    began_s = newcomer.time_of(Following)
    assert first_frame_s(newcomer, joined) - began_s < 2.0
    waited = [peer.counts.stalls for peer in mesh.peers.values() if not peer.is_newcomer]
    assert waited == stalls, "members went on as if nothing had happened"
    inputs = newcomer.history.episodes[-1].inputs
    own = [row[2] for row in inputs[joined - newcomer.history.episodes[-1].first_frame :]]
    assert len(set(own)) > 2
    assert newcomer.checker.counts.rollbacks > 0
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("lost", "goodbye"), [(0, True), (1, False), (2, True), (0, False)])
def test_one_who_was_lost_comes_back_to_his_seat(
    lost: int, goodbye: bool, policy: AbsentPolicy
) -> None:
    mesh = playing_match(3, NETWORK, session={"absent_policy": policy}, seed=lost + 1)
    if goodbye:
        mesh.peers[lost].leave()
    else:
        mesh.peers[lost].die()
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert mesh.run_frames(mesh.frames + 60)
    newcomer = mesh.take_seats([lost], place_of=lost)
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert [peer.peer for peer in mesh.survivors] == sorted({0, 1, 2, 3} - {lost})
    assert newcomer.p2p.local_players == (lost,)
    for peer in mesh.survivors:
        assert joins(peer) == [(lost, joined, 2, 3)]
        assert peer.p2p.controller(lost, peer.p2p.confirmed_frame).peer == 3
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_one_comes_back_before_the_others_have_noticed_that_he_was_gone() -> None:
    mesh = lossy_match(3, NETWORK)
    mesh.peers[1].die()
    newcomer = mesh.take_seats([1], place_of=1)
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert [len(cuts(peer)) for peer in mesh.survivors if not peer.is_newcomer] == [1, 1]
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize(
    "session",
    [
        {"input_delay": 4},
        {"snapshot_interval": 6},
        {"prediction_window": 0, "input_delay": 8},
        {"checksum_interval_frames": 7},
    ],
    ids=["delay", "sparse", "lockstep", "checksums"],
)
def test_it_does_not_matter_how_the_match_is_played(session: dict[str, Any]) -> None:
    mesh = match_with_empty_seat(3, NETWORK, session=session)
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.frames >= joined + GOES_ON_FRAMES - 10
    assert verdict.varied_players == (0, 1, 2)


def test_one_takes_several_seats_and_another_one_more() -> None:
    mesh = playing_match(
        5,
        NETWORK,
        owners=(0, NOBODY, 1, NOBODY, NOBODY),
        session={"absent_policy": AbsentPolicy.AGENT},
    )
    one, other = mesh.take_seats([1, 4]), mesh.take_seats([3])
    wait_until_joined(mesh, one)
    joined = wait_until_joined(mesh, other)
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert one.p2p.local_players == (1, 4)
    assert other.p2p.local_players == (3,)
    epochs = {epoch for _, _, epoch, _ in joins(mesh.peers[0])}
    assert epochs == {1, 2}
    judge_sound(mesh, joined + GOES_ON_FRAMES)


def test_one_who_came_late_lets_another_into_the_seat_of_an_agent() -> None:
    mesh = playing_match(4, NETWORK, session={"absent_policy": AbsentPolicy.AGENT})
    for gone, epoch in ((3, 1), (0, 2)):
        mesh.peers[gone].leave()
        assert mesh.run_until(
            lambda epoch=epoch: all(peer.p2p.epoch == epoch for peer in mesh.survivors), 6.0
        )
    for seat in (0, 3):
        joined = wait_until_joined(mesh, mesh.take_seats([seat], place_of=seat))
    assert [peer.local_players for peer in mesh.survivors] == [(1,), (2,), (0,), (3,)]
    thief = mesh.take_seats([0])
    assert mesh.run_frames(joined + GOES_ON_FRAMES)
    assert not thief.is_member, "whoever sits in a seat keeps it"
    judge_sound(mesh, joined + GOES_ON_FRAMES)


@pytest.mark.parametrize("is_agent", [True, False])
def test_a_seat_that_was_an_agents_from_the_start_can_be_had(is_agent: bool) -> None:
    session = {"absent_policy": AbsentPolicy.AGENT, "agents": (2,) if is_agent else ()}
    mesh = playing_match(3, NETWORK, owners=(0, 1, 0), session=session)
    newcomer = mesh.take_seats([2])
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert newcomer.is_member == is_agent
    assert mesh.peers[0].local_players == ((0,) if is_agent else (0, 2))
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


def test_of_two_who_want_the_same_seat_one_gets_it() -> None:
    mesh = match_with_empty_seat()
    rivals = [mesh.take_seats([2]), mesh.take_seats([2])]
    assert mesh.run_until(lambda: any(peer.is_member for peer in rivals), 10.0)
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert [peer.is_member for peer in rivals].count(True) == 1
    assert all(len(joins(peer)) == 1 for peer in mesh.survivors)
    judge_sound(mesh, 120 + GOES_ON_FRAMES)


@pytest.mark.parametrize("when", ["countdown", "first frames", "between"])
def test_one_comes_before_an_episode_has_begun_or_after_it_has_ended(when: str) -> None:
    mesh = Mesh(
        chaos(3, score_to_win=3),
        NETWORK,
        owners=(0, 1, NOBODY),
        seed=3,
        session={"absent_policy": AbsentPolicy.NOOP},
        rematch_after_s=1.5,
    )
    reached = {
        "countdown": lambda: mesh.peers[0].session.state is SessionState.PLAYING,
        "first frames": lambda: mesh.peers[0].session.current_frame >= 3,
        "between": lambda: mesh.peers[0].session.state is SessionState.ENDED,
    }[when]
    assert mesh.run_until(reached, 60.0)
    newcomer = mesh.take_seats([2])
    joined = wait_until_joined(mesh, newcomer, 20.0)
    assert mesh.run_until(
        lambda: all(peer.session.episode >= 2 for peer in mesh.survivors), 120.0
    ), [peer.session.state for peer in mesh.survivors]
    assert joined >= 0
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())
    assert verdict.varied_players == (0, 1, 2)


def test_ten_leaves_and_returns_leave_no_trace_in_memory() -> None:
    mesh = lossy_match(3, PairConditions(rtt_s=0.06), frames=1300)  # what is kept by time is full
    sizes = []
    for _ in range(10):
        old = mesh.peer_of(2)
        old.leave()
        mesh.run(1.0)
        newcomer = mesh.take_seats([2], place_of=old.peer)
        wait_until_joined(mesh, newcomer)
        mesh.run(3.0)
        sizes.append(reachable_objects(mesh.peers[0].session))
    judge_without_seat(mesh)
    assert mesh.peers[0].p2p.epoch == 20
    # Every agreement is remembered, in a few small objects; nothing else is.
    assert sizes[-1] - sizes[1] <= 8 * 40, sizes


def reachable_objects(root: object) -> int:
    """How many objects a session keeps alive, but for code and classes."""
    left_out = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, left_out):
            continue
        seen.add(id(each))
        waiting += gc.get_referents(each)
    return len(seen)


@pytest.mark.parametrize("flaw", [b"", b"\x80\x04N.", b"state"])
def test_a_state_that_is_none_is_refused_and_the_others_play_on(flaw: bytes) -> None:
    def make(config: SessionConfig, game: GameAdapter) -> P2PSession:
        return P2PSession(config, game.canonical, restore=game.restore, transfer=lambda state: flaw)

    mesh = match_with_empty_seat(frames=1300, make_session=make)  # so far that a state is sent
    newcomer = mesh.take_seats([2])
    mesh.run(5.0)
    assert not newcomer.is_member
    assert newcomer.session.state is SessionState.CLOSED
    assert len(newcomer.events_of(StateRefused)) == 1
    assert mesh.run_frames(mesh.frames + GOES_ON_FRAMES)
    assert all(peer.p2p.members == (0, 1) for peer in mesh.survivors)
    judge_without_seat(mesh)


def test_one_who_comes_to_a_full_match_only_watches() -> None:
    mesh = match(3, NETWORK, session={"absent_policy": AbsentPolicy.NOOP})
    assert mesh.run_frames(120)
    guest = mesh.comings.add_newcomer([1])
    assert mesh.run_frames(mesh.frames + 300)
    assert not guest.is_member
    assert guest.session.state is SessionState.FOLLOWING
    assert guest.history.frames > 300
    assert all(not joins(peer) for peer in mesh.survivors)
    judge_sound(mesh, 420)


def test_the_same_coming_twice_sends_the_same_bytes() -> None:
    schedule = Schedule(
        (parse_happening(Kind.GOODBYE, "1@100"), parse_happening(Kind.REJOIN, "1@200"))
    )
    sent = []
    for _ in range(2):
        mesh = match(
            3,
            NETWORK,
            schedule=schedule,
            keeps_wire=True,
            session={"absent_policy": AbsentPolicy.AGENT},
        )
        assert mesh.run_frames(500)
        assert mesh.peers[3].is_member
        sent.append({peer.peer: peer.sent for peer in mesh.peers.values()})
        judge_sound(mesh, 500)
    assert sent[0] == sent[1]


def test_everybody_connects_with_a_newcomer() -> None:
    mesh = match_with_empty_seat(4)
    newcomer = mesh.take_seats([3])
    wait_until_joined(mesh, newcomer)
    assert {event.peer for event in newcomer.events_of(PeerConnected)} == {0, 1, 2}
    for peer in (0, 1, 2):
        assert 4 in {event.peer for event in mesh.peers[peer].events_of(PeerConnected)}
