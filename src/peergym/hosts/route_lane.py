"""One peer's reliable messages, kept until they are known to have arrived, whatever route breaks.

Theory of operation: the session numbers its messages; this lane keeps each until the other side's
lane says that it has it, and repeats what it has not when the route changes. Both use `Received`:
first of all over a new route, and now and then so that the other side can forget. A `Received` that
tells nothing new, or comes over another route than the one before, asks for a repetition. Whoever
has not got half of one waits twice as long for the next: he may ask, or come and go, in bad faith.

Laws:
    - The session gets each message once, in order and without a gap.
    - What is kept is bounded: beyond that the lane is broken, and says so.
    - No more than a window is under way, so that a relay need not hold much for a slow receiver. Of
      `bulk` it is what the line takes within a fraction of a second.

Source: go-back-N, as every textbook has it; the numbers and `Received` are those of docs/wire.md.
"""

from __future__ import annotations

from collections import deque
from math import inf

from peergym.rollback.binary import WireError
from peergym.rollback.control import Received, decode_control, encode_control, read_sequence
from peergym.rollback.route_report import Route

WINDOW_BYTES = 256 * 1024  # 1 MiB a second at a round trip of 250 ms
MOST_KEPT_BYTES = 8 * 1024 * 1024  # twice the largest state
SAY_AFTER_MESSAGES = 8
LEAST_BULK_BYTES = 16 * 1024  # a part of a state: less than that cannot be under way
SAY_AFTER_BYTES = LEAST_BULK_BYTES
SLOW_S, QUICK_S = 0.15, 0.08  # longer than at best: rollback hides about a tenth of a second
PATIENCE = 16  # acknowledgements after one that was slow, until more is tried again
SAY_AFTER_S = 0.25
REPEAT_EVERY_S = 0.25  # whoever asks more often is answered so often
LONGEST_REPEAT_S = 2.0  # to who never gets on: a window in 2 s, of the MiB a second at the relay


