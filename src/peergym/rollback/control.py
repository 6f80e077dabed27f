"""Messages of the channel ``control``: what has to arrive, once and in order.

Theory of operation: every message is a version, a sequence number, a type and the fields of that
type. The sequence counts the messages of one sender to one peer, whatever route carries them, so
that a message repeated over another route counts once. The layout is given in ``docs/wire.md``.

Laws:
    - `decode_control` raises `WireError` and nothing else, whatever the bytes.
    - What decodes, encodes to the same bytes again.
    - Nothing here has state: what a message means at which moment is the session's affair.

Source: messages before fields, one type a line, as in Fiedler's netcode STANDARD.md (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from peergym.rollback.binary import Reader, WireError, Writer
from peergym.rollback.control_messages import (
    Backfill,
    Checksums,
    ControlMessage,
    CutAck,
    CutProposal,
    EpisodeEnd,
    Goodbye,
    Hello,
    HelloAck,
    LossClaim,
    Ready,
    Received,
    Start,
    StateDump,
)
from peergym.rollback.input_runs import MAX_FRAMES_PER_SEAT, InputRun
from peergym.rollback.wire import MAX_EPISODE, MAX_FRAME, MAX_INPUT_BITS, MAX_PLAYERS

__all__ = [
    "CONTROL_VERSION",
    "MAX_MESSAGE_BYTES",
    "MAX_PART_BYTES",
    "MAX_REPORTS",
    "MAX_STATE_BYTES",
    "Backfill",
    "Checksums",
    "ControlMessage",
    "CutAck",
    "CutProposal",
    "EpisodeEnd",
    "Goodbye",
    "Hello",
    "HelloAck",
    "LossClaim",
    "Ready",
    "Received",
    "Start",
    "StateDump",
    "WireError",
    "decode_control",
    "encode_control",
    "split_state",
]

CONTROL_VERSION = 1
MAX_SEQUENCE = (1 << 32) - 1
MAX_PEER = 255
MAX_MATCH_ID_BYTES = 64
MAX_ENTRIES = 64  # of a hello
MAX_ENTRY_NAME_BYTES = 64
MAX_ENTRY_VALUE_BYTES = 256  # digests, versions, short settings
MAX_REPORTS = 256  # of one message of checksums
MAX_REASON_BYTES = 200
MAX_PART_BYTES = 16 * 1024  # what every browser's channel takes in one message
MAX_PARTS = 256  # 4 MiB of state
MAX_STATE_BYTES = MAX_PARTS * MAX_PART_BYTES
MAX_MESSAGE_BYTES = 24 * 1024  # any message; the largest are a full hello and a part of a state


def encode_control(message: ControlMessage, sequence: int) -> bytes:
    """Encode a message.

    Args:
        message: What to say.
        sequence: How many messages this sender has sent to this peer before; 0 for `Received`,
            which is not numbered.

    Raises:
        WireError: A field exceeds its limit.
    """
    code, write = _WRITERS[type(message)]
    _check_sequence(message, sequence)
    out = Writer()
    out.u8(CONTROL_VERSION)
    out.varint(sequence, MAX_SEQUENCE)
    out.u8(code)
    write(out, message)
    return out.to_bytes()


def decode_control(data: bytes | bytearray | memoryview) -> tuple[int, ControlMessage]:
    """Decode a message whole, or not at all.

    Returns:
        Sequence and message.

    Raises:
        WireError: The bytes are not exactly one message of this version.
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise WireError(f"message of {len(data)} bytes, {MAX_MESSAGE_BYTES} at most")
    reader = Reader(data if type(data) is bytes else bytes(data))
    version = reader.u8()
    if version != CONTROL_VERSION:
        raise WireError(f"control version {version}, this is {CONTROL_VERSION}")
    sequence = reader.varint(MAX_SEQUENCE)
    code = reader.u8()
    read = _READERS.get(code)
    if read is None:
        raise WireError(f"message type {code} is unknown")
    message = read(reader)
    reader.expect_end()
    _check_sequence(message, sequence)
    return sequence, message


