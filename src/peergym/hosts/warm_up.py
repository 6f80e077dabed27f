"""Runs a throw-away match, so that the first frames of the real one are not the slow ones.

Both WebAssembly compilers and CPython make code faster only after it has run: the first thousands
of calls are 1.5 to 4 times slower. So two hosts play each other here, through their records as in
earnest, with rollbacks in every tick, on a clock that only counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from peergym.hosts.mailbox import ACTION, HEADER, RECORD, STAMP, In, Out, read_records
from peergym.hosts.pyodide import WorkerHost

FRAME_MS = 1000.0 / 60.0
LATENCY_TICKS = 3  # so that some rollbacks come from real corrections


def warm_up(host: WorkerHost, ticks: int) -> int:
    """Let two hosts like this one play each other; it is not touched itself.

    Args:
        host: The host that will play in earnest.
        ticks: How many ticks each of them does.

    Returns:
        The frame reached, for a test to look at.
    """
    runtime = host.runtime
    owners = [player % 2 for player in range(len(runtime.game().possible_agents))]
    hosts = {peer: WorkerHost(runtime) for peer in sorted(set(owners))}
    for peer, each in hosts.items():
        each.start_match(json.dumps(_order(owners, peer)))
    # (due tick, receiver, record); from the beginning all channels are open
    post = [(0, to, _record(In.LINK, of, b"\x01")) for to in hosts for of in hosts if of != to]
    for tick in range(ticks):
        now_ms = tick * FRAME_MS
        for peer, each in hosts.items():
            inbox = b"".join(record for due, to, record in post if to == peer and due <= tick)
            inbox += _record(In.ACTION, peer, ACTION.pack(tick // 7 % 3))
            each.inbox[: len(inbox)] = inbox
            post = [item for item in post if item[1] != peer or item[0] > tick]
            used = each.tick(now_ms, len(inbox))
            post += _letters(each, used, peer, tick, now_ms)
    return max(each.frame for each in hosts.values())


def _letters(
    host: WorkerHost, used: int, sender: int, tick: int, now_ms: float
) -> Iterator[tuple[int, int, bytes]]:
    for kind, receiver, payload in read_records(host.outbox[HEADER.size :], used - HEADER.size):
        into = _ARRIVES_AS.get(kind)
        if into is not None:
            due = tick + LATENCY_TICKS
            stamp = STAMP.pack(now_ms + LATENCY_TICKS * FRAME_MS)
            yield due, receiver, _record(into, sender, stamp + payload)


_ARRIVES_AS: dict[int, In] = {
    Out.DATAGRAM: In.DATAGRAM,
    Out.MESSAGE: In.MESSAGE,
    Out.BULK: In.BULK,
}


def _record(kind: int, index: int, payload: bytes) -> bytes:
    return RECORD.pack(kind, index, len(payload)) + payload


def _order(owners: list[int], peer: int) -> dict[str, object]:
    return {
        "match": {
            "match_id": "warm-up",
            "seed": "1",
            "owners": owners,
            "options": {},
            "input_delay": 0,
            "checksum_interval_frames": 10,
        },
        "localPeer": peer,
        "flags": {"forceRollbackFrames": 8, "record": False, "plantedDesyncFrame": 0},
    }
