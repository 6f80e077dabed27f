"""Sounds and flashes, each played once in spite of rollback.

Theory of operation: a step names its effects, and they are played at once, before anybody knows
whether the frame was predicted rightly. A rollback simulates frames again, and with them their
effects. What was played and belongs to a frame that is simulated again becomes an orphan. When all
is simulated, each effect of the new frames adopts an orphan of its name, that of the very same
frame before all others, then the nearest; and nothing is heard. So one correction has four
outcomes for the page:

    the corrected history              | the page
    -----------------------------------+------------------------------------------------------
    has it, at about the same frame    | goes on playing
    has it no more                     | stops it, as soon as no frame can adopt it any more
    has one more, a few frames ago     | starts it late, with that offset
    has one more, too long ago         | keeps quiet: late noise is worse than none

An effect has an identity (its id) beside its name, so that a stop means that one sound and not
another of the same name. An orphan accounts for one effect only: two real hits in quick succession
are two sounds.

Laws:
    - An id is started at most once and stopped at most once, and only after it was started.
    - A started effect that the history as now known does not have, within
      `SAME_EFFECT_FRAMES`, is stopped once the game has gone on by as many.
    - What is remembered is bounded, also for a host that never asks.
"""

from __future__ import annotations

from dataclasses import dataclass

SAME_EFFECT_FRAMES = 4
"""How far an effect may move by a correction and still count as the same, in frames.

67 ms at 60 Hz: nobody hears that a sound came so much too early, but a sound broken off and begun
again is heard.
"""

MOST_LATE_S = 0.25
"""Later than that an effect is not started any more: it would seem to belong to something else."""

MAX_REMEMBERED = 64
"""Effects kept to compare with. Eight a frame for the whole prediction window."""


@dataclass(frozen=True, slots=True)
class StartedEffect:
    """An effect to be played now.

    Attributes:
        id: Names this one until the end of the match.
        name: What the game called it.
        frame: The frame whose step it belongs to.
        late_frames: How many frames ago that was; 0 in the newest.
    """

    id: int
    name: str
    frame: int
    late_frames: int


class EffectMemory:
    """Decides which effects to start and which to stop.

    Args:
        most_late_frames: Effects of older frames are not started any more.
    """

    __slots__ = ("_most_late_frames", "_new", "_next_id", "_played", "_stopped")

    def __init__(self, most_late_frames: int) -> None:
        self._most_late_frames = most_late_frames
        self._next_id = 1
        self._new: list[tuple[int, str]] = []
        self._played: list[_Played] = []
        self._stopped: list[int] = []

    def reset(self) -> None:
        """Forget what was played: a new episode counts its frames from 0 again.

        What has happened may sound on; what waited to be adopted is stopped.
        """
        self._new.clear()
        for played in self._played[:]:
            self._forget(played)

    def roll_back(self, frame: int) -> None:
        """Note that the frames from ``frame`` on will be simulated again."""
        for played in self._played:
            if played.frame >= frame:
                played.is_orphan = True
        if self._new:
            self._new = [new for new in self._new if new[0] < frame]

    def add(self, frame: int, names: list[str]) -> None:
        """Take in the effects of the step that left ``frame``."""
        self._new += [(frame, name) for name in names]
        del self._new[:-MAX_REMEMBERED]

    def take(self, frame: int) -> tuple[list[StartedEffect], list[int]]:
        """Return what to start and which ids to stop, each of them once.

        Args:
            frame: The frame the game is at, when no rollback is under way.
        """
        started: list[StartedEffect] = []
        if self._new:
            started = self._start(self._adopt(), frame)
        for played in self._played[:]:
            if played.is_orphan and frame > played.frame + SAME_EFFECT_FRAMES:
                self._forget(played)
        for played in self._played[:-MAX_REMEMBERED]:
            self._forget(played)
        stopped, self._stopped = self._stopped, []
        return started, stopped

    def _adopt(self) -> list[tuple[int, str]]:
        """Let new effects adopt orphans, the nearest pairs first. Returns the new that are left."""
        new, self._new = self._new, []
        orphans = [played for played in self._played if played.is_orphan]
        for distance in range(SAME_EFFECT_FRAMES + 1):
            if not orphans:
                break
            for effect in new[:]:
                frame, name = effect
                for orphan in orphans:
                    if orphan.name == name and abs(orphan.frame - frame) == distance:
                        orphan.frame, orphan.is_orphan = frame, False
                        orphans.remove(orphan)
                        new.remove(effect)
                        break
        return new

    def _start(self, new: list[tuple[int, str]], frame: int) -> list[StartedEffect]:
        started: list[StartedEffect] = []
        for at, name in new:
            late_frames = frame - 1 - at
            is_started = late_frames <= self._most_late_frames
            self._played.append(_Played(self._next_id, at, name, is_started))
            if is_started:
                started.append(StartedEffect(self._next_id, name, at, late_frames))
            self._next_id += 1
        return started

    def _forget(self, played: _Played) -> None:
        self._played.remove(played)
        if played.is_orphan and played.is_started:
            self._stopped.append(played.id)


class _Played:
    """An effect of the history; an orphan while no simulated frame accounts for it."""

    __slots__ = ("frame", "id", "is_orphan", "is_started", "name")

    def __init__(self, identity: int, frame: int, name: str, is_started: bool) -> None:
        self.id = identity
        self.frame = frame
        self.name = name
        self.is_started = is_started
        self.is_orphan = False
