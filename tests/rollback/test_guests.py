"""Those who come to a match that is running: newcomers and spectators, whatever becomes of them."""

from __future__ import annotations

from typing import Any

from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.control import StateDump
from peergym.rollback.events import (
    DesyncDetected,
    EpisodeEnded,
    PlayerJoined,
    ProtocolViolated,
)
from peergym.rollback.membership import Stance
from tests.rollback.pair import Group, Host, make_config


def make_party(*owners: int, end_frame: int = 1 << 30, **changes: Any) -> Group:
    """A match in which some seats may be empty."""
    peers = sorted(set(owners) - {NOBODY})
    fields = {"absent_policy": AbsentPolicy.NOOP, "checksum_interval_frames": 10, **changes}
    configs = [make_config(peer, len(owners), owners=owners, **fields) for peer in peers]
    group = Group(*configs, end_frame=end_frame)
    group.ready()
    return group


def play_until_member(group: Group, newcomer: Host, ticks: int = 300) -> None:
    """Play until a newcomer has its seat."""
    for _ in range(ticks):
        if newcomer.of(PlayerJoined):
            return
        group.play(1)
    raise AssertionError("it was not let in")


def assert_one_history(group: Group, ticks: int = 120) -> None:
    """Everybody who is there goes on, with the same inputs at the same frames."""
    before = {host.peer: host.session.confirmed_frame for host in group.alive}
    group.play(ticks)
    first, *others = group.alive
    for host in group.alive:
        assert host.session.confirmed_frame > before[host.peer] + ticks / 2, host.peer
        assert host.of(DesyncDetected) == []
    for other in others:
        confirmed = min(first.session.confirmed_frame, other.session.confirmed_frame)
        both = [at for at in other.inputs if at in first.inputs and at[1] <= confirmed]
        assert len(both) > ticks / 2
        assert [other.inputs[at] for at in both] == [first.inputs[at] for at in both]


def test_a_newcomer_plays_in_an_empty_seat() -> None:
    group = make_party(0, 1, NOBODY)
    group.play(100)
    newcomer = group.come(3, 2)
    play_until_member(group, newcomer)
    assert_one_history(group)
    seat = [inputs[2] for inputs in group.hosts[0].inputs.values()]
    assert len(set(seat)) > 4, "the newcomer did nothing"


def test_the_checksums_of_a_newcomer_are_compared_in_the_next_episode_too() -> None:
    group = make_party(0, 1, NOBODY, end_frame=200)
    newcomer = group.come(3, 2)
    play_until_member(group, newcomer)
    group.play(250)
    assert [len(host.of(EpisodeEnded)) for host in group.hosts] == [1, 1, 1]
    group.ready()
    newcomer.game.glitch_frame = 50
    group.play(120)
    told = {(host.peer, event.peer) for host in group.hosts for event in host.of(DesyncDetected)}
    assert {(0, 3), (1, 3)} <= told


def test_a_newcomer_that_leaves_while_it_is_proposed_leaves_no_trace() -> None:
    group = make_party(0, 1, NOBODY)
    group.play(30)
    newcomer = group.come(3, 2)
    group.holds = lambda sender, peer, message: isinstance(message, Stance) and sender == 1
    group.play(100)
    assert group.hosts[0].session._roster.membership.pending_arrival is not None
    newcomer.session.leave(group.now_s)
    group.exchange()
    newcomer.is_dead = True
    group.let_go()
    assert_one_history(group, ticks=700)
    assert [host.session.members for host in group.alive] == [(0, 1)] * 2
    assert [list(host.session._roster.endpoints) for host in group.alive] == [[1], [0]]


def test_a_state_from_somebody_who_is_no_member_is_refused() -> None:
    group = make_party(0, 1, NOBODY)
    group.play(30)
    newcomer = group.come(3, 2)
    group.holds = lambda sender, peer, message: isinstance(message, Stance)
    group.play(30)
    assert not newcomer.of(PlayerJoined)
    newcomer.session._roster.endpoints[0].bulk.send(StateDump(0, 20, 0, 1, b"state"))
    group.exchange()
    (refused,) = group.hosts[0].of(ProtocolViolated)
    assert (refused.peer, refused.channel) == (3, "bulk")
    assert "no member" in refused.message
    group.let_go()
    play_until_member(group, newcomer)
    assert_one_history(group)


def test_an_agreement_that_the_sponsor_hears_of_after_it_has_withdrawn_holds() -> None:
    group = make_party(0, 1, 2, NOBODY)
    group.play(30)
    group.come(4, 3)
    group.holds = lambda sender, peer, message: (
        isinstance(message, Stance) and peer == 0 and message.is_ready and bool(message.arrivals)
    )
    group.play(160)
    sponsor, member = group.hosts[0].session, group.hosts[1].session
    assert (sponsor.members, member.members) == ((0, 1, 2), (0, 1, 2, 4))
    assert sponsor._roster.membership.pending_arrival is None
    group.let_go()
    assert sponsor.members == (0, 1, 2, 4)
    assert_one_history(group)


def test_an_agent_goes_on_when_the_one_who_was_to_take_its_seat_does_not_come() -> None:
    group = make_party(0, 1, 2, absent_policy=AbsentPolicy.AGENT)
    group.play(60)
    group.hosts[2].is_dead = True
    group.play(240)
    assert group.hosts[0].session.local_players == (0, 2)
    newcomer = group.come(3, 2)
    group.holds = lambda sender, peer, message: (
        isinstance(message, Stance) and sender == 1 and message.is_ready
    )
    group.play(130)
    assert group.hosts[1].session._roster.membership.pending_arrival is not None
    newcomer.session.leave(group.now_s)
    group.exchange()
    newcomer.is_dead = True
    group.let_go()
    assert_one_history(group)
    newest = group.hosts[1].session.confirmed_frame
    late = [inputs[2] for at, inputs in group.hosts[1].inputs.items() if at[1] > newest - 100]
    assert any(late), "the agent does nothing"
