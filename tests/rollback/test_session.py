"""A match from the handshake to its end, with nothing between the peers."""

from __future__ import annotations

import pytest

from peergym.errors import UsageError
from peergym.rollback import AutomaticInputDelay, P2PSession, SessionState
from peergym.rollback.canonical import encode
from peergym.rollback.control import HelloAck, Start, StateDump, encode_control
from peergym.rollback.events import (
    DesyncDetected,
    DesyncLocated,
    EpisodeEnded,
    EpisodeStarted,
    MatchEnded,
    PeerConnected,
    PeerInterrupted,
    PeerLeft,
    PeerLost,
    PeerReady,
    PeerRefused,
    PeerResumed,
    ProtocolViolated,
)
from tests.rollback.pair import Group, Host, Tally, make_config, make_group


def test_peers_that_agree_connect_and_start_when_all_are_ready() -> None:
    group = make_group(3)
    assert [len(host.of(PeerConnected)) for host in group.hosts] == [2, 2, 2]
    group.hosts[0].session.set_ready(group.now_s)
    group.hosts[2].session.set_ready(group.now_s)
    group.exchange()
    assert group.hosts[0].session.state is SessionState.WAITING
    assert [event.peer for event in group.hosts[1].of(PeerReady)] == [0, 2]
    group.hosts[1].session.set_ready(group.now_s)
    group.wait(0.3)
    seeds = {host.of(EpisodeStarted)[0].seed for host in group.hosts}
    assert len(seeds) == 1


def test_a_peer_that_comes_late_is_greeted_at_once() -> None:
    group = Group(make_config(0))
    group.wait(0.1)
    group.hosts.append(Host(P2PSession(make_config(1), encode), Tally()))
    for _ in range(2):  # what its hello brings about, with no time passing
        group.exchange()
    assert [len(host.of(PeerConnected)) for host in group.hosts] == [1, 1]


def test_all_peers_hold_one_history() -> None:
    group = make_group(4, checksum_interval_frames=1)
    group.ready()
    group.play(200)
    histories = [dict(host.checksums) for host in group.hosts]
    frames = set(histories[0]).intersection(*histories[1:])
    assert len(frames) > 180
    assert len({histories[0][frame] for frame in frames}) == len(frames), "the state never changed"
    for history in histories[1:]:
        assert all(history[frame] == histories[0][frame] for frame in frames)


@pytest.mark.parametrize("interval", [1, 7, 60])
def test_every_frame_that_is_due_gets_a_checksum_however_the_frontier_jumps(interval: int) -> None:
    group = make_group(checksum_interval_frames=interval)
    group.ready()
    for _ in range(30):  # every eighth tick brings the inputs of eight frames at once
        group.hosts[1].is_cut_off = True
        group.play(7)
        group.hosts[1].is_cut_off = False
        group.play(1)
    for host in group.hosts:
        frames = [frame for frame, _ in host.checksums]
        assert frames == list(range(0, frames[-1] + 1, interval))
        assert frames[-1] >= 200 - interval


def test_a_solo_match_needs_nobody() -> None:
    config = make_config(0, 2, owners=(0, 0))
    group = Group(config)
    group.ready()
    group.play(30)
    assert group.hosts[0].session.confirmed_frame >= 28


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("version", {"version": "2"}), ("game", {"version": "1", "game": "chess"})],
)
def test_a_peer_that_runs_something_else_is_refused_by_name(
    name: str, theirs: dict[str, str]
) -> None:
    group = Group(make_config(0, description={"version": "1"}), make_config(1, description=theirs))
    for host in group.hosts:
        told = [
            difference for refused in host.of(PeerRefused) for difference in refused.differences
        ]
        assert {difference[0] for difference in told} == {name}
        assert host.session.state is SessionState.CLOSED


def test_an_episode_ends_at_the_first_confirmed_frame_that_terminated() -> None:
    group = make_group(end_frame=50)
    group.ready()
    group.play(70)
    ends = [host.of(EpisodeEnded) for host in group.hosts]
    assert [end[0].frame for end in ends] == [50, 50]
    assert ends[0][0].checksum == ends[1][0].checksum
    assert all(host.session.state is SessionState.ENDED for host in group.hosts)
    assert all(host.session.next_tick_s() is None for host in group.hosts)


def test_a_rematch_starts_at_frame_zero_with_another_seed() -> None:
    group = make_group(end_frame=50, checksum_interval_frames=1)
    for episode in range(4):
        group.ready()
        assert all(host.session.episode == episode for host in group.hosts)
        group.play(70)
    seeds = [event.seed for event in group.hosts[0].of(EpisodeStarted)]
    assert len(set(seeds)) == 4
    assert not group.hosts[0].of(DesyncDetected)


