"""Quick match: which open room a stranger is seated in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from peergym.signalling.room import Room


class MatchmakingPolicy(Protocol):
    """Chooses a room for somebody who asked for a quick match."""

    def choose(self, waiting: Sequence[Room], now_s: float) -> Room | None:
        """Return one of the rooms, or None to open a new one.

        Args:
            waiting: Open rooms made for quick matches, oldest first, in which everybody seated
                is connected.
            now_s: The time.
        """


class OldestFirst:
    """Whoever has waited longest is served first."""

    def choose(self, waiting: Sequence[Room], now_s: float) -> Room | None:
        """Return the oldest room, or None if nobody waits."""
        return waiting[0] if waiting else None
