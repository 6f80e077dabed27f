"""From a room's description of a match to a driver that plays or watches it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peergym.data.replay import MatchRecorder
from peergym.data.replay.headers import make_header
from peergym.envs import GameAdapter
from peergym.envs.cost import Clock
from peergym.envs.maker import game_maker
from peergym.envs.policy_predictor import PolicyPredictor
from peergym.errors import ConfigurationError
from peergym.hosts.driver import Driver
from peergym.hosts.match_config import Runtime, read_config
from peergym.hosts.match_driver import MatchDriver
from peergym.hosts.planted_desync import PlantedRunner
from peergym.rollback import P2PSession, SessionConfig
from peergym.rollback.flight_recorder import RecordedSession
from peergym.rollback.prediction import CheckedPredictor, Predictor
from peergym.rollback.spectator import SpectatorSession

__all__ = ["NO_FLAGS", "MatchFlags", "Runtime", "open_match", "open_practice"]


@dataclass(frozen=True, slots=True)
class MatchFlags:
    """What one host does differently, for tests and the curious; the others need not know.

    Attributes:
        force_rollback_frames: Resimulate this many frames in every tick; 0 in normal play.
        is_recorded: Whether to keep a flight recording.
        planted_desync_frame: Frame of the first episode from which on the state is another one
            here than on the other peers; 0 in normal play.
    """

    force_rollback_frames: int = 0
    is_recorded: bool = False
    planted_desync_frame: int = 0


NO_FLAGS = MatchFlags()


def open_match(
    runtime: Runtime,
    match: Mapping[str, Any],
    local_peer: int,
    flags: MatchFlags = NO_FLAGS,
    clock: Clock = time.perf_counter,
    *,
    seat: int | None = None,
) -> Driver:
    """Make the driver of a match between peers: a member's, a newcomer's or a spectator's.

    Args:
        runtime: What to play.
        match: The room's description: ``match_id``, ``seed`` (decimal text), ``owners`` (the peer
            in each seat, -1 for nobody), ``options``, ``input_delay`` (frames, ``"auto"`` or
            ``"article"``) and ``checksum_interval_frames``; possibly ``absent`` (what becomes of
            seats in which nobody sits, from the start or later: ``"end"``, as without it,
            ``"noop"`` or ``"agent"``), ``has_arbiter``, ``prediction_window`` (frames, 8 without
            it), ``repairs_desyncs`` (without it, wherever the game's states can be sent), and
            ``offers`` and ``spectators``, of which a newcomer learns who else is there; and, each
            a matter of every peer's own, ``snapshot_interval`` (frames, or ``"auto"``, as without
            it: what is cheapest on this host) and ``prediction`` (``"repeat"`` the last input, as
            without it, or ask the game's ``"policy"``).
        local_peer: Which of its peers we are. Who is not among the owners comes late.
        flags: What this host does differently.
        clock: Tells the time, in seconds, to measure what the game costs.
        seat: The seat that a newcomer wants; None for one who only watches.

    Raises:
        ConfigurationError: A value is unusable; names the field.
    """
    owners = tuple(match["owners"])
    is_newcomer = local_peer not in owners
    if is_newcomer and seat is not None and not 0 <= seat < len(owners):
        raise ConfigurationError("seat", f"must lie in 0 to {len(owners) - 1}, is {seat}")
    game = game_maker(runtime.game, len(owners), match["options"])()
    config = read_config(
        runtime,
        match,
        local_peer,
        game,
        clock,
        is_spectator=is_newcomer and seat is None,
        force_rollback_frames=flags.force_rollback_frames,
    )
    if is_newcomer and seat is None:
        session = SpectatorSession(config, game.canonical, game.restore, config.peers)
        return Driver(session, game)
    # Not the configuration's, which has those of nobody as well.
    seats = tuple(player for player, owner in enumerate(owners) if owner == local_peer)
    if is_newcomer and seat is not None:
        seats = (seat,)
    return _member(runtime, match, config, game, seats, flags)


def _guests(match: Mapping[str, Any], config: SessionConfig) -> tuple[int, ...]:
    """Who is there beside the owners of seats, as far as a newcomer is told: those who watch."""
    if not config.is_newcomer:
        return ()
    named = {peer for pair in match.get("offers", ()) for peer in pair}
    named.update(match.get("spectators", ()))
    return tuple(sorted(named - {config.local_peer, *config.peers}))


def _member(
    runtime: Runtime,
    match: Mapping[str, Any],
    config: SessionConfig,
    game: GameAdapter,
    seats: tuple[int, ...],
    flags: MatchFlags,
) -> MatchDriver:
    """The driver of one who plays, now or soon."""
    predictor = _predictor(match.get("prediction", "repeat"), game, config)
    if flags.is_recorded and predictor is not None:
        raise ConfigurationError("prediction", "a flight recording flies again by 'repeat' only")
    session = _session(runtime, config, game, predictor, flags)
    recorder = _recorder(runtime, match, game, config)
    driver = MatchDriver(session, game, seats, recorder, _guests(match, config))
    if flags.planted_desync_frame:
        driver.runner = PlantedRunner(game, flags.planted_desync_frame)
    return driver


def _session(
    runtime: Runtime,
    config: SessionConfig,
    game: GameAdapter,
    predictor: Predictor | None,
    flags: MatchFlags,
) -> P2PSession:
    canonical, transfer, restore = game.canonical, game.transfer, game.restore
    if flags.is_recorded:
        about = runtime.describe(game)
        return RecordedSession(config, canonical, about, restore=restore, transfer=transfer)
    return P2PSession(config, canonical, predictor, restore, transfer)


def open_practice(
    runtime: Runtime,
    options: Mapping[str, Any],
    seed: int,
    local_player: int,
    force_rollback_frames: int = 0,
    players: int | None = None,
) -> MatchDriver:
    """Make the driver of a match in which one peer runs every seat, all but one by the policy.

    Args:
        runtime: What to play.
        options: Chosen values of the game's options.
        seed: Of the first episode.
        local_player: The seat that is not the policy's.
        force_rollback_frames: Resimulate this many frames in every tick; 0 in normal play.
        players: How many seats there are; None leaves it to the game.

    Raises:
        ConfigurationError: A value is unusable; names the field.
    """
    game = game_maker(runtime.game, players, options)()
    if not 0 <= local_player < game.players:
        raise ConfigurationError("localSeat", f"must lie in 0 to {game.players - 1}")
    config = SessionConfig(
        owners=(0,) * game.players,
        local_peer=0,
        input_bits=game.input_bits,
        match_id="practice",
        seed=seed,
        frame_rate_hz=game.frame_rate_hz,
        force_rollback_frames=force_rollback_frames,
    )
    return MatchDriver(P2PSession(config, game.canonical), game, (local_player,))


def _recorder(
    runtime: Runtime, match: Mapping[str, Any], game: GameAdapter, config: SessionConfig
) -> MatchRecorder:
    settings = {
        "input_delay": match["input_delay"],
        "prediction": match.get("prediction", "repeat"),
    }
    started = datetime.now(UTC).isoformat(timespec="seconds")
    header = make_header(config, game, runtime.describe(game), settings, started)
    return MatchRecorder(header, game.transfer)


def _predictor(rule: Any, game: GameAdapter, config: SessionConfig) -> Predictor | None:
    if rule == "repeat":
        return None
    if rule != "policy":
        raise ConfigurationError("prediction", f"is 'repeat' or 'policy', not {rule!r}")
    return CheckedPredictor(PolicyPredictor(game), config.input_bits)
