"""Matches of a game whose states cannot be sent, and those who come to them."""

from __future__ import annotations

from typing import Any, NoReturn

from peergym.envs import GameAdapter
from peergym.rollback import P2PSession, SessionConfig
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.spectator import SpectatorSession
from peergym.testing import Mesh, MeshPeer, PairConditions
from tests.simulation.matches import chaos

NETWORK = PairConditions(rtt_s=0.15, jitter_s=0.03, loss=0.02)


def refuse(_: object) -> NoReturn:
    raise AssertionError("a state was sent")


def session_of(config: SessionConfig, game: GameAdapter) -> P2PSession:
    """A session that can take no state over; that a state is made for a dump must do no harm."""
    return P2PSession(config, game.canonical, restore=refuse, transfer=game.transfer)


def spectator_of(
    config: SessionConfig, game: GameAdapter, hosts: tuple[int, ...]
) -> SpectatorSession:
    """One who watches, and cannot take a state over."""
    return SpectatorSession(config, game.canonical, refuse, hosts)


def unsent_match(
    players: int = 3,
    network: PairConditions = NETWORK,
    frames: int = 120,
    score_to_win: int = 0,
    **fields: Any,
) -> Mesh:
    """A running match whose last seat nobody has taken yet, of a game that cannot be sent."""
    fields["session"] = {
        "absent_policy": AbsentPolicy.NOOP,
        "repairs_desyncs": False,
        "sends_states": False,
        **fields.get("session", {}),
    }
    fields.setdefault("owners", (*range(players - 1), NOBODY))
    fields.setdefault("make_session", session_of)
    game = chaos(players, score_to_win=score_to_win)
    mesh = Mesh(game, network, make_spectator=spectator_of, **fields)
    assert mesh.run_frames(frames)
    return mesh


def slow_down(mesh: Mesh, peer: MeshPeer, frame_s: float) -> None:
    """Let every frame that a peer simulates take a while."""
    advance, counts = peer._advance, peer.checker.counts

    def advance_slowly(now_s: float) -> None:
        before = counts.frames
        advance(now_s)
        until_s = mesh.clock.now_s + (counts.frames - before) * frame_s
        peer.hold_ticks(round(until_s, 6))  # in whole microseconds, like the clock

    peer._advance = advance_slowly  # type: ignore[method-assign]
