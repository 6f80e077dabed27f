"""The fields of the messages about who is in a match: a writer and a reader beside each other.

Law: a reader raises `WireError` and nothing else; what it returns, its writer writes again.
"""

from __future__ import annotations

from itertools import groupby

from peergym.rollback.binary import Reader, Writer
from peergym.rollback.control_limits import (
    MAX_PEER,
    MAX_REASON_BYTES,
    MAX_REEXECUTED_FRAMES,
    MAX_SEED,
    check,
    check_ascending,
)
from peergym.rollback.control_messages import (
    Backfill,
    Follow,
    Followed,
    JoinRequest,
    NotTold,
    Reexecute,
    Repair,
    Rows,
    Seating,
    Unrepaired,
)
from peergym.rollback.input_runs import MAX_FRAMES_PER_SEAT, InputRun
from peergym.rollback.membership import Arrival, Departure, Stance
from peergym.rollback.wire import MAX_EPISODE, MAX_FRAME, MAX_INPUT_BITS, MAX_PLAYERS


def write_backfill(out: Writer, message: Backfill) -> None:
    _check_last_frame(message.run)
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.player, MAX_PLAYERS - 1)
    out.varint(message.run.first_frame, MAX_FRAME)
    write_values(out, message.run.values)


def read_backfill(reader: Reader) -> Backfill:
    episode, player = reader.varint(MAX_EPISODE), reader.varint(MAX_PLAYERS - 1)
    run = InputRun(reader.varint(MAX_FRAME), read_values(reader))
    _check_last_frame(run)
    return Backfill(episode, player, run)


def write_values(out: Writer, values: tuple[int, ...]) -> None:
    """Inputs of consecutive frames: width, then repeats."""
    check(0 < len(values) <= MAX_FRAMES_PER_SEAT, f"{len(values)} inputs")
    check(min(values) >= 0, f"input {min(values)} is negative")
    value_bytes = (max(values).bit_length() + 7) >> 3
    out.varint(value_bytes, MAX_INPUT_BITS >> 3)
    repeats = [(value, len(list(group))) for value, group in groupby(values)]
    out.varint(len(repeats), MAX_FRAMES_PER_SEAT)
    for value, length in repeats:
        out.varint(length - 1, MAX_FRAMES_PER_SEAT - 1)
        out.raw(value.to_bytes(value_bytes, "little"))


def read_values(reader: Reader) -> tuple[int, ...]:
    """What `write_values` has written."""
    value_bytes = reader.varint(MAX_INPUT_BITS >> 3)
    values: list[int] = []
    previous = -1
    for _ in range(reader.varint(MAX_FRAMES_PER_SEAT)):
        length = reader.varint(MAX_FRAMES_PER_SEAT - 1) + 1
        value = int.from_bytes(reader.raw(value_bytes), "little")
        check(value != previous, f"input {value} is repeated in two pieces")
        check(len(values) + length <= MAX_FRAMES_PER_SEAT, "too many inputs")
        values += [value] * length
        previous = value
    check(bool(values), "no inputs")
    shortest = (max(values).bit_length() + 7) >> 3
    check(value_bytes == shortest, f"inputs take {value_bytes} bytes, {shortest} would do")
    return tuple(values)


def _check_last_frame(run: InputRun) -> None:
    last_frame = run.first_frame + len(run.values) - 1
    check(last_frame <= MAX_FRAME, f"frame {last_frame} is above {MAX_FRAME}")


def write_stance(out: Writer, stance: Stance) -> None:
    check_ascending([change.peer for change in stance.departures])
    check_ascending([change.peer for change in stance.arrivals])
    out.varint(stance.version, MAX_EPISODE)
    out.u8(stance.is_ready)
    out.varint(len(stance.departures), MAX_PEER + 1)
    for lost in stance.departures:
        out.varint(lost.peer, MAX_PEER)
        out.u8(lost.is_agreed)
        out.varint(len(lost.held), MAX_PLAYERS)
        for frame in lost.held:
            out.varint(frame + 1, MAX_FRAME + 1)
    out.varint(len(stance.arrivals), MAX_PEER + 1)
    for new in stance.arrivals:
        out.varint(new.peer, MAX_PEER)
        out.u8(new.is_agreed)
        _write_players(out, new.players)
        out.varint(new.frame, MAX_FRAME)


def read_stance(reader: Reader) -> Stance:
    version, is_ready = reader.varint(MAX_EPISODE), _read_flag(reader)
    departures = []
    for _ in range(reader.varint(MAX_PEER + 1)):
        peer, is_agreed = reader.varint(MAX_PEER), _read_flag(reader)
        count = reader.varint(MAX_PLAYERS)
        held = tuple([reader.varint(MAX_FRAME + 1) - 1 for _ in range(count)])
        departures.append(Departure(peer, held, is_agreed))
    arrivals = []
    for _ in range(reader.varint(MAX_PEER + 1)):
        peer, is_agreed = reader.varint(MAX_PEER), _read_flag(reader)
        players = _read_players(reader)
        arrivals.append(Arrival(peer, players, reader.varint(MAX_FRAME), is_agreed))
    check_ascending([change.peer for change in departures])
    check_ascending([change.peer for change in arrivals])
    return Stance(version, is_ready, tuple(departures), tuple(arrivals))


def _read_flag(reader: Reader) -> bool:
    flag = reader.u8()
    check(flag <= 1, f"flag is {flag}")
    return flag == 1


def _write_players(out: Writer, players: tuple[int, ...]) -> None:
    check_ascending(players)
    out.varint(len(players), MAX_PLAYERS)
    for player in players:
        out.varint(player, MAX_PLAYERS - 1)