def test_a_straggler_of_the_last_episode_changes_nothing() -> None:
    group = make_group(end_frame=20)
    group.ready()
    group.play(5)
    late = group.hosts[1]
    late.tick(group.now_s, 9)
    stragglers = late.session.datagrams_to_send(group.now_s)
    group.play(30)
    group.ready()
    group.play(1)
    session = group.hosts[0].session
    before = (session.complete_frame, session.confirmed_frame, group.hosts[0].game.state)
    for data, _ in stragglers:
        session.receive_datagram(data, 1, group.now_s)
    assert (session.complete_frame, session.confirmed_frame, group.hosts[0].game.state) == before
    assert not group.hosts[0].of(ProtocolViolated)
    group.play(30)
    ends = [host.of(EpisodeEnded)[-1] for host in group.hosts]
    assert ends[0] == ends[1], "nothing of it shows later either"
    assert ends[0].episode == 1


def test_silence_is_told_after_half_a_second_and_ends_a_match_of_two_after_ten() -> None:
    group = make_group()
    group.ready()
    group.play(60)
    group.hosts[1].is_cut_off = True
    group.play(29)
    assert not group.hosts[0].of(PeerInterrupted)
    group.play(8)
    (event,) = group.hosts[0].of(PeerInterrupted)
    assert 0.5 <= event.silent_s < 0.6
    assert 9.4 < event.drop_in_s <= 9.5
    group.play(8 * 60)
    group.hosts[1].is_cut_off = False
    group.play(60)
    for host in group.hosts:
        assert [round(e.silent_s) for e in host.of(PeerResumed)] == [9]
        assert host.session.state is SessionState.PLAYING
    group.hosts[1].is_cut_off = True
    group.play(601)
    for host in group.hosts:
        assert host.of(PeerLost)
        assert host.of(MatchEnded)


def test_a_path_that_comes_back_late_is_given_time_to_speak() -> None:
    group = make_group()
    group.ready()
    group.play(60)
    group.hosts[1].is_cut_off = True
    group.play(9 * 60)
    group.hosts[0].session.path_restored(1, group.now_s)
    group.play(2 * 60)
    assert group.hosts[0].session.state is SessionState.PLAYING, "eleven seconds of silence"
    assert group.hosts[1].of(PeerLost), "nobody told the other that its path was back"
    group.play(3 * 60 + 30)
    assert group.hosts[0].of(PeerLost), "but not for ever"


def test_a_silence_does_not_raise_the_input_delay() -> None:
    group = make_group(input_delay=AutomaticInputDelay())
    group.ready()
    group.play(300)
    group.hosts[1].is_cut_off = True
    group.play(8 * 60)
    group.hosts[1].is_cut_off = False
    group.play(600)
    assert [host.session.input_delay_frames for host in group.hosts] == [1, 1]


def test_a_path_that_was_never_missed_grants_nothing() -> None:
    group = make_group()
    group.ready()
    group.play(60)
    group.hosts[0].session.path_restored(1, group.now_s)
    group.hosts[1].is_cut_off = True
    group.play(601)
    assert group.hosts[0].of(PeerLost)


def test_with_three_peers_a_loss_is_told_to_all_after_three_seconds() -> None:
    group = make_group(3)
    group.ready()
    group.play(60)
    group.hosts[2].is_cut_off = True
    group.play(185)
    for host in group.hosts[:2]:
        assert [event.peer for event in host.of(PeerLost)] == [2]
        assert host.of(MatchEnded)


def test_a_loss_that_one_peer_claims_ends_the_match_for_all() -> None:
    group = make_group(3)
    group.ready()
    group.play(60)
    first = group.hosts[0].session
    for _ in range(35):  # peer 0 hears nothing of peer 2, peer 1 does
        group.now_s += 0.1
        for host in group.hosts:
            host.session.handle_timer(group.now_s)
        for host in group.hosts:
            sender = host.session.config.local_peer
            for data, peer in host.session.datagrams_to_send(group.now_s):
                if {sender, peer} != {0, 2}:
                    group.hosts[peer].session.receive_datagram(data, sender, group.now_s)
    group.exchange()
    assert first.state is SessionState.CLOSED
    (lost,) = group.hosts[1].of(PeerLost)
    assert (lost.peer, lost.claimed_by) == (2, 0)


def test_a_goodbye_is_told_at_once() -> None:
    group = make_group()
    group.ready()
    group.play(10)
    group.hosts[1].session.leave(group.now_s, "enough")
    group.exchange()
    (event,) = group.hosts[0].of(PeerLeft)
    assert event.reason == "enough"
    assert group.hosts[0].session.state is SessionState.CLOSED


def test_a_closed_transport_is_as_good_as_a_goodbye() -> None:
    group = make_group()
    group.ready()
    group.hosts[0].session.link_closed(1, group.now_s)
    group.exchange()
    assert [event.peer for event in group.hosts[0].of(PeerLeft)] == [1]


def test_our_own_sleep_is_not_held_against_others() -> None:
    group = make_group()
    group.ready()
    group.play(60)
    group.now_s += 30.0
    group.hosts[0].session.handle_timer(group.now_s)
    group.exchange()
    assert not group.hosts[0].of(PeerLost)


@pytest.mark.parametrize("data", [b"", b"\x00", b"garbage" * 9, bytes(1500)])
def test_garbage_is_told_once_a_second_and_changes_nothing(data: bytes) -> None:
    group = make_group()
    group.ready()
    group.play(20)
    session = group.hosts[0].session
    before = (session.complete_frame, session.confirmed_frame, session.state)
    for _ in range(50):
        session.receive_datagram(data, 1, group.now_s)
        session.receive_message(data, 1, group.now_s)
    group.exchange()
    assert (session.complete_frame, session.confirmed_frame, session.state) == before
    assert len(group.hosts[0].of(ProtocolViolated)) == 1


