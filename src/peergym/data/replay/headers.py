"""The header of a record that this process writes."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import peergym
from peergym.data.replay.model import ReplayHeader
from peergym.envs.adapter import GameAdapter
from peergym.envs.fingerprint import maths_fingerprint
from peergym.rollback.config import SessionConfig


def make_header(
    config: SessionConfig,
    game: GameAdapter,
    about_game: Mapping[str, Any],
    settings: Mapping[str, Any],
    started: str = "",
) -> ReplayHeader:
    """Say what was agreed before a match, and what computes it here.

    Args:
        config: The match, as this peer sees it.
        game: Its game.
        about_game: How to find the game again: ``spec``, ``options``, ``digest``.
        settings: How this peer plays, beside what the configuration says.
        started: When, as ISO 8601 text.
    """
    return ReplayHeader(
        match_id=config.match_id,
        local_peer=config.local_peer,
        started=started,
        game=about_game,
        agents=tuple(str(agent) for agent in game.agents),
        description=dict(config.description),
        versions={
            "peergym": peergym.__version__,
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": f"{platform.system()} {platform.machine()}".strip(),
            "maths": maths_fingerprint(),
        },
        owners=config.owners,
        input_bits=config.input_bits,
        seed=config.seed,
        frame_rate_hz=config.frame_rate_hz,
        checksum_interval_frames=config.checksum_interval_frames,
        settings={
            "prediction_window": config.prediction_window,
            "snapshot_interval": config.snapshot_interval,
            "absent_policy": config.absent_policy.value,
            **settings,
        },
    )
