r"""Recording every call of a session, so that it can be flown again elsewhere, byte for byte.

Theory of operation: a session is a function of what is put into it. The recorder stands in its
place, passes every call on, and writes down the call with its time and bytes; of what comes out it
writes a running digest. `replay` makes the same calls on a fresh session and compares the digest
after each drain, so the first call that came out differently is known.

Format of a recording: the magic ``PGFR1\\n``, one line of JSON (the header: configuration and
whatever the host wants to find again, such as the game), then records::

    op u8 | time f64 LE | peer or player u8 | length u32 LE | payload

Laws:
    - A recorded session behaves exactly like a bare one.
    - Drains that gave nothing changed nothing and are not written down; nor is the game's end
      frame, which the game says again.
    - Whatever a file holds, reading and replaying it raises `ConfigurationError` and nothing else.
    - The size is bounded: beyond its limit the recorder stops writing and the header's promise
      holds for the calls up to there.

The recording has to start with the session: a session's state cannot be put back in the middle.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Any

from peergym.errors import ConfigurationError, UsageError
from peergym.rollback.binary import WireError
from peergym.rollback.config import AbsentPolicy, SessionConfig
from peergym.rollback.input_delay import ArticleInputDelay, AutomaticInputDelay
from peergym.rollback.requests import Request
from peergym.rollback.session import P2PSession

MAGIC = b"PGFR1\n"
RECORD = struct.Struct("<BdBI")
_SECONDS = struct.Struct("<d")
DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024  # more than an hour of two players at 60 Hz
DIGEST_BYTES = 8
MOST_TIME_S = 1e12  # of any clock, either way; beyond it a damaged number would overflow ours


class Op(IntEnum):
    """What was called."""

    RECEIVE_DATAGRAM = 1
    RECEIVE_MESSAGE = 2
    ADD_LOCAL_INPUT = 3
    ADVANCE_FRAME = 4
    HANDLE_TIMER = 5
    DATAGRAMS_TO_SEND = 6
    MESSAGES_TO_SEND = 7
    SET_READY = 8
    LEAVE = 9
    SET_INPUT_DELAY = 10
    LINK_CLOSED = 11
    PATH_RESTORED = 12
    RECEIVE_BULK = 13
    BULK_TO_SEND = 14
    ADD_PEER = 15
    JOIN = 16
    DECIDE = 17
    EXCUSE_SILENCE = 18


class RecordedSession(P2PSession):
    """A session that writes down every call.

    Args:
        config, canonical_bytes: As for `P2PSession`.
        game: How to find the game again, kept in the header (a JSON object).
        limit_bytes: Largest size of the recording.
        restore: As for `P2PSession`.
        transfer: Likewise.
    """

    def __init__(
        self,
        config: SessionConfig,
        canonical_bytes: Callable[[object], bytes],
        game: Mapping[str, Any],
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        restore: Callable[[bytes], object] | None = None,
        transfer: Callable[[object], bytes] | None = None,
    ) -> None:
        super().__init__(config, canonical_bytes, restore=restore, transfer=transfer)
        header = json.dumps({"config": config_to_json(config), "game": dict(game)}, sort_keys=True)
        self._recording = bytearray(MAGIC + header.encode() + b"\n")
        self._limit_bytes = limit_bytes
        self._out_digest = b""
        self.is_complete = True

    def recording(self) -> bytes:
        """The recording so far."""
        return bytes(self._recording)

    def _record(self, op: Op, time_s: float, index: int = 0, payload: bytes = b"") -> None:
        size = len(self._recording) + RECORD.size + len(payload)
        self.is_complete = self.is_complete and size <= self._limit_bytes
        if self.is_complete:
            self._recording += RECORD.pack(op, time_s, index, len(payload))
            self._recording += payload

    def _digest(self, sent: list[tuple[bytes, int]]) -> bytes:
        self._out_digest = digest_of(self._out_digest, sent)
        return self._out_digest

    def receive_datagram(self, data: bytes, peer: int, now_s: float) -> None:
        """As `P2PSession.receive_datagram`."""
        self._record(Op.RECEIVE_DATAGRAM, now_s, peer, data)
        super().receive_datagram(data, peer, now_s)

    def receive_message(self, data: bytes, peer: int, now_s: float) -> None:
        """As `P2PSession.receive_message`."""
        self._record(Op.RECEIVE_MESSAGE, now_s, peer, data)
        super().receive_message(data, peer, now_s)

    def add_local_input(self, player: int, value: int) -> None:
        """As `P2PSession.add_local_input`."""
        length = (value.bit_length() + 7) // 8
        self._record(Op.ADD_LOCAL_INPUT, 0.0, player, value.to_bytes(length, "little"))
        super().add_local_input(player, value)

    def advance_frame(self, now_s: float) -> list[Request]:
        """As `P2PSession.advance_frame`."""
        self._record(Op.ADVANCE_FRAME, now_s)
        return super().advance_frame(now_s)

    def handle_timer(self, now_s: float) -> None:
        """As `P2PSession.handle_timer`."""
        self._record(Op.HANDLE_TIMER, now_s)
        super().handle_timer(now_s)

    def datagrams_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """As `P2PSession.datagrams_to_send`."""
        sent = super().datagrams_to_send(now_s)
        if sent:
            self._record(Op.DATAGRAMS_TO_SEND, now_s, 0, self._digest(sent))
        return sent

    def messages_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """As `P2PSession.messages_to_send`."""
        sent = super().messages_to_send(now_s)
        if sent:
            self._record(Op.MESSAGES_TO_SEND, now_s, 0, self._digest(sent))
        return sent

    def receive_bulk(self, data: bytes, peer: int, now_s: float) -> None:
        """As `P2PSession.receive_bulk`."""
        self._record(Op.RECEIVE_BULK, now_s, peer, data)
        super().receive_bulk(data, peer, now_s)

    def bulk_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """As `P2PSession.bulk_to_send`."""
        sent = super().bulk_to_send(now_s)
        if sent:
            self._record(Op.BULK_TO_SEND, now_s, 0, self._digest(sent))
        return sent

    def add_peer(self, peer: int, now_s: float) -> None:
        """As `P2PSession.add_peer`."""
        self._record(Op.ADD_PEER, now_s, peer)
        super().add_peer(peer, now_s)

    def join(self, players: tuple[int, ...], now_s: float) -> None:
        """As `P2PSession.join`."""
        self._record(Op.JOIN, now_s, 0, bytes(players))
        super().join(players, now_s)

    def decide(self, group: tuple[int, ...], now_s: float, *, is_granted: bool) -> None:
        """As `P2PSession.decide`."""
        self._record(Op.DECIDE, now_s, int(is_granted), bytes(group))
        super().decide(group, now_s, is_granted=is_granted)

    def set_ready(self, now_s: float) -> None:
        """As `P2PSession.set_ready`."""
        self._record(Op.SET_READY, now_s)
        super().set_ready(now_s)

    def leave(self, now_s: float, reason: str = "left") -> None:
        """As `P2PSession.leave`."""
        self._record(Op.LEAVE, now_s, 0, reason.encode())
        super().leave(now_s, reason)

    def link_closed(self, peer: int, now_s: float) -> None:
        """As `P2PSession.link_closed`."""
        self._record(Op.LINK_CLOSED, now_s, peer)
        super().link_closed(peer, now_s)

    def path_restored(self, peer: int, now_s: float) -> None:
        """As `P2PSession.path_restored`."""
        self._record(Op.PATH_RESTORED, now_s, peer)
        super().path_restored(peer, now_s)

    def excuse_silence(self, peer: int, for_s: float, now_s: float) -> None:
        """As `P2PSession.excuse_silence`."""
        self._record(Op.EXCUSE_SILENCE, now_s, peer, _SECONDS.pack(for_s))
        super().excuse_silence(peer, for_s, now_s)

    def set_input_delay(self, player: int, delay_frames: int) -> None:
        """As `P2PSession.set_input_delay`."""
        self._record(Op.SET_INPUT_DELAY, 0.0, player, bytes([delay_frames]))
        super().set_input_delay(player, delay_frames)


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call."""

    op: Op
    time_s: float
    index: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that has been read.

    Attributes:
        config: Configuration of the session.
        game: How to find the game again.
        calls: The calls, in order.
    """

    config: SessionConfig
    game: dict[str, Any]
    calls: tuple[Call, ...]


def read_recording(data: bytes) -> Recording:
    """Read a recording.

    Raises:
        ConfigurationError: It is not one, or is damaged; says where.
    """
    header, separator, body = data.removeprefix(MAGIC).partition(b"\n")
    if not data.startswith(MAGIC) or not separator:
        raise ConfigurationError("recording", "this is not a flight recording of peergym")
    try:
        fields = json.loads(header)
        config = config_from_json(fields["config"])
        game = dict(fields["game"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError("recording", f"its header is damaged: {error}") from error
    return Recording(config, game, tuple(_read_calls(body)))


def _read_calls(body: bytes) -> Iterator[Call]:
    at = 0
    while at < len(body):
        if at + RECORD.size > len(body):
            raise ConfigurationError("recording", f"cut off in a record at byte {at}")
        op, time_s, index, length = RECORD.unpack_from(body, at)
        at += RECORD.size
        is_sound = op in iter(Op) and abs(time_s) <= MOST_TIME_S
        if at + length > len(body) or not is_sound:
            raise ConfigurationError("recording", f"damaged before byte {at}")
        payload = body[at : at + length]
        if op == Op.EXCUSE_SILENCE and not _is_time(payload):
            raise ConfigurationError("recording", f"no time at byte {at}")
        yield Call(Op(op), time_s, index, payload)
        at += length


def _is_time(payload: bytes) -> bool:
    # Not a bug: of NaN this is false as well.
    return len(payload) == _SECONDS.size and abs(_SECONDS.unpack(payload)[0]) <= MOST_TIME_S


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of flying a recording again.

    Attributes:
        calls: How many calls were made.
        frames: The frame reached in the last episode.
        first_difference: Index of the first drain whose bytes differ; None if all are equal.
        checksums: (episode, frame, checksum) of the confirmed frames.
    """

    calls: int
    frames: int
    first_difference: int | None
    checksums: tuple[tuple[int, int, int], ...]


