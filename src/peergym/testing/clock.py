"""Virtual time: a clock that jumps to the next deadline, and the clocks that peers read.

Theory of operation: whatever is to happen is an action with a due time in one heap. The clock
jumps from due time to due time, so an hour without events costs nothing, and what falls on the
same instant happens in the order in which it was scheduled. A peer never reads this clock: it
reads its own, which is off by an offset and drifts, as on a real machine.

Laws:
    - Time never goes back, and does not pass while an action runs.
    - The order of actions is a function of the calls alone.
    - Offsets leave no trace in rounding: all times are whole microseconds inside.

Source: the jump to the next deadline is the mock clock's of trio (https://trio.readthedocs.io).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf

from peergym.errors import ConfigurationError

PER_S = 1_000_000  # microseconds; a browser's clock gives 5 at best
ROUNDING_US = 0.001  # a deadline this little past a microsecond counts as on it

Action = Callable[[], object]


class VirtualClock:
    """A clock that stands still while something happens and then jumps."""

    def __init__(self) -> None:
        self._now_us = 0
        self._scheduled = 0
        self._heap: list[tuple[int, int, Action]] = []

    @property
    def now_s(self) -> float:
        """The time in seconds since the clock was made."""
        return self._now_us / PER_S

    @property
    def next_deadline_s(self) -> float:
        """When the next action is due; inf if there is none."""
        return self._heap[0][0] / PER_S if self._heap else inf

    def call_at(self, time_s: float, action: Action) -> float:
        """Schedule ``action`` for ``time_s``; a time that has passed means now.

        Args:
            time_s: When, in seconds; rounded up to the next microsecond.
            action: Called without arguments.

        Returns:
            The time at which it will happen.
        """
        due_us = max(self._now_us, ceil(time_s * PER_S - ROUNDING_US))
        heapq.heappush(self._heap, (due_us, self._scheduled, action))
        self._scheduled += 1
        return due_us / PER_S

    def call_after(self, delay_s: float, action: Action) -> float:
        """Schedule ``action`` for ``delay_s`` from now. Returns when it will happen."""
        return self.call_at(self.now_s + delay_s, action)

    def run_until(self, time_s: float) -> None:
        """Let everything happen that is due up to ``time_s``, and stop there."""
        self.run_while(lambda: True, time_s)
        self._now_us = max(self._now_us, ceil(time_s * PER_S - ROUNDING_US))

    def run_while(self, is_wanted: Callable[[], bool], limit_s: float) -> bool:
        """Let things happen as long as ``is_wanted`` says so.

        Args:
            is_wanted: Asked before each action.
            limit_s: Nothing due after this time, in seconds, happens.

        Returns:
            True if ``is_wanted`` ended it; False if time or actions ran out.
        """
        limit_us = limit_s * PER_S + ROUNDING_US
        while is_wanted():
            if not self._heap or self._heap[0][0] > limit_us:
                return False
            self._now_us, _, action = heapq.heappop(self._heap)
            action()
        return True


@dataclass(frozen=True, slots=True)
class PeerClock:
    """How a peer's own clock relates to virtual time.

    Attributes:
        offset_s: What it shows at virtual time 0, in seconds.
        drift_ppm: How much too fast it runs, in parts per million; negative is too slow. A
            computer's quartz is within 100.
    """

    offset_s: float = 0.0
    drift_ppm: float = 0.0

    def __post_init__(self) -> None:
        if not -100_000 <= self.drift_ppm <= 100_000:
            raise ConfigurationError(
                "drift_ppm", f"must lie in -100000 to 100000, is {self.drift_ppm}"
            )

    def read(self, now_s: float) -> float:
        """What the peer's clock shows at virtual time ``now_s``."""
        ours_us = round(now_s * PER_S * (1.0 + self.drift_ppm / 1e6))
        return (ours_us + round(self.offset_s * PER_S)) / PER_S

    def when(self, shown_s: float) -> float:
        """The first virtual time at which the peer's clock shows ``shown_s`` or more."""
        ours_us = shown_s * PER_S - round(self.offset_s * PER_S)
        rate = 1.0 + self.drift_ppm / 1e6
        now_us = ceil(ours_us / rate - ROUNDING_US)
        return now_us / PER_S
