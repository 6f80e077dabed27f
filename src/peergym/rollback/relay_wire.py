"""The frames between a peer and the relay: a small envelope around what channels carry anyway.

Theory of operation: one binary WebSocket message is one frame. The first byte says what it is; what
a peer sends has kinds below 16, what the relay sends has kinds from 16 on. A peer names to whom,
the relay stamps from whom: nobody can speak for another. A datagram goes up once for all of its
recipients, its body once and for each its trailer, and comes down whole to each of them.
``docs/relay.md`` has every byte.

Laws:
    - Every frame has one encoding; any other is refused by `WireError`, which is all that decoding
      raises.
    - What is inside a frame is not looked at: the relay knows no game and no match format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TypeAlias

from peergym.rollback.binary import WireError
from peergym.rollback.control_limits import MAX_MESSAGE_BYTES
from peergym.rollback.wire import MAX_DATAGRAM_BYTES, TRAILER_BYTES

MAX_PEER = 255
MAX_TOKEN_BYTES = 1024  # a signed token of ours has about 150
MOST_RECIPIENTS = 255  # all others of a match
MAX_FRAME_BYTES = MAX_MESSAGE_BYTES + 2  # a message, its kind and its recipient; all else is less

_RECIPIENT_BYTES = 1 + TRAILER_BYTES
_STAMP = struct.Struct("<I")
MAX_STAMP = (1 << 32) - 1


class UpKind(IntEnum):
    """What a peer sends."""

    ATTACH = 1
    INPUT = 2
    CONTROL = 3
    BULK = 4
    PING = 5
    REPORT = 6


class DownKind(IntEnum):
    """What the relay sends."""

    WELCOME = 17
    INPUT = 18
    CONTROL = 19
    BULK = 20
    PONG = 21
    REPORT = 22
    CAME = 23
    GONE = 24
    TOKEN = 25


@dataclass(frozen=True, slots=True)
class Attach:
    """The first frame of a connection, and no other: who we are."""

    token: str


@dataclass(frozen=True, slots=True)
class FannedInput:
    """One datagram for several peers.

    Attributes:
        recipients: For each, its id and the trailer that only it gets; ascending by id.
        body: What all of them get.
    """

    recipients: tuple[tuple[int, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Addressed:
    """Something for one peer, or from one.

    Attributes:
        kind: ``CONTROL``, ``BULK``, ``REPORT``, and, coming down, ``INPUT``.
        peer: To whom, going up; from whom, coming down.
        data: As on the direct channel.
    """

    kind: UpKind | DownKind
    peer: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life that is answered with the same stamp; any number of the asker's."""

    stamp: int


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to `Attach`: whom we are taken for, and who else is there, ascending."""

    peer: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a `Ping`."""

    stamp: int


@dataclass(frozen=True, slots=True)
class Came:
    """A peer has attached itself."""

    peer: int


@dataclass(frozen=True, slots=True)
class Gone:
    """A peer's connection has ended.

    Attributes:
        peer: Whose.
        is_goodbye: It was closed on purpose, so nobody comes back under this id.
    """

    peer: int
    is_goodbye: bool


@dataclass(frozen=True, slots=True)
class FreshToken:
    """What to attach with the next time."""

    token: str


UpFrame: TypeAlias = Attach | FannedInput | Addressed | Ping
DownFrame: TypeAlias = Welcome | Addressed | Pong | Came | Gone | FreshToken

_MOST_BYTES: dict[int, int] = {
    UpKind.CONTROL: MAX_MESSAGE_BYTES,
    UpKind.BULK: MAX_MESSAGE_BYTES,
    UpKind.REPORT: MAX_DATAGRAM_BYTES,
    DownKind.INPUT: MAX_DATAGRAM_BYTES,
    DownKind.CONTROL: MAX_MESSAGE_BYTES,
    DownKind.BULK: MAX_MESSAGE_BYTES,
    DownKind.REPORT: MAX_DATAGRAM_BYTES,
}
"""Of what an addressed frame carries. What is named here is addressed."""

