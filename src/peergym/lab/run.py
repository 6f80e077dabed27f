"""One simulated match.

Theory of operation: a mesh of real sessions plays on virtual time, each peer with varied scripted
inputs, until every one of them has confirmed the wanted frames or time is up. Then every confirmed
frame of every peer is held against the oracle (`peergym.lab.result`).

Law: the same options give the same result, figure for figure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from peergym.envs.adapter import GameAdapter
from peergym.errors import ConfigurationError
from peergym.lab.input_book import InputBook
from peergym.lab.options import LabOptions
from peergym.lab.probe import ProbedSession
from peergym.lab.result import LabResult, measure
from peergym.rollback.config import AbsentPolicy, SessionConfig
from peergym.rollback.flight_recorder import RecordedSession
from peergym.testing.clock import PeerClock
from peergym.testing.mesh import Mesh

PROGRESS_EVERY_FRAMES = 60
SPECTATORS_LAG_S = 3.0  # how long those who watch may still be behind at the end

Progress = Callable[[int], None]
"""Told how many frames every survivor has confirmed."""


def run_lab(options: LabOptions, progress: Progress | None = None) -> tuple[LabResult, Mesh]:
    """Simulate a match.

    Args:
        options: What to simulate.
        progress: Called now and then.

    Returns:
        The figures, and the mesh for those who want to look closer.

    Raises:
        ConfigurationError: An option is unusable.
    """
    mesh = build(options)
    play(mesh, options.frames, progress)
    return measure(mesh, options.frames), mesh


def play(mesh: Mesh, wanted_frames: int, progress: Progress | None = None) -> None:
    """Run a match until everybody has confirmed what is wanted, or it cannot be any more."""
    limit_s = wanted_frames / 20 + 30.0
    frames = 0
    while frames < wanted_frames:
        frames = min(frames + PROGRESS_EVERY_FRAMES, wanted_frames)
        if not mesh.run_frames(frames, limit_s - mesh.clock.now_s):
            break
        if progress is not None:
            progress(mesh.frames)
    watching = [peer for peer in mesh.watchers if not peer.is_gone]
    if watching:
        mesh.run_until(
            lambda: all(peer.history.frames >= frames for peer in watching), SPECTATORS_LAG_S
        )


def recording_of(mesh: Mesh, peer: int) -> bytes:
    """The flight recording of a peer that was recorded."""
    session = mesh.peers[peer].session
    if not isinstance(session, RecordedSession):
        raise ConfigurationError("trace", f"peer {peer} was not recorded")
    return session.recording()


def build(options: LabOptions) -> Mesh:
    """The match that shall be played."""
    players = options.make_game().players
    if options.game and options.recorded_peer not in options.owners:
        raise ConfigurationError(
            "trace_peer",
            f"must lie in 0 to {players - 1} and be there from the start, "
            f"is {options.recorded_peer}",
        )

    book = InputBook()
    make_session = partial(_make_session, options, book)
    late_s = options.offset_frames / options.make_game().frame_rate_hz
    mesh = Mesh(
        options.make_game,
        options.network,
        options.links,
        seed=options.seed,
        owners=options.owners,
        clocks=_drifting_clocks(players, options.drift_ppm),
        late_s={players - 1: late_s},
        session={
            "input_delay": options.input_delay,
            "prediction_window": options.window_frames,
            "absent_policy": options.absent_policy,
            "has_arbiter": options.has_server,
            **options.session,
        },
        make_session=make_session,
        schedule=options.schedule,
        spectators=options.spectators,
        comes_back=options.absent_policy is not AbsentPolicy.END,
    )
    book.now_s = lambda: mesh.clock.now_s
    return mesh


def _make_session(
    options: LabOptions, book: InputBook, config: SessionConfig, game: GameAdapter
) -> ProbedSession:
    session: ProbedSession
    if options.game and config.local_peer == options.recorded_peer:
        session = ProbedRecorder(
            config, game.canonical, options.game, restore=game.restore, transfer=game.transfer
        )
    else:
        session = ProbedSession(
            config, game.canonical, restore=game.restore, transfer=game.transfer
        )
    session.attach(book)
    if options.redundancy_inputs:
        session.send_only_last(options.redundancy_inputs, options.network.usual_rtt_s / 2)
    return session


class ProbedRecorder(ProbedSession, RecordedSession):
    """A session that is recorded and looked at."""


def _drifting_clocks(players: int, drift_ppm: float) -> dict[int, PeerClock]:
    if not drift_ppm or players < 2:
        return {}
    return {
        peer: PeerClock(drift_ppm=drift_ppm * (2.0 * peer / (players - 1) - 1.0))
        for peer in range(players)
    }
