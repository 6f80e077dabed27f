"""How often states are saved changes nothing but the work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peergym.envs import GameAdapter
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.testing import Mesh, PairConditions, judge
from tests.simulation.matches import chaos, checksums, judge_sound, rollbacks

NETWORK = PairConditions(rtt_s=0.12, jitter_s=0.04, loss=0.05)


@pytest.mark.parametrize("interval", [2, 5, 8])
@pytest.mark.parametrize("players", [2, 3])
def test_sparse_saving_gives_the_same_history_as_dense(players: int, interval: int) -> None:
    dense = Mesh(chaos(players), NETWORK, seed=6)
    sparse = Mesh(chaos(players), NETWORK, seed=6, session={"snapshot_interval": interval})
    for mesh in (dense, sparse):
        assert mesh.run_frames(480)
        assert judge(mesh).diverged == 0
        assert rollbacks(mesh) > 0
    true = checksums(dense.peers[0], 480)
    for peer in sparse.peers.values():
        saved = peer.history.episodes[0].checksums
        assert len(saved) >= 480 // interval
        assert all(true[frame] == saved[frame] for frame in saved if frame <= 480)


@settings(max_examples=25)
@given(
    intervals=st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12)),
    window=st.integers(1, 12),
    delay=st.integers(0, 4),
    loss=st.sampled_from([0.0, 0.05, 0.2]),
    rtt_ms=st.integers(0, 150),
    players=st.integers(2, 3),
    seed=st.integers(0, 1000),
)
def test_whatever_is_saved_by_whom_the_history_is_the_same(
    intervals: tuple[int, ...],
    window: int,
    delay: int,
    loss: float,
    rtt_ms: int,
    players: int,
    seed: int,
) -> None:
    def played(session_of: dict[int, dict[str, Any]]) -> Mesh:
        mesh = Mesh(
            chaos(players),
            PairConditions(rtt_s=rtt_ms / 1000, loss=loss),
            seed=seed,
            session={"prediction_window": window, "input_delay": delay},
            session_of=session_of,
        )
        assert mesh.run_frames(90)
        assert judge(mesh).diverged == 0
        return mesh

    dense = played({})
    sparse = played({peer: {"snapshot_interval": intervals[peer]} for peer in range(players)})
    true = checksums(dense.peers[0], 90)
    for peer in sparse.peers.values():
        saved = peer.history.episodes[0].checksums
        interval = intervals[peer.peer]
        assert set(range(0, 91, interval)) <= saved.keys()
        assert all(true[frame] == saved[frame] for frame in saved if frame <= 90)


def test_each_peer_saves_as_suits_it() -> None:
    # Nothing in the hello compares it: it never changes what is simulated.
    mesh = Mesh(
        chaos(3),
        NETWORK,
        seed=6,
        session_of={peer: {"snapshot_interval": 1 + 3 * peer} for peer in range(3)},
    )
    assert mesh.run_frames(300)
    verdict = judge(mesh)
    assert verdict.diverged == 0
    assert verdict.frames >= 300
    assert rollbacks(mesh) > 0


class PlainChaos(Chaos):
    """Chaos without state methods of its own: its attributes are copied."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("get_state", "set_state"):
            raise AttributeError(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("make", [Pong, Chaos, PlainChaos])
def test_a_snapshot_is_restored_any_number_of_times(make: type) -> None:
    game = GameAdapter(make())
    game.reset(3)

    def play(frames: int, salt: int) -> bytes:
        for frame in range(frames):
            game.step(tuple(frame * salt // 7 % 3 * (player + 1) % 3 for player in range(2)))
        return game.canonical(game.save())

    play(200, 1)
    state = game.save()
    before = game.canonical(state)
    courses = []
    for salt in (1, 2, 1, 2, 1):
        game.load(state)
        assert game.canonical(game.save()) == before
        courses.append(play(120, salt))
        assert game.canonical(state) == before, "what was loaded is not touched by playing on"
    assert courses[0] == courses[2] == courses[4]
    assert courses[1] == courses[3]
    assert courses[0] != courses[1]


def test_a_snapshot_that_many_rollbacks_go_back_to_leads_to_the_same_history() -> None:
    session = {"snapshot_interval": 8, "force_rollback_frames": 7}
    plain = Mesh(lambda: GameAdapter(PlainChaos(2)), NETWORK, seed=6)
    mesh = Mesh(plain.make_game, NETWORK, seed=6, session=session)
    for either in (plain, mesh):
        assert either.run_frames(240)
        assert judge(either).diverged == 0
    assert mesh.peers[0].checker.counts.rollbacks > 230, "of some thirty snapshots"
    true, saved = (each.peers[1].history.episodes[0].checksums for each in (plain, mesh))
    assert len(saved) >= 30
    assert all(true[frame] == saved[frame] for frame in saved if frame <= 240)


def test_sparse_saving_saves_less() -> None:
    held = []
    for interval in (1, 8):
        mesh = Mesh(chaos(2), NETWORK, session={"snapshot_interval": interval})
        assert mesh.run_frames(240)
        held.append(mesh.peers[0].session.statistics().snapshots_held)
    assert held[1] < held[0]


@pytest.mark.parametrize("forced", [1, 8, 20])
def test_resimulating_every_tick_changes_nothing(forced: int) -> None:
    plain = Mesh(chaos(2), NETWORK, seed=6)
    mesh = Mesh(chaos(2), NETWORK, seed=6, session={"force_rollback_frames": forced})
    for either in (plain, mesh):
        assert either.run_frames(300)
        judge_sound(either, 300)
    assert checksums(plain.peers[0], 300) == checksums(mesh.peers[1], 300)
    assert mesh.peers[0].checker.counts.rollback_frames > 290 * forced
