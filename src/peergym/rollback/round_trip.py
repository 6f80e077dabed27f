"""Round-trip times from the stamps in every datagram.

Theory of operation: each datagram carries its send time, in quarter milliseconds of the sender's
own clock, and the newest stamp received from the other side, advanced by how long it was held.
So the round trip is the difference of two readings of one clock, and holding times cancel.

Source: mitxela, "WebRTC Pong" (2021): rtt = (t4 - t1) - (t3 - t2); smoothing as in RFC 6298.
"""

from __future__ import annotations

STAMPS_PER_S = 4000  # quarter milliseconds
STAMP_MODULUS = 1 << 16  # of the stamp sent
ECHO_MODULUS = 1 << 15  # of the stamp echoed; its top bit says that there is one
MOST_HOLD_S = 4.0  # an older stamp is not echoed: it would wrap
MOST_RTT_S = 4.0  # a larger one is a wrapped or forged stamp


class RoundTrip:
    """Stamps exchanged with one peer, and what they say."""

    __slots__ = ("_is_first", "_peer_stamp", "_peer_stamp_at_s", "jitter_s", "rtt_s")

    def __init__(self) -> None:
        self._peer_stamp: int | None = None
        self._peer_stamp_at_s = 0.0
        self._is_first = True
        self.rtt_s: float | None = None
        self.jitter_s = 0.0

    @staticmethod
    def stamp(now_s: float) -> int:
        """Our send stamp."""
        return int(now_s * STAMPS_PER_S) % STAMP_MODULUS

    def echo(self, now_s: float) -> int | None:
        """The echo to send: the peer's stamp advanced by the holding time."""
        held_s = now_s - self._peer_stamp_at_s
        if self._peer_stamp is None or held_s > MOST_HOLD_S:
            return None
        return (self._peer_stamp + int(held_s * STAMPS_PER_S + 0.5)) % ECHO_MODULUS

    def receive(self, sent: int, echo: int | None, now_s: float) -> None:
        """Take in the stamps of a datagram that arrived at ``now_s``."""
        if not self._is_older(sent) or now_s - self._peer_stamp_at_s > MOST_HOLD_S:
            self._peer_stamp, self._peer_stamp_at_s = sent, now_s
        if echo is None:
            return
        rtt_s = ((int(now_s * STAMPS_PER_S) - echo) % ECHO_MODULUS) / STAMPS_PER_S
        if rtt_s > MOST_RTT_S:
            return
        if self._is_first:  # the first round trip includes the start of everything
            self._is_first = False
            return
        if self.rtt_s is None:
            self.rtt_s, self.jitter_s = rtt_s, 0.0
            return
        self.jitter_s += (abs(rtt_s - self.rtt_s) - self.jitter_s) / 4
        self.rtt_s += (rtt_s - self.rtt_s) / 8

    @property
    def one_way_s(self) -> float:
        """Half the round trip in seconds; 0.0 until measured."""
        return (self.rtt_s or 0.0) / 2

    def _is_older(self, sent: int) -> bool:
        """Whether a stamp lies before the newest one, as in a reordered datagram."""
        if self._peer_stamp is None:
            return False
        return (sent - self._peer_stamp) % STAMP_MODULUS >= STAMP_MODULUS // 2
