"""The fields of the messages that carry a match: a writer and a reader beside each other.

Law: a reader raises `WireError` and nothing else; what it returns, its writer writes again.
"""

from __future__ import annotations

from peergym.rollback.binary import Reader, Writer
from peergym.rollback.control_limits import (
    MAX_ENTRIES,
    MAX_ENTRY_NAME_BYTES,
    MAX_ENTRY_VALUE_BYTES,
    MAX_MATCH_ID_BYTES,
    MAX_PART_BYTES,
    MAX_PARTS,
    MAX_PEER,
    MAX_REASON_BYTES,
    MAX_REPORTS,
    MAX_SEQUENCE,
    check,
)
from peergym.rollback.control_messages import (
    Checksums,
    EpisodeEnd,
    Goodbye,
    Hello,
    HelloAck,
    Ready,
    Received,
    Start,
    StateDump,
)
from peergym.rollback.wire import MAX_EPISODE, MAX_FRAME


def write_hello(out: Writer, hello: Hello) -> None:
    out.varint(hello.peer, MAX_PEER)
    check(bool(hello.match_id), "match id is empty")
    out.text(hello.match_id, MAX_MATCH_ID_BYTES)
    _check_names(hello.entries)
    out.varint(len(hello.entries), MAX_ENTRIES)
    for name, value in hello.entries:
        out.text(name, MAX_ENTRY_NAME_BYTES)
        out.text(value, MAX_ENTRY_VALUE_BYTES)


def read_hello(reader: Reader) -> Hello:
    peer = reader.varint(MAX_PEER)
    match_id = reader.text(MAX_MATCH_ID_BYTES)
    check(bool(match_id), "match id is empty")
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
    check(len(names) == len(entries), "an entry is named twice")


def write_nothing(out: Writer, message: HelloAck) -> None:
    del out, message


def read_hello_ack(reader: Reader) -> HelloAck:
    del reader
    return HelloAck()


def write_received(out: Writer, message: Received) -> None:
    out.varint(message.next_sequence, MAX_SEQUENCE)


def read_received(reader: Reader) -> Received:
    return Received(reader.varint(MAX_SEQUENCE))


def write_ready(out: Writer, message: Ready) -> None:
    out.varint(message.episode, MAX_EPISODE)


def read_ready(reader: Reader) -> Ready:
    return Ready(reader.varint(MAX_EPISODE))


def write_start(out: Writer, message: Start) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.u16(message.start_in_ms)


def read_start(reader: Reader) -> Start:
    return Start(reader.varint(MAX_EPISODE), reader.u16())


def write_checksums(out: Writer, message: Checksums) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.rolled_back_frames, MAX_FRAME)
    out.varint(len(message.reports), MAX_REPORTS)
    previous = -1
    for frame, checksum in message.reports:
        check(frame <= MAX_FRAME, f"frame {frame} is above {MAX_FRAME}")
        out.varint(frame - previous - 1, MAX_FRAME)
        out.u64(checksum)
        previous = frame


def read_checksums(reader: Reader) -> Checksums:
    episode = reader.varint(MAX_EPISODE)
    rolled_back_frames = reader.varint(MAX_FRAME)
    reports = []
    frame = -1
    for _ in range(reader.varint(MAX_REPORTS)):
        frame += reader.varint(MAX_FRAME) + 1
        check(frame <= MAX_FRAME, f"frame {frame} is above {MAX_FRAME}")
        reports.append((frame, reader.u64()))
    return Checksums(episode, rolled_back_frames, tuple(reports))


def write_episode_end(out: Writer, message: EpisodeEnd) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.frame, MAX_FRAME)
    out.u64(message.checksum)


def read_episode_end(reader: Reader) -> EpisodeEnd:
    return EpisodeEnd(reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME), reader.u64())


def write_state_dump(out: Writer, message: StateDump) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.frame, MAX_FRAME)
    _check_part(message.part, message.parts)
    out.varint(message.part, MAX_PARTS)
    out.varint(message.parts, MAX_PARTS)
    out.blob(message.data, MAX_PART_BYTES)


def read_state_dump(reader: Reader) -> StateDump:
    episode, frame = reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME)
    part, parts = reader.varint(MAX_PARTS), reader.varint(MAX_PARTS)
    _check_part(part, parts)
    return StateDump(episode, frame, part, parts, reader.blob(MAX_PART_BYTES))


def _check_part(part: int, parts: int) -> None:
    check(part < parts, f"part {part} of {parts}")


def write_goodbye(out: Writer, message: Goodbye) -> None:
    out.text(message.reason, MAX_REASON_BYTES)


def read_goodbye(reader: Reader) -> Goodbye:
    return Goodbye(reader.text(MAX_REASON_BYTES))