_UP_ADDRESSED: dict[int, UpKind] = {
    int(kind): kind for kind in (UpKind.CONTROL, UpKind.BULK, UpKind.REPORT)
}
_DOWN_ADDRESSED: dict[int, DownKind] = {
    int(kind): kind for kind in (DownKind.INPUT, DownKind.CONTROL, DownKind.BULK, DownKind.REPORT)
}
"""By the first byte: most frames are looked up here, and a call of an enumeration is dear."""

DOWN_KIND_OF = {
    UpKind.CONTROL: DownKind.CONTROL,
    UpKind.BULK: DownKind.BULK,
    UpKind.REPORT: DownKind.REPORT,
}
"""As what the relay passes on what it was given for one peer."""


# --- encoding


def encode_attach(token: str) -> bytes:
    """Encode the first frame of a connection.

    Raises:
        WireError: The token is empty or too long.
    """
    return _with_text(UpKind.ATTACH, token)


def encode_token(token: str) -> bytes:
    """Encode a fresh token.

    Raises:
        WireError: It is empty or too long.
    """
    return _with_text(DownKind.TOKEN, token)


def encode_input(recipients: Iterable[tuple[int, bytes]], body: bytes) -> bytes:
    """Encode a datagram for several peers.

    Args:
        recipients: Peer and trailer of each, in any order.
        body: Of the datagram.

    Raises:
        WireError: There is no recipient, or one twice, or something is too long.
    """
    named = sorted(recipients)
    if not 0 < len(named) <= MOST_RECIPIENTS or not _is_body(len(body)):
        raise WireError(f"a datagram of {len(body)} bytes for {len(named)} peers")
    head = bytearray((UpKind.INPUT, len(named)))
    last = -1
    for peer, trailer in named:
        _check_peer(peer)
        if peer == last or len(trailer) != TRAILER_BYTES:
            raise WireError(f"peer {peer} twice, or with a trailer of {len(trailer)} bytes")
        last = peer
        head.append(peer)
        head += trailer
    return bytes(head) + body


def encode_addressed(kind: UpKind | DownKind, peer: int, data: bytes) -> bytes:
    """Encode something for one peer (going up) or from one (coming down).

    Raises:
        WireError: The kind is not addressed, or something is out of range.
    """
    _check_peer(peer)
    if kind not in _MOST_BYTES or not 0 < len(data) <= _MOST_BYTES[kind]:
        raise WireError(f"{len(data)} bytes do not fit a frame of kind {int(kind)}")
    return bytes((kind, peer)) + data


def encode_ping(stamp: int) -> bytes:
    """Encode a sign of life with a stamp of 32 bits."""
    return _with_stamp(UpKind.PING, stamp)


def encode_pong(stamp: int) -> bytes:
    """Encode the answer to a ping."""
    return _with_stamp(DownKind.PONG, stamp)


def encode_welcome(peer: int, others: Iterable[int]) -> bytes:
    """Encode the answer to an attachment."""
    named = (peer, *sorted(others))
    for each in named:
        _check_peer(each)
    return bytes((DownKind.WELCOME, *named))


def encode_came(peer: int) -> bytes:
    """Encode that somebody has attached himself."""
    _check_peer(peer)
    return bytes((DownKind.CAME, peer))


def encode_gone(peer: int, *, is_goodbye: bool) -> bytes:
    """Encode that somebody's connection has ended."""
    _check_peer(peer)
    return bytes((DownKind.GONE, peer, is_goodbye))


# --- decoding


def decode_up(data: bytes) -> UpFrame:
    """Decode a frame that a peer sent.

    Raises:
        WireError: It is none.
    """
    _check_size(data)
    kind = data[0]
    if kind == UpKind.INPUT:
        return _decode_input(data)
    addressed = _UP_ADDRESSED.get(kind)
    if addressed is not None:
        return _decode_addressed(addressed, data)
    if kind == UpKind.PING:
        return Ping(_decode_stamp(data))
    if kind == UpKind.ATTACH:
        return Attach(_decode_text(data))
    raise WireError(f"a peer sends no frame of kind {kind}")