def _read_players(reader: Reader) -> tuple[int, ...]:
    count = reader.varint(MAX_PLAYERS)
    players = tuple([reader.varint(MAX_PLAYERS - 1) for _ in range(count)])
    check_ascending(players)
    return players


def write_follow(out: Writer, message: Follow | Followed) -> None:
    _check_place(message.episode, message.frame)
    out.varint(message.episode + 1, MAX_EPISODE + 1)
    out.varint(message.frame, MAX_FRAME)


def read_follow(reader: Reader) -> tuple[int, int]:
    episode, frame = reader.varint(MAX_EPISODE + 1) - 1, reader.varint(MAX_FRAME)
    _check_place(episode, frame)
    return episode, frame


def _check_place(episode: int, frame: int) -> None:
    check(episode >= 0 or frame == 0, f"frame {frame} of no episode")


def write_join_request(out: Writer, message: JoinRequest) -> None:
    check(bool(message.players), "no seat is wanted")
    _write_players(out, message.players)


def read_join_request(reader: Reader) -> JoinRequest:
    players = _read_players(reader)
    check(bool(players), "no seat is wanted")
    return JoinRequest(players)


def write_seating(out: Writer, message: Seating) -> None:
    check_ascending(message.members)
    check(len(message.owners) == len(message.since), "owners and frames differ in number")
    out.varint(message.episode + 1, MAX_EPISODE + 1)
    out.varint(message.frame, MAX_FRAME)
    out.u8(message.has_state)
    out.varint(message.epoch, MAX_EPISODE)
    out.varint(len(message.members), MAX_PEER + 1)
    for peer in message.members:
        out.varint(peer, MAX_PEER)
    out.varint(len(message.owners), MAX_PLAYERS)
    for owner, frame in zip(message.owners, message.since, strict=True):
        out.varint(owner + 1, MAX_PEER + 1)
        out.varint(frame, MAX_FRAME)


def read_seating(reader: Reader) -> Seating:
    episode, frame = reader.varint(MAX_EPISODE + 1) - 1, reader.varint(MAX_FRAME)
    has_state, epoch = _read_flag(reader), reader.varint(MAX_EPISODE)
    members = tuple([reader.varint(MAX_PEER) for _ in range(reader.varint(MAX_PEER + 1))])
    check_ascending(members)
    seats = [
        (reader.varint(MAX_PEER + 1) - 1, reader.varint(MAX_FRAME))
        for _ in range(reader.varint(MAX_PLAYERS))
    ]
    owners, since = tuple([owner for owner, _ in seats]), tuple([frame for _, frame in seats])
    return Seating(episode, frame, has_state, epoch, members, owners, since)


def write_rows(out: Writer, message: Rows) -> None:
    _check_columns(message)
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.first_frame, MAX_FRAME)
    out.varint(len(message.columns), MAX_PLAYERS)
    for column in message.columns:
        write_values(out, column)


def read_rows(reader: Reader) -> Rows:
    episode, first_frame = reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME)
    columns = tuple([read_values(reader) for _ in range(reader.varint(MAX_PLAYERS))])
    rows = Rows(episode, first_frame, columns)
    _check_columns(rows)
    return rows


def _check_columns(rows: Rows) -> None:
    check(bool(rows.columns), "inputs of no player")
    frames = len(rows.columns[0])
    check(all(len(column) == frames for column in rows.columns), "columns differ in length")
    last_frame = rows.first_frame + frames - 1
    check(last_frame <= MAX_FRAME, f"frame {last_frame} is above {MAX_FRAME}")


def write_repair(out: Writer, message: Repair) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.frame, MAX_FRAME)
    out.u64(message.checksum)


def read_repair(reader: Reader) -> Repair:
    return Repair(reader.varint(MAX_EPISODE), reader.varint(MAX_FRAME), reader.u64())


def write_unrepaired(out: Writer, message: Unrepaired) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.text(message.reason, MAX_REASON_BYTES)


def read_unrepaired(reader: Reader) -> Unrepaired:
    return Unrepaired(reader.varint(MAX_EPISODE), reader.text(MAX_REASON_BYTES))


def write_reexecute(out: Writer, message: Reexecute) -> None:
    _check_agreed(message)
    out.varint(message.episode, MAX_EPISODE)
    out.varint(message.seed, MAX_SEED)
    out.varint(message.frame, MAX_REEXECUTED_FRAMES)
    out.varint(message.agreed_frame, MAX_REEXECUTED_FRAMES)
    out.u64(message.checksum)


def read_reexecute(reader: Reader) -> Reexecute:
    episode, seed = reader.varint(MAX_EPISODE), reader.varint(MAX_SEED)
    frame, agreed = reader.varint(MAX_REEXECUTED_FRAMES), reader.varint(MAX_REEXECUTED_FRAMES)
    message = Reexecute(episode, seed, frame, agreed, reader.u64())
    _check_agreed(message)
    return message


def _check_agreed(message: Reexecute) -> None:
    frame, agreed = message.frame, message.agreed_frame
    check(agreed <= frame, f"agreed at frame {agreed}, but held up to frame {frame} only")


def write_not_told(out: Writer, message: NotTold) -> None:
    out.varint(message.episode, MAX_EPISODE)
    out.text(message.reason, MAX_REASON_BYTES)


def read_not_told(reader: Reader) -> NotTold:
    return NotTold(reader.varint(MAX_EPISODE), reader.text(MAX_REASON_BYTES))
