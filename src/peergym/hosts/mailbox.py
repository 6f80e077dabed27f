"""Records in two preallocated buffers: what a worker and its Python tell each other.

Theory of operation: crossing from JavaScript into Python is dear, so it is crossed once a tick.
Whatever arrived since the last tick lies in the inbox as a row of records; whatever the tick
brought forth lies in the outbox. Both are bytearrays of fixed size that JavaScript writes and
reads in place. A record is::

    kind u8 | index u8 (a peer or a seat) | length u32 LE | payload

The outbox begins with a header of 16 bytes::

    wake f64 LE: when the next call is wanted, ms (infinity: only when something arrives)
    flags u8: 1 there is more, call again at once; 2 the wake is for a frame; 4 an episode runs
    7 bytes zero

What goes over a direct channel has a kind for each: `DATAGRAM` (``input``), `MESSAGE`
(``control``) and `BULK`; the index is the peer, and in the inbox the time of arrival (f64 LE, ms)
comes before the bytes. So it does in `RELAYED`, a frame from the relay; in the outbox that is a
frame for it, and without a payload it means: give the socket up, and open another. `LINK` says with
a byte whether the direct channels of a peer are open (1) or not (0), `RELAY` the same of the
relay's socket; with index 1 its payload is a fresh token. The other payloads are described where
they are made and read (`pyodide.py`, `figures.py`).
Of the records after a `FRAME`, at most one is an `EFFECTS`, which belongs to it: JSON of::

    {"started": [{"id": 7, "name": "hit", "frame": 118, "lateMs": 33.333}],
     "stopped": [5],
     "confirmed": [{"frame": 96, "name": "score"}]}

``started`` is to be played now, as if it had begun ``lateMs`` ago; ``stopped`` names effects that
never happened, to be broken off if they still sound; ``confirmed`` has happened for good, and is to
be played in full. No id and no confirmed event comes twice in an episode.

A `PEER` says that the peer of that index has come to the match: one byte, 1 for somebody who wants
a seat, 0 for somebody who watches. A `DECISION` is what the arbiter said, as JSON::

    {"epoch": 2, "group": [0, 3], "isGranted": true}

A `REPLAY` is the next piece of what was recorded of the match: put together they are the replay
file, and wherever they are cut off it can be read up to there. The index of the last piece is 1.

Laws:
    - Records leave in the order in which they were put.
    - A record that does not fit waits for the next call; none is dropped or cut.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from enum import IntEnum

from peergym.errors import InvariantError

RECORD = struct.Struct("<BBI")
HEADER = struct.Struct("<dB7x")
STAMP = struct.Struct("<d")  # arrival time in ms, before the bytes of a datagram or message
ACTION = struct.Struct("<i")
FRAME = struct.Struct("<Iid")  # episode, frame, nominal time in ms; the display list follows
EPISODE = struct.Struct("<I")
CHECKSUM = struct.Struct("<iQ")  # frame, checksum

INBOX_BYTES = 256 * 1024  # a second of the largest datagrams of four peers
OUTBOX_BYTES = 512 * 1024  # the largest display list and a burst of messages
REPLAY_PIECE_BYTES = 64 * 1024  # so that a state that was written down lets other records pass
MORE, WAKE_IS_FRAME, IS_PLAYING = 1, 2, 4
IS_PLAYER, MAY_BE_DIRECT = 1, 2  # in the payload of a `PEER`


class In(IntEnum):
    """Kinds of records in the inbox."""

    DATAGRAM = 1
    MESSAGE = 2
    ACTION = 3
    READY = 4
    LEAVE = 5
    RESTORED = 7
    BULK = 8
    RELAYED = 9
    LINK = 10
    RELAY = 11
    PEER = 12
    DECISION = 13


class Out(IntEnum):
    """Kinds of records in the outbox."""

    DATAGRAM = 1
    MESSAGE = 2
    FRAME = 3
    EFFECTS = 4
    STATISTICS = 5
    EVENT = 6
    CHECKSUMS = 7
    BULK = 8
    REPLAY = 9
    RELAYED = 10


def read_records(buffer: bytearray, length: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (kind, index, payload) of each record.

    Args:
        buffer: The inbox.
        length: How many of its bytes are in use.

    Raises:
        InvariantError: The records do not end where the inbox does.
    """
    at = 0
    while at < length:
        kind, index, size = RECORD.unpack_from(buffer, at)
        at += RECORD.size
        if at + size > length:
            raise InvariantError(f"a record of {size} bytes at {at} passes the inbox's {length}")
        yield kind, index, bytes(buffer[at : at + size])
        at += size


class Outbox:
    """The outgoing buffer.

    Attributes:
        buffer: Header and records, valid up to what `finish` returned.
    """

    __slots__ = ("_end", "_waiting", "buffer")

    def __init__(self, size_bytes: int = OUTBOX_BYTES) -> None:
        self.buffer = bytearray(size_bytes)
        self._end = HEADER.size
        self._waiting: deque[tuple[int, int, bytes]] = deque()

    def begin(self) -> None:
        """Forget what was read and put in what had to wait."""
        self._end = HEADER.size
        waiting = self._waiting
        while waiting and self._fits(waiting[0][2]):
            self._write(*waiting.popleft())

    def put(self, kind: int, index: int, payload: bytes) -> None:
        """Append a record.

        Raises:
            InvariantError: It is larger than the buffer, so it could never leave.
        """
        if HEADER.size + RECORD.size + len(payload) > len(self.buffer):
            raise InvariantError(f"a record of {len(payload)} bytes does not fit into the outbox")
        if self._waiting or not self._fits(payload):
            self._waiting.append((kind, index, payload))
        else:
            self._write(kind, index, payload)

    def finish(self, wake_ms: float, flags: int = 0) -> int:
        """Write the header and return how many bytes are in use.

        Args:
            wake_ms: When the next call is wanted.
            flags: `WAKE_IS_FRAME` and `IS_PLAYING`, as they apply.
        """
        flags |= MORE if self._waiting else 0
        HEADER.pack_into(self.buffer, 0, wake_ms, flags)
        return self._end

    def _fits(self, payload: bytes) -> bool:
        return self._end + RECORD.size + len(payload) <= len(self.buffer)

    def _write(self, kind: int, index: int, payload: bytes) -> None:
        RECORD.pack_into(self.buffer, self._end, kind, index, len(payload))
        start = self._end + RECORD.size
        self._end = start + len(payload)
        self.buffer[start : self._end] = payload