def decode_down(data: bytes) -> DownFrame:
    """Decode a frame that the relay sent.

    Raises:
        WireError: It is none.
    """
    _check_size(data)
    kind = data[0]
    addressed = _DOWN_ADDRESSED.get(kind)
    if addressed is not None:
        return _decode_addressed(addressed, data)
    if kind == DownKind.PONG:
        return Pong(_decode_stamp(data))
    if kind == DownKind.WELCOME:
        return _decode_welcome(data)
    if kind == DownKind.CAME and len(data) == 2:
        return Came(data[1])
    if kind == DownKind.GONE and len(data) == 3 and data[2] <= 1:
        return Gone(data[1], bool(data[2]))
    if kind == DownKind.TOKEN:
        return FreshToken(_decode_text(data))
    raise WireError(f"the relay sends no frame of kind {kind} and {len(data)} bytes")


def _decode_input(data: bytes) -> FannedInput:
    count = data[1] if len(data) > 1 else 0
    end = 2 + count * _RECIPIENT_BYTES
    body_bytes = len(data) - end
    if count == 0 or not _is_body(body_bytes):
        raise WireError(f"a datagram of {body_bytes} bytes for {count} peers")
    recipients = tuple(
        [(data[at], data[at + 1 : at + _RECIPIENT_BYTES]) for at in range(2, end, _RECIPIENT_BYTES)]
    )
    peers = data[2:end:_RECIPIENT_BYTES]
    if any(second <= first for first, second in pairwise(peers)):
        raise WireError("the recipients of a datagram do not ascend")
    return FannedInput(recipients, data[end:])


def _decode_addressed(kind: UpKind | DownKind, data: bytes) -> Addressed:
    if not 2 < len(data) <= 2 + _MOST_BYTES[kind]:
        raise WireError(f"a frame of kind {int(kind)} has {len(data)} bytes")
    return Addressed(kind, data[1], data[2:])


def _decode_welcome(data: bytes) -> Welcome:
    others = data[2:]
    if len(data) < 2 or data[1] in others:
        raise WireError("a welcome names whom it welcomes once")
    if any(second <= first for first, second in pairwise(others)):
        raise WireError("the peers of a welcome do not ascend")
    return Welcome(data[1], tuple(others))


def _decode_stamp(data: bytes) -> int:
    if len(data) != 1 + _STAMP.size:
        raise WireError(f"a stamp has {_STAMP.size} bytes, not {len(data) - 1}")
    return int(_STAMP.unpack_from(data, 1)[0])


def _decode_text(data: bytes) -> str:
    if not 1 < len(data) <= 1 + MAX_TOKEN_BYTES:
        raise WireError(f"a token of {len(data) - 1} bytes")
    try:
        return data[1:].decode()
    except UnicodeDecodeError as error:
        raise WireError("a token is not UTF-8") from error


def _with_text(kind: int, token: str) -> bytes:
    try:
        data = bytes((kind,)) + token.encode()
    except UnicodeEncodeError as error:
        raise WireError("a token is not UTF-8") from error
    _decode_text(data)
    return data


def _with_stamp(kind: int, stamp: int) -> bytes:
    if not 0 <= stamp <= MAX_STAMP:
        raise WireError(f"stamp {stamp} does not fit 32 bits")
    return bytes((kind,)) + _STAMP.pack(stamp)


def _is_body(size_bytes: int) -> bool:
    return 0 < size_bytes <= MAX_DATAGRAM_BYTES - TRAILER_BYTES


def _check_peer(peer: int) -> None:
    if not 0 <= peer <= MAX_PEER:
        raise WireError(f"peer {peer} lies outside 0 to {MAX_PEER}")


def _check_size(data: bytes) -> None:
    if not 0 < len(data) <= MAX_FRAME_BYTES:
        raise WireError(f"a frame of {len(data)} bytes")
