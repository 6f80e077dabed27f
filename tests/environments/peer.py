"""One peer of a match, in a process of its own: a session, a game, two sockets, and a bad line.

    python -m tests.environments.peer NAME PEER UDP_PORT OTHER_UDP_PORT TCP_PORT SECONDS

Datagrams go over UDP on the loopback interface, and are lost and held up by a seeded generator;
messages go over TCP. What came of it is printed as JSON.
"""

from __future__ import annotations

import heapq
import json
import socket
import struct
import sys
import time
import warnings
from collections import defaultdict
from contextlib import suppress
from random import Random
from typing import Any

warnings.simplefilter("ignore")

from peergym.envs import GameAdapter, GameRunner  # noqa: E402 - after the others' warnings
from peergym.games.catalogue import find_game  # noqa: E402
from peergym.rollback import P2PSession, SessionConfig, SessionState  # noqa: E402
from peergym.rollback.events import DesyncDetected  # noqa: E402
from tests.environments.others import OTHERS  # noqa: E402

RATE_HZ = 30.0
LOSS = 0.1
DELAY_S = (0.03, 0.12)  # each way
SIZE = struct.Struct("<I")
MAY_BE_READY = (SessionState.WAITING, SessionState.ENDED, SessionState.HANDSHAKE)


class Line:
    """Both ways to the other peer."""

    def __init__(self, peer: int, ports: list[int]) -> None:
        own, other, meeting = ports
        self._fates = Random(peer)
        self._held: list[tuple[float, int, bytes]] = []
        self._count = 0
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", own))
        self._udp.setblocking(False)
        self._other = ("127.0.0.1", other)
        self._tcp = _meet(peer, meeting)
        self._tcp.setblocking(False)
        self._bytes = b""
        self.lost = 0

    def send(self, data: bytes, now_s: float) -> None:
        if self._fates.random() < LOSS:
            self.lost += 1
            return
        self._count += 1
        heapq.heappush(self._held, (now_s + self._fates.uniform(*DELAY_S), self._count, data))

    def send_message(self, data: bytes) -> None:
        self._tcp.setblocking(True)
        self._tcp.sendall(SIZE.pack(len(data)) + data)
        self._tcp.setblocking(False)

    def pump(self, now_s: float) -> tuple[list[bytes], list[bytes]]:
        """Send what is due, and return what has come: datagrams and messages."""
        while self._held and self._held[0][0] <= now_s:
            self._udp.sendto(heapq.heappop(self._held)[2], self._other)
        datagrams, messages = [], []
        with suppress(BlockingIOError):
            while True:
                datagrams.append(self._udp.recv(2048))
        with suppress(BlockingIOError):
            self._bytes += self._tcp.recv(1 << 16)
        while len(self._bytes) >= SIZE.size:
            (size,) = SIZE.unpack_from(self._bytes)
            if len(self._bytes) < SIZE.size + size:
                break
            messages.append(self._bytes[SIZE.size : SIZE.size + size])
            self._bytes = self._bytes[SIZE.size + size :]
        return datagrams, messages


def _meet(peer: int, port: int) -> socket.socket:
    if peer == 0:
        with socket.create_server(("127.0.0.1", port)) as server:
            return server.accept()[0]
    deadline_s = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)


class Host:
    """What every host does, for one of two peers."""

    def __init__(self, name: str, peer: int, ports: list[int]) -> None:
        self.game = game = GameAdapter(find_game(OTHERS[name].spec)())
        config = SessionConfig(
            owners=tuple(player % 2 for player in range(game.players)),
            local_peer=peer,
            input_bits=game.input_bits,
            match_id=name,
            seed=20_240_229,
            frame_rate_hz=RATE_HZ,
            checksum_interval_frames=10,
            repairs_desyncs=False,
        )
        self.session = P2PSession(
            config, game.canonical, restore=game.restore, transfer=game.transfer
        )
        self.runner = GameRunner(game)
        self.line = Line(peer, ports)
        self.checksums: dict[str, dict[int, int]] = defaultdict(dict)
        self.desyncs = 0
        self._hands = Random(100 + peer)
        self._held = dict.fromkeys(self.session.local_players, 0)
        self._other = 1 - peer

    def turn(self, now_s: float) -> None:
        """Take in what has come, do what is due, let out what follows."""
        session = self.session
        datagrams, messages = self.line.pump(now_s)
        for data in messages:
            session.receive_message(data, self._other, now_s)
        for data in datagrams:
            session.receive_datagram(data, self._other, now_s)
        if session.state in MAY_BE_READY:
            session.set_ready(now_s)
        due_s, tick_s = session.get_timer(), session.next_tick_s()
        if due_s is not None and now_s >= due_s:
            session.handle_timer(now_s)
        if tick_s is not None and now_s >= tick_s:
            self._tick(now_s)
        for data, _ in session.messages_to_send(now_s):
            self.line.send_message(data)
        for data, _ in session.datagrams_to_send(now_s):
            self.line.send(data, now_s)
        self.checksums[str(session.episode)].update(session.take_confirmed_checksums())
        while (event := session.next_event()) is not None:
            self.desyncs += isinstance(event, DesyncDetected)

    def _tick(self, now_s: float) -> None:
        for player, value in self._held.items():
            if self._hands.random() < 0.4:
                self._held[player] = self._hands.randrange(self.game.action_counts[player])
            self.session.add_local_input(player, value)
        self.runner.execute(self.session.advance_frame(now_s))
        self.session.set_end_frame(self.runner.end_frame)


def play(name: str, peer: int, ports: list[int], seconds: float) -> dict[str, Any]:
    """Play for a while."""
    host = Host(name, peer, ports)
    begin_s = time.monotonic()
    while (now_s := time.monotonic()) < begin_s + seconds:
        host.turn(now_s)
        time.sleep(0.002)
    seen = host.session.statistics()
    return {
        "checksums": host.checksums,
        "desyncs": host.desyncs,
        "rollbacks": seen.rollbacks,
        "resimulated": seen.rollback_frames,
        "deepest": seen.max_rollback_depth_frames,
        "lost": host.line.lost,
        "state": str(host.session.state),
    }


if __name__ == "__main__":
    NAME, PEER, OWN, THEIRS, MEETING, SECONDS = sys.argv[1:]
    RESULT = play(NAME, int(PEER), [int(OWN), int(THEIRS), int(MEETING)], float(SECONDS))
    print(json.dumps(RESULT))
