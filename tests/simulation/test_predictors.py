"""Guesses of one's own: they change how often there are rollbacks, and never the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest

from peergym.envs import GameAdapter
from peergym.envs.policy_predictor import PolicyPredictor
from peergym.errors import ConfigurationError
from peergym.games.chaos import Chaos
from peergym.games.pong import Pong
from peergym.rollback import P2PSession, SessionConfig, SessionState
from peergym.rollback.events import MatchEnded, PeerLeft
from peergym.rollback.prediction import Predictor, repeat_last
from peergym.testing import Mesh, PairConditions, judge
from peergym.testing.mesh import MakeSession
from tests.simulation.matches import checksums, judge_sound, match, rollbacks

NETWORK = PairConditions(rtt_s=0.1, jitter_s=0.02, loss=0.03)
MakePredictor = Callable[[SessionConfig, GameAdapter], Predictor]


def predicting(make: MakePredictor) -> MakeSession:
    """Makes sessions that guess by these predictors."""

    def make_session(config: SessionConfig, game: GameAdapter) -> P2PSession:
        return P2PSession(config, game.canonical, make(config, game))

    return make_session


def turn(player: int, episode: int, frame: int) -> int:
    """Everybody turns round and round: hopeless to repeat, easy to foresee."""
    return (frame + player) % 4


def foresee_the_turn(player: int, history: Sequence[int], age_frames: int) -> int:
    return (history[-1] + age_frames) % 4


def rollbacks_after_the_start(mesh: Mesh) -> int:
    """Rollbacks once everybody has been heard: before, the guess is the no-op."""
    assert mesh.run_frames(60)
    before = rollbacks(mesh)
    assert mesh.run_frames(600)
    judge_sound(mesh, 600, expect_rollbacks=False)
    return rollbacks(mesh) - before


def test_a_predictor_that_is_right_never_causes_a_rollback() -> None:
    foreseeing = predicting(lambda config, game: foresee_the_turn)
    right = match(3, NETWORK, script=turn, make_session=foreseeing)
    assert rollbacks_after_the_start(right) == 0
    assert rollbacks_after_the_start(match(3, NETWORK, script=turn)) > 500


def test_a_predictor_that_is_always_wrong_only_makes_work() -> None:
    wrong = predicting(lambda config, game: lambda player, history, age: (history[-1] + 1) % 4)
    meshes = [match(2, NETWORK, seed=4, make_session=wrong), match(2, NETWORK, seed=4)]
    for mesh in meshes:
        assert mesh.run_frames(300)
        judge_sound(mesh, 300)
    assert rollbacks(meshes[0]) > 2 * rollbacks(meshes[1])
    assert checksums(meshes[0].peers[0], 300) == checksums(meshes[1].peers[1], 300)


def test_peers_that_guess_differently_and_every_time_anew_share_one_history() -> None:
    def make(config: SessionConfig, game: GameAdapter) -> Predictor:
        if config.local_peer == 2:
            return repeat_last
        random = Random(config.local_peer)
        return lambda player, history, age_frames: random.randrange(4)

    mesh = match(3, NETWORK, seed=9, make_session=predicting(make))
    assert mesh.run_frames(300)
    judge_sound(mesh, 300)


@pytest.mark.parametrize("guess", [4, -1, None])
def test_a_guess_that_is_no_input_is_an_error_at_its_own_host(guess: int) -> None:
    def make(config: SessionConfig, game: GameAdapter) -> Predictor:
        if config.local_peer == 0:
            return repeat_last
        return lambda player, history, age: guess if len(history) > 12 else history[-1]

    mesh = match(2, NETWORK, make_session=predicting(make))
    with pytest.raises(ConfigurationError, match=f"predictor: guessed {guess} for player 0"):
        mesh.run_frames(300)
    failed = mesh.peers[1]
    assert failed.session.state is SessionState.CLOSED
    now_s = failed.clock.read(mesh.clock.now_s)
    assert failed.session.advance_frame(now_s) == [], "nothing is simulated on a broken timeline"
    # Whatever was confirmed before is right, and the other peer is told.
    mesh.run(1.0)
    assert judge(mesh).diverged == 0
    assert any("whose inputs are 0 to 3" in event.reason for event in failed.events_of(MatchEnded))
    (goodbye,) = mesh.peers[0].events_of(PeerLeft)
    assert (goodbye.peer, goodbye.reason) == (1, "its predictor failed")


def test_a_predictor_that_raises_is_an_error_at_its_own_host() -> None:
    def broken(player: int, history: Sequence[int], age_frames: int) -> int:
        return {0: 0}[len(history)]

    mesh = match(2, NETWORK, make_session=predicting(lambda config, game: broken))
    with pytest.raises(ConfigurationError, match="predictor: failed for player"):
        mesh.run_frames(300)


# --- the game's policy


def bots(make_session: MakeSession | None = None) -> Mesh:
    """Two peers who play Pong by the policy, each by what it sees."""
    mesh: Mesh

    def play(player: int, episode: int, frame: int) -> int:
        peer = mesh.peers[player]
        return peer.game.policy(player) if peer.checker.counts.frames else 0

    fields = {} if make_session is None else {"make_session": make_session}
    mesh = Mesh(lambda: GameAdapter(Pong()), NETWORK, script=play, seed=3, rematch=False, **fields)
    return mesh


def test_who_plays_by_the_policy_and_is_guessed_by_it_is_never_guessed_wrongly() -> None:
    by_policy = predicting(lambda config, game: PolicyPredictor(game))
    assert rollbacks_after_the_start(bots(by_policy)) == 0
    assert rollbacks_after_the_start(bots()) > 50


def test_people_guessed_by_the_policy_share_one_history_all_the_same() -> None:
    by_policy = predicting(lambda config, game: PolicyPredictor(game))
    mesh = Mesh(lambda: GameAdapter(Pong()), NETWORK, seed=5, make_session=by_policy)
    assert mesh.run_frames(900)
    judge_sound(mesh, 900)


def test_a_game_without_a_policy_cannot_be_predicted_by_it() -> None:
    with pytest.raises(ConfigurationError, match="Chaos has no policy to predict by"):
        PolicyPredictor(GameAdapter(Chaos()))
