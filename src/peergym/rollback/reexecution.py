"""Executing an episode again, because the states of its game cannot be sent.

Theory of operation: whoever comes to such a match is told its confirmed inputs from the first frame
on. He executes them as fast as his host goes, slice by slice: a tick simulates a few frames, and
the next tick is due at once, so that in between his host takes in and sends what there is. Now and
then the peer that tells him says how far the match is by now, and which checksum all members agreed
on last; ours of the same frame has to be the same before we ask for anything.

Laws:
    - Nobody takes part in a match whose agreed state he has not come to.
    - What is kept is bounded: a few checksums, whatever we are told.
    - Whoever does not get nearer says so, and stops.
"""

from __future__ import annotations

from collections.abc import Iterable

from peergym.rollback.config import SessionConfig
from peergym.rollback.control import Reexecute
from peergym.rollback.episode import episode_seed
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import Reexecuting

TELL_EVERY_S = 0.5
JUDGE_AFTER_S = 10.0  # longer than it takes to find another peer to follow
MOST_TICK_S = 0.5  # what a tick counts for at most: beyond it our host slept
MOST_KEPT_CHECKSUMS = 512  # as many as a member keeps of its own
CANNOT_FOLLOW = "the match cannot be followed here"


class Reexecution:
    """How far we are, and whether it is right.

    Args:
        config: The match.
        events: Where the progress is told.
    """

    def __init__(self, config: SessionConfig, events: EventQueue) -> None:
        self._rate_hz = config.frame_rate_hz
        self._seed = config.seed
        self._events = events
        self._episode = -1
        self._told: Reexecute | None = None
        self._own: dict[int, int] = {}
        self._is_agreed = True
        self._other_seed: str | None = None
        self._said_s = 0.0
        self._tick_s = 0.0
        self._spent_s = 0.0
        self._from_frame = 0

    # --- what we are told, and what we find

    def begin(self, episode: int) -> None:
        """We begin with an episode; what was told of it before counts."""
        if episode != self._episode:
            self._episode = episode
            self._own.clear()
            if self._told is not None and self._told.episode != episode:
                self._told, self._is_agreed = None, True

    def take(self, told: Reexecute, frame: int, now_s: float) -> None:
        """Take in how far the match is, and what all agreed on.

        Args:
            told: Of the episode that we execute, or shall execute next.
            frame: The next frame to simulate.
            now_s: The time.
        """
        seed = episode_seed(self._seed, told.episode)
        if told.seed != seed:
            self._other_seed = f"the episode has the seed {told.seed} there, {seed} here"
        if self._told is None:
            self._said_s = now_s - TELL_EVERY_S
        # After a desync it is the same for ever, and ours may be dropped by then.
        self._is_agreed = self._is_agreed and _agreed(told) == _agreed(self._told)
        self._told = told
        self._judge_anew(frame, now_s)

    def note_checksums(self, checksums: Iterable[tuple[int, int]]) -> None:
        """These are ours, ascending."""
        for frame, checksum in checksums:
            self._own[frame] = checksum
            if len(self._own) > MOST_KEPT_CHECKSUMS:
                del self._own[next(iter(self._own))]

    # --- what follows

    def is_behind(self, frame: int) -> bool:
        """Whether the inputs of this frame and of the next ones are known to be there."""
        told = self._told
        return told is not None and told.episode == self._episode and frame < told.frame

    def has_arrived(self, frame: int) -> bool:
        """Whether nothing is left to execute again, and all of it was right."""
        return self._told is None or (self._is_agreed and not self.is_behind(frame))

    def difference(self) -> str | None:
        """Why what we have come to cannot be the match; None while nothing is wrong."""
        told = self._told
        if self._other_seed is not None:
            return self._other_seed
        if told is None or self._is_agreed or told.episode != self._episode:
            return None
        own = self._own.get(told.agreed_frame)
        if own is None:
            return None
        self._is_agreed = own == told.checksum
        if self._is_agreed:
            return None
        return (
            f"executed again, the episode came to another state at frame {told.agreed_frame}: "
            f"{own:016x} here, {told.checksum:016x} there"
        )

    def slowness(self, frame: int, now_s: float) -> str | None:
        """Tell the progress, and why it leads nowhere; None while it leads somewhere.

        Args:
            frame: The next frame to simulate.
            now_s: The time.
        """
        told = self._told
        if told is None or not self.is_behind(frame):
            self._judge_anew(frame, now_s)
            return None
        self._spent_s += min(now_s - self._tick_s, MOST_TICK_S)
        self._tick_s = now_s
        if now_s - self._said_s >= TELL_EVERY_S:
            self._said_s = now_s
            self._events.put(Reexecuting(told.episode, frame, told.frame))
        if self._spent_s < JUDGE_AFTER_S:
            return None
        pace_hz = (frame - self._from_frame) / self._spent_s
        self._judge_anew(frame, now_s)
        if pace_hz > self._rate_hz:
            return None
        return (
            f"the state of this game cannot be sent, and executing it again gets on at "
            f"{pace_hz:.0f} frames a second here, the match at {self._rate_hz:.0f}: "
            f"{told.frame - frame} frames cannot be caught up with before the next game"
        )

    def _judge_anew(self, frame: int, now_s: float) -> None:
        self._from_frame, self._spent_s, self._tick_s = frame, 0.0, now_s


def _agreed(told: Reexecute | None) -> tuple[int, int, int] | None:
    """What all members have agreed on."""
    return None if told is None else (told.episode, told.agreed_frame, told.checksum)