class CarriedLane:
    """A reliable channel to one peer, over whichever route is in use.

    Args:
        least_window_bytes: How much may be under way at least, which is what it begins with.

    Attributes:
        is_broken: Whether more would have to be kept than is; it does not recover.
    """

    __slots__ = (
        "_asked_s",
        "_best_s",
        "_heard_route",
        "_is_repeat_wanted",
        "_kept",
        "_kept_bytes",
        "_least_window_bytes",
        "_next_in",
        "_oldest_out",
        "_patience",
        "_repeat_every_s",
        "_repeated",
        "_repeated_s",
        "_say_due_s",
        "_sent",
        "_sent_bytes",
        "_timed",
        "_unsaid_bytes",
        "_unsaid_messages",
        "_window_bytes",
        "is_broken",
    )

    def __init__(self, least_window_bytes: int = WINDOW_BYTES) -> None:
        self.is_broken = False
        self._least_window_bytes = self._window_bytes = least_window_bytes
        self._patience = 0
        self._best_s = inf  # how long an acknowledgement took at best
        self._timed: tuple[int, float] | None = None  # until what is acknowledged, since when
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._oldest_out = 0  # the sequence of the oldest message kept
        self._sent = 0  # how many of those kept are under way, and how much that is
        self._sent_bytes = 0
        self._next_in = 0
        self._heard_route = Route.NONE
        self._is_repeat_wanted = False
        self._repeated_s = -LONGEST_REPEAT_S
        self._repeated = (0, 0)  # the first message that was repeated last, and how many
        self._repeat_every_s = REPEAT_EVERY_S
        self._asked_s = -REPEAT_EVERY_S
        self._say_due_s: float | None = None
        self._unsaid_messages = 0
        self._unsaid_bytes = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for the other side's word."""
        return not self._kept and self._say_due_s is None

    @property
    def is_delivered(self) -> bool:
        """Whether the other side has said that it has all messages."""
        return not self._kept

    def say_now(self, now_s: float) -> None:
        """Do not let the other side wait for our word, if it is owed one."""
        if self._say_due_s is not None:
            self._say_due_s = now_s

    def put(self, data: bytes) -> None:
        """Take over a message of the session."""
        self._kept.append(data)
        self._kept_bytes += len(data)
        self.is_broken |= self._kept_bytes > MOST_KEPT_BYTES

    def change_route(self, now_s: float) -> None:
        """Another route is in use: say what we have, and repeat what the other side may lack."""
        self._say_due_s = now_s
        self._is_repeat_wanted = self._sent > 0

    def take(self, now_s: float) -> list[bytes]:
        """What is to be sent now."""
        taken: list[bytes] = []
        if self._say_due_s is not None and now_s >= self._say_due_s:
            taken.append(encode_control(Received(self._next_in), 0))
            self._say_due_s = None
            self._unsaid_messages = self._unsaid_bytes = 0
        if self._is_repeat_wanted and now_s >= self._repeated_s + self._repeat_every_s:
            self._begin_anew(now_s)
        while self._sent < len(self._kept) and self._sent_bytes < self._window_bytes:
            if self._timed is None:
                self._timed = (self._oldest_out + self._sent + 1, now_s)
            taken.append(self._kept[self._sent])
            self._sent_bytes += len(taken[-1])
            self._sent += 1
        return taken

    def _begin_anew(self, now_s: float) -> None:
        first, count = self._repeated
        is_stuck = 2 * (self._oldest_out - first) < count
        doubled_s = min(2 * self._repeat_every_s, LONGEST_REPEAT_S)
        self._repeat_every_s = doubled_s if is_stuck else REPEAT_EVERY_S
        self._repeated, self._repeated_s = (self._oldest_out, self._sent), now_s
        self._is_repeat_wanted = False
        self._sent = self._sent_bytes = 0
        self._timed = None  # of a repeated message it is not known which copy arrived

    def accept(self, data: bytes, route: Route, now_s: float) -> bytes | None:
        """Take in a message that came over a route.

        Returns:
            The message, if it is the session's turn to have it.

        Raises:
            WireError: It is none.
        """
        sequence = read_sequence(data)
        if sequence is None:
            self._take_word(data, route, now_s)
        elif sequence == self._next_in:
            self._next_in += 1
            self._note_unsaid(len(data), now_s)
            return data
        elif sequence > self._next_in and now_s >= self._asked_s + REPEAT_EVERY_S:
            self._asked_s = self._say_due_s = now_s
        return None

    def _note_unsaid(self, size_bytes: int, now_s: float) -> None:
        self._unsaid_messages += 1
        self._unsaid_bytes += size_bytes
        is_much = self._unsaid_messages >= SAY_AFTER_MESSAGES
        if is_much or self._unsaid_bytes >= SAY_AFTER_BYTES:
            self._say_due_s = now_s
        elif self._say_due_s is None:
            self._say_due_s = now_s + SAY_AFTER_S

    def _take_word(self, data: bytes, route: Route, now_s: float) -> None:
        message = decode_control(data)[1]
        assert isinstance(message, Received)  # noqa: S101 - `read_sequence` has said so
        news = message.next_sequence - self._oldest_out
        if news > len(self._kept):
            raise WireError(f"message {message.next_sequence - 1} was never sent")
        is_new_route, self._heard_route = route is not self._heard_route, route
        if news < 0:
            return  # said before, and late
        for _ in range(news):
            size_bytes = len(self._kept.popleft())
            self._kept_bytes -= size_bytes
            if self._sent:  # else it had arrived over another route, and waited to be repeated
                self._sent -= 1
                self._sent_bytes -= size_bytes
        self._oldest_out += news
        self._fit_window(now_s)
        if self._sent and (news == 0 or is_new_route):
            self._is_repeat_wanted = True

    def _fit_window(self, now_s: float) -> None:
        """Have less under way where the line is slow, for inputs wait behind it on a WebSocket."""
        if self._timed is None or self._oldest_out < self._timed[0]:
            return
        took_s = now_s - self._timed[1]
        self._timed = None
        self._best_s = min(self._best_s, took_s)
        self._patience -= 1
        if took_s > self._best_s + SLOW_S:
            self._window_bytes = max(self._window_bytes // 2, self._least_window_bytes)
            self._patience = PATIENCE
        elif took_s < self._best_s + QUICK_S and self._patience <= 0:
            self._window_bytes = min(self._window_bytes * 2, WINDOW_BYTES)
