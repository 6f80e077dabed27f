"""From a room's description of a match to a driver that plays it."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import peergym
from peergym.data.replay import MatchRecorder
from peergym.data.replay.headers import make_header
from peergym.envs import GameAdapter
from peergym.envs.cost import Clock, measure_costs
from peergym.envs.fingerprint import maths_fingerprint
from peergym.envs.maker import game_maker
from peergym.envs.policy_predictor import PolicyPredictor
from peergym.errors import ConfigurationError
from peergym.hosts.driver import MatchDriver
from peergym.hosts.planted_desync import PlantedRunner
from peergym.rollback import (
    ArticleInputDelay,
    AutomaticInputDelay,
    P2PSession,
    SessionConfig,
)
from peergym.rollback.control import MAX_ENTRY_VALUE_BYTES
from peergym.rollback.flight_recorder import RecordedSession
from peergym.rollback.prediction import CheckedPredictor, Predictor
from peergym.rollback.saving import choose_snapshot_interval, expected_load

DEFAULT_WINDOW_FRAMES = 8


@dataclass(frozen=True, slots=True)
class Runtime:
    """What this host runs, told to the other peers so that all run the same.

    Attributes:
        spec: How the game's class is found.
        game: The class.
        digest: Of the package and game as served; empty when the host does not know.
    """

    spec: str
    game: type
    digest: str = ""

    def describe(self, game: GameAdapter) -> dict[str, Any]:
        """How recordings and dumps find the game again."""
        return {"spec": self.spec, "options": game.options, "digest": self.digest}


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
) -> MatchDriver:
    """Make the driver of a match between peers.

    Args:
        runtime: What to play.
        match: The room's description: ``match_id``, ``seed`` (decimal text), ``owners``,
            ``options``, ``input_delay`` (frames, ``"auto"`` or ``"article"``) and
            ``checksum_interval_frames``; possibly ``repairs_desyncs`` (without it, wherever the
            game's states can be sent); and, each a matter of every peer's own,
            ``snapshot_interval`` (frames, or ``"auto"``, as without it: what is cheapest on this
            host) and ``prediction`` (``"repeat"`` the last input, as without it, or ask the
            game's ``"policy"``).
        local_peer: Which of its peers we are.
        flags: What this host does differently.
        clock: Tells the time, in seconds, to measure what the game costs.

    Raises:
        ConfigurationError: A value is unusable; names the field.
    """
    owners = tuple(match["owners"])
    game = game_maker(runtime.game, len(owners), match["options"])()
    remote_players = sum(owner != local_peer for owner in owners)
    config = SessionConfig(
        owners=owners,
        local_peer=local_peer,
        input_bits=game.input_bits,
        match_id=match["match_id"],
        seed=int(match["seed"]),
        frame_rate_hz=game.frame_rate_hz,
        input_delay=_input_delay(match["input_delay"]),
        prediction_window=DEFAULT_WINDOW_FRAMES,
        snapshot_interval=_snapshot_interval(
            match.get("snapshot_interval", "auto"), game, remote_players, clock
        ),
        checksum_interval_frames=match["checksum_interval_frames"],
        repairs_desyncs=match.get("repairs_desyncs", True) and game.can_restore(),
        description=_describe(runtime, match, game),
        force_rollback_frames=flags.force_rollback_frames,
    )
    predictor = _predictor(match.get("prediction", "repeat"), game, config)
    if flags.is_recorded and predictor is not None:
        raise ConfigurationError("prediction", "a flight recording flies again by 'repeat' only")
    session = _session(runtime, config, game, predictor, flags)
    recorder = _recorder(runtime, match, game, config)
    driver = MatchDriver(session, game, recorder=recorder)
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
    bots = tuple(player for player in range(game.players) if player != local_player)
    return MatchDriver(P2PSession(config, game.canonical), game, bots)


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


def _input_delay(rule: Any) -> int | AutomaticInputDelay | ArticleInputDelay:
    if rule == "auto":
        return AutomaticInputDelay()
    if rule == "article":
        return ArticleInputDelay()
    if type(rule) is not int:
        raise ConfigurationError("input_delay", f"is frames, 'auto' or 'article', not {rule!r}")
    return rule


def _snapshot_interval(rule: Any, game: GameAdapter, remote_players: int, clock: Clock) -> int:
    if type(rule) is int:
        return rule
    if rule != "auto":
        raise ConfigurationError("snapshot_interval", f"is frames or 'auto', not {rule!r}")
    period_s = 1.0 / game.frame_rate_hz
    load = expected_load(remote_players, DEFAULT_WINDOW_FRAMES, period_s)
    costs = measure_costs(game, clock)
    return choose_snapshot_interval(costs, load, DEFAULT_WINDOW_FRAMES, period_s)


def _predictor(rule: Any, game: GameAdapter, config: SessionConfig) -> Predictor | None:
    if rule == "repeat":
        return None
    if rule != "policy":
        raise ConfigurationError("prediction", f"is 'repeat' or 'policy', not {rule!r}")
    return CheckedPredictor(PolicyPredictor(game), config.input_bits)


def _describe(runtime: Runtime, match: Mapping[str, Any], game: GameAdapter) -> dict[str, str]:
    """What the hello carries: everything that must be equal for the histories to be equal."""
    return {
        "peergym": peergym.__version__,
        "game": _short(runtime.spec),
        "package": runtime.digest,
        **({} if game.is_portable else _platform()),
        "options": _short(json.dumps(game.options, sort_keys=True)),
        "checksums": str(match["checksum_interval_frames"]),
    }


def _platform() -> dict[str, str]:
    """What a game's bits depend on unless it is portable: Python's version, and its maths."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "maths": maths_fingerprint(),
    }


def _short(text: str) -> str:
    """The text itself where it fits into a hello, so that a difference can be read there."""
    encoded = text.encode()
    if len(encoded) <= MAX_ENTRY_VALUE_BYTES:
        return text
    return blake2b(encoded, digest_size=16).hexdigest()
