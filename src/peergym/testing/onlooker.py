"""Whoever looks over a simulated peer's shoulder: a recorder, say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from peergym.envs.adapter import GameAdapter
from peergym.rollback.config import SessionConfig
from peergym.rollback.events import Event
from peergym.rollback.requests import Request
from peergym.rollback.session import P2PSession


class Onlooker(Protocol):
    """Is shown everything that passes through the hands of a peer's host."""

    def note_requests(self, requests: Iterable[Request], session: P2PSession) -> None:
        """A tick's requests have been carried out."""

    def note_checksums(self, checksums: Iterable[tuple[int, int]]) -> None:
        """States have become final: (frame, checksum)."""

    def note_event(self, event: Event, session: P2PSession) -> None:
        """The session has told something."""

    def update(self, session: P2PSession, now_s: float) -> None:
        """The host has drained the session."""


MakeOnlooker = Callable[[SessionConfig, GameAdapter], "Onlooker | None"]


def nobody(config: SessionConfig, game: GameAdapter) -> Onlooker | None:
    """Nobody looks on."""
    return None
