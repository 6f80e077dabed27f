"""A decoder of everything on the wire, written from ``docs/wire.md`` alone.

It imports nothing of ours and shares no technique with the real one: bits are characters of a
string, nothing is fast. When it and the real decoder disagree, one of them or the page is wrong.
Results are plain JSON values: inputs and 64-bit numbers are hexadecimal strings.
"""

from __future__ import annotations

import math
import struct
from typing import Any

FRAME_LIMIT = 2**31 - 1
EPISODE_LIMIT = 2**31 - 1


class RefusedError(Exception):
    """The page says that a receiver refuses this."""


def require(condition: bool, reason: str) -> None:
    if not condition:
        raise RefusedError(reason)


class Cursor:
    """Fields from the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        require(size <= len(self.rest), "bytes are missing")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def fixed(self, size: int) -> int:
        return sum(byte * 256**index for index, byte in enumerate(self.take(size)))

    def varint(self, limit: int) -> int:
        groups = []
        while not groups or groups[-1] >= 128:
            require(len(groups) < 10, "number is endless")
            groups.append(self.take(1)[0])
        require(len(groups) == 1 or groups[-1] != 0, "number is not in shortest form")
        value = sum((group % 128) * 128**index for index, group in enumerate(groups))
        require(value <= limit, "number is above its limit")
        return value

    def zigzag(self, limit: int) -> int:
        value = self.varint(2 * limit)
        return value // 2 if value % 2 == 0 else -(value + 1) // 2

    def blob(self, limit: int) -> bytes:
        return self.take(self.varint(limit))

    def text(self, limit: int) -> str:
        try:
            return self.blob(limit).decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError("text is not UTF-8") from None

    def finish(self) -> None:
        require(not self.rest, "bytes are left over")


class Bits:
    """Bits as characters."""

    def __init__(self, data: bytes) -> None:
        self.rest = "".join(f"{byte:08b}" for byte in data)

    def number(self, width: int) -> int:
        require(width <= len(self.rest), "bits are missing")
        taken, self.rest = self.rest[:width], self.rest[width:]
        return int(taken, 2) if taken else 0

    def golomb(self, order: int) -> int:
        zeros = len(self.rest) - len(self.rest.lstrip("0"))
        require(zeros < len(self.rest), "bits are missing")
        return self.number(zeros + zeros + order + 1) - 2**order

    def finish(self) -> None:
        require(len(self.rest) < 8, "bytes are left over")
        require("1" not in self.rest, "padding bits are set")


def decode(channel: str, data: bytes) -> Any:
    """The meaning of a packet of any kind; datagrams are of peer 0 of two with 2 bits each."""
    if channel == "input":
        return decode_datagram(data, [0, 1], [2, 2], 0)
    return decode_control(data) if channel == "control" else decode_canonical(data)


# --- datagrams


def decode_datagram(
    data: bytes, owners: list[int], input_bits: list[int], sender: int
) -> dict[str, Any]:
    """The meaning of a datagram."""
    require(5 <= len(data) <= 1200, "length")
    body, trailer = Cursor(data[:-4]), Cursor(data[-4:])
    first = body.fixed(1)
    require(first // 16 == 1, "version")
    has_inputs, has_epoch, has_status, is_split = (first & bit != 0 for bit in (1, 2, 4, 8))
    meaning: dict[str, Any] = {"match_tag": body.fixed(2), "episode": body.varint(EPISODE_LIMIT)}
    meaning["epoch"] = body.varint(EPISODE_LIMIT) if has_epoch else 0
    require(meaning["epoch"] != 0 or not has_epoch, "epoch 0 is left out")
    seats = [player for player, owner in enumerate(owners) if owner == sender]
    base_player = seats[0] if seats else 0
    base = body.varint(2**31) - 1
    held = []
    for player in range(len(owners)):
        frame = base if player == base_player else base - body.zigzag(2**31)
        require(-1 <= frame <= FRAME_LIMIT, "frame")
        held.append(frame)
    meaning["held"] = held
    meaning["status"] = statuses(body, len(owners)) if has_status else [0] * len(owners)
    meaning["last_tick"], meaning["phase"] = tick(body, base) if has_inputs else (-1, 0)
    require(has_inputs or not is_split, "a second run of nothing")
    meaning["inputs"] = [[] for _ in seats]
    if has_inputs:
        bits = Bits(body.rest)
        body.rest = b""
        meaning["inputs"] = [
            seat_inputs(bits, held[player], input_bits[player], is_split) for player in seats
        ]
        bits.finish()
        runs = max([len(runs) for runs in meaning["inputs"]], default=0)
        require(not is_split or runs == 2, "no seat has a second run")
        says_something = meaning["last_tick"] != -1 or meaning["phase"] != 0 or runs > 0
        require(says_something, "inputs with nothing in them")
    body.finish()
    meaning["sent"] = trailer.fixed(2)
    echo = trailer.fixed(2)
    require(echo == 0 or echo >= 2**15, "echo without its mark")
    meaning["echo"] = echo - 2**15 if echo else None
    return meaning


def statuses(body: Cursor, count: int) -> list[int]:
    size = -(-count // 4)
    packed = body.fixed(size)
    values = [packed // 4**index % 4 for index in range(size * 4)]
    require(any(values), "all present is left out")
    require(not any(values[count:]), "padding bits are set")
    require(3 not in values, "status 3")
    return values[:count]


def tick(body: Cursor, base: int) -> tuple[int, int]:
    byte = body.fixed(1)
    distance = byte % 16
    if distance == 15:
        distance = body.zigzag(2**31)
        require(not 0 <= distance <= 14, "the distance fits the nibble")
    last_tick = base - distance
    require(-1 <= last_tick <= FRAME_LIMIT, "frame")
    return last_tick, byte // 16


def seat_inputs(bits: Bits, held: int, width: int, is_split: bool) -> list[dict[str, Any]]:
    """The runs of a seat, oldest first."""
    if bits.number(1) == 0:
        return []
    newest = run(bits, held, width)
    runs = [newest]
    if is_split and bits.number(1):
        gap = bits.golomb(4) + 1
        require(gap <= 65536, "gap")
        runs = [run(bits, newest["first_frame"] - gap - 1, width), newest]
    frames = sum(count for one in runs for _, count in one["repeats"])
    require(frames <= 512, "too many inputs")
    return runs


def run(bits: Bits, last_frame: int, width: int) -> dict[str, Any]:
    repeats: list[list[Any]] = []
    frames = 0
    while True:
        value = bits.number(width)
        frames += (count := bits.golomb(3) + 1)
        repeats.insert(0, [f"{value:x}", count])
        require(len(repeats) < 2 or repeats[0][0] != repeats[1][0], "repeats are equal")
        if bits.number(1) == 0:
            break
    first_frame = last_frame - frames + 1
    require(first_frame >= 0, "begins before frame 0")
    return {"first_frame": first_frame, "repeats": repeats}


# --- control


def decode_control(data: bytes) -> dict[str, Any]:
    """The meaning of a message of ``control`` or ``bulk``."""
    require(0 < len(data) <= 24 * 1024, "length")
    cursor = Cursor(data)
    require(cursor.fixed(1) == 1, "version")
    sequence = cursor.varint(2**32 - 1)
    code = cursor.fixed(1)
    require(code in MESSAGES, "type")
    name, fields = MESSAGES[code]
    require(name != "Received" or sequence == 0, "Received is not numbered")
    meaning = {"message": name, "sequence": sequence, **fields(cursor)}
    cursor.finish()
    return meaning


def hello(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {"peer": c.varint(255), "match_id": c.text(64)}
    require(meaning["match_id"] != "", "match id is empty")
    meaning["entries"] = [[c.text(64), c.text(256)] for _ in range(c.varint(64))]
    names = [name for name, _ in meaning["entries"]]
    require(len(names) == len(set(names)), "a name twice")
    return meaning


def checksums(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {
        "episode": c.varint(EPISODE_LIMIT),
        "rolled_back_frames": c.varint(FRAME_LIMIT),
        "reports": [],
    }
    frame = -1
    for _ in range(c.varint(256)):
        frame += c.varint(FRAME_LIMIT) + 1
        require(frame <= FRAME_LIMIT, "frame")
        meaning["reports"].append([frame, f"{c.fixed(8):x}"])
    return meaning


def episode_end(c: Cursor) -> dict[str, Any]:
    return {
        "episode": c.varint(EPISODE_LIMIT),
        "frame": c.varint(FRAME_LIMIT),
        "checksum": f"{c.fixed(8):x}",
    }


def state_dump(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {
        "episode": c.varint(EPISODE_LIMIT),
        "frame": c.varint(FRAME_LIMIT),
        "part": c.varint(256),
        "parts": c.varint(256),
    }
    require(meaning["part"] < meaning["parts"], "part")
    meaning["data"] = c.blob(16384).hex()
    return meaning


def backfill(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {"episode": c.varint(EPISODE_LIMIT), "player": c.varint(31)}
    first_frame = c.varint(FRAME_LIMIT)
    frames, repeats = input_values(c)
    require(first_frame + frames - 1 <= FRAME_LIMIT, "frame")
    meaning["run"] = {"first_frame": first_frame, "repeats": repeats}
    return meaning


def input_values(c: Cursor) -> tuple[int, list[list[Any]]]:
    """Number of inputs, and the inputs as repeats."""
    size = c.varint(32)
    repeats: list[list[Any]] = []
    widest = frames = 0
    for _ in range(c.varint(512)):
        count = c.varint(511) + 1
        value = c.fixed(size)
        repeats.append([f"{value:x}", count])
        require(len(repeats) < 2 or repeats[-1][0] != repeats[-2][0], "repeats are equal")
        frames += count
        widest = max(widest, value)
    require(0 < frames <= 512, "number of inputs")
    require(widest < 256**size and (size == 0 or widest >= 256 ** (size - 1)), "bytes of a value")
    return frames, repeats


def flag(c: Cursor) -> bool:
    value = c.fixed(1)
    require(value in (0, 1), "flag")
    return value == 1


def ascending(c: Cursor, most: int, limit: int) -> list[int]:
    numbers = [c.varint(limit) for _ in range(c.varint(most))]
    require(numbers == sorted(set(numbers)), "order")
    return numbers


def stance(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {"version": c.varint(EPISODE_LIMIT), "is_ready": flag(c)}
    meaning["departures"] = [
        {
            "peer": c.varint(255),
            "is_agreed": flag(c),
            "held": [c.varint(2**31) - 1 for _ in range(c.varint(32))],
        }
        for _ in range(c.varint(256))
    ]
    meaning["arrivals"] = [
        {
            "peer": c.varint(255),
            "is_agreed": flag(c),
            "players": ascending(c, 32, 31),
            "frame": c.varint(FRAME_LIMIT),
        }
        for _ in range(c.varint(256))
    ]
    for changes in (meaning["departures"], meaning["arrivals"]):
        named = [change["peer"] for change in changes]
        require(named == sorted(set(named)), "order")
    return meaning


def place(c: Cursor) -> dict[str, Any]:
    meaning = {"episode": c.varint(2**31) - 1, "frame": c.varint(FRAME_LIMIT)}
    require(meaning["episode"] >= 0 or meaning["frame"] == 0, "a frame of no episode")
    return meaning


def join_request(c: Cursor) -> dict[str, Any]:
    wanted = ascending(c, 32, 31)
    require(len(wanted) > 0, "no seats")
    return {"players": wanted}


def seating(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {
        "episode": c.varint(2**31) - 1,
        "frame": c.varint(FRAME_LIMIT),
        "has_state": flag(c),
        "epoch": c.varint(EPISODE_LIMIT),
        "members": ascending(c, 256, 255),
        "owners": [],
        "since": [],
    }
    for _ in range(c.varint(32)):
        meaning["owners"].append(c.varint(256) - 1)
        meaning["since"].append(c.varint(FRAME_LIMIT))
    return meaning


def input_rows(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {"episode": c.varint(EPISODE_LIMIT)}
    meaning["first_frame"] = c.varint(FRAME_LIMIT)
    columns = [input_values(c) for _ in range(c.varint(32))]
    lengths = {frames for frames, _ in columns}
    require(len(columns) > 0, "no columns")
    require(len(lengths) == 1, "columns differ in length")
    require(meaning["first_frame"] + max(lengths) - 1 <= FRAME_LIMIT, "frame")
    meaning["columns"] = [repeats for _, repeats in columns]
    return meaning


def reexecute(c: Cursor) -> dict[str, Any]:
    meaning: dict[str, Any] = {
        "episode": c.varint(EPISODE_LIMIT),
        "seed": c.varint(2**32 - 1),
        "frame": c.varint(2**20),
        "agreed_frame": c.varint(2**20),
    }
    meaning["checksum"] = f"{c.fixed(8):x}"
    require(meaning["agreed_frame"] <= meaning["frame"], "agreed ahead of what is held")
    return meaning


MESSAGES = {
    1: ("Hello", hello),
    2: ("HelloAck", lambda c: {}),
    3: ("Received", lambda c: {"next_sequence": c.varint(2**32 - 1)}),
    4: ("Ready", lambda c: {"episode": c.varint(EPISODE_LIMIT)}),
    5: ("Start", lambda c: {"episode": c.varint(EPISODE_LIMIT), "start_in_ms": c.fixed(2)}),
    6: ("Checksums", checksums),
    7: ("EpisodeEnd", episode_end),
    8: ("StateDump", state_dump),
    9: ("Goodbye", lambda c: {"reason": c.text(200)}),
    17: ("Backfill", backfill),
    20: ("Stance", stance),
    32: ("Follow", place),
    33: ("Followed", place),
    34: ("JoinRequest", join_request),
    35: ("Seating", seating),
    36: ("Rows", input_rows),
    37: ("Repair", episode_end),
    38: ("Unrepaired", lambda c: {"episode": c.varint(EPISODE_LIMIT), "reason": c.text(200)}),
    39: ("Reexecute", reexecute),
    40: ("NotTold", lambda c: {"episode": c.varint(EPISODE_LIMIT), "reason": c.text(200)}),
}


# --- canonical values


def decode_canonical(data: bytes) -> Any:
    """The meaning of canonical bytes, as [type, content]."""
    require(len(data) <= 4 * 1024 * 1024, "length")
    cursor = Cursor(data)
    meaning = canonical_value(cursor, 0, [2**19])
    cursor.finish()
    return meaning


def canonical_value(c: Cursor, depth: int, room: list[int]) -> Any:
    tag = c.fixed(1)
    if tag <= 2:
        return [("None", "False", "True")[tag]]
    if tag <= 6:
        return (canonical_int, canonical_float, canonical_str, canonical_bytes)[tag - 3](c)
    require(8 <= tag <= 12, "tag")
    require(depth < 64, "nested too deep")
    count = c.varint(len(c.rest))
    room[0] -= count * (2 if tag == 10 else 1)
    require(room[0] >= 0, "too many values")
    if tag in (8, 9):
        kind = "tuple" if tag == 8 else "list"
        return [kind, [canonical_value(c, depth + 1, room) for _ in range(count)]]
    return sorted_container(c, tag, count, depth + 1, room)


def canonical_int(c: Cursor) -> Any:
    data = c.blob(len(c.rest))
    require(len(data) > 0, "int of no bytes")
    value = int.from_bytes(data, "little", signed=True)
    half = 256 ** (len(data) - 1) // 2
    require(len(data) == 1 or not -half <= value < half, "int is not in shortest form")
    return ["int", f"{value:x}"]


def canonical_float(c: Cursor) -> Any:
    (number,) = struct.unpack("<d", data := c.take(8))
    require(not math.isnan(number) or data == bytes.fromhex("000000000000f87f"), "NaN")
    return ["float", number.hex()]


def canonical_str(c: Cursor) -> Any:
    return ["str", c.text(len(c.rest))]


def canonical_bytes(c: Cursor) -> Any:
    return ["bytes", c.blob(len(c.rest)).hex()]


def sorted_container(c: Cursor, tag: int, count: int, depth: int, room: list[int]) -> Any:
    entries: list[Any] = []
    encoded_keys: list[bytes] = []
    equal_to: set[Any] = set()
    for _ in range(count):
        before = c.rest
        key = canonical_value(c, depth, room)
        encoded_keys.append(before[: len(before) - len(c.rest)])
        require(is_hashable(key), "cannot be a key")
        equal_to.add(python_equality(key))
        entries.append([key, canonical_value(c, depth, room)] if tag == 10 else key)
    require(encoded_keys == sorted(set(encoded_keys)), "order")
    require(len(equal_to) == count, "equal in Python")
    return [{10: "dict", 11: "set", 12: "frozenset"}[tag], entries]


def is_hashable(meaning: Any) -> bool:
    if meaning[0] in ("list", "dict", "set"):
        return False
    return meaning[0] != "tuple" or all(is_hashable(item) for item in meaning[1])


def python_equality(meaning: Any) -> Any:
    """Something equal exactly if Python takes two keys for equal."""
    kind = meaning[0]
    if kind in ("True", "False"):
        return ("number", int(kind == "True"))
    if kind == "int":
        return ("number", int(meaning[1], 16))
    if kind == "float":
        number = float.fromhex(meaning[1])
        return ("nan",) if math.isnan(number) else ("number", number)
    if kind == "tuple":
        return ("tuple", *[python_equality(item) for item in meaning[1]])
    if kind == "frozenset":
        return ("frozenset", frozenset(python_equality(item) for item in meaning[1]))
    return tuple(meaning)