def test_a_false_acknowledgement_is_refused() -> None:
    liar, honest = make_group(), make_group()
    for group in (liar, honest):
        group.ready()
    liar.play(40)
    honest.play(5)
    honest.now_s += 0.01
    liar.hosts[1].tick(liar.now_s + 0.1, 3)
    (data, _), *_ = liar.hosts[1].session.datagrams_to_send(liar.now_s + 0.1)
    session = honest.hosts[0].session
    before = session.complete_frame
    session.receive_datagram(data, 1, honest.now_s)
    honest.exchange()
    told = [event.message for event in honest.hosts[0].of(ProtocolViolated)]
    assert ["acknowledges" in message for message in told] == [True]
    assert session.complete_frame == before


def test_only_the_lowest_peer_may_start_and_only_what_is_agreed() -> None:
    group = make_group(3)
    for host in group.hosts[:2]:
        host.session.set_ready(group.now_s)
    group.wait(0.3)
    forged = encode_control(Start(0, 0), 1000)
    group.hosts[1].session.receive_message(forged, 2, group.now_s)
    assert group.hosts[1].session.state is SessionState.WAITING
    group.hosts[2].session.receive_message(forged, 0, group.now_s)
    assert group.hosts[2].session.state is SessionState.WAITING, "it was not ready itself"


def test_a_repeated_control_message_counts_once() -> None:
    group = make_group()
    session = group.hosts[0].session
    message = encode_control(HelloAck(), 500)
    for _ in range(3):
        session.receive_message(message, 1, group.now_s)
    assert not group.hosts[0].of(ProtocolViolated)
    old = encode_control(Start(0, 0), 499)
    session.receive_message(old, 1, group.now_s)
    group.exchange()
    assert not group.hosts[0].of(ProtocolViolated), "an older number is a repetition too"


def test_a_planted_desync_is_told_once_to_both_with_its_place() -> None:
    group = make_group(checksum_interval_frames=10)
    group.ready()
    group.hosts[1].game.glitch_frame = 25
    group.play(85)
    for host in group.hosts:
        (detected,) = host.of(DesyncDetected)
        assert detected.last_equal_frame == 20
        assert detected.frame == 30
        (located,) = host.of(DesyncLocated)
        assert ".digest" in located.difference


def test_a_dump_that_was_not_asked_for_changes_nothing() -> None:
    group = make_group()
    group.ready()
    group.play(5)
    for part, parts in ((0, 2), (0, 1), (1, 2)):
        dump = encode_control(StateDump(0, 3, part, parts, b"xx"), 900 + part * 10 + parts)
        group.hosts[0].session.receive_message(dump, 1, group.now_s)
    group.play(60)
    assert not group.hosts[0].of(DesyncDetected)


def test_the_automatic_delay_is_within_its_bounds_from_the_start() -> None:
    group = make_group(input_delay=AutomaticInputDelay())
    group.ready()
    group.play(10)
    assert [host.session.input_delay_frames for host in group.hosts] == [1, 1]


def test_inputs_of_others_and_inputs_out_of_range_are_refused() -> None:
    session = make_group().hosts[0].session
    with pytest.raises(UsageError):
        session.add_local_input(1, 0)
    with pytest.raises(UsageError):
        session.add_local_input(0, 16)


def test_being_ready_while_playing_is_refused() -> None:
    group = make_group()
    group.ready()
    with pytest.raises(UsageError):
        group.hosts[0].session.set_ready(group.now_s)


def test_a_flood_of_events_is_bounded() -> None:
    session = P2PSession(make_config(0), encode)
    for second in range(5000):
        session.receive_datagram(b"x", 1, float(second))
    drained = 0
    while session.next_event() is not None:
        drained += 1
    assert drained <= 1024
    assert session.dropped_events > 0


@pytest.mark.parametrize("offset_s", [0.0, 1e3, 1.7e9, -5e5])
def test_a_constant_added_to_every_clock_changes_nothing(offset_s: float) -> None:
    def play(start_s: float) -> list[bytes]:
        group = make_group()
        sent: list[bytes] = []
        group.now_s = start_s
        fresh = make_group()
        fresh.hosts = [type(h)(P2PSession(h.session.config, encode), h.game) for h in group.hosts]
        fresh.now_s = start_s
        fresh.exchange()
        fresh.ready()
        for _ in range(40):
            fresh.now_s += 1 / 64
            for index, host in enumerate(fresh.hosts):
                host.tick(fresh.now_s, (host.session.current_frame * (index + 3)) % 16)
                sent += [data for data, _ in host.session.datagrams_to_send(fresh.now_s)]
                for data in sent[-1:]:
                    fresh.hosts[1 - index].session.receive_datagram(data, index, fresh.now_s)
            fresh.exchange()
        return sent

    assert play(offset_s) == play(0.0)