def split_state(episode: int, frame: int, data: bytes) -> tuple[StateDump, ...]:
    """Cut the canonical bytes of a state into parts.

    Raises:
        WireError: They are more than `MAX_STATE_BYTES`.
    """
    if len(data) > MAX_STATE_BYTES:
        raise WireError(f"state of {len(data)} bytes, {MAX_STATE_BYTES} at most")
    parts = max(1, -(-len(data) // MAX_PART_BYTES))
    return tuple(
        StateDump(episode, frame, part, parts, data[part * MAX_PART_BYTES :][:MAX_PART_BYTES])
        for part in range(parts)
    )


# --- fields of each type: a writer and a reader beside each other


def _write_hello(out: Writer, hello: Hello) -> None:
    out.varint(hello.peer, MAX_PEER)
    _check(bool(hello.match_id), "match id is empty")
    out.text(hello.match_id, MAX_MATCH_ID_BYTES)
    _check_names(hello.entries)
    out.varint(len(hello.entries), MAX_ENTRIES)
    for name, value in hello.entries:
        out.text(name, MAX_ENTRY_NAME_BYTES)
        out.text(value, MAX_ENTRY_VALUE_BYTES)


def _read_hello(reader: Reader) -> Hello:
    peer = reader.varint(MAX_PEER)
    match_id = reader.text(MAX_MATCH_ID_BYTES)
    _check(bool(match_id), "match id is empty")
    entries = tuple(
        [
            (reader.text(MAX_ENTRY_NAME_BYTES), reader.text(MAX_ENTRY_VALUE_BYTES))
            for _ in range(reader.varint(MAX_ENTRIES))
        ]
    )
    _check_names(entries)
    return Hello(peer, match_id, entries)


def _check_names(entries: tuple[tuple[str, str], ...]) -> None:
    names = {name for name, _ in entries}
    _check(len(names) == len(entries), "an entry is named twice")


def _write_nothing(out: Writer, message: HelloAck) -> None:
    del out, message


def _read_hello_ack(reader: Reader) -> HelloAck:
    del reader
    return HelloAck()


def _write_received(out: Writer, message: Received) -> None:
    out.varint(message.next_sequence, MAX_SEQUENCE)


def _read_received(reader: Reader) -> Received:
    return Received(reader.varint(MAX_SEQUENCE))


def _write_ready(out: Writer, message: Ready) -> None:
    out.varint(message.episode, MAX_EPISODE)


def _read_ready(reader: Reader) -> Ready:
    return Ready(reader.varint(MAX_EPISODE))


def _write_start(out: Writer, message: Start) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.u16(message.start_in_ms)


def _read_start(reader: Reader) -> Start:
    return Start(reader.varint(MAX_EPISODE), reader.u16())


def _write_checksums(out: Writer, message: Checksums) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.rolled_back_frames, MAX_FRAME)
    out.varint(len(message.reports), MAX_REPORTS)
    previous = -1
    for frame, checksum in message.reports:
        _check(frame <= MAX_FRAME, f"frame {frame} is above {MAX_FRAME}")
        out.varint(frame - previous - 1, MAX_FRAME)
        out.u64(checksum)
        previous = frame


def _read_checksums(reader: Reader) -> Checksums:
    episode = reader.varint(MAX_EPISODE)
    rolled_back_frames = reader.varint(MAX_FRAME)
    reports = []
    frame = -1
    for _ in range(reader.varint(MAX_REPORTS)):
        frame += reader.varint(MAX_FRAME) + 1
        _check(frame <= MAX_FRAME, f"frame {frame} is above {MAX_FRAME}")
        reports.append((frame, reader.u64()))
    return Checksums(episode, rolled_back_frames, tuple(reports))


def _write_episode_end(out: Writer, message: EpisodeEnd) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.frame, MAX_FRAME)
    out.u64(message.checksum)


def _read_episode_end(reader: Reader) -> EpisodeEnd:
    return EpisodeEnd(reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME), reader.u64())


def _write_state_dump(out: Writer, message: StateDump) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.frame, MAX_FRAME)
    _check_part(message.part, message.parts)
    out.varint(message.part, MAX_PARTS)
    out.varint(message.parts, MAX_PARTS)
    out.blob(message.data, MAX_PART_BYTES)


def _read_state_dump(reader: Reader) -> StateDump:
    episode, frame = reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME)
    part, parts = reader.varint(MAX_PARTS), reader.varint(MAX_PARTS)
    _check_part(part, parts)
    return StateDump(episode, frame, part, parts, reader.blob(MAX_PART_BYTES))


def _check_part(part: int, parts: int) -> None:
    _check(part < parts, f"part {part} of {parts}")


def _write_goodbye(out: Writer, message: Goodbye) -> None:
    out.text(message.reason, MAX_REASON_BYTES)


def _read_goodbye(reader: Reader) -> Goodbye:
    return Goodbye(reader.text(MAX_REASON_BYTES))


def _write_loss_claim(out: Writer, message: LossClaim) -> None:
    out.varint(message.epoch, MAX_EPISODE)
    out.varint(message.player, MAX_PLAYERS - 1)
    out.varint(len(message.held), MAX_PLAYERS)
    for frame in message.held:
        out.varint(frame + 1, MAX_FRAME + 1)


def _read_loss_claim(reader: Reader) -> LossClaim:
    epoch, player = reader.varint(MAX_EPISODE), reader.varint(MAX_PLAYERS - 1)
    count = reader.varint(MAX_PLAYERS)
    return LossClaim(epoch, player, tuple([reader.varint(MAX_FRAME + 1) - 1 for _ in range(count)]))