def replay(
    recording: Recording,
    canonical_bytes: Callable[[object], bytes],
    execute: Callable[[list[Request]], int | None],
    restore: Callable[[bytes], object] | None = None,
    transfer: Callable[[object], bytes] | None = None,
) -> ReplayResult:
    """Make the recorded calls on a fresh session.

    Args:
        recording: What to replay.
        canonical_bytes: As for `P2PSession`.
        execute: Carries out requests on a game and returns its end frame (or None).
        restore: As for `P2PSession`, and as when it was recorded.
        transfer: Likewise.

    Returns:
        What came of it; stops at the first difference.

    Raises:
        ConfigurationError: No session can be made as recorded, or it refuses a call; says which.
    """
    session = P2PSession(recording.config, canonical_bytes, restore=restore, transfer=transfer)
    digest = b""
    checksums: list[tuple[int, int, int]] = []
    first_difference: int | None = None
    made = 0
    for made, call in enumerate(recording.calls, start=1):
        try:
            sent = _make(session, call, execute)
        except (UsageError, WireError) as error:
            raise ConfigurationError("recording", f"call {made} is impossible: {error}") from error
        checksums += [(session.episode, *pair) for pair in session.take_confirmed_checksums()]
        if sent is not None:
            digest = digest_of(digest, sent)
            if digest != call.payload:
                first_difference = made - 1
                break
    return ReplayResult(made, session.current_frame, first_difference, tuple(checksums))


