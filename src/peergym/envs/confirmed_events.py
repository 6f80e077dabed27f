"""What is told once, and only when it is certain: a goal, a point, a capture.

Theory of operation: most effects are played at once and taken back if they were wrong. Some must
not be wrong. A game names them in ``metadata["confirmed_effects"]``; they are held back until
every peer is known to hold the inputs that led to them, and are then both heard and told. Until
then a rollback drops those of the frames that it simulates again, and the new frames bring their
own. That takes a round trip, about as long as a referee takes to raise his flag.

Laws:
    - Each event of the confirmed history is told once, in the order of the frames, and nothing
      else ever is.
    - A frame that has been told is never told again, even where it is simulated again (when
      saving is sparse, or rollbacks are forced).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peergym.errors import EnvironmentContractError

MAX_WAITING = 1024  # for a host that never asks; far more than a window of frames brings


@dataclass(frozen=True, slots=True)
class ConfirmedEvent:
    """Something that has happened, for every peer and for good.

    Attributes:
        frame: The frame whose step it belongs to.
        name: What the game called it.
    """

    frame: int
    name: str


class ConfirmedEvents:
    """Holds events back until they are certain."""

    __slots__ = ("_told_frame", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[ConfirmedEvent] = deque(maxlen=MAX_WAITING)
        self._told_frame = -1

    def reset(self) -> None:
        """Begin an episode, whose frames count from 0 again; what waited will never be certain."""
        self._waiting.clear()
        self._told_frame = -1

    def roll_back(self, frame: int) -> None:
        """Note that the frames from ``frame`` on will be simulated again."""
        while self._waiting and self._waiting[-1].frame >= frame:
            self._waiting.pop()

    def add(self, frame: int, name: str) -> None:
        """Take in an event of the step that left ``frame``; frames ascend but for rollbacks."""
        if frame > self._told_frame:
            self._waiting.append(ConfirmedEvent(frame, name))

    def take(self, confirmed_frame: int, frame: int) -> list[ConfirmedEvent]:
        """Return what has become certain since the last call.

        Args:
            confirmed_frame: The session's; inputs may be known long before they are simulated.
            frame: The frame the game is at, when no rollback is under way.
        """
        self._told_frame = max(self._told_frame, min(confirmed_frame, frame - 1))
        certain: list[ConfirmedEvent] = []
        while self._waiting and self._waiting[0].frame <= self._told_frame:
            certain.append(self._waiting.popleft())
        return certain


def read_confirmed_effects(metadata: Mapping[str, Any]) -> frozenset[str]:
    """Read which effects of a game are to be told only when they are certain.

    Raises:
        EnvironmentContractError: ``confirmed_effects`` is not a sequence of names.
    """
    names = metadata.get("confirmed_effects", ())
    is_sequence = isinstance(names, Sequence) and not isinstance(names, str)
    if not is_sequence or not all(isinstance(name, str) for name in names):
        raise EnvironmentContractError(
            "metadata['confirmed_effects'] must be a tuple of names, such as ('score',), "
            f"not {names!r}"
        )
    return frozenset(names)