def _write_backfill(out: Writer, message: Backfill) -> None:
    values = message.run.values
    _check(0 < len(values) <= MAX_FRAMES_PER_SEAT, f"backfill of {len(values)} inputs")
    _check(min(values) >= 0, f"input {min(values)} is negative")
    _check_last_frame(message.run)
    out.varint(message.epoch, MAX_EPISODE)
    out.varint(message.player, MAX_PLAYERS - 1)
    out.varint(message.run.first_frame, MAX_FRAME)
    value_bytes = (max(values).bit_length() + 7) >> 3
    out.varint(value_bytes, MAX_INPUT_BITS >> 3)
    repeats = [(value, len(list(group))) for value, group in groupby(values)]
    out.varint(len(repeats), MAX_FRAMES_PER_SEAT)
    for value, length in repeats:
        out.varint(length - 1, MAX_FRAMES_PER_SEAT - 1)
        out.raw(value.to_bytes(value_bytes, "little"))


def _read_backfill(reader: Reader) -> Backfill:
    epoch, player = reader.varint(MAX_EPISODE), reader.varint(MAX_PLAYERS - 1)
    first_frame = reader.varint(MAX_FRAME)
    value_bytes = reader.varint(MAX_INPUT_BITS >> 3)
    values: list[int] = []
    previous = -1
    for _ in range(reader.varint(MAX_FRAMES_PER_SEAT)):
        length = reader.varint(MAX_FRAMES_PER_SEAT - 1) + 1
        value = int.from_bytes(reader.raw(value_bytes), "little")
        _check(value != previous, f"input {value} is repeated in two pieces")
        _check(len(values) + length <= MAX_FRAMES_PER_SEAT, "backfill of too many inputs")
        values += [value] * length
        previous = value
    _check(bool(values), "backfill of no inputs")
    shortest = (max(values).bit_length() + 7) >> 3
    _check(value_bytes == shortest, f"inputs take {value_bytes} bytes, {shortest} would do")
    run = InputRun(first_frame, tuple(values))
    _check_last_frame(run)
    return Backfill(epoch, player, run)


def _check_last_frame(run: InputRun) -> None:
    last_frame = run.first_frame + len(run.values) - 1
    _check(last_frame <= MAX_FRAME, f"frame {last_frame} is above {MAX_FRAME}")


def _write_cuts(out: Writer, message: CutProposal | CutAck) -> None:
    out.varint(message.epoch, MAX_EPISODE)
    out.varint(len(message.cuts), MAX_PLAYERS)
    _check_cuts(message.cuts)
    for player, frame in message.cuts:
        out.varint(player, MAX_PLAYERS - 1)
        out.varint(frame + 1, MAX_FRAME + 1)


def _read_cuts(reader: Reader) -> tuple[int, tuple[tuple[int, int], ...]]:
    epoch = reader.varint(MAX_EPISODE)
    count = reader.varint(MAX_PLAYERS)
    cuts = tuple(
        [(reader.varint(MAX_PLAYERS - 1), reader.varint(MAX_FRAME + 1) - 1) for _ in range(count)]
    )
    _check_cuts(cuts)
    return epoch, cuts


def _check_cuts(cuts: tuple[tuple[int, int], ...]) -> None:
    players = [player for player, _ in cuts]
    _check(bool(players), "no player is cut")
    _check(players == sorted(set(players)), "cut players do not ascend")


def _check_sequence(message: ControlMessage, sequence: int) -> None:
    _check(sequence == 0 or type(message) is not Received, "a Received is not numbered")


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise WireError(message)


# A type's number is never given to another message. 1 to 15: the match; 16 to 31: membership.
_WRITERS: dict[type, tuple[int, Callable[[Writer, Any], None]]] = {
    Hello: (1, _write_hello),
    HelloAck: (2, _write_nothing),
    Received: (3, _write_received),
    Ready: (4, _write_ready),
    Start: (5, _write_start),
    Checksums: (6, _write_checksums),
    EpisodeEnd: (7, _write_episode_end),
    StateDump: (8, _write_state_dump),
    Goodbye: (9, _write_goodbye),
    LossClaim: (16, _write_loss_claim),
    Backfill: (17, _write_backfill),
    CutProposal: (18, _write_cuts),
    CutAck: (19, _write_cuts),
}

_READERS: dict[int, Callable[[Reader], ControlMessage]] = {
    1: _read_hello,
    2: _read_hello_ack,
    3: _read_received,
    4: _read_ready,
    5: _read_start,
    6: _read_checksums,
    7: _read_episode_end,
    8: _read_state_dump,
    9: _read_goodbye,
    16: _read_loss_claim,
    17: _read_backfill,
    18: lambda reader: CutProposal(*_read_cuts(reader)),
    19: lambda reader: CutAck(*_read_cuts(reader)),
}
