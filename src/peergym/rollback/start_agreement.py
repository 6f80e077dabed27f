"""When an episode starts: everybody says that it is ready, the lowest peer says when.

Theory of operation: who is ready tells all others. When all are, the peer with the lowest id sends
each a start that lies as far ahead as the longest one-way time, less the recipient's own, so that
all frame zeros fall together; what the estimates miss, time sync takes away.

Law: an episode starts at most once, in order, and only if we have said that we are ready for it.

Source: mitxela, "WebRTC Pong" (2021): send "start", wait half a round trip, start.
"""

from __future__ import annotations

from collections.abc import Iterable

MARGIN_S = 0.05  # so that the start message is there before the start, also if it is lost once


class StartAgreement:
    """Who is ready for the next episode.

    Attributes:
        is_ready: Whether we are.
    """

    def __init__(self) -> None:
        self.is_ready = False
        self._ready_for: dict[int, int] = {}

    def note_ready(self, peer: int, episode: int) -> bool:
        """A peer is ready for ``episode``. Returns whether that is news."""
        before = self._ready_for.get(peer, -1)
        self._ready_for[peer] = max(episode, before)
        return episode > before

    def is_unanimous(self, episode: int, peers: Iterable[int]) -> bool:
        """Whether all, we included, are ready for ``episode``.

        Args:
            episode: Its number.
            peers: The others.
        """
        return self.is_ready and all(self._ready_for.get(peer, -1) >= episode for peer in peers)


def start_times_s(one_way_s: dict[int, float]) -> tuple[float, dict[int, float]]:
    """When to start.

    Args:
        one_way_s: One-way time to each peer, in seconds.

    Returns:
        (seconds until our own start, seconds from receipt to start for each peer).
    """
    longest_s = max(one_way_s.values(), default=0.0) + MARGIN_S
    return longest_s, {peer: longest_s - there_s for peer, there_s in one_way_s.items()}
