"""Messages of the channels ``control`` and ``bulk``: what has to arrive, once and in order.

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
from typing import Any

from peergym.rollback import control_match as match
from peergym.rollback import control_members as members
from peergym.rollback.binary import Reader, WireError, Writer
from peergym.rollback.control_limits import (
    CONTROL_VERSION,
    MAX_ENTRY_VALUE_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_PART_BYTES,
    MAX_REPORTS,
    MAX_SEQUENCE,
    MAX_STATE_BYTES,
    check,
)
from peergym.rollback.control_messages import (
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
    Start,
    StateDump,
    Unrepaired,
)
from peergym.rollback.membership import Stance

__all__ = [
    "CONTROL_VERSION",
    "MAX_ENTRY_VALUE_BYTES",
    "MAX_MESSAGE_BYTES",
    "MAX_PART_BYTES",
    "MAX_REPORTS",
    "MAX_STATE_BYTES",
    "Backfill",
    "Checksums",
    "ControlMessage",
    "EpisodeEnd",
    "Follow",
    "Followed",
    "Goodbye",
    "Hello",
    "HelloAck",
    "JoinRequest",
    "NotTold",
    "Ready",
    "Received",
    "Reexecute",
    "Repair",
    "Rows",
    "Seating",
    "Stance",
    "Start",
    "StateDump",
    "Unrepaired",
    "WireError",
    "decode_control",
    "encode_control",
    "read_sequence",
    "split_state",
]

_MOST_HEAD_BYTES = 7  # version, sequence, type


def encode_control(message: ControlMessage, sequence: int) -> bytes:
    """Encode a message.

    Args:
        message: What to say.
        sequence: How many messages this sender has sent to this peer before; 0 for `Received`,
            which is not numbered.

    Raises:
        WireError: A field exceeds its limit, or all of them together that of a message.
    """
    code, write = _WRITERS[type(message)]
    _check_sequence(message, sequence)
    out = Writer()
    out.u8(CONTROL_VERSION)
    out.varint(sequence, MAX_SEQUENCE)
    out.u8(code)
    write(out, message)
    data = out.to_bytes()  # the limits of the fields alone allow what a receiver refuses
    check(
        len(data) <= MAX_MESSAGE_BYTES,
        f"message of {len(data)} bytes, {MAX_MESSAGE_BYTES} at most",
    )
    return data


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


def read_sequence(data: bytes) -> int | None:
    """The sequence number of a message, without reading what it says; None of a `Received`.

    Raises:
        WireError: It does not begin as a message does.
    """
    reader = Reader(data[:_MOST_HEAD_BYTES])
    version = reader.u8()
    if version != CONTROL_VERSION:
        raise WireError(f"control version {version}, this is {CONTROL_VERSION}")
    sequence = reader.varint(MAX_SEQUENCE)
    return None if reader.u8() == _WRITERS[Received][0] else sequence


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


def _check_sequence(message: ControlMessage, sequence: int) -> None:
    check(sequence == 0 or type(message) is not Received, "a Received is not numbered")


# A type's number is never given to another message. 1 to 15: the match; 16 to 31: membership
# (16, 18 and 19 were in use before the first release); 32 and above: following and repair.
_WRITERS: dict[type, tuple[int, Callable[[Writer, Any], None]]] = {
    Hello: (1, match.write_hello),
    HelloAck: (2, match.write_nothing),
    Received: (3, match.write_received),
    Ready: (4, match.write_ready),
    Start: (5, match.write_start),
    Checksums: (6, match.write_checksums),
    EpisodeEnd: (7, match.write_episode_end),
    StateDump: (8, match.write_state_dump),
    Goodbye: (9, match.write_goodbye),
    Backfill: (17, members.write_backfill),
    Stance: (20, members.write_stance),
    Follow: (32, members.write_follow),
    Followed: (33, members.write_follow),
    JoinRequest: (34, members.write_join_request),
    Seating: (35, members.write_seating),
    Rows: (36, members.write_rows),
    Repair: (37, members.write_repair),
    Unrepaired: (38, members.write_unrepaired),
    Reexecute: (39, members.write_reexecute),
    NotTold: (40, members.write_not_told),
}

_READERS: dict[int, Callable[[Reader], ControlMessage]] = {
    1: match.read_hello,
    2: match.read_hello_ack,
    3: match.read_received,
    4: match.read_ready,
    5: match.read_start,
    6: match.read_checksums,
    7: match.read_episode_end,
    8: match.read_state_dump,
    9: match.read_goodbye,
    17: members.read_backfill,
    20: members.read_stance,
    32: lambda reader: Follow(*members.read_follow(reader)),
    33: lambda reader: Followed(*members.read_follow(reader)),
    34: members.read_join_request,
    35: members.read_seating,
    36: members.read_rows,
    37: members.read_repair,
    38: members.read_unrepaired,
    39: members.read_reexecute,
    40: members.read_not_told,
}
