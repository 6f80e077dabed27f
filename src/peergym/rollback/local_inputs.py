"""The inputs of the seats that this peer runs, on their way into the queues.

Theory of operation: at frame f a local input is registered for frame f + delay, once, also when
the tick then stalls: the others can have it early. If the delay has been raised, the frames in
between repeat the last input; if it has been lowered, inputs are dropped until the sequence goes
on. So the frames of a queue never have a hole and never a duplicate.
"""

from __future__ import annotations

from peergym.errors import UsageError
from peergym.rollback.config import MAX_INPUT_DELAY_FRAMES
from peergym.rollback.sync_layer import SyncLayer


class LocalInputs:
    """What the local players do, and how long it waits."""

    def __init__(self, players: tuple[int, ...]) -> None:
        self._values = dict.fromkeys(players, 0)
        self._delays = dict.fromkeys(players, 0)
        self._registered_frame = -1

    def set(self, player: int, value: int) -> None:
        """Set what ``player`` does from now on."""
        self._values[player] = value

    def set_delay(self, player: int, delay_frames: int) -> None:
        """Set the delay of a seat, from the next frame on.

        Raises:
            UsageError: The seat is not ours or the delay out of range.
        """
        if player not in self._delays or not 0 <= delay_frames <= MAX_INPUT_DELAY_FRAMES:
            raise UsageError(f"cannot delay player {player} by {delay_frames} frames")
        self._delays[player] = delay_frames

    def register(self, sync: SyncLayer) -> None:
        """Put the inputs of the current frame into the queues, unless they are there already."""
        if sync.frame == self._registered_frame:
            return
        self._registered_frame = sync.frame
        for player, value in self._values.items():
            queue = sync.queues[player]
            target = sync.frame + self._delays[player]
            if target <= queue.held:
                continue
            filler = queue.real(queue.held) if queue.held >= 0 else 0
            for frame in range(queue.held + 1, target):
                queue.add(frame, filler)
            queue.add(target, value)
