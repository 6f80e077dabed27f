"""The inputs of the seats that this peer runs, on their way into the queues.

Theory of operation: at frame f a local input is registered for frame f + delay, as soon as the
host gives it, so that it can be sent before the frame is simulated; a frame that gets none repeats
the last. If the delay has been raised, the frames in between repeat the last input; if it has been
lowered, inputs are dropped until the sequence goes on. So a queue never has a hole and never a
duplicate.

Law: each frame takes one input of a seat, the first, also when the frame has to be tried again.
"""

from __future__ import annotations

from peergym.errors import UsageError
from peergym.rollback.config import MAX_INPUT_DELAY_FRAMES
from peergym.rollback.sync_layer import SyncLayer


class LocalInputs:
    """What the local players do, and how long it waits.

    Args:
        players: The local seats.
        sync: The timeline whose queues are filled.
    """

    def __init__(self, players: tuple[int, ...], sync: SyncLayer) -> None:
        self._sync = sync
        self._values = dict.fromkeys(players, 0)
        self._delays = dict.fromkeys(players, 0)
        self._registered = dict.fromkeys(players, -1)
        self._first_frames: dict[int, int] = {}
        self._has_news = False

    def add_player(self, player: int, delay_frames: int, first_frame: int = 0) -> None:
        """Run one more seat from now on.

        Args:
            player: The seat.
            delay_frames: Its input delay.
            first_frame: The first frame that is ours; what comes before it others will tell us.
        """
        self._values[player] = 0
        self._delays[player] = delay_frames
        self._registered[player] = -1
        self._first_frames[player] = first_frame

    @property
    def players(self) -> tuple[int, ...]:
        """The seats whose inputs are given here."""
        return tuple(self._values)

    def first_frame(self, player: int) -> int:
        """The first frame on which a seat's inputs are ours."""
        return self._first_frames.get(player, 0)

    def finish_player(self, player: int, last_frame: int) -> None:
        """Run a seat no longer after ``last_frame``: up to there, repeat its last input."""
        self.fill(player, last_frame)
        for kept in (self._values, self._delays, self._registered):
            kept.pop(player, None)

    def fill(self, player: int, last_frame: int) -> None:
        """Give a seat's inputs up to ``last_frame`` now, as repetitions of the last."""
        queue = self._sync.queues[player]
        value = queue.real(queue.held) if queue.held >= 0 else 0
        for frame in range(queue.held + 1, last_frame + 1):
            queue.add(frame, value)
            self._has_news = True

    def set(self, player: int, value: int) -> None:
        """Set what ``player`` does from the current frame on, unless that has its input.

        A seat that is on its way to a newcomer has all inputs that are ours to give.
        """
        if self._registered.get(player, self._sync.frame) != self._sync.frame:
            self._values[player] = value
            self._register(player)

    def set_delay(self, player: int, delay_frames: int) -> None:
        """Set the delay of a seat, from the next input on.

        Raises:
            UsageError: The seat is not ours or the delay out of range.
        """
        if player not in self._delays or not 0 <= delay_frames <= MAX_INPUT_DELAY_FRAMES:
            raise UsageError(f"cannot delay player {player} by {delay_frames} frames")
        self._delays[player] = delay_frames

    def complete(self) -> None:
        """Repeat the last input of the seats that got none for the current frame."""
        for player, frame in self._registered.items():
            if frame != self._sync.frame:
                self._register(player)

    def take_news(self) -> bool:
        """Whether an input was registered since the last call, so that there is one to send."""
        has_news, self._has_news = self._has_news, False
        return has_news

    def _register(self, player: int) -> None:
        self._has_news = True
        frame = self._registered[player] = self._sync.frame
        queue = self._sync.queues[player]
        target = frame + self._delays[player]
        if target <= queue.held or queue.held < self.first_frame(player) - 1:
            return
        filler = queue.real(queue.held) if queue.held >= 0 else 0
        for skipped in range(queue.held + 1, target):
            queue.add(skipped, filler)
        queue.add(target, self._values[player])
