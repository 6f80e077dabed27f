"""Sounds and flashes, each played once in spite of rollback.

A rollback simulates frames again, and with them the effects of those frames. Most of these were
played already, perhaps a few frames earlier or later than where the corrected history has them.
So a resimulated effect that one of the orphans of the rollback can account for is not played
again. An orphan accounts for one effect only: two real hits in quick succession are two sounds.

What was played and then turns out never to have happened cannot be taken back.
"""

from __future__ import annotations

SAME_EFFECT_FRAMES = 8
"""How far an effect may move by a correction and still count as the same, in frames.

The default prediction window: a correction cannot move an effect further than it can reach back.
"""

MAX_REMEMBERED = 64
"""Played effects kept to compare with. Eight a frame for the whole prediction window."""


class EffectMemory:
    """Decides which effects to play.

    Attributes:
        pending: Names to be played, oldest first, until they are taken.
    """

    __slots__ = ("_played", "pending")

    def __init__(self) -> None:
        self.pending: list[str] = []
        self._played: list[_Played] = []

    def reset(self) -> None:
        """Forget what was played: a new episode counts its frames from 0 again."""
        self._played.clear()

    def roll_back(self, frame: int) -> None:
        """Note that the frames from ``frame`` on will be simulated again."""
        for played in self._played:
            if played.frame >= frame:
                played.is_orphan = True

    def add(self, frame: int, names: list[str]) -> None:
        """Take in the effects of the step that left ``frame``."""
        for name in names:
            orphan = self._find_orphan(frame, name)
            if orphan is None:
                self._played.append(_Played(frame, name))
                self.pending.append(name)
            else:
                orphan.frame = frame
                orphan.is_orphan = False
        del self._played[:-MAX_REMEMBERED]

    def take(self) -> list[str]:
        """Return the effects to play now, and forget them."""
        if not self.pending:
            return []
        taken, self.pending = self.pending, []
        return taken

    def _find_orphan(self, frame: int, name: str) -> _Played | None:
        nearest, distance = None, SAME_EFFECT_FRAMES + 1
        for played in self._played:
            moved_frames = abs(played.frame - frame)
            if played.is_orphan and played.name == name and moved_frames < distance:
                nearest, distance = played, moved_frames
        return nearest


class _Played:
    """An effect that was played; an orphan while no simulated frame accounts for it."""

    __slots__ = ("frame", "is_orphan", "name")

    def __init__(self, frame: int, name: str) -> None:
        self.frame = frame
        self.name = name
        self.is_orphan = False