def _make(
    session: P2PSession, call: Call, execute: Callable[[list[Request]], int | None]
) -> list[tuple[bytes, int]] | None:
    """Make one call. Returns what was sent if the call was a drain."""
    if call.op is Op.DATAGRAMS_TO_SEND:
        return session.datagrams_to_send(call.time_s)
    if call.op is Op.MESSAGES_TO_SEND:
        return session.messages_to_send(call.time_s)
    if call.op is Op.BULK_TO_SEND:
        return session.bulk_to_send(call.time_s)
    if call.op is Op.ADVANCE_FRAME:
        requests = session.advance_frame(call.time_s)
        if requests:
            session.set_end_frame(execute(requests))
    else:
        _MUTATIONS[call.op](session, call)
    return None


_MUTATIONS: dict[Op, Callable[[P2PSession, Call], None]] = {
    Op.RECEIVE_DATAGRAM: lambda s, c: s.receive_datagram(c.payload, c.index, c.time_s),
    Op.RECEIVE_MESSAGE: lambda s, c: s.receive_message(c.payload, c.index, c.time_s),
    Op.ADD_LOCAL_INPUT: lambda s, c: s.add_local_input(
        c.index, int.from_bytes(c.payload, "little")
    ),
    Op.HANDLE_TIMER: lambda s, c: s.handle_timer(c.time_s),
    Op.SET_READY: lambda s, c: s.set_ready(c.time_s),
    Op.LEAVE: lambda s, c: s.leave(c.time_s, c.payload.decode(errors="replace")),
    Op.SET_INPUT_DELAY: lambda s, c: s.set_input_delay(
        c.index, int.from_bytes(c.payload, "little")
    ),
    Op.LINK_CLOSED: lambda s, c: s.link_closed(c.index, c.time_s),
    Op.PATH_RESTORED: lambda s, c: s.path_restored(c.index, c.time_s),
    Op.RECEIVE_BULK: lambda s, c: s.receive_bulk(c.payload, c.index, c.time_s),
    Op.ADD_PEER: lambda s, c: s.add_peer(c.index, c.time_s),
    Op.JOIN: lambda s, c: s.join(tuple(c.payload), c.time_s),
    Op.EXCUSE_SILENCE: lambda s, c: s.excuse_silence(
        c.index, _SECONDS.unpack(c.payload)[0], c.time_s
    ),
    Op.DECIDE: lambda s, c: s.decide(tuple(c.payload), c.time_s, is_granted=bool(c.index)),
}


