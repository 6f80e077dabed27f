"""From a room's description of a match to the configuration of a session.

What all peers must have in common to come to the same history goes into the hello as well, so that
a difference is found before a frame is played, and by name.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import peergym
from peergym.envs import GameAdapter
from peergym.envs.cost import Clock, measure_costs
from peergym.envs.fingerprint import maths_fingerprint
from peergym.errors import ConfigurationError
from peergym.rollback import ArticleInputDelay, AutomaticInputDelay, SessionConfig
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.control import MAX_ENTRY_VALUE_BYTES
from peergym.rollback.saving import choose_snapshot_interval, expected_load

DEFAULT_WINDOW_FRAMES = 8
WATCHING_INTERVAL_FRAMES = 60  # of a spectator, who never loads what he has saved


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


def read_config(
    runtime: Runtime,
    match: Mapping[str, Any],
    local_peer: int,
    game: GameAdapter,
    clock: Clock,
    *,
    is_spectator: bool = False,
    force_rollback_frames: int = 0,
) -> SessionConfig:
    """Read a description of a match.

    Args:
        runtime: What is played.
        match: As `peergym.hosts.match.open_match` takes it.
        local_peer: Which of its peers we are.
        game: Made for this match.
        clock: Tells the time, in seconds, to measure what the game costs.
        is_spectator: Whether we only watch.
        force_rollback_frames: Resimulate this many frames in every tick; 0 in normal play.

    Raises:
        ConfigurationError: A value is unusable; names the field.
    """
    absent = _absent_policy(match.get("absent", AbsentPolicy.END))
    owners, agents = _seats(tuple(match["owners"]), local_peer, absent)
    window = match.get("prediction_window", DEFAULT_WINDOW_FRAMES)
    if type(window) is not int:
        raise ConfigurationError("prediction_window", f"is frames, not {window!r}")
    if game.is_lockstep:  # it cannot be put back, so nothing may be predicted
        window = 0
    remote_players = sum(owner != local_peer for owner in owners)
    sends_states = game.can_restore()
    rule = WATCHING_INTERVAL_FRAMES if is_spectator else match.get("snapshot_interval", "auto")
    return SessionConfig(
        owners=owners,
        local_peer=local_peer,
        input_bits=game.input_bits,
        match_id=match["match_id"],
        seed=int(match["seed"]),
        frame_rate_hz=game.frame_rate_hz,
        input_delay=_input_delay(match["input_delay"]),
        prediction_window=window,
        snapshot_interval=_snapshot_interval(rule, window, game, remote_players, clock),
        checksum_interval_frames=match["checksum_interval_frames"],
        agents=agents,
        absent_policy=absent,
        has_arbiter=bool(match.get("has_arbiter", False)),
        repairs_desyncs=match.get("repairs_desyncs", True) and sends_states,
        sends_states=sends_states,
        description=_describe(runtime, match, game, window),
        force_rollback_frames=force_rollback_frames,
    )


def _seats(
    owners: tuple[int, ...], local_peer: int, absent: AbsentPolicy
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(owners, agents) at the start: seats that nobody has taken are agents' of the lowest peer.

    A newcomer is told by the members who runs which seat now.
    """
    if absent is not AbsentPolicy.AGENT or local_peer not in owners:
        return owners, ()
    heir = min(owner for owner in owners if owner != NOBODY)
    empty = tuple(player for player, owner in enumerate(owners) if owner == NOBODY)
    return tuple(heir if owner == NOBODY else owner for owner in owners), empty


def _input_delay(rule: Any) -> int | AutomaticInputDelay | ArticleInputDelay:
    if rule == "auto":
        return AutomaticInputDelay()
    if rule == "article":
        return ArticleInputDelay()
    if type(rule) is not int:
        raise ConfigurationError("input_delay", f"is frames, 'auto' or 'article', not {rule!r}")
    return rule


def _absent_policy(rule: Any) -> AbsentPolicy:
    try:
        return AbsentPolicy(rule)
    except ValueError as error:
        words = ", ".join(repr(policy.value) for policy in AbsentPolicy)
        raise ConfigurationError("absent", f"is one of {words}, not {rule!r}") from error


def _snapshot_interval(
    rule: Any, window: int, game: GameAdapter, remote_players: int, clock: Clock
) -> int:
    if type(rule) is int:
        return rule
    if rule != "auto":
        raise ConfigurationError("snapshot_interval", f"is frames or 'auto', not {rule!r}")
    period_s = 1.0 / game.frame_rate_hz
    load = expected_load(remote_players, window, period_s)
    return choose_snapshot_interval(measure_costs(game, clock), load, window, period_s)


def _describe(
    runtime: Runtime, match: Mapping[str, Any], game: GameAdapter, window: int
) -> dict[str, str]:
    """What the hello carries: everything that must be equal for the histories to be equal."""
    return {
        "peergym": peergym.__version__,
        "game": _short(runtime.spec),
        "package": runtime.digest,
        **({} if game.is_portable else _platform()),
        "options": _short(json.dumps(game.options, sort_keys=True)),
        "checksums": str(match["checksum_interval_frames"]),
        "window": str(window),
        "absent": str(match.get("absent", AbsentPolicy.END.value)),
        "arbiter": "yes" if match.get("has_arbiter", False) else "no",
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
