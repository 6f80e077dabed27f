"""Datagrams of the channel ``input``: what is said 60 times a second, in as few bytes as it takes.

Theory of operation: a datagram is a *body*, equal for all recipients so that a relay can fan it
out, and a *trailer* of four bytes for one recipient, which serves to measure the round trip. The
body holds the sender's inputs that any recipient lacks, and its view of every player; the view is
the acknowledgement. The layout is given byte by byte in ``docs/wire.md``.

Laws:
    - `decode_datagram` raises `WireError` and nothing else, whatever the bytes.
    - What decodes, encodes to the same bytes again: one encoding for each meaning.
    - No datagram is longer than `MAX_DATAGRAM_BYTES`. When the inputs do not fit, the oldest and
      the newest of each seat are sent; the oldest so that the recipient's gap closes, the newest
      so that its prediction is fresh.

Source: all unacknowledged inputs in every packet as in GGPO (Cannon, 2012) and Fiedler,
"Deterministic Lockstep" (2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import blake2b

from peergym.errors import ConfigurationError
from peergym.rollback.binary import BitReader, BitWriter, Reader, WireError, Writer
from peergym.rollback.input_runs import (
    MAX_FRAMES_PER_SEAT,
    InputRun,
    Runs,
    decode_seat,
    encode_seat,
    fit_seat,
    frames_of,
    repeat_bits,
)

__all__ = [
    "MAX_DATAGRAM_BYTES",
    "MAX_EPISODE",
    "MAX_FRAME",
    "MAX_FRAMES_PER_SEAT",
    "MAX_INPUT_BITS",
    "MAX_PLAYERS",
    "TRAILER_BYTES",
    "WIRE_VERSION",
    "Body",
    "InputRun",
    "PlayerStatus",
    "SeatTable",
    "Trailer",
    "WireError",
    "decode_datagram",
    "decode_trailer",
    "encode_body",
    "encode_trailer",
    "fit_runs",
    "match_tag_of",
    "peek_epoch",
]

WIRE_VERSION = 1
MAX_DATAGRAM_BYTES = 1200  # about what fits one packet on any path; see "Size" in docs/wire.md
TRAILER_BYTES = 4
MAX_PLAYERS = 32  # seats; bounds what a view costs
MAX_INPUT_BITS = 256  # per input; a chord of 256 keys
MAX_FRAME = (1 << 31) - 1  # more than a year at 60 Hz, and an int32 in any language
MAX_EPISODE = (1 << 31) - 1  # episodes and membership epochs

_HAS_INPUTS = 1
_HAS_EPOCH = 2
_HAS_STATUS = 4
_IS_SPLIT = 8
_FAR_TICK = 15  # in the low nibble of the tick byte: the distance follows as a number
_MOST_NUMBER_BYTES = 5  # of any number in the head: each is below 2**35
_SEAT_OVERHEAD_BITS = 1 + 1 + 29  # has-inputs, second-run, the longest code of a gap


class PlayerStatus(IntEnum):
    """What a peer takes a player for."""

    PRESENT = 0
    LOST = 1
    ABSENT = 2


_STATUSES = tuple(PlayerStatus)


@dataclass(slots=True)
class Body:
    """The part of a datagram that all recipients share.

    Attributes:
        match_tag: 16 bits of the match id's digest, see `match_tag_of`.
        episode: Number of the episode, from 0.
        epoch: Number of the membership agreement, from 0.
        last_tick: Last frame advanced; -1 before the first.
        phase: Sixteenths of a frame (0 to 15) since the nominal time of ``last_tick``.
        held: For each player the newest frame whose input is held without a gap, -1 for none; for
            the sender's own players its newest input.
        status: For each player what the sender takes it for.
        inputs: For each player run by the sender, in ascending order, 0, 1 or 2 runs, oldest
            first; the newest run ends at the player's ``held``.
    """

    match_tag: int
    episode: int
    epoch: int
    last_tick: int
    phase: int
    held: tuple[int, ...]
    status: tuple[PlayerStatus, ...]
    inputs: tuple[Runs, ...]


@dataclass(slots=True)
class Trailer:
    """The part of a datagram that is for one recipient.

    Attributes:
        sent: Sender's clock in quarter milliseconds, modulo 2**16.
        echo: The recipient's newest stamp advanced by the time it was held, modulo 2**15; None
            while there is none.
    """

    sent: int
    echo: int | None


class SeatTable:
    """Who runs which seat and how wide its inputs are; both ends know it before the first byte.

    Args:
        owners: For each player, the peer that runs it; below 0, nobody does.
        input_bits: For each player, the bits of one input (0 to `MAX_INPUT_BITS`).

    Raises:
        ConfigurationError: A limit is exceeded, or a peer runs so many wide seats that the oldest
            and the newest input of each would not fit into a datagram.
    """

    __slots__ = ("_players", "all_present", "count", "input_bits", "owners")

    def __init__(self, owners: Sequence[int], input_bits: Sequence[int]) -> None:
        self.owners = tuple(owners)
        self.input_bits = tuple(input_bits)
        self.count = len(self.owners)
        self.all_present = (PlayerStatus.PRESENT,) * self.count
        if not 1 <= self.count <= MAX_PLAYERS:
            raise ConfigurationError("owners", f"{self.count} players, 1 to {MAX_PLAYERS} can play")
        if len(self.input_bits) != self.count:
            raise ConfigurationError(
                "input_bits", f"{len(self.input_bits)} entries for {self.count} players"
            )
        for player, width in enumerate(self.input_bits):
            if not 0 <= width <= MAX_INPUT_BITS:
                raise ConfigurationError(
                    "input_bits", f"player {player} has {width} bits, 0 to {MAX_INPUT_BITS} can be"
                )
        self._players = {
            peer: tuple(p for p, owner in enumerate(self.owners) if owner == peer)
            for peer in self.owners
            if peer >= 0
        }
        for peer in self._players:
            self._check_width(peer)

    def players_of(self, peer: int) -> tuple[int, ...]:
        """The players that ``peer`` runs, ascending; none for a peer without a seat."""
        return self._players.get(peer, ())

    def room_bits(self, peer: int) -> int:
        """What each seat of ``peer`` may take in a datagram whose head is the longest possible."""
        numbers = 2 + self.count + 1  # episode, epoch, views, distance of the tick
        head_bytes = 3 + numbers * _MOST_NUMBER_BYTES + (self.count + 3) // 4 + 1
        room_bytes = MAX_DATAGRAM_BYTES - TRAILER_BYTES - head_bytes
        return room_bytes * 8 // len(self._players[peer]) - _SEAT_OVERHEAD_BITS

    def _check_width(self, peer: int) -> None:
        widest = max(self.input_bits[player] for player in self._players[peer])
        if 2 * repeat_bits(widest, 1) > self.room_bits(peer):
            raise ConfigurationError(
                "input_bits",
                f"peer {peer} runs {len(self._players[peer])} seats of up to {widest} bits, "
                f"which cannot share a datagram of {MAX_DATAGRAM_BYTES} bytes",
            )


def match_tag_of(match_id: str) -> int:
    """The 16 bits by which datagrams of another match are told apart."""
    return int.from_bytes(blake2b(match_id.encode(), digest_size=2).digest(), "little")


def encode_trailer(trailer: Trailer) -> bytes:
    """Encode the part for one recipient: four bytes, to follow the body.

    Raises:
        WireError: A stamp is out of range.
    """
    sent, echo = trailer.sent, trailer.echo
    if not 0 <= sent <= 0xFFFF or (echo is not None and not 0 <= echo <= 0x7FFF):
        raise WireError(f"stamps {sent} and {echo} do not fit 16 and 15 bits")
    stamped = 0 if echo is None else echo | 0x8000
    return (sent | stamped << 16).to_bytes(TRAILER_BYTES, "little")


def encode_body(body: Body, sender: int, seats: SeatTable) -> bytes:
    """Encode the part that all recipients share.

    Inputs that do not fit into a datagram are left out as `fit_runs` says.

    Args:
        body: What to say.
        sender: Peer id of the sender.
        seats: Of the match.

    Raises:
        WireError: ``body`` does not fit ``seats`` or breaks a limit.
    """
    players = seats.players_of(sender)
    if not len(body.held) == len(body.status) == seats.count or len(body.inputs) != len(players):
        raise WireError(
            f"{len(body.held)} views, {len(body.status)} statuses and inputs of "
            f"{len(body.inputs)} seats do not fit peer {sender} in a match of {seats.count}"
        )
    if any(frames_of(runs) > MAX_FRAMES_PER_SEAT for runs in body.inputs):
        body = fit_runs(body, sender, seats)
    data = _encode_body(body, players, seats)
    if len(data) > MAX_DATAGRAM_BYTES - TRAILER_BYTES:
        data = _encode_body(fit_runs(body, sender, seats), players, seats)
    return data


def fit_runs(body: Body, sender: int, seats: SeatTable) -> Body:
    """Leave out of each seat's inputs what does not fit: all but the oldest and the newest.

    Args:
        body: What to say.
        sender: Peer id of the sender.
        seats: Of the match.
    """
    if not body.inputs:
        return body
    room_bits = seats.room_bits(sender)
    inputs = tuple(
        fit_seat(runs, seats.input_bits[player], room_bits)
        for player, runs in zip(seats.players_of(sender), body.inputs, strict=True)
    )
    return replace(body, inputs=inputs)


def _encode_body(body: Body, players: tuple[int, ...], seats: SeatTable) -> bytes:
    held = body.held
    has_inputs = body.last_tick != -1 or body.phase != 0 or any(body.inputs)
    has_status = any(body.status)
    is_split = any(len(runs) > 1 for runs in body.inputs)
    out = Writer()
    out.u8(
        WIRE_VERSION << 4
        | (_HAS_INPUTS if has_inputs else 0)
        | (_HAS_EPOCH if body.epoch else 0)
        | (_HAS_STATUS if has_status else 0)
        | (_IS_SPLIT if is_split else 0)
    )
    out.u16(body.match_tag)
    out.varint(body.episode, MAX_EPISODE)
    if body.epoch:
        out.varint(body.epoch, MAX_EPISODE)
    own = players[0] if players else 0
    base = held[own]
    out.varint(base + 1, MAX_FRAME + 1)
    for player, frame in enumerate(held):
        if player != own:
            _check_frame(frame)
            out.zigzag(base - frame, MAX_FRAME + 1)
    if has_status:
        _encode_status(out, body.status)
    if has_inputs:
        _encode_tick(out, base, body.last_tick, body.phase)
        bits = BitWriter()
        for player, runs in zip(players, body.inputs, strict=True):
            encode_seat(bits, runs, held[player], seats.input_bits[player], is_split)
        out.raw(bits.to_bytes())
    return out.to_bytes()


def _check_frame(frame: int) -> None:
    if not -1 <= frame <= MAX_FRAME:
        raise WireError(f"frame {frame} lies outside -1 to {MAX_FRAME}")


def _encode_status(out: Writer, status: tuple[PlayerStatus, ...]) -> None:
    packed = 0
    for player, value in enumerate(status):
        packed |= value << (player << 1)
    out.raw(packed.to_bytes((len(status) + 3) >> 2, "little"))


def _encode_tick(out: Writer, base: int, last_tick: int, phase: int) -> None:
    _check_frame(last_tick)
    if not 0 <= phase <= 15:
        raise WireError(f"phase {phase} lies outside 0 to 15")
    distance = base - last_tick
    if 0 <= distance < _FAR_TICK:
        out.u8(phase << 4 | distance)
    else:
        out.u8(phase << 4 | _FAR_TICK)
        out.zigzag(distance, MAX_FRAME + 1)


def peek_epoch(data: bytes | bytearray | memoryview) -> int:
    """The epoch of a datagram, by which its seats are known; 0 if it does not decode."""
    if not data or not data[0] & _HAS_EPOCH:
        return 0
    reader = Reader(bytes(data[:MAX_DATAGRAM_BYTES]), 3)
    try:
        reader.varint(MAX_EPISODE)
        return reader.varint(MAX_EPISODE)
    except WireError:
        return 0


def decode_datagram(
    data: bytes | bytearray | memoryview, sender: int, seats: SeatTable
) -> tuple[Body, Trailer]:
    """Decode a datagram whole, or not at all.

    Args:
        data: What arrived.
        sender: Peer id of the peer whose channel it arrived on.
        seats: Of the match.

    Returns:
        Body and trailer; the caller compares ``match_tag``, ``episode`` and ``epoch``.

    Raises:
        WireError: The bytes are not exactly one datagram of this version.
    """
    size = len(data)
    if size > MAX_DATAGRAM_BYTES:
        raise WireError(f"datagram of {size} bytes, {MAX_DATAGRAM_BYTES} at most")
    if type(data) is not bytes:
        data = bytes(data)
    body_end = size - TRAILER_BYTES
    if body_end < 1:
        raise WireError(f"datagram of {size} bytes is cut off")
    reader = Reader(data, 0, body_end)
    first = reader.u8()
    if first >> 4 != WIRE_VERSION:
        raise WireError(f"wire version {first >> 4}, this is {WIRE_VERSION}")
    match_tag = reader.u16()
    episode = reader.varint(MAX_EPISODE)
    epoch = _decode_epoch(reader) if first & _HAS_EPOCH else 0
    players = seats.players_of(sender)
    held = _decode_held(reader, players[0] if players else 0, seats.count)
    status = _decode_status(reader, seats.count) if first & _HAS_STATUS else seats.all_present
    last_tick, phase = -1, 0
    inputs: tuple[Runs, ...] = ((),) * len(players)
    if first & _HAS_INPUTS:
        last_tick, phase = _decode_tick(reader, held[players[0] if players else 0])
        inputs = _decode_inputs(reader, held, players, seats, bool(first & _IS_SPLIT))
        if last_tick == -1 and phase == 0 and not any(inputs):
            raise WireError("flag of inputs set where there is nothing to say")
    elif first & _IS_SPLIT:
        raise WireError("flag of a second run set without inputs")
    reader.expect_end()
    body = Body(match_tag, episode, epoch, last_tick, phase, held, status, inputs)
    return body, decode_trailer(data, body_end)


def _decode_epoch(reader: Reader) -> int:
    epoch = reader.varint(MAX_EPISODE)
    if epoch == 0:
        raise WireError("epoch 0 is written by leaving it out")
    return epoch


def _decode_held(reader: Reader, own: int, count: int) -> tuple[int, ...]:
    base = reader.varint(MAX_FRAME + 1) - 1
    held = []
    for player in range(count):
        if player == own:
            held.append(base)
            continue
        frame = base - reader.zigzag(MAX_FRAME + 1)
        if not -1 <= frame <= MAX_FRAME:
            raise WireError(f"view of player {player} is frame {frame}")
        held.append(frame)
    return tuple(held)


def _decode_status(reader: Reader, count: int) -> tuple[PlayerStatus, ...]:
    packed = int.from_bytes(reader.raw((count + 3) >> 2), "little")
    if packed == 0:
        raise WireError("all players present is written by leaving it out")
    if packed >> (count << 1):
        raise WireError("padding bits of the statuses are set")
    codes = [packed >> (player << 1) & 3 for player in range(count)]
    if 3 in codes:
        raise WireError(f"player {codes.index(3)} has status 3")
    return tuple([_STATUSES[code] for code in codes])


def _decode_tick(reader: Reader, base: int) -> tuple[int, int]:
    """The last tick and the phase."""
    tick = reader.u8()
    distance = tick & 15
    if distance == _FAR_TICK:
        distance = reader.zigzag(MAX_FRAME + 1)
        if 0 <= distance < _FAR_TICK:
            raise WireError(f"distance {distance} of the tick belongs into its byte")
    last_tick = base - distance
    if not -1 <= last_tick <= MAX_FRAME:
        raise WireError(f"last tick is frame {last_tick}")
    return last_tick, tick >> 4


def _decode_inputs(
    reader: Reader,
    held: tuple[int, ...],
    players: tuple[int, ...],
    seats: SeatTable,
    is_split: bool,
) -> tuple[Runs, ...]:
    bits = BitReader(reader.raw(reader.remaining_bytes))
    widths = seats.input_bits
    inputs = tuple([decode_seat(bits, held[p], widths[p], is_split) for p in players])
    bits.expect_padding()
    if is_split and all(len(runs) < 2 for runs in inputs):
        raise WireError("flag of a second run set where no seat has one")
    return inputs


def decode_trailer(data: bytes, position: int = 0) -> Trailer:
    """Decode the last four bytes of a datagram, which begin at ``position``.

    Raises:
        WireError: They are none.
    """
    if len(data) - position != TRAILER_BYTES:
        raise WireError(f"a trailer of {len(data) - position} bytes")
    stamps = int.from_bytes(data[position:], "little")
    sent, echo = stamps & 0xFFFF, stamps >> 16
    if echo & 0x8000:
        return Trailer(sent, echo & 0x7FFF)
    if echo:
        raise WireError("echo without its mark")
    return Trailer(sent, None)
