"""The simulated signalling server, as far as a match needs it once it runs.

Theory of operation: when a match falls into two equal halves, each of them asks which may go on.
The server cannot see their paths; it only remembers whom it said yes to. The first group that asks
is granted; after that only a group within the last one granted is, because that is the only one
that can be what the match has become.

Law: no two groups that share nobody are ever both granted.
"""

from __future__ import annotations

from collections.abc import Callable

from peergym.testing.clock import VirtualClock

Answer = Callable[[bool], None]


class Arbiter:
    """Decides between equal halves.

    Args:
        clock: The time.
        delay_s: From a question to its answer, in seconds.

    Attributes:
        is_reachable: Whether questions arrive at all.
        asked: (virtual time, peer, group) of every question.
        granted: The last group that was told to go on.
    """

    def __init__(self, clock: VirtualClock, delay_s: float = 0.08) -> None:
        self.delay_s = delay_s
        self.is_reachable = True
        self.asked: list[tuple[float, int, tuple[int, ...]]] = []
        self.granted: tuple[int, ...] | None = None
        self._clock = clock

    def ask(self, peer: int, group: tuple[int, ...], answer: Answer) -> None:
        """Ask whether a group may go on.

        Args:
            peer: Who asks.
            group: The peers of its half, ascending.
            answer: Called with what was decided, after the delay; never if we are unreachable.
        """
        self.asked.append((self._clock.now_s, peer, group))
        if self.is_reachable:
            self._clock.call_after(self.delay_s / 2, lambda: self._decide(group, answer))

    def _decide(self, group: tuple[int, ...], answer: Answer) -> None:
        is_granted = self.granted is None or set(group) <= set(self.granted)
        if is_granted:
            self.granted = group
        self._clock.call_after(self.delay_s / 2, lambda: answer(is_granted))
