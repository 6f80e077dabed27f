"""A network between two browsers, in user space: UDP proxies on loopback, one per peer.

Theory of operation: for every address that a browser announces, its proxy opens a socket that
stands for it, and the announcement is rewritten to that socket on its way through signalling. So a
browser only ever learns addresses of proxies. What arrives at the stand-in of X, sent from Y, goes
to X from the stand-in of Y, after the delay and loss of this network; both browsers see nothing
but stand-ins. Addresses are told apart by port: a socket that a browser opened on all interfaces
is announced with the machine's address, and sends to loopback from loopback.

Laws: everything stays on loopback, on ports the system chose; delays and losses are drawn from a
seed; no queue grows beyond its bound.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

from peergym.server import DROPPED, ForwardedSignal

Address = tuple[str, int]

LOOPBACK = "127.0.0.1"
MOST_IN_FLIGHT = 2000
"""Datagrams of one proxy on their way: some ten times what delay and rate of a match make."""
MOST_STAND_INS = 32
"""A browser announces one address per network interface and connection."""
LARGEST_DATAGRAM_BYTES = 65_536

HOST_CANDIDATE = re.compile(
    r"^(?P<head>(?:a=)?candidate:\S+ \d+ udp \d+) "
    r"(?P<host>\d+\.\d+\.\d+\.\d+) (?P<port>\d+) typ host",
    re.IGNORECASE,
)
CANDIDATE_LINE = re.compile(r"a=candidate:[^\r\n]*\r?\n")


@dataclass
class Conditions:
    """What the network does to each datagram, each way.

    Attributes:
        delay_ms: One-way delay.
        jitter_ms: The delay varies uniformly by plus or minus this; later ones may overtake.
        loss: Chance that a burst of losses begins with this datagram.
        burst: Datagrams lost in a row.
        is_cut: Nothing passes.
    """

    delay_ms: float = 30.0
    jitter_ms: float = 10.0
    loss: float = 0.02
    burst: int = 2
    is_cut: bool = False


@dataclass
class Counters:
    """Datagrams of one proxy.

    Attributes:
        from_peer: Carried from its peer to the other one.
        to_peer: Carried to its peer.
        lost: Dropped by the conditions, a cut or a full queue, on the way to its peer.
    """

    from_peer: int = 0
    to_peer: int = 0
    lost: int = 0


class Network:
    """All proxies of one test; runs on a thread of its own."""

    def __init__(self, conditions: Conditions | None = None, seed: int = 1) -> None:
        self.conditions = conditions or Conditions()
        self.unreached: set[int] = set()  # peers that learn no addresses, and whose nobody learns
        self.random = random.Random(seed)
        self._proxies: dict[tuple[str, int], PeerProxy] = {}
        # The proactor loop of Windows cannot watch sockets.
        self.loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def proxy(self, room: str, peer: int) -> PeerProxy:
        """The proxy of a peer of a room."""
        return self._proxies.setdefault((room, peer), PeerProxy(self))

    def filter(self, signal: ForwardedSignal) -> Any:
        """A signal filter for the server: replace all addresses in a signal by stand-ins."""
        if self.unreached & {signal.sender, signal.to}:
            return DROPPED
        proxy = self.proxy(signal.code, signal.sender)
        proxy.other = self.proxy(signal.code, signal.to)
        proxy.other.other = proxy
        payload = signal.payload
        if signal.kind == "description":
            return {**payload, "sdp": rewrite_description(payload["sdp"], proxy)}
        if payload is None or not payload["candidate"]:
            return payload
        candidate = rewrite_candidate(payload["candidate"], proxy)
        return DROPPED if candidate is None else {**payload, "candidate": candidate}

    def close(self) -> None:
        """Stop the thread and free all ports."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
        for proxy in self._proxies.values():
            proxy.close()
        self.loop.close()


@dataclass
class PeerProxy:
    """The stand-ins of one peer, and what is on its way to it."""

    network: Network
    other: PeerProxy | None = None
    counters: Counters = field(default_factory=Counters)
    _sockets: dict[int, socket.socket] = field(default_factory=dict)
    # Stand-ins are opened by the server's thread, for announcements, and by the network's.
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _in_flight: int = 0
    _left_of_burst: int = 0

    @property
    def addresses(self) -> set[str]:
        """The stand-ins' own addresses, as ``ip:port``."""
        names = [stand_in.getsockname() for stand_in in self._sockets.values()]
        return {f"{host}:{port}" for host, port in names}

    def stand_in(self, real: Address) -> socket.socket:
        """The socket that stands for a real address of this peer; opened when first asked for."""
        port = real[1]
        with self._lock:
            if port not in self._sockets:
                self._sockets[port] = self._open_stand_in(real)
            return self._sockets[port]

    def close(self) -> None:
        for stand_in in self._sockets.values():
            stand_in.close()

    def _open_stand_in(self, real: Address) -> socket.socket:
        if len(self._sockets) >= MOST_STAND_INS:
            raise ValueError(f"a peer has more than {MOST_STAND_INS} addresses")
        stand_in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stand_in.setblocking(False)
        stand_in.bind((LOOPBACK, 0))
        loop = self.network.loop
        loop.call_soon_threadsafe(loop.add_reader, stand_in, self._receive, stand_in, real)
        return stand_in

    def _receive(self, stand_in: socket.socket, real: Address) -> None:
        with contextlib.suppress(OSError):
            data, source = stand_in.recvfrom(LARGEST_DATAGRAM_BYTES)
            self._carry(data, source, real)

    def _carry(self, data: bytes, source: Address, real: Address) -> None:
        """Take a datagram from the other peer's ``source`` to our ``real`` address."""
        if self.other is None or self._is_lost():
            self.counters.lost += 1
            return
        conditions = self.network.conditions
        jitter_ms = self.network.random.uniform(-conditions.jitter_ms, conditions.jitter_ms)
        self._in_flight += 1
        delay_s = max(0.0, conditions.delay_ms + jitter_ms) / 1000
        self.network.loop.call_later(delay_s, self._deliver, data, source, real)

    def _is_lost(self) -> bool:
        conditions = self.network.conditions
        if conditions.is_cut or self._in_flight >= MOST_IN_FLIGHT:
            return True
        if self._left_of_burst == 0 and self.network.random.random() < conditions.loss:
            self._left_of_burst = conditions.burst
        is_lost = self._left_of_burst > 0
        self._left_of_burst -= is_lost
        return is_lost

    def _deliver(self, data: bytes, source: Address, real: Address) -> None:
        self._in_flight -= 1
        if self.other is None or self.network.conditions.is_cut:
            self.counters.lost += 1
            return
        self.counters.to_peer += 1
        self.other.counters.from_peer += 1
        with contextlib.suppress(OSError):  # a closed browser's port answers with an error
            self.other.stand_in(source).sendto(data, real)


def rewrite_candidate(candidate: str, proxy: PeerProxy) -> str | None:
    """Put the stand-in's address into a candidate; None for any but UDP host over IPv4."""
    match = HOST_CANDIDATE.match(candidate)
    if match is None:
        return None
    host, port = proxy.stand_in((match["host"], int(match["port"]))).getsockname()
    return f"{match['head']} {host} {port} typ host{candidate[match.end() :]}"


def rewrite_description(sdp: str, proxy: PeerProxy) -> str:
    """Rewrite the candidates that a description contains and leave out those not wanted."""
    return CANDIDATE_LINE.sub(
        lambda line: "" if (new := rewrite_candidate(line[0], proxy)) is None else new, sdp
    )
