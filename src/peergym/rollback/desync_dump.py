r"""What a peer keeps of a desync, in one file that explains it elsewhere.

Theory of operation: when two peers find that they hold different states of a confirmed frame, the
match may go on, be repaired or end; the cause has to be found later, on another machine. So the
dump holds what is needed to look and to calculate again: the states of the first different frame
of everybody who sent his, our state of the last frame known to be equal, and the inputs between
the two. From the equal state and the inputs the game can be stepped again: that shows who is right.

Format: the magic ``PGDS1\n``, one line of JSON (the header), then the blobs one after the other,
in the order and of the lengths that the header gives. The number in the magic is the version.
Readers leave alone what they do not know in the header. The header::

    match_id, episode, seed        seed is that of the episode
    frame, last_equal_frame        -1 if no frame was ever known equal
    local_peer, owners, input_bits owners[player] is a peer id, or -1
    game                           spec, options, digest: how to find the game again
    description                    what the peers had agreed on: versions, digests, maths
    checksums                      by peer id, of ``frame``, as 16 hexadecimal digits
    inputs                         by player, the first frame of its inputs
    blobs                          list of {kind, peer, frame, bytes}
    digest                         BLAKE2b of all blobs, 16 bytes, hexadecimal

Kinds of blobs: ``state`` (canonical bytes of a state of ``peer`` at ``frame``), ``inputs``
(canonical bytes of a tuple of a tuple of numbers or None for each player), ``recording`` (a flight
recording).

Laws:
    - `read_dump` raises `ConfigurationError` and nothing else, whatever the bytes, and only data is
      decoded.
    - `make_dump` does not fail for size: what is too large is left out, the rest is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from peergym.errors import ConfigurationError
from peergym.rollback import canonical
from peergym.rollback.binary import WireError
from peergym.rollback.config import SessionConfig
from peergym.rollback.input_runs import InputRun
from peergym.rollback.json_fields import Fields

MAGIC = b"PGDS1\n"
MAX_HEADER_BYTES = 256 * 1024  # a full description is about 20 KiB, options of a game far less
MAX_RECORDING_BYTES = 64 * 1024 * 1024  # twice what a recorder writes unless told otherwise
MAX_DUMP_BYTES = 256 * 1024 * 1024  # 33 states, all as large as they may be, and a recording
MAX_INPUT_FRAMES = 7200  # of each player: twice the longest interval between two checksums
MAX_PLAYERS = 32
MAX_PEER = 255
MAX_FRAME = (1 << 31) - 1
DIGEST_BYTES = 16

_STATE, _INPUTS, _RECORDING = "state", "inputs", "recording"
Inputs = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesyncDump:
    """A dump that has been read.

    Attributes:
        match_id: Name of the match.
        episode: Number of the episode, from 0.
        seed: Seed of the episode.
        frame: The first frame found to be different.
        last_equal_frame: The newest frame known to be equal on all peers; -1 for none.
        local_peer: Who wrote the dump.
        owners: By player, the peer that ran the seat; -1 for nobody.
        input_bits: By player, bits of an input.
        game: How to find the game again: ``spec``, ``options``, ``digest``, as far as known.
        description: What the peers had agreed on, name to text.
        checksums: By peer id, of ``frame``.
        states: By peer id, canonical bytes of the state of ``frame``.
        last_equal_state: Our bytes of the state of ``last_equal_frame``; None if not kept.
        inputs: By player, the inputs that the frames were simulated with in the end; None in a
            run where one was not held.
        recording: The writer's flight recording; empty if none was kept.
    """

    match_id: str
    episode: int
    seed: int
    frame: int
    last_equal_frame: int
    local_peer: int
    owners: tuple[int, ...]
    input_bits: tuple[int, ...]
    game: Mapping[str, Any] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[int, int] = field(default_factory=dict)
    states: Mapping[int, bytes] = field(default_factory=dict)
    last_equal_state: bytes | None = None
    first_input_frames: tuple[int, ...] = ()
    inputs: tuple[Inputs, ...] = ()
    recording: bytes = b""

    @property
    def peers(self) -> tuple[int, ...]:
        """Everybody whose state or checksum is here, the writer first."""
        others = sorted((self.states.keys() | self.checksums.keys()) - {self.local_peer})
        return (self.local_peer, *others)

    def input_of(self, player: int, frame: int) -> int | None:
        """The input of a player at a frame; None where it is not here."""
        index = frame - self.first_input_frames[player]
        run = self.inputs[player]
        return run[index] if 0 <= index < len(run) else None


def make_dump(
    config: SessionConfig,
    *,
    episode: int,
    seed: int,
    frame: int,
    last_equal_frame: int,
    checksums: Mapping[int, int],
    states: Mapping[int, bytes],
    last_equal_state: bytes | None,
    inputs: Sequence[InputRun],
    owners: Sequence[int] | None = None,
    game: Mapping[str, Any] | None = None,
    recording: bytes = b"",
) -> bytes:
    """Write a dump.

    Args:
        config: The match; its id, peer ids, input bits and description are written.
        episode: Number of the episode.
        seed: Seed of the episode.
        frame: The first different frame.
        last_equal_frame: The newest frame known to be equal on all peers; -1 for none.
        checksums: By peer id, of ``frame``; ours among them.
        states: By peer id, canonical (or transfer) bytes of ``frame``; ours among them.
        last_equal_state: Our bytes of ``last_equal_frame``, best from `GameAdapter.transfer`.
        inputs: By player, what the frames from ``last_equal_frame`` on were simulated with; the
            newest `MAX_INPUT_FRAMES` of each are written.
        owners: By player, who ran the seat at that time; None for those of the configuration.
        game: How to find the game again (``spec``, ``options``, ``digest``); None takes what
            the description says.
        recording: The flight recording, if one was kept.

    Returns:
        The bytes of the file.
    """
    runs = [_newest(run) for run in inputs]
    blobs: list[tuple[dict[str, Any], bytes]] = [
        (_blob(_STATE, peer, frame), data) for peer, data in sorted(states.items())
    ]
    if last_equal_state is not None and last_equal_frame >= 0:
        blobs.append((_blob(_STATE, config.local_peer, last_equal_frame), last_equal_state))
    blobs = [blob for blob in blobs if len(blob[1]) <= canonical.MAX_CANONICAL_BYTES]
    values = canonical.encode(tuple(tuple(run.values) for run in runs))
    blobs.append((_blob(_INPUTS, config.local_peer, max(last_equal_frame, 0)), values))
    if 0 < len(recording) <= MAX_RECORDING_BYTES:
        blobs.append((_blob(_RECORDING, config.local_peer, frame), recording))
    body = b"".join([data for _, data in blobs])
    header = {
        "match_id": config.match_id,
        "episode": episode,
        "seed": seed,
        "frame": frame,
        "last_equal_frame": last_equal_frame,
        "local_peer": config.local_peer,
        "owners": list(config.owners if owners is None else owners),
        "input_bits": list(config.input_bits),
        "game": dict(_game_of(config.description) if game is None else game),
        "description": dict(config.description),
        "checksums": {str(peer): f"{value:016x}" for peer, value in sorted(checksums.items())},
        "inputs": [run.first_frame for run in runs],
        "blobs": [{**about, "bytes": len(data)} for about, data in blobs],
        "digest": blake2b(body, digest_size=DIGEST_BYTES).hexdigest(),
    }
    return MAGIC + json.dumps(header, sort_keys=True, default=str).encode() + b"\n" + body


def _blob(kind: str, peer: int, frame: int) -> dict[str, Any]:
    return {"kind": kind, "peer": peer, "frame": frame}


def _newest(run: InputRun) -> InputRun:
    surplus = max(0, len(run.values) - MAX_INPUT_FRAMES)
    return InputRun(run.first_frame + surplus, run.values[surplus:])


def _game_of(description: Mapping[str, str]) -> dict[str, Any]:
    """What the hello of a match says of its game."""
    try:
        options = json.loads(description.get("options", "{}"))
    except ValueError:  # too long for a hello, so only its digest is there
        options = {}
    return {"spec": description.get("game", ""), "options": options}


def read_dump(data: bytes) -> DesyncDump:
    """Read a dump.

    Args:
        data: The file, from anybody.

    Raises:
        ConfigurationError: It is no dump, of another version, cut off or damaged; says which.
    """
    if not data.startswith(MAGIC):
        raise _unusable(_what_it_is_instead(data))
    if len(data) > MAX_DUMP_BYTES:
        raise _unusable(f"it has {len(data)} bytes, {MAX_DUMP_BYTES} at most")
    end = data.find(b"\n", len(MAGIC), len(MAGIC) + MAX_HEADER_BYTES)
    if end < 0:
        raise _unusable("its header is cut off")
    try:
        header = Fields(json.loads(data[len(MAGIC) : end]))
        return _read(header, data[end + 1 :])
    except (ValueError, RecursionError) as error:  # what JSON has no place for is a ValueError
        raise _unusable(str(error)) from None


def _what_it_is_instead(data: bytes) -> str:
    if data.startswith(MAGIC[:4]) and len(data) >= len(MAGIC):
        return "it is of another version of peergym"
    if data.startswith(b"PGFR"):
        return "it is a flight recording (see peergym lab replay-trace)"
    return "it does not begin like one" if data else "it is empty"


def _unusable(why: str) -> ConfigurationError:
    return ConfigurationError("dump", f"this is no usable desync dump: {why}")


def _read(header: Fields, body: bytes) -> DesyncDump:
    """Put a dump together.

    Raises:
        ValueError: A field or a blob is unusable; says which.
    """
    frame = header.integer("frame", 0, MAX_FRAME)
    last_equal_frame = header.integer("last_equal_frame", -1, frame)
    local_peer = header.integer("local_peer", 0, MAX_PEER)
    owners = header.integers("owners", -1, MAX_PEER, MAX_PLAYERS)
    input_bits = header.integers("input_bits", 0, 256, MAX_PLAYERS)
    first_frames = header.integers("inputs", 0, MAX_FRAME, MAX_PLAYERS)
    if not len(owners) == len(input_bits) == len(first_frames) > 0:
        raise ValueError("its header speaks of different numbers of players")
    blobs = _Blobs(header, body)
    return DesyncDump(
        match_id=header.text("match_id", 64),
        episode=header.integer("episode", 0, MAX_FRAME),
        seed=header.integer("seed", 0, (1 << 64) - 1),
        frame=frame,
        last_equal_frame=last_equal_frame,
        local_peer=local_peer,
        owners=owners,
        input_bits=input_bits,
        game=header.mapping("game"),
        description=header.texts("description"),
        checksums=_read_checksums(header),
        states=blobs.states(frame),
        last_equal_state=blobs.states(last_equal_frame).get(local_peer)
        if 0 <= last_equal_frame < frame
        else None,
        first_input_frames=first_frames,
        inputs=_read_inputs(blobs.first(_INPUTS), input_bits),
        recording=blobs.first(_RECORDING),
    )


def _read_checksums(header: Fields) -> dict[int, int]:
    checksums: dict[int, int] = {}
    for peer, digits in header.texts("checksums").items():
        if not (peer.isascii() and peer.isdecimal() and len(peer) <= 3 and len(digits) == 16):
            raise ValueError("a checksum in its header is unusable")
        checksums[int(peer)] = int(digits, 16)
    return checksums


def _read_inputs(data: bytes, input_bits: tuple[int, ...]) -> tuple[Inputs, ...]:
    inputs: object = canonical.decode(data)
    if type(inputs) is not tuple or len(inputs) != len(input_bits):
        raise ValueError("its inputs are not those of its players")
    for run, bits in zip(inputs, input_bits, strict=True):
        if type(run) is not tuple or len(run) > MAX_INPUT_FRAMES:
            raise ValueError("its inputs are no runs of frames")
        for value in run:
            if value is not None and not (type(value) is int and 0 <= value < 1 << bits):
                raise ValueError(f"an input does not fit the {bits} bits of its player")
    return inputs


class _Blobs:
    """What follows the header, cut into pieces.

    Raises:
        ValueError: The pieces do not fit what is there, or are damaged.
    """

    def __init__(self, header: Fields, body: bytes) -> None:
        self._pieces: list[tuple[str, int, int, bytes]] = []
        at = 0
        for about in header.list_of_fields("blobs", MAX_PLAYERS + 8):
            size = about.integer("bytes", 0, MAX_RECORDING_BYTES)
            piece = body[at : at + size]
            at += size
            if at > len(body):
                raise ValueError(f"it is cut off: {at - len(body)} bytes or more are missing")
            peer, frame = about.integer("peer", 0, MAX_PEER), about.integer("frame", 0, MAX_FRAME)
            self._pieces.append((about.text("kind", 64), peer, frame, piece))
        if at != len(body):
            raise ValueError(f"{len(body) - at} bytes too many follow")
        if blake2b(body, digest_size=DIGEST_BYTES).hexdigest() != header.text("digest", 64):
            raise ValueError("its bytes have been changed since it was written")

    def first(self, kind: str) -> bytes:
        return next((data for k, _, _, data in self._pieces if k == kind), b"")

    def states(self, frame: int) -> dict[int, bytes]:
        """The states of a frame by peer id, each of which can be decoded."""
        states: dict[int, bytes] = {}
        for kind, peer, at_frame, data in self._pieces:
            if kind == _STATE and at_frame == frame:
                try:
                    canonical.decode(data)
                except WireError as error:
                    raise ValueError(f"the state of peer {peer} is unusable: {error}") from None
                states[peer] = data
        return states