def digest_of(before: bytes, sent: list[tuple[bytes, int]]) -> bytes:
    """Carry a running digest over what one drain gave."""
    digest = blake2b(before, digest_size=DIGEST_BYTES)
    for data, peer in sent:
        digest.update(bytes([peer]) + len(data).to_bytes(4, "little") + data)
    return digest.digest()


def config_to_json(config: SessionConfig) -> dict[str, Any]:
    """The configuration as a JSON object."""
    fields = {name: getattr(config, name) for name in SessionConfig.__dataclass_fields__}
    fields["description"] = dict(config.description)
    delay = config.input_delay
    if not isinstance(delay, int):
        rule = "automatic" if isinstance(delay, AutomaticInputDelay) else "article"
        fields["input_delay"] = {"rule": rule, **asdict(delay)}
    return fields


def config_from_json(fields: dict[str, Any]) -> SessionConfig:
    """The configuration from its JSON object.

    Raises:
        ConfigurationError: A value is unusable.
        TypeError, KeyError: A field is unknown, missing or of another type.
    """
    values = dict(fields)
    _check_types(SessionConfig, values)
    values["owners"] = tuple(values["owners"])
    values["agents"] = tuple(values.get("agents", ()))
    values["input_bits"] = tuple(values["input_bits"])
    values["absent_policy"] = AbsentPolicy(values["absent_policy"])
    delay = values["input_delay"]
    if isinstance(delay, dict):
        rule = {"automatic": AutomaticInputDelay, "article": ArticleInputDelay}[delay["rule"]]
        knobs = {name: value for name, value in delay.items() if name != "rule"}
        _check_types(rule, knobs)
        values["input_delay"] = rule(**knobs)
    return SessionConfig(**values)


_IS_OF_TYPE: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: type(value) is bool,
    "int": lambda value: type(value) is int,
    "float": lambda value: type(value) in (int, float),
    "float | None": lambda value: value is None or type(value) in (int, float),
    "str": lambda value: type(value) is str,
    "tuple[int, ...]": lambda value: all(type(number) is int for number in value),
    "Mapping[str, str]": lambda value: (
        type(value) is dict and all(type(text) is str for text in value.values())
    ),
    "InputDelay": lambda value: type(value) in (int, dict),
}
"""Whether a JSON value can be that of a field, by the field's annotation."""


def _check_types(of: type, values: dict[str, Any]) -> None:
    for name, value in values.items():
        is_of_type = _IS_OF_TYPE.get(of.__annotations__.get(name, ""))
        if is_of_type is not None and not is_of_type(value):
            raise TypeError(f"{name} cannot be {value!r:.80}")
