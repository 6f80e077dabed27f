"""Hosts of the worker under CPython, with their mail, alone or two in a match."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from peergym.hosts.mailbox import (
    ACTION,
    CHECKSUM,
    EPISODE,
    FRAME,
    HEADER,
    RECORD,
    STAMP,
    In,
    Out,
    read_records,
)
from peergym.hosts.match import Runtime
from peergym.hosts.pyodide import WorkerHost, open_host

FRAME_MS = 1000.0 / 60.0
CHANNELS = {Out.DATAGRAM: In.DATAGRAM, Out.MESSAGE: In.MESSAGE, Out.BULK: In.BULK}


class HostRun:
    """A host with its mail, on a clock that the test moves."""

    def __init__(self, runtime: Runtime | None = None) -> None:
        self.host = WorkerHost(runtime) if runtime else open_host("pong", "digest")
        self.effects: list[dict[str, Any]] = []
        self.last_kind = -1
        self.mail: list[bytes] = []
        self.wake_ms = 0.0
        self.flags = 0
        self.events: list[dict[str, Any]] = []
        self.checksums: dict[int, int] = {}
        self.frames: list[tuple[int, int, float]] = []
        self.sent: list[tuple[int, int, bytes]] = []

    def put(self, kind: int, index: int, payload: bytes = b"") -> None:
        self.mail.append(RECORD.pack(kind, index, len(payload)) + payload)

    def tick(self, now_ms: float) -> None:
        inbox = b"".join(self.mail)
        self.mail.clear()
        self.host.inbox[: len(inbox)] = inbox
        used = self.host.tick(now_ms, len(inbox))
        self.wake_ms, self.flags = HEADER.unpack_from(self.host.outbox)
        for kind, index, payload in read_records(self.host.outbox[HEADER.size :], used - 16):
            self.take(kind, index, payload)

    def take(self, kind: int, index: int, payload: bytes) -> None:
        before, self.last_kind = self.last_kind, kind
        if kind in CHANNELS:
            self.sent.append((kind, index, payload))
        elif kind == Out.EVENT:
            self.events.append(json.loads(payload))
        elif kind == Out.FRAME:
            self.frames.append(FRAME.unpack_from(payload))
        elif kind == Out.EFFECTS:
            assert before == Out.FRAME, "it belongs to the frame before it"
            self.effects.append(json.loads(payload))
        elif kind == Out.CHECKSUMS:
            for at in range(EPISODE.size, len(payload), CHECKSUM.size):
                frame, checksum = CHECKSUM.unpack_from(payload, at)
                self.checksums[frame] = checksum

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["name"] == name]


class MatchRun:
    """Two hosts in a match, with a latency of some ticks between them.

    Args:
        force_rollback_frames: Of both.
        latency_ticks: One way.
        runtime: What they play; None for Pong.
        planted: By peer, the frame from which on its state is another one.
        recorded: The peer that keeps a flight recording.
        match: Changes of the description of the match.
    """

    def __init__(
        self,
        force_rollback_frames: int = 0,
        latency_ticks: int = 3,
        runtime: Runtime | None = None,
        planted: Mapping[int, int] | None = None,
        recorded: int = 0,
        **match: Any,
    ) -> None:
        self.sides = [HostRun(runtime), HostRun(runtime)]
        self.latency_ticks = latency_ticks
        self.tick_number = 0
        self.under_way: list[tuple[int, int, int, bytes]] = []
        for peer, side in enumerate(self.sides):
            flags = {
                "forceRollbackFrames": force_rollback_frames,
                "record": peer == recorded,
                "plantedDesyncFrame": (planted or {}).get(peer, 0),
            }
            order = {"match": match_description(**match), "localPeer": peer, "flags": flags}
            side.host.start_match(json.dumps(order))
            side.put(In.LINK, 1 - peer, b"\x01")

    def run(self, ticks: int) -> None:
        for _ in range(ticks):
            self.tick_number += 1
            now_ms = self.tick_number * FRAME_MS
            for peer, side in enumerate(self.sides):
                action = (self.tick_number // 9 + peer) % 3
                side.put(In.ACTION, peer, ACTION.pack(action))
                self.deliver(peer, side, now_ms)
                side.tick(now_ms)
                due = self.tick_number + self.latency_ticks
                for kind, receiver, payload in side.sent:
                    self.under_way.append((due, receiver, kind, payload))
                side.sent.clear()

    def deliver(self, peer: int, side: HostRun, now_ms: float) -> None:
        arrived = [
            item for item in self.under_way if item[1] == peer and item[0] <= self.tick_number
        ]
        self.under_way = [item for item in self.under_way if item not in arrived]
        for _, _, kind, payload in arrived:
            side.put(CHANNELS[Out(kind)], 1 - peer, STAMP.pack(now_ms) + payload)


def match_description(**changes: Any) -> dict[str, Any]:
    """What the room says of the match."""
    return {
        "match_id": "test",
        "seed": str(2**64 - 1),
        "owners": [0, 1],
        "options": {},
        "input_delay": 0,
        "checksum_interval_frames": 20,
        **changes,
    }
