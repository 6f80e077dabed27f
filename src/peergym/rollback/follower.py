"""Being told a match: the other end of a `Feed`.

Laws:
    - Confirmed inputs come out by frame, each once, without a gap.
    - What waits here is bounded, whatever we are sent.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from peergym.rollback.control import (
    ControlMessage,
    EpisodeEnd,
    Follow,
    Rows,
    Seating,
    StateDump,
)
from peergym.rollback.desync import DumpAssembly
from peergym.rollback.wire import WireError

MOST_ROWS = 4096  # far more than a feed sends ahead


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where to begin.

    Attributes:
        episode: The episode.
        frame: The first frame to simulate.
        state: Canonical bytes of the state of that frame; None for frame 0.
    """

    episode: int
    frame: int
    state: bytes | None


class Follower:
    """What has been told and not been simulated yet.

    Args:
        players: How many players there are.

    Attributes:
        seating: Who sits where, as last told.
        ending: How the episode ended, once that has been told.
        rows: (frame, inputs of all players), ascending.
    """

    def __init__(self, players: int) -> None:
        self.seating: Seating | None = None
        self.ending: EpisodeEnd | None = None
        self.rows: deque[tuple[int, tuple[int, ...]]] = deque()
        self._players = players
        self._episode = -1
        self._next_frame = 0
        self._awaits_state = False
        self._assembly = DumpAssembly()

    @property
    def position(self) -> Follow:
        """What to ask the next one for, if this one falls silent."""
        return Follow(self._episode, self._next_frame if self._episode >= 0 else 0)

    def take(self, message: ControlMessage) -> Beginning | None:
        """Take in a message of ``bulk``.

        Returns:
            Where to begin, if that has just become known.

        Raises:
            WireError: It does not belong here.
        """
        if isinstance(message, Seating):
            return self._take_seating(message)
        if isinstance(message, StateDump):
            return self._take_state(message)
        if isinstance(message, Rows):
            self._take_rows(message)
        elif isinstance(message, EpisodeEnd):
            if message.episode == self._episode:
                self.ending = message
        else:
            raise WireError(f"{type(message).__name__} is not expected on bulk")
        return None

    def _take_seating(self, seating: Seating) -> Beginning | None:
        if len(seating.owners) != self._players:
            raise WireError(f"{len(seating.owners)} seats, here are {self._players}")
        self.seating = seating
        if seating.episode < 0:
            return None
        if seating.has_state:
            self._awaits_state = True
            self._reset(seating)
            return None
        goes_on = seating.episode == self._episode and seating.frame <= self._next_frame
        if goes_on or self._awaits_state:
            return None
        if seating.frame != 0:
            raise WireError(f"goes on at frame {seating.frame}, we hold up to {self._next_frame}")
        self._reset(seating)
        return Beginning(seating.episode, 0, None)

    def _reset(self, seating: Seating) -> None:
        self._episode, self._next_frame = seating.episode, seating.frame
        self.ending = None
        self.rows.clear()

    def _take_state(self, part: StateDump) -> Beginning | None:
        if not self._awaits_state or part.episode != self._episode:
            raise WireError("a state that was not announced")
        whole = self._assembly.add(part)
        if whole is None:
            return None
        frame, data = whole
        if frame != self._next_frame:
            raise WireError(f"state of frame {frame}, announced was {self._next_frame}")
        self._awaits_state = False
        return Beginning(self._episode, frame, data)

    def _take_rows(self, message: Rows) -> None:
        if message.episode != self._episode or self._awaits_state:
            return
        if len(message.columns) != self._players:
            raise WireError(f"inputs of {len(message.columns)} players, here are {self._players}")
        if message.first_frame > self._next_frame or len(self.rows) > MOST_ROWS:
            raise WireError(f"inputs from {message.first_frame} on, next is {self._next_frame}")
        skip = self._next_frame - message.first_frame
        for inputs in list(zip(*message.columns, strict=True))[skip:]:
            self.rows.append((self._next_frame, inputs))
            self._next_frame += 1
