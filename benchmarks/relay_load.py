"""How much the relay and the signalling of one server process carry on one core.

    python benchmarks/relay_load.py                    a table, in some minutes
    python benchmarks/relay_load.py --rooms 20 40      with other numbers of rooms

A server runs in a process of its own, pinned to one core where the system can do that; the clients
run in this one, and write WebSocket frames themselves, for a library would take more time than the
server. Rooms of two speak through the relay as games do: each peer sends 60 datagrams of 30 bytes a
second. What is measured is the *added* latency, from the moment at which a datagram is given to the
sender's socket to that at which the receiver has it, and the processor time that the server took
for each message, in and out counted as one. The processor time hardly depends on what else the
machine does; the latency does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import socketio

from peergym.rollback import relay_wire as wire
from peergym.server.relay_tokens import RELAY_PATH, RelayTokens
from peergym.server.tokens import load_secret

RATE_HZ = 60
BODY_BYTES = 26
STAMP = struct.Struct("<d")
WARM_UP_S = 1.0

SERVER = """
import sys
from dataclasses import replace
from pathlib import Path
from peergym.server import ServerSettings, SocketLimits
from peergym.server.relay_connection import RelayLimits
from peergym.server.serve import ServerThread
from peergym.signalling import RoomLimits

settings = ServerSettings(
    data_dir=Path(sys.argv[1]),
    relay_limits=RelayLimits(connections=10_000),
    socket_limits=SocketLimits(sockets=10_000, entries_per_s=1e6, entries_burst=1e6),
    room_limits=RoomLimits(rooms=10_000),
)
with ServerThread(settings) as server:
    print(server.url, server.app.state.server.game.version, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Measured:
    """One row of a table."""

    rooms: int
    messages_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms_per_message: float
    core_percent: float


class Server:
    """A server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-c", SERVER, str(folder)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 - ours
        self.url, self.version = (self.process.stdout or sys.stdin).readline().split()
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, {0})
        self.tokens = RelayTokens(load_secret(folder), 600.0)

    def cpu_s(self) -> float:
        """Processor time so far, of all its threads."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9

    def stop(self) -> None:
        """End it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(30)


def percentile(values: list[float], share: float) -> float:
    """One of the sorted values."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


class RawPeer(asyncio.Protocol):
    """A WebSocket that can send and receive small binary frames, and nothing else.

    Attributes:
        arrivals: How late each datagram was, in ms.
        counts_from_s: What came before does not count.
    """

    def __init__(self) -> None:
        self.arrivals: list[float] = []
        self.counts_from_s = float("inf")
        self.is_open = asyncio.get_running_loop().create_future()
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(
            f"GET {RELAY_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def send(self, data: bytes) -> None:
        """Send a frame. Its mask is zero, so that nothing has to be computed (RFC 6455, 5.3)."""
        size = len(data)
        head = (
            struct.pack(">BB", 0x82, 0x80 | size)
            if size < 126
            else b"\x82\xfe" + struct.pack(">H", size)
        )
        self.transport.write(head + bytes(4) + data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.is_open.done():
            head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if found:
                self.is_open.set_result(b" 101 " in head)
        now_s = time.perf_counter()
        while len(self._buffer) >= 4 and self.is_open.done():
            size, at = self._buffer[1], 2
            if size == 126:
                size, at = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < at + size:
                return
            frame, self._buffer = self._buffer[at : at + size], self._buffer[at + size :]
            if frame[0] == wire.DownKind.INPUT and now_s > self.counts_from_s:
                self.arrivals.append((now_s - STAMP.unpack_from(frame, 2)[0]) * 1000)


async def attach(server: Server, match_id: str, peer: int) -> RawPeer:
    """Connect to the relay as a peer of a match."""
    address = urlsplit(server.url)
    loop = asyncio.get_running_loop()
    _, raw = await loop.create_connection(RawPeer, address.hostname, address.port)
    if not await raw.is_open:
        raise SystemExit("the relay refuses")
    raw.send(wire.encode_attach(server.tokens.issue(match_id, peer, time.time())))
    return raw


async def measure_relay(server: Server, rooms: int, for_s: float) -> Measured:
    """Let so many rooms of two play through the relay."""
    names = [f"load-{rooms}-{room}" for room in range(rooms)]
    peers = [await attach(server, name, peer) for name in names for peer in (0, 1)]

    async def speak() -> None:
        """All of them, evenly spread over a sixtieth of a second."""
        begun_s, sent = time.perf_counter(), 0
        while True:
            due = int((time.perf_counter() - begun_s) * RATE_HZ * len(peers))
            while sent < due:
                number = sent % len(peers)
                body = STAMP.pack(time.perf_counter()).ljust(BODY_BYTES, b"\x11")
                peers[number].send(wire.encode_input([(1 - number % 2, bytes(4))], body))
                sent += 1
            await asyncio.sleep(0.0005)

    speaking = asyncio.create_task(speak())
    await asyncio.sleep(WARM_UP_S)
    cpu_s, at_s = server.cpu_s(), time.perf_counter()
    for peer in peers:
        peer.counts_from_s = at_s
    await asyncio.sleep(for_s)
    cpu_s, elapsed_s = server.cpu_s() - cpu_s, time.perf_counter() - at_s
    late_ms = [late for peer in peers for late in peer.arrivals]
    speaking.cancel()
    for peer in peers:
        peer.transport.close()
    await asyncio.gather(speaking, return_exceptions=True)
    return _row(rooms, len(late_ms), elapsed_s, cpu_s, late_ms)


async def measure_signalling(server: Server, rooms: int, for_s: float) -> Measured:
    """Let so many rooms of two exchange signals, as many as the server lets each of them."""
    pairs = []
    for _ in range(rooms):
        pair = [socketio.AsyncClient(reconnection=False) for _ in range(2)]
        for client in pair:
            await client.connect(server.url, transports=["websocket"])
        made = await pair[0].call("create_room", {"version": server.version})
        code = made["room"]["code"]
        joined = await pair[1].call("join_room", {"version": server.version, "code": code})
        pairs.append((pair, [made["token"], joined["token"]]))
    late_ms: list[float] = []
    began_s = time.perf_counter() + WARM_UP_S

    async def speak(client: Any, token: str, other: int) -> None:
        signal = {"token": token, "to": other, "kind": "candidate", "payload": None}
        while True:
            asked_s = time.perf_counter()
            await client.call("signal", signal)
            if asked_s > began_s:
                late_ms.append((time.perf_counter() - asked_s) * 1000)
            await asyncio.sleep(max(0.0, asked_s + 0.055 - time.perf_counter()))

    tasks = [
        asyncio.create_task(speak(client, token, 1 - seat))
        for pair, tokens in pairs
        for seat, (client, token) in enumerate(zip(pair, tokens, strict=True))
    ]
    await asyncio.sleep(WARM_UP_S)
    cpu_s, at_s = server.cpu_s(), time.perf_counter()
    await asyncio.sleep(for_s)
    cpu_s, elapsed_s = server.cpu_s() - cpu_s, time.perf_counter() - at_s
    count = len(late_ms)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*[client.disconnect() for pair, _ in pairs for client in pair])
    return _row(rooms, count, elapsed_s, cpu_s, late_ms)


async def measure_idle(server: Server, rooms: int, for_s: float) -> Measured:
    """Rooms whose matches are direct: each peer is attached, and asks now and then."""
    peers = [await attach(server, f"idle-{room}", peer) for room in range(rooms) for peer in (0, 1)]

    async def live(number: int) -> None:
        await asyncio.sleep(5.0 * number / len(peers))
        while True:  # a ping and a report every five seconds, as `Routes` makes them
            peers[number].send(wire.encode_ping(1))
            report = wire.encode_addressed(wire.UpKind.REPORT, 1 - number % 2, bytes(9))
            peers[number].send(report)
            await asyncio.sleep(5.0)

    living = [asyncio.create_task(live(number)) for number in range(len(peers))]
    await asyncio.sleep(5.0)
    cpu_s, at_s = server.cpu_s(), time.perf_counter()
    await asyncio.sleep(for_s)
    cpu_s, elapsed_s = server.cpu_s() - cpu_s, time.perf_counter() - at_s
    for task in living:
        task.cancel()
    await asyncio.gather(*living, return_exceptions=True)
    for peer in peers:
        peer.transport.close()
    return _row(rooms, round(elapsed_s * len(peers) * 0.4), elapsed_s, cpu_s, [])


def _row(rooms: int, count: int, elapsed_s: float, cpu_s: float, late_ms: list[float]) -> Measured:
    return Measured(
        rooms,
        count / elapsed_s,
        percentile(late_ms, 0.5),
        percentile(late_ms, 0.99),
        1000 * cpu_s / max(count, 1),
        100 * cpu_s / elapsed_s,
    )


PARTS = {
    "relay": measure_relay,
    "signalling": measure_signalling,
    "direct": measure_idle,
}


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, nargs="*", default=[10, 20, 40, 60, 80])
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            for name in arguments.parts:
                measured[name] = []
                for rooms in arguments.rooms:
                    row = asyncio.run(PARTS[name](server, rooms, arguments.seconds))
                    measured[name].append(row)
                    print(name, row, file=sys.stderr, flush=True)
        finally:
            server.stop()
    if arguments.json:
        print(json.dumps({name: [vars(row) for row in rows] for name, rows in measured.items()}))
        return
    print("| | rooms of two | messages/s | p50 ms | p99 ms | CPU ms a message | of one core |")
    print("|---|---|---|---|---|---|---|")
    for name, rows in measured.items():
        for r in rows:
            print(
                f"| {name} | {r.rooms} | {r.messages_per_s:,.0f} | {r.p50_ms:.1f} | {r.p99_ms:.1f} "
                f"| {r.cpu_ms_per_message:.3f} | {r.core_percent:.0f} % |"
            )


if __name__ == "__main__":
    main()
