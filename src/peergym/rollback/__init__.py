"""The rollback core: sans-IO, standard library only, the same in every host.

Start reading at `session.py`; each other file is one concept of it.
"""

from peergym.rollback.config import SessionConfig
from peergym.rollback.input_delay import ArticleInputDelay, AutomaticInputDelay
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)
from peergym.rollback.session import P2PSession, SessionState
from peergym.rollback.statistics import PeerStatistics, SessionStatistics
from peergym.rollback.sync_test import SyncTestSession

__all__ = [
    "AdvanceFrame",
    "ArticleInputDelay",
    "AutomaticInputDelay",
    "LoadState",
    "P2PSession",
    "PeerStatistics",
    "Request",
    "ResetEpisode",
    "SaveState",
    "SessionConfig",
    "SessionState",
    "SessionStatistics",
    "SnapshotSlot",
    "SyncTestSession",
]
