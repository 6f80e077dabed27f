"""People who watch: they see the very match, from any time on, and touch nobody."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.envs import GameAdapter
from peergym.rollback import P2PSession, SessionConfig, SessionState
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.episode import CATCH_UP_FRAMES
from peergym.rollback.events import Following, MatchEnded, StateRefused
from peergym.testing import Mesh, PairConditions, judge
from peergym.testing.mesh_spectator import MeshSpectator
from tests.simulation.losses import CLEAN, cuts, lose_unequally, lossy_match
from tests.simulation.matches import chaos, judge_sound, playing_match

NETWORK = PairConditions(rtt_s=0.12, jitter_s=0.03, loss=0.03)
LAG_FRAMES = 60  # a round trip, two messages' worth of cushion, and a repetition


def behind(mesh: Mesh, spectator: MeshSpectator) -> int:
    """How many confirmed frames a spectator has not seen yet."""
    return mesh.frames - spectator.history.frames


@pytest.mark.parametrize("host", [0, 1, 2])
@pytest.mark.parametrize("at_frame", [0, 200, 1400])
def test_one_sees_the_true_match_from_whenever_he_comes(at_frame: int, host: int) -> None:
    mesh = playing_match(3, NETWORK, frames=at_frame)
    spectator = mesh.comings.add_spectator([host])
    came_s = mesh.clock.now_s
    assert mesh.run_until(
        lambda: bool(spectator.events_of(Following)) and behind(mesh, spectator) < LAG_FRAMES, 10.0
    )
    assert mesh.clock.now_s - came_s < 1.5 + at_frame / 240
    assert mesh.run_frames(mesh.frames + 240)
    assert behind(mesh, spectator) < LAG_FRAMES
    assert [event.peer for event in spectator.events_of(Following)] == [host]
    judge_sound(mesh, at_frame + 240)
    seen = spectator.history.episodes[0]
    assert len(seen.checksums) > 200, "and they were compared"


def test_whoever_is_behind_catches_up_at_a_bounded_speed() -> None:
    mesh = playing_match(3, NETWORK)
    spectator = mesh.comings.add_spectator([0])
    mesh.run(2.0)
    spectator.pause(4.0)
    mesh.run(4.1)
    far = behind(mesh, spectator)
    assert far > 200
    counted = spectator.checker.counts.frames
    ticks = spectator.counts.ticks
    assert mesh.run_until(lambda: behind(mesh, spectator) < LAG_FRAMES, 4.0)
    frames = spectator.checker.counts.frames - counted
    assert frames / (spectator.counts.ticks - ticks) <= CATCH_UP_FRAMES
    assert frames > far - LAG_FRAMES
    assert mesh.run_frames(mesh.frames + 120)
    judge_sound(mesh, 400)


def test_one_whose_page_stands_still_is_told_ten_seconds_and_no_more() -> None:
    mesh = playing_match(2, NETWORK)
    spectator = mesh.comings.add_spectator([0])
    mesh.run(2.0)
    spectator.hold_ticks(mesh.clock.now_s + 15.0)
    mesh.run(15.0)
    assert behind(mesh, spectator) > 850
    assert 500 < spectator.session.waiting_frames < 700
    assert mesh.run_until(lambda: behind(mesh, spectator) < LAG_FRAMES, 10.0)
    judge_sound(mesh, 1000)


def figures(mesh: Mesh) -> list[tuple[Any, ...]]:
    """What the players' peers have done."""
    return [
        (peer.checker.counts, peer.counts.stalls, peer.counts.packets_sent, peer.history.frames)
        for peer in mesh.peers.values()
        if not peer.is_spectator
    ]


@pytest.mark.parametrize("trouble", ["dies", "freezes", "is cut off", "leaves", "is slow"])
def test_what_happens_to_one_who_watches_touches_no_player(trouble: str) -> None:
    played = []
    for is_watched in (False, True):
        mesh = playing_match(3, NETWORK, seed=4)
        if is_watched:
            spectator = mesh.comings.add_spectator([1, 0])
            mesh.run(1.5)
            if trouble == "dies":
                spectator.die()
            elif trouble == "freezes":
                spectator.pause(30.0)
            elif trouble == "is cut off":
                mesh.links.cut(mesh.clock.now_s, peers=[spectator.peer])
            elif trouble == "leaves":
                spectator.leave()
            else:
                spectator.hold_ticks(mesh.clock.now_s + 100.0)
            mesh.run(12.0)
        else:
            mesh.run(13.5)
        judge_sound(mesh, 800)
        played.append(figures(mesh))
    assert played[0] == played[1]


@pytest.mark.parametrize("how", ["dies", "leaves", "is cut off from him"])
def test_one_whose_host_is_gone_follows_another_from_where_he_stands(how: str) -> None:
    mesh = lossy_match(3, NETWORK, session={"prediction_window": 12})
    spectator = mesh.comings.add_spectator([1, 2, 0])
    assert mesh.run_frames(240)
    host = spectator.session.followed_peer
    assert host in mesh.peers
    if how == "dies":
        mesh.peers[host].die()
    elif how == "leaves":
        mesh.peers[host].leave()
    else:
        now_s = mesh.clock.now_s
        mesh.links.partition([[host], [spectator.peer]], now_s, now_s + 1000.0)
    assert mesh.run_until(lambda: spectator.session.followed_peer != host, 6.0)
    assert mesh.run_frames(mesh.frames + 240)
    assert behind(mesh, spectator) < LAG_FRAMES
    assert len(spectator.history.episodes) == 1, "without beginning anew"
    judge_sound(mesh, 450)


