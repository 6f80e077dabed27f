"""Being told a match: the other end of a `Feed`.

Theory of operation: what is told waits here, in order, until it is simulated: where an episode
begins, the confirmed inputs of its frames, how it ended, where the next one begins. Only a state,
which is given to somebody who has fallen too far behind, takes the place of all that waits.

Laws:
    - Confirmed inputs come out by frame, each once, without a gap, from where an episode begins.
    - What waits here is bounded, whatever we are sent.
    - What is refused changes nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from peergym.rollback.control import (
    ControlMessage,
    EpisodeEnd,
    Follow,
    NotTold,
    Reexecute,
    Rows,
    Seating,
    StateDump,
)
from peergym.rollback.desync import DumpAssembly
from peergym.rollback.wire import WireError

MOST_WAITING = 4096  # frames; far more than a feed sends ahead


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where to begin.

    Attributes:
        episode: The episode.
        frame: The first frame to simulate.
        state: What the teller's ``transfer`` made of the state of that frame; None for frame 0.
    """

    episode: int
    frame: int
    state: bytes | None


@dataclass(frozen=True, slots=True)
class Row:
    """The confirmed inputs of all players at a frame."""

    frame: int
    inputs: tuple[int, ...]


Told: TypeAlias = Beginning | Row | EpisodeEnd


class Follower:
    """What has been told and not been simulated yet.

    Args:
        input_bits: For each player, the number of bits of one input.

    Attributes:
        seating: Who sits where, as last told.
        has_ended: Whether the newest episode that we were told of is over.
        waiting_frames: How many frames wait.
        is_untold: Whether an episode runs that we cannot be told.
    """

    def __init__(self, input_bits: tuple[int, ...]) -> None:
        self.seating: Seating | None = None
        self.has_ended = False
        self.waiting_frames = 0
        self.is_untold = False
        self._input_bits = input_bits
        self._told: deque[Told] = deque()
        self._episode = -1
        self._next_frame = 0
        self._awaits_state = False
        self._is_from_start = False
        self._assembly = DumpAssembly()

    @property
    def position(self) -> Follow:
        """What to ask the next one for, if this one falls silent."""
        if self._awaits_state or self._episode < 0:
            return Follow(-1, 0)
        return Follow(self._episode, self._next_frame)

    # --- what comes out

    @property
    def head(self) -> Told | None:
        """What is next."""
        return self._told[0] if self._told else None

    def drop_head(self) -> None:
        """What was next has been dealt with."""
        self.waiting_frames -= isinstance(self._told.popleft(), Row)

    def skip_to_beginning(self) -> Beginning | None:
        """Drop all before the newest beginning, and that; None without one."""
        newest = None
        while any(isinstance(each, Beginning) for each in self._told):
            head = self.head
            self.drop_head()
            newest = head if isinstance(head, Beginning) else newest
        return newest

    # --- what comes in

    def take(self, message: ControlMessage) -> None:
        """Take in a message of ``bulk``.

        Raises:
            WireError: It does not belong here.
        """
        if len(self._told) > MOST_WAITING:
            raise WireError(f"{len(self._told)} frames and more wait here")
        if isinstance(message, Seating):
            self._take_seating(message)
        elif isinstance(message, StateDump):
            self._take_state(message)
        elif isinstance(message, Rows):
            self._take_rows(message)
        elif isinstance(message, EpisodeEnd):
            self._take_end(message)
        elif isinstance(message, Reexecute):
            self._check_reexecution(message)
        elif isinstance(message, NotTold):
            self.is_untold = True
        else:
            raise WireError(f"{type(message).__name__} is not expected on bulk")

    def _take_seating(self, seating: Seating) -> None:
        if len(seating.owners) != len(self._input_bits):
            raise WireError(f"{len(seating.owners)} seats, here are {len(self._input_bits)}")
        is_known = seating.episode == self._episode and not self._awaits_state
        goes_on = seating.episode < 0 or (is_known and seating.frame <= self._next_frame)
        if not goes_on and not seating.has_state and seating.frame:
            raise WireError(f"goes on at frame {seating.frame}, we hold up to {self._next_frame}")
        self.seating = seating
        if seating.has_state and seating.episode >= 0:
            self._told.clear()
            self.waiting_frames = 0
            self._set_position(seating, awaits_state=True)
        elif not goes_on:
            self._set_position(seating, awaits_state=False)
            self._told.append(Beginning(seating.episode, 0, None))

    def _set_position(self, seating: Seating, *, awaits_state: bool) -> None:
        self._episode, self._next_frame = seating.episode, seating.frame
        self._awaits_state = awaits_state
        self._is_from_start = not awaits_state
        self.has_ended = self.is_untold = False

    def _take_state(self, part: StateDump) -> None:
        if not self._awaits_state or (part.episode, part.frame) != (
            self._episode,
            self._next_frame,
        ):
            raise WireError(f"a state of frame {part.frame}, which was not announced")
        whole = self._assembly.add(part)
        if whole is not None:
            self._awaits_state = False
            self._told.append(Beginning(self._episode, *whole))

    def _take_rows(self, message: Rows) -> None:
        if message.episode != self._episode or self._awaits_state or self.has_ended:
            return
        if len(message.columns) != len(self._input_bits):
            raise WireError(f"{len(message.columns)} players, here are {len(self._input_bits)}")
        for column, bits in zip(message.columns, self._input_bits, strict=True):
            if max(column) >> bits:
                raise WireError(f"input {max(column)} does not fit {bits} bits")
        if message.first_frame > self._next_frame:
            raise WireError(f"inputs from {message.first_frame} on, next is {self._next_frame}")
        skip = self._next_frame - message.first_frame
        for inputs in list(zip(*message.columns, strict=True))[skip:]:
            self._told.append(Row(self._next_frame, inputs))
            self._next_frame += 1
            self.waiting_frames += 1

    def _check_reexecution(self, message: Reexecute) -> None:
        if message.episode != self._episode or not self._is_from_start:
            raise WireError(f"episode {message.episode} again, which was not told from its start")

    def _take_end(self, message: EpisodeEnd) -> None:
        if message.episode == self._episode and not self._awaits_state and not self.has_ended:
            self.has_ended = True
            self._told.append(message)
