"""When an episode starts: everybody says that it is ready, the lowest peer says when.

Theory of operation: who is ready tells all others. When all are, the peer with the lowest id sends
each a start that lies as far ahead as the longest one-way time, less the recipient's own, so that
all frame zeros fall together; what the estimates miss, time sync takes away.

Law: an episode starts at most once, in order, and only if we have said that we are ready for it.

Source: mitxela, "WebRTC Pong" (2021): send "start", wait half a round trip, start.
"""

from __future__ import annotations

MARGIN_S = 0.05  # so that the start message is there before the start, also if it is lost once


class StartAgreement:
    """Who is ready for the next episode.

    Args:
        local_peer: Our peer id.
        peers: All peer ids.
    """

    def __init__(self, local_peer: int, peers: tuple[int, ...]) -> None:
        self.is_ready = False
        self.decides = local_peer == min(peers)
        self.decider = min(peers)
        self._ready_for = {peer: -1 for peer in peers if peer != local_peer}

    def note_ready(self, peer: int, episode: int) -> bool:
        """A peer is ready for ``episode``. Returns whether that is news."""
        is_news = episode > self._ready_for[peer]
        self._ready_for[peer] = max(episode, self._ready_for[peer])
        return is_news

    def is_unanimous(self, episode: int) -> bool:
        """Whether all, we included, are ready for ``episode``."""
        return self.is_ready and all(ready >= episode for ready in self._ready_for.values())


def start_times_s(one_way_s: dict[int, float]) -> tuple[float, dict[int, float]]:
    """When to start.

    Args:
        one_way_s: One-way time to each peer, in seconds.

    Returns:
        (seconds until our own start, seconds from receipt to start for each peer).
    """
    longest_s = max(one_way_s.values(), default=0.0) + MARGIN_S
    return longest_s, {peer: longest_s - there_s for peer, there_s in one_way_s.items()}
