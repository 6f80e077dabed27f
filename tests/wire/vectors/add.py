"""Adds golden vectors: run it after adding a case below.

    python tests/wire/vectors/add.py

A vector that is in a file already is never written again; the tests see to it that the encoder
still gives exactly its bytes. A case whose name is known is skipped.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from peergym.rollback import canonical
from peergym.rollback.control import (
    Backfill,
    Checksums,
    ControlMessage,
    EpisodeEnd,
    Follow,
    Followed,
    Goodbye,
    Hello,
    HelloAck,
    JoinRequest,
    NotTold,
    Ready,
    Received,
    Reexecute,
    Repair,
    Rows,
    Seating,
    Stance,
    Start,
    StateDump,
    Unrepaired,
    encode_control,
)
from peergym.rollback.membership import Arrival, Departure
from peergym.rollback.wire import (
    Body,
    InputRun,
    PlayerStatus,
    SeatTable,
    Trailer,
    encode_body,
    encode_trailer,
    match_tag_of,
)
from tests.wire import independent_decoder
from tests.wire import meaning as meanings

FOLDER = Path(__file__).resolve().parent
PRESENT, LOST, ABSENT = PlayerStatus
TWO = ((0, 1), (2, 2))
FOUR = ((0, 1, 2, 3), (2, 2, 2, 2))


def body(
    held: tuple[int, ...],
    inputs: tuple[tuple[InputRun, ...], ...],
    last_tick: int = -1,
    phase: int = 0,
    episode: int = 0,
    epoch: int = 0,
    status: tuple[PlayerStatus, ...] = (),
    match_id: str = "m",
) -> Body:
    status = status or (PRESENT,) * len(held)
    return Body(match_tag_of(match_id), episode, epoch, last_tick, phase, held, status, inputs)


def run(first_frame: int, *repeats: tuple[int, int]) -> InputRun:
    """A run of (value, frames) repeats, oldest first."""
    values = [value for value, count in repeats for _ in range(count)]
    return InputRun(first_frame, tuple(values))


KEY, NO_ECHO = Trailer(40000, 333), Trailer(0, None)
LAST_FRAME = 2**31 - 1

# By name: owners, input bits, sender, body, trailer.
DATAGRAMS: dict[str, Any] = {
    "the example of the page": (
        *TWO,
        0,
        body((20003, 19996), ((run(19997, (1, 3), (0, 4)),),), 20000, 5),
        KEY,
    ),
    "nothing yet": (*TWO, 0, body((-1, -1), ((),)), NO_ECHO),
    "nothing yet, from the other seat": (*TWO, 1, body((-1, -1), ((),)), Trailer(65535, 32767)),
    "keepalive of a stalled peer": (*TWO, 1, body((100, 92), ((),), 100, 15), Trailer(7, 0)),
    "keepalive between episodes": (*TWO, 0, body((700, 700), ((),), episode=2), KEY),
    "frame 0 alone": (*TWO, 0, body((0, -1), ((run(0, (2, 1)),),), 0, 0), NO_ECHO),
    "two-byte frames begin": (*TWO, 0, body((127, 120), ((run(121, (3, 7)),),), 127), KEY),
    "two-byte frames end": (*TWO, 0, body((16382, 16382), ((),), 16382, 1), KEY),
    "three-byte frames begin": (
        *TWO,
        0,
        body((16383, 16380), ((run(16383, (1, 1)),),), 16383),
        KEY,
    ),
    "last frame of all": (*TWO, 0, body((LAST_FRAME, LAST_FRAME), ((),), LAST_FRAME, 15), KEY),
    "views as far apart as can be": (*TWO, 0, body((LAST_FRAME, -1), ((),), -1, 1), KEY),
    "the other far ahead": (*TWO, 0, body((-1, LAST_FRAME), ((),), LAST_FRAME), KEY),
    "input delay of ten frames": (*TWO, 0, body((310, 298), ((run(295, (0, 16)),),), 300, 9), KEY),
    "distance of 14": (*TWO, 0, body((314, 298), ((run(314, (0, 1)),),), 300, 2), KEY),
    "distance of 15": (*TWO, 0, body((315, 298), ((run(315, (0, 1)),),), 300, 2), KEY),
    "tick ahead of the inputs": (*TWO, 0, body((300, 298), ((),), 301, 2), KEY),
    "a change in every frame": (
        *TWO,
        1,
        body((50, 57), ((run(50, *[(frame % 4, 1) for frame in range(8)]),),), 57, 3),
        KEY,
    ),
    "lengths at every step of the code": (
        *TWO,
        0,
        body(
            (999, 900),
            ((run(1000 - 188, (3, 1), (2, 4), (1, 5), (0, 12), (3, 13), (2, 28), (1, 125)),),),
            999,
        ),
        KEY,
    ),
    "512 inputs": (*TWO, 0, body((599, 80), ((run(88, (0, 200), (1, 312)),),), 599), KEY),
    "split run": (
        *TWO,
        0,
        body((2000, 800), ((run(1000, (1, 3), (2, 2)), run(1990, (0, 11))),), 2000, 8),
        KEY,
    ),
    "split run with the least gap": (
        *TWO,
        0,
        body((20, 3), ((run(4, (1, 1)), run(6, (1, 15))),), 20, 8),
        KEY,
    ),
    "split run with the greatest gap": (
        *TWO,
        0,
        body((65537, 0), ((run(0, (1, 1)), run(65537, (1, 1))),), 65537, 8),
        KEY,
    ),
    "seat 1 lost in epoch 3": (
        *FOUR,
        2,
        body(
            (90, 71, 95, 89), ((run(88, (1, 8)),),), 95, 4, 1, 3, (PRESENT, LOST, PRESENT, ABSENT)
        ),
        KEY,
    ),
    "four players": (*FOUR, 3, body((90, 91, 88, 96), ((run(88, (1, 8), (0, 1)),),), 96, 4), KEY),
    "five statuses take two bytes": (
        *((0, 1, 2, 3, 4), (1, 1, 1, 1, 1)),
        0,
        body((9, 9, 9, 9, 2), ((),), 9, 0, 0, 1, (PRESENT, PRESENT, PRESENT, PRESENT, LOST)),
        KEY,
    ),
    "episode and epoch as large as can be": (
        *TWO,
        0,
        body((5, 5), ((),), 5, 0, 2**31 - 1, 2**31 - 1, (PRESENT, ABSENT)),
        KEY,
    ),
    "two seats of one peer": (
        *((5, 9, 5), (2, 3, 4)),
        5,
        body((61, 55, 60), ((run(57, (1, 5)),), (run(55, (9, 4), (15, 2)),)), 60, 1),
        KEY,
    ),
    "two seats, only the second has inputs": (
        *((5, 9, 5), (2, 3, 4)),
        5,
        body((61, 55, 60), ((), (run(58, (9, 3)),)), 60, 1),
        KEY,
    ),
    "two seats, only the second is split": (
        *((5, 9, 5), (2, 3, 4)),
        5,
        body((61, 55, 60), ((run(60, (2, 2)),), (run(4, (7, 1)), run(58, (9, 3)))), 60, 1),
        KEY,
    ),
    "one peer alone": (*((7,), (3,)), 7, body((10,), ((run(0, (5, 11)),),), 10), NO_ECHO),
    "a peer without a seat": (*TWO, 6, body((30, 32), ()), KEY),
    "a peer without a seat that ticks": (*TWO, 6, body((30, 32), (), 28, 7), KEY),
    "one action only": (*((0, 1), (0, 0)), 0, body((40, 38), ((run(33, (0, 8)),),), 40), KEY),
    "64-bit inputs": (
        *((0, 1), (64, 64)),
        0,
        body((40, 38), ((run(38, (2**64 - 1, 1), (0, 1), (0x0123456789ABCDEF, 1)),),), 40),
        KEY,
    ),
    "256-bit inputs": (
        *((0, 1), (256, 1)),
        0,
        body((40, 38), ((run(39, (2**256 - 1, 1), (1 << 255, 1)),),), 40),
        KEY,
    ),
    "300 actions": (
        *((0, 1), (9, 9)),
        1,
        body((40, 41), ((run(38, (300, 3), (299, 1)),),), 41),
        KEY,
    ),
    "an empty seat": (
        *((0, -1, 2), (2, 2, 2)),
        2,
        body((90, 96, 96), ((run(89, (1, 8)),),), 95, 4, 1, 3, (PRESENT, ABSENT, PRESENT)),
        KEY,
    ),
    "an empty seat, from a peer without one": (
        *((-1, 1), (2, 2)),
        0,
        body((-1, 12), (), status=(ABSENT, PRESENT)),
        KEY,
    ),
}

CHECKSUM = 0x0123456789ABCDEF
# By name: sequence, message.
CONTROL: dict[str, tuple[int, ControlMessage]] = {
    "hello": (0, Hello(1, "m-1f", (("game", "pong"), ("digest", "00ff"), ("maths", "ü")))),
    "hello without entries": (0, Hello(0, "m", ())),
    "hello with all limits reached": (
        1,
        Hello(255, "m" * 64, (("n" * 64, "v" * 256), *[(str(n), "") for n in range(63)])),
    ),
    "acknowledged hello": (1, HelloAck()),
    "received": (0, Received(300)),
    "ready for the first episode": (2, Ready(0)),
    "ready for the last episode": (127, Ready(2**31 - 1)),
    "start": (128, Start(3, 120)),
    "start at once": (16384, Start(0, 0)),
    "start as late as can be": (5, Start(0, 65535)),
    "no checksums": (6, Checksums(0, 0, ())),
    "one checksum": (6, Checksums(2, 41, ((0, CHECKSUM),))),
    "checksums": (7, Checksums(2, 300, ((60, 0), (61, 2**64 - 1), (180, CHECKSUM)))),
    "256 checksums": (8, Checksums(2, 300, tuple((60 * n, n) for n in range(256)))),
    "checksum of the last frame": (9, Checksums(0, 2**31 - 1, ((2**31 - 1, 5),))),
    "end of an episode": (10, EpisodeEnd(4, 5021, CHECKSUM)),
    "first part of a state": (11, StateDump(0, 60, 0, 2, b"\x0a\x00\x01")),
    "last part of a state": (12, StateDump(0, 60, 255, 256, b"")),
    "goodbye": (13, Goodbye("closed the page")),
    "goodbye without words": (2**32 - 1, Goodbye("")),
    "goodbye of 200 bytes": (14, Goodbye("é" * 100)),
    "backfill": (16, Backfill(1, 2, run(72, (1, 5), (0, 1), (2, 9)))),
    "backfill of nothing but no-ops": (17, Backfill(1, 0, run(0, (0, 512)))),
    "backfill of wide inputs": (18, Backfill(1, 31, run(9, (2**256 - 1, 1), (256, 2)))),
    "stance of somebody who misses nobody": (22, Stance(0, False, (), ())),
    "claim": (23, Stance(1, False, (Departure(2, (80,)),), ())),
    "claim of a peer with two seats, none heard of": (
        24,
        Stance(2, True, (Departure(0, (-1, LAST_FRAME)),), ()),
    ),
    "claim of a peer without a seat": (25, Stance(3, False, (Departure(255, ()),), ())),
    "agreed departures beside a claim": (
        26,
        Stance(
            128,
            True,
            (Departure(1, (71,), True), Departure(3, (90, 91), True), Departure(200, (640,))),
            (),
        ),
    ),
    "proposal of a newcomer": (27, Stance(1, True, (), (Arrival(4, (1,), 900),))),
    "newcomers and those who are gone again": (
        28,
        Stance(
            2**31 - 1,
            False,
            (Departure(4, (1000,), True),),
            (Arrival(4, (1,), 900, True), Arrival(255, (0, 1, 31), LAST_FRAME)),
        ),
    ),
    "newcomer at the first frame, without a seat": (
        29,
        Stance(1, False, (), (Arrival(9, (), 0),)),
    ),
    "stance about everybody": (
        30,
        Stance(
            1000,
            True,
            tuple(Departure(peer, (peer,), True) for peer in range(256)),
            tuple(Arrival(peer, (peer % 32,), 100 * peer, True) for peer in range(256)),
        ),
    ),
    "claim of a peer with 32 seats": (31, Stance(1, False, (Departure(5, (16383,) * 32),), ())),
    "follow from the beginning": (1, Follow(-1, 0)),
    "follow from a frame on": (32, Follow(2, 4217)),
    "follow from the last frame of the last episode": (33, Follow(2**31 - 1, LAST_FRAME)),
    "followed nothing yet": (34, Followed(-1, 0)),
    "followed": (35, Followed(0, 300)),
    "request of a seat": (36, JoinRequest((2,))),
    "request of all seats": (37, JoinRequest(tuple(range(32)))),
    "seating before the first episode": (0, Seating(-1, 0, False, 0, (0, 1), (0, 1), (0, 0))),
    "seating with a state to come": (
        1,
        Seating(0, 4140, True, 2, (0, 2, 9), (0, -1, 2, 9), (0, 611, 0, 4100)),
    ),
    "seating of an agent in a lost peer's place": (
        2,
        Seating(3, 0, False, 1, (0, 2), (0, 0, 2), (0, 612, 0)),
    ),
    "seating of nobody": (3, Seating(0, 1, False, 5, (), (-1,), (0,))),
    "seating with all limits reached": (
        2**32 - 1,
        Seating(
            2**31 - 1,
            LAST_FRAME,
            True,
            2**31 - 1,
            tuple(range(256)),
            (255,) * 31 + (-1,),
            (LAST_FRAME,) * 32,
        ),
    ),
    "rows of one frame": (4, Rows(0, 0, ((1,), (0,)))),
    "rows": (5, Rows(2, 4140, ((0, 0, 0, 2, 2, 0), (1,) * 6, (300, 300, 0, 0, 255, 256)))),
    "rows of 512 frames and 32 players": (6, Rows(1, 600, ((1,) * 512,) * 16 + ((0,) * 512,) * 16)),
    "rows of wide inputs, to the last frame": (
        7,
        Rows(2**31 - 1, LAST_FRAME - 1, ((2**256 - 1, 1 << 255), (2**64, 0))),
    ),
    "repair": (38, Repair(0, 240, CHECKSUM)),
    "repair at the last frame": (39, Repair(2**31 - 1, LAST_FRAME, 2**64 - 1)),
    "unrepaired": (40, Unrepaired(2, "a state of 5 MB is too much")),
    "unrepaired, without a word": (41, Unrepaired(2**31 - 1, "")),
    "re-execute": (8, Reexecute(2, 2587066976, 2020, 1980, CHECKSUM)),
    "re-execute to the last frame": (
        9,
        Reexecute(2**31 - 1, 2**32 - 1, 2**20, 2**20, 2**64 - 1),
    ),
    "not told": (10, NotTold(2, "too much has happened")),
    "not told, without a word": (11, NotTold(2**31 - 1, "")),
}

CANONICAL: dict[str, Any] = {
    "None": None,
    "False": False,
    "True": True,
    "0": 0,
    "1": 1,
    "-1": -1,
    "127": 127,
    "128": 128,
    "-128": -128,
    "-129": -129,
    "2**63": 2**63,
    "-2**128": -(2**128),
    "zero": 0.0,
    "minus zero": -0.0,
    "a third": 1 / 3,
    "smallest float": 5e-324,
    "infinity": float("inf"),
    "minus infinity": float("-inf"),
    "NaN": float("nan"),
    "empty text": "",
    "text": "Grüße, 🏓",
    "long text": "x" * 300,
    "bytes": b"\x00\xff",
    "tuple": (1, 2),
    "list": [1, 2],
    "nested": [(), [], {}, set(), frozenset(), ([{}],)],
    "dict": {"b": 1, "a": 2, "aa": 3},
    "dict with keys of every type": {
        1: "int",
        2.5: "float",
        "1": "str",
        b"1": "bytes",
        None: "None",
        (1, "a"): "tuple",
        False: "bool",
        frozenset([1]): "frozenset",
    },
    "set": {3, -1, 200, 1},
    "frozenset": frozenset(["b", "a"]),
    "a state of a game": {
        "ball": {"x": 400.0, "y": 300.0, "vx": -4.5, "vy": -0.0},
        "paddles": [250.0, 251.5],
        "score": (3, 7),
        "rng": (3, (2147483648, 1, 4294967295), None),
        "paused": False,
    },
}

# By name: channel and bytes; for datagrams of two players of 2 bits each, from peer 0
REFUSED: dict[str, tuple[str, str]] = {
    "nothing at all": ("input", ""),
    "trailer alone": ("input", "409c4d81"),
    "version 2": ("input", "20fcd60000 00 409c4d81"),
    "version 0": ("input", "00fcd60000 00 409c4d81"),
    "cut off in the view": ("input", "10fcd60000 409c4d81"),
    "a byte too many": ("input", "10fcd600000000409c4d81"),
    "overlong episode": ("input", "10fcd680000000409c4d81"),
    "episode too large": ("input", "10fcd6808080800800 00409c4d81"),
    "endless number": ("input", "10fcd6ffffffffffffffffffff0000409c4d81"),
    "epoch 0 written": ("input", "12fcd600000000409c4d81"),
    "all present written": ("input", "14fcd600000000409c4d81"),
    "status 3": ("input", "14fcd600000003409c4d81"),
    "status padding": ("input", "14fcd600000011409c4d81"),
    "view below -1": ("input", "10fcd6000002409c4d81"),
    "view above the last frame": ("input", "10fcd600808080800801409c4d81"),
    "inputs with nothing in them": ("input", "11fcd60000000000409c4d81"),
    "split without inputs": ("input", "18fcd6000000409c4d81"),
    "split without a second run": ("input", "19fcd600050000 b000 409c4d81"),
    "tick far though near": ("input", "11fcd60005000f0680409c4d81"),
    "tick written far at distance 3": ("input", "11fcd6000500 0f06 00 409c4d81"),
    "tick written far at distance 14": ("input", "11fcd6001500 0f1c 00 409c4d81"),
    "tick below -1": ("input", "11fcd60000000a00409c4d81"),
    "run before frame 0": ("input", "11fcd600010001 98 409c4d81"),
    "padding of inputs": ("input", "11fcd600050004 b121 409c4d81"),
    "a whole byte of padding": ("input", "11fcd600050004 9000 409c4d81"),
    "cut off before the inputs": ("input", "11fcd600050004 409c4d81"),
    "cut off in a repeat": ("input", "11fcd600050004 b1 409c4d81"),
    "a repeat in two pieces": ("input", "11fcd600050000 b160 409c4d81"),
    "513 inputs": ("input", "11fcd600ff7f0000 a040f200 409c4d81"),
    "a length that never ends": ("input", "11fcd600ff7f0000 a0" + "00" * 40 + "409c4d81"),
    "echo without its mark": ("input", "10fcd6000000409c4d01"),
    "1201 bytes": ("input", "11fcd600ff7f0000" + "aa" * 1189 + "409c4d81"),
    "empty message": ("control", ""),
    "control version 2": ("control", "020002"),
    "unknown type 0": ("control", "010000"),
    "unknown type 255": ("control", "0100ff"),
    "sequence too large": ("control", "01808080801002"),
    "acknowledgement with a field": ("control", "01000200"),
    "hello to nobody's match": ("control", "0100010000 00"),
    "hello naming a thing twice": ("control", "010001 00 016d 02 0161 0131 0161 0132"),
    "hello with 65 entries": ("control", "010001 00 016d 41" + "016100" * 65),
    "hello not in UTF-8": ("control", "010001 00 01ff 00"),
    "hello with a surrogate": ("control", "010001 00 03eda080 00"),
    "numbered received": ("control", "0101 03 05"),
    "start cut off": ("control", "0100050078"),
    "257 checksums": ("control", "0100060000 8102" + "00" * 9 * 257),
    "checksum beyond the last frame": (
        "control",
        "010006 0000 02 ffffffff07 0000000000000000 00 0000000000000000",
    ),
    "part not below parts": ("control", "010008 00 00 02 02 00"),
    "no parts": ("control", "010008 00 00 00 00 00"),
    "data that is not there": ("control", "010008 00 00 00 01 8080 01"),
    "goodbye of 201 bytes": ("control", "010009 c901" + "61" * 201),
    "unrepaired of 201 bytes": ("control", "010026 00 c901" + "61" * 201),
    "unrepaired without a reason": ("control", "010026 00"),
    "re-execute with a seed too large": ("control", "010027 00 8080808010 00 00" + "00" * 8),
    "re-execute more than can be": ("control", "010027 00 00 818040 00" + "00" * 8),
    "re-execute with an agreement ahead": ("control", "010027 00 00 05 06" + "00" * 8),
    "re-execute cut off": ("control", "010027 00 00 05 05" + "00" * 7),
    "not told in 201 bytes": ("control", "010028 00 c901" + "61" * 201),
    "backfill of nothing": ("control", "010011 00 00 00 00 00"),
    "backfill wider than it needs": ("control", "010011 00 00 00 02 01 00 0100"),
    "backfill of no-ops with width": ("control", "010011 00 00 00 01 01 00 00"),
    "backfill repeated in two pieces": ("control", "010011 00 00 00 01 02 00 01 00 01"),
    "backfill of 513 inputs": ("control", "010011 00 00 00 01 02 ff03 01 00 02"),
    "backfill beyond the last frame": ("control", "010011 00 00 ffffffff07 01 01 01 01"),
    "retired type 16": ("control", "010f1000020465634800"),
    "retired type 18": ("control", "01131201010251"),
    "retired type 19": ("control", "01151301010251"),
    "stance of nothing": ("control", "010014"),
    "stance ready twice over": ("control", "010014 00 02 00 00"),
    "stance with 257 departures": ("control", "010014 00 00 8102" + "00 00 00" * 257),
    "stance with 257 arrivals": ("control", "010014 00 00 00 8102" + "00 00 00 00" * 257),
    "departure of peer 256": ("control", "010014 00 00 01 8002 00 00 00"),
    "departure agreed twice over": ("control", "010014 00 00 01 01 02 00 00"),
    "departure with 33 seats": ("control", "010014 00 00 01 01 00 21" + "00" * 33 + "00"),
    "departure held beyond the last frame": (
        "control",
        "010014 00 00 01 01 00 01 8180808008 00",
    ),
    "departures that do not ascend": ("control", "010014 00 00 02 020000 010000 00"),
    "a departure twice": ("control", "010014 00 00 02 020000 020000 00"),
    "arrivals that do not ascend": ("control", "010014 00 00 00 02 02000000 01000000"),
    "an arrival twice": ("control", "010014 00 00 00 02 02000000 02000000"),
    "arrival with a flag of 128": ("control", "010014 00 00 00 01 02 80 00 00"),
    "arrival on seat 32": ("control", "010014 00 00 00 01 02 00 01 20 00"),
    "arrival on seats that do not ascend": ("control", "010014 00 00 00 01 02 00 02 01 00 00"),
    "arrival on a seat twice": ("control", "010014 00 00 00 01 02 00 02 01 01 00"),
    "arrival beyond the last frame": ("control", "010014 00 00 00 01 02 00 00 8080808008"),
    "stance with a byte too many": ("control", "010014 00 00 00 00 00"),
    "follow from a frame of no episode": ("control", "010020 00 01"),
    "followed a frame of no episode": ("control", "010021 00 01"),
    "follow beyond the last episode": ("control", "010020 8180808008 00"),
    "request of no seat": ("control", "010022 00"),
    "request of seat 32": ("control", "010022 01 20"),
    "request of seats that do not ascend": ("control", "010022 02 01 00"),
    "request of 33 seats": ("control", "010022 21" + "00" * 33),
    "seating with a flag of 2": ("control", "010023 01 00 02 00 00 00"),
    "seating with a member twice": ("control", "010023 01 00 00 00 02 01 01 00"),
    "seating with members that do not ascend": ("control", "010023 01 00 00 00 02 01 00 00"),
    "seating with member 256": ("control", "010023 01 00 00 00 01 8002 00"),
    "seating with 257 members": ("control", "010023 01 00 00 00 8102" + "00" * 257 + "00"),
    "seating with 33 seats": ("control", "010023 01 00 00 00 00 21" + "0000" * 33),
    "seating with owner 256": ("control", "010023 01 00 00 00 00 01 8102 00"),
    "seating cut off behind an owner": ("control", "010023 01 00 00 00 00 01 01"),
    "rows of nobody": ("control", "010024 00 00 00"),
    "rows of no frame": ("control", "010024 00 00 01 00 00"),
    "rows of 33 players": ("control", "010024 00 00 21" + "00 01 00" * 33),
    "rows of two lengths": ("control", "010024 00 00 02 00 01 00 00 01 01"),
    "rows beyond the last frame": ("control", "010024 00 ffffffff07 01 00 01 01"),
    "rows wider than they need": ("control", "010024 00 00 01 02 01 00 0100"),
    "rows of no-ops with width": ("control", "010024 00 00 01 01 01 00 00"),
    "rows repeated in two pieces": ("control", "010024 00 00 01 01 02 00 01 00 01"),
    "rows of 513 frames": ("control", "010024 00 00 01 01 02 ff03 01 00 02"),
    "rows of inputs of 33 bytes": ("control", "010024 00 00 01 21 01 00" + "ff" * 33),
    "repair cut off": ("control", "010025 00 00 00000000000000"),
    "no value": ("canonical", ""),
    "two values": ("canonical", "0000"),
    "unknown tag 7": ("canonical", "07"),
    "unknown tag 255": ("canonical", "ff"),
    "int of no bytes": ("canonical", "0300"),
    "int longer than it needs": ("canonical", "03020100"),
    "negative int longer than it needs": ("canonical", "030280ff"),
    "another NaN": ("canonical", "04010000000000f87f"),
    "NaN with its sign": ("canonical", "04000000000000f8ff"),
    "float cut off": ("canonical", "0400000000000000"),
    "text longer than there is": ("canonical", "05ffffffff0f61"),
    "overlong UTF-8": ("canonical", "0502c080"),
    "a list of more than there is": ("canonical", "09ffffff7f00"),
    "keys in descending order": ("canonical", "0a02 050162 00 050161 00"),
    "a key twice": ("canonical", "0a02 050161 00 050161 00"),
    "a list as a key": ("canonical", "0a01 0900 00"),
    "True beside 1": ("canonical", "0b02 02 030101"),
    "1 beside 1.0": ("canonical", "0b02 030101 04000000000000f03f"),
    "zero beside minus zero": ("canonical", "0b02 040000000000000000 040000000000000080"),
    "a set in a set": ("canonical", "0b01 0b00"),
    "65 nested lists": ("canonical", "0901" * 65 + "00"),
}


def datagram(case: Any) -> dict[str, Any]:
    owners, input_bits, sender, said, trailer = case
    data = encode_body(said, sender, SeatTable(owners, input_bits)) + encode_trailer(trailer)
    return {
        "owners": list(owners),
        "input_bits": list(input_bits),
        "sender": sender,
        "hex": data.hex(),
        "meaning": meanings.of_datagram(said, trailer),
    }


def control(case: tuple[int, ControlMessage]) -> dict[str, Any]:
    sequence, message = case
    return {
        "hex": encode_control(message, sequence).hex(),
        "meaning": meanings.of_control(sequence, message),
    }


def canonical_value(value: Any) -> dict[str, Any]:
    data = canonical.encode(value)
    in_order = canonical.decode(data)
    return {"hex": data.hex(), "meaning": meanings.of_canonical(in_order)}


def refused(case: tuple[str, str]) -> dict[str, Any]:
    channel, hexadecimal = case
    data = bytes.fromhex(hexadecimal)
    try:
        independent_decoder.decode(channel, data)
    except independent_decoder.RefusedError as reason:
        return {"channel": channel, "hex": data.hex(), "reason": str(reason)}
    raise SystemExit(f"{data.hex()} on {channel} is not refused")


def add(file_name: str, cases: dict[str, Any], make: Any) -> None:
    path = FOLDER / file_name
    vectors = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    known = {vector["name"] for vector in vectors}
    added = [{"name": name, **make(case)} for name, case in cases.items() if name not in known]
    lines = [json.dumps(vector, ensure_ascii=False) for vector in vectors + added]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    print(f"{file_name}: {len(added)} added, {len(known)} were there")


if __name__ == "__main__":
    add("datagrams.json", DATAGRAMS, datagram)
    add("control.json", CONTROL, control)
    add("canonical.json", CANONICAL, canonical_value)
    add("refused.json", REFUSED, refused)
