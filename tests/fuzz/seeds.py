"""The seeds of a target: those in the repository, and those made of what is there already.

The latter are the golden vectors and a recorded match; nobody has to keep them twice.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from peergym.rollback.canonical import encode
from peergym.rollback.flight_recorder import RecordedSession
from peergym.rollback.wire import SeatTable
from tests.fuzz.targets.datagram import MATCHES
from tests.rollback.pair import Group, Host, Tally, make_config

SEEDS = Path(__file__).parent / "corpus"
VECTORS = Path(__file__).parents[1] / "wire" / "vectors"
PLAIN = b"\0"  # before a canonical value: it is the only one; before a recording: it is a file


def seeds_of(target: str) -> dict[str, bytes]:
    """All seeds of a target, by name."""
    committed = {path.name: path.read_bytes() for path in sorted((SEEDS / target).iterdir())}
    golden = {f"golden {n}": data for n, data in enumerate(golden_seeds(target))}
    return golden | committed


def golden_seeds(target: str) -> list[bytes]:
    """The seeds of a target that are made of what is there."""
    if target == "datagram":
        return _datagrams()
    if target == "control":
        return _vectors("control", "control")
    if target == "canonical":
        return [PLAIN + data for data in _vectors("canonical", "canonical")]
    if target == "recording":
        return [PLAIN + _recording()]
    return []


def refusals(channel: str) -> set[str]:
    """The reasons of docs/wire.md for which something must be refused on a channel."""
    return {each["reason"] for each in _load("refused") if each["channel"] == channel}


def _load(name: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return vectors


def _vectors(file: str, channel: str) -> list[bytes]:
    refused = [each for each in _load("refused") if each["channel"] == channel]
    return [bytes.fromhex(each["hex"]) for each in [*_load(file), *refused]]


def _datagrams() -> list[bytes]:
    seeds = [
        b"\0" + bytes.fromhex(each["hex"])
        for each in _load("refused")
        if each["channel"] == "input"
    ]
    matches = [(seats.owners, seats.input_bits, sender) for seats, sender in MATCHES]
    for each in _load("datagrams"):
        seats = SeatTable(each["owners"], each["input_bits"])
        match = (seats.owners, seats.input_bits, each["sender"])
        if match in matches:
            seeds.append(bytes([matches.index(match)]) + bytes.fromhex(each["hex"]))
    return seeds


def _recording() -> bytes:
    """A short match, as one of its two peers recorded it."""
    group = Group()
    sessions = [
        RecordedSession(make_config(peer, checksum_interval_frames=3), encode, {}, 8000)
        for peer in range(2)
    ]
    group.hosts = [Host(session, Tally(20)) for session in sessions]
    group.exchange()
    group.ready()
    group.play(8)
    return sessions[0].recording()