def test_one_whose_hosts_are_all_gone_is_told_so() -> None:
    mesh = playing_match(2, NETWORK)
    spectator = mesh.comings.add_spectator()
    mesh.run(2.0)
    mesh.peers[0].leave()
    mesh.peers[1].leave()
    mesh.run(2.0)
    assert spectator.session.state is SessionState.CLOSED
    assert len(spectator.events_of(MatchEnded)) == 1


@pytest.mark.parametrize("policy", [AbsentPolicy.NOOP, AbsentPolicy.AGENT])
def test_those_who_watch_follow_the_same_cuts(policy: AbsentPolicy) -> None:
    mesh = playing_match(
        4, CLEAN, session={"absent_policy": policy, "prediction_window": 12}, spectators=2
    )
    base = lose_unequally(mesh, lost=1, ahead={3: 6})
    assert mesh.run_until(lambda: all(cuts(peer) for peer in mesh.survivors), 6.0)
    assert {cut[1] for peer in mesh.survivors for cut in cuts(peer)} == {base + 6}
    assert mesh.run_frames(mesh.frames + 240)
    judge_sound(mesh, 340)
    for spectator in mesh.watchers:
        seen = spectator.history.episodes[0]
        assert seen.frames > base + 100
        after = [row[1] for row in seen.inputs[base + 7 :]]
        assert (set(after) == {0}) == (policy is AbsentPolicy.NOOP)


def test_those_who_watch_see_newcomers_play() -> None:
    mesh = playing_match(
        3, NETWORK, owners=(0, 1, NOBODY), session={"absent_policy": AbsentPolicy.NOOP}
    )
    spectator = mesh.comings.add_spectator()
    newcomer = mesh.take_seats([2])
    assert mesh.run_until(lambda: newcomer.is_member, 10.0)
    assert mesh.run_frames(mesh.frames + 240)
    assert len({row[2] for row in spectator.history.episodes[0].inputs}) > 2
    judge_sound(mesh, 360)


def test_one_watches_several_episodes() -> None:
    mesh = Mesh(chaos(2, score_to_win=2), NETWORK, seed=5, spectators=1, rematch_after_s=0.5)
    assert mesh.run_until(lambda: mesh.peers[0].session.episode >= 3, 120.0)
    assert mesh.run_frames(mesh.frames + 60)
    mesh.run(2.0)
    (spectator,) = mesh.watchers
    numbers = [part.number for part in spectator.history.episodes]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 4
    ends = [part.end_frame for part in mesh.peers[0].history.episodes[:3]]
    assert [part.end_frame for part in spectator.history.episodes[:3]] == ends
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())


@pytest.mark.parametrize("when", ["handshake", "countdown", "between"])
def test_one_comes_while_no_frame_is_played(when: str) -> None:
    mesh = Mesh(chaos(2, score_to_win=2), NETWORK, seed=6, rematch_after_s=2.0)
    state = {
        "handshake": SessionState.HANDSHAKE,
        "countdown": SessionState.PLAYING,
        "between": SessionState.ENDED,
    }[when]
    assert mesh.run_until(lambda: mesh.peers[0].session.state is state, 60.0)
    spectator = mesh.comings.add_spectator()
    episode = mesh.peers[0].session.episode + (when != "countdown")
    assert mesh.run_until(lambda: mesh.peers[0].session.episode > episode, 60.0)
    mesh.run(1.0)
    assert episode in [part.number for part in spectator.history.episodes]
    verdict = judge(mesh)
    assert (verdict.diverged, verdict.complaints) == (0, ())


def test_sixteen_may_watch() -> None:
    mesh = playing_match(2, PairConditions(rtt_s=0.08, loss=0.02), spectators=16)
    assert mesh.run_frames(300)
    mesh.run(1.0)
    assert all(behind(mesh, spectator) < LAG_FRAMES for spectator in mesh.watchers)
    assert {spectator.session.followed_peer for spectator in mesh.watchers} == {0, 1}
    judge_sound(mesh, 300)


def test_a_state_that_is_none_is_refused_by_one_who_watches() -> None:
    def make(config: SessionConfig, game: GameAdapter) -> P2PSession:
        return P2PSession(
            config, game.canonical, restore=game.restore, transfer=lambda state: b"\x80\x04N."
        )

    mesh = playing_match(2, NETWORK, frames=1300, make_session=make)
    spectator = mesh.comings.add_spectator()
    mesh.run(3.0)
    assert spectator.session.state is SessionState.CLOSED
    assert len(spectator.events_of(StateRefused)) == 1
    assert mesh.run_frames(mesh.frames + 60)
    judge_sound(mesh, 1360)
