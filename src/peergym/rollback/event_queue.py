"""Events on their way to the host: bounded, whatever a peer does and however rarely it is drained.

Laws:
    - When full, the oldest event is dropped and counted, the newest kept.
    - Of one peer's violations at most one a second becomes an event.
"""

from __future__ import annotations

from collections import deque

from peergym.rollback.events import Event, ProtocolViolated

MOST_EVENTS = 1024
VIOLATION_EVERY_S = 1.0  # one a second says as much as a thousand


class EventQueue:
    """Events that the host has not taken yet.

    Attributes:
        dropped: How many were dropped because nobody took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._violated_s: dict[int, float] = {}

    def put(self, event: Event) -> None:
        """Add an event."""
        if len(self._events) == MOST_EVENTS:
            self.dropped += 1
        self._events.append(event)

    def put_violation(self, peer: int, channel: str, message: str, now_s: float) -> None:
        """Add that a peer broke the protocol, unless that has just been said."""
        last_s = self._violated_s.get(peer)
        if last_s is None or now_s - last_s >= VIOLATION_EVERY_S:
            self._violated_s[peer] = now_s
            self.put(ProtocolViolated(peer, channel, message))

    def take(self) -> Event | None:
        """The oldest event, which is no longer here afterwards."""
        return self._events.popleft() if self._events else None
