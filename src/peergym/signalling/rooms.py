"""All rooms of a server, and who sits where. Sans-IO: time and entropy are arguments.

A *member* is a connection to the server, by the name the transport gives it. Every mutation goes
through one of the public calls, and each of them first decides, then changes: a call that raises
has changed nothing. Membership has one home, the seats of the rooms; the index by member is
written in `_bind` and `_unbind` only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from peergym.signalling.codes import make_code, normalise_code
from peergym.signalling.errors import ErrorCode, refusal
from peergym.signalling.limits import RoomLimits
from peergym.signalling.matchmaking import MatchmakingPolicy, OldestFirst
from peergym.signalling.messages import MatchDescription, RoomView, SignalKind
from peergym.signalling.room import (
    Room,
    RoomEvent,
    RoomSettings,
    RoomState,
    Seat,
    SeatPass,
    is_wrong_way,
    offer_pairs,
)

ID_BYTES = 12
"""96 bits: names of rooms, matches and sittings are never guessed and never meet again."""

SEED_BYTES = 8
"""A match's seed is a 64-bit number."""


@dataclass(frozen=True, slots=True)
class Push:
    """Something that a member must be told.

    Attributes:
        member: To whom.
        event: ``room``, ``match``, ``signal`` or ``closed``.
        payload: What JSON carries.
        peer: The seat that it was said to.
    """

    member: str
    event: str
    payload: dict[str, Any]
    peer: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody gets who takes a seat.

    Attributes:
        seat_pass: What his token stands for.
        room: The room as he sees it.
        match: The match, if it has begun.
    """

    seat_pass: SeatPass
    room: RoomView
    match: MatchDescription | None


class Rooms:
    """The rooms of one server."""

    def __init__(
        self,
        seats_total: int,
        entropy: Callable[[int], bytes],
        limits: RoomLimits | None = None,
        policy: MatchmakingPolicy | None = None,
        ice_servers: Sequence[dict[str, Any]] = (),
    ) -> None:
        """Make an empty registry.

        Args:
            seats_total: Seats of each room.
            entropy: Returns as many random bytes as asked for, such as ``os.urandom``.
            limits: How much rooms may take.
            policy: Who is brought together by a quick match.
            ice_servers: What match descriptions say under that name.
        """
        self._seats_total = seats_total
        self._entropy = entropy
        self._limits = limits or RoomLimits()
        self._policy = policy or OldestFirst()
        self._ice_servers = list(ice_servers)
        self._rooms: dict[str, Room] = {}
        self._by_code: dict[str, Room] = {}
        self._seat_of: dict[str, tuple[Room, Seat]] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._pushes: list[Push] = []

    # ------------------------------------------------------------ taking seats

    def create(self, member: str, settings: RoomSettings, now_s: float) -> Entry:
        """Open a room and take its first seat.

        Raises:
            SignallingError: The member already has a seat, or there are too many rooms.
        """
        self._refuse_seated(member)
        return self._sit(member, self._open_room(settings, now_s))

    def join(self, member: str, code: str, now_s: float) -> Entry:
        """Take a seat in the room with a code.

        Raises:
            SignallingError: The member already has a seat, or the room is unknown, closed, full.
        """
        self._refuse_seated(member)
        normal = normalise_code(code)
        room = self._by_code.get(normal)
        if room is None:
            is_closed = normal in self._closed
            raise refusal(ErrorCode.ROOM_CLOSED if is_closed else ErrorCode.WRONG_CODE)
        if room.state is not RoomState.OPEN:
            raise refusal(ErrorCode.ROOM_FULL)
        return self._sit(member, room)

    def quick_match(self, member: str, settings: RoomSettings, now_s: float) -> Entry:
        """Take a seat beside somebody who waits, or wait in a new room.

        Args:
            member: Who asks.
            settings: Of the room, if a new one is opened.
            now_s: The time.

        Raises:
            SignallingError: The member already has a seat, or there are too many rooms.
        """
        self._refuse_seated(member)
        waiting = [
            room
            for room in self._rooms.values()
            if room.is_quick and room.state is RoomState.OPEN and room.are_all_connected()
        ]
        room = self._policy.choose(waiting, now_s)
        if room is None:
            room = self._open_room(settings, now_s)
            room.is_quick = True
        return self._sit(member, room)

    def resume(self, member: str, seat_pass: SeatPass) -> Entry:
        """Take a seat again over a new connection; the old one, if still there, loses it.

        Raises:
            SignallingError: The pass is of a closed room or an earlier sitting, or the member
                has another seat.
        """
        room, seat = self._find_seat(seat_pass)
        held_now = self._seat_of.get(member)
        if held_now is not None and held_now[1] is not seat:
            self._refuse_seated(member)
        if seat.member is not None and seat.member != member:
            message = "Your seat was taken over by another connection of yours."
            self._push(seat, "closed", {"code": "bad_token", "message": message})
            self._unbind(seat)
        self._bind(room, seat, member)
        entry = self._entry(room, seat)
        self._tell_room(room, but=seat)
        for event, payload in seat.held:
            self._push(seat, event, payload)
        seat.held.clear()
        return entry

    # ------------------------------------------------------------ in a seat

    def signal(
        self, member: str, seat_pass: SeatPass, to: int, kind: SignalKind, payload: Any
    ) -> None:
        """Pass a description or candidate on to another peer of the room.

        Raises:
            SignallingError: The member does not hold the seat of the pass, the room does not
                play yet, there is no such peer, the description is for the other side to make,
                or too much waits for the peer already.
        """
        room, seat = self._own_seat(member, seat_pass)
        if room.state is not RoomState.PLAYING:
            raise refusal(ErrorCode.BAD_REQUEST, "Signals wait until all seats are taken.")
        target = room.seats.get(to)
        if target is None or target is seat:
            raise refusal(ErrorCode.BAD_REQUEST, f"There is no other peer {to} in this room.")
        if is_wrong_way(kind, payload, seat.peer, to):
            pair = f"peers {min(seat.peer, to)} and {max(seat.peer, to)}"
            raise refusal(ErrorCode.BAD_REQUEST, f"Of {pair}, the first one offers.")
        if target.member is None and len(target.held) >= self._limits.held_signals:
            raise refusal(ErrorCode.RATE_LIMITED, f"Peer {to} is away, and too much waits for it.")
        self._deliver(target, "signal", {"from": seat.peer, "kind": kind, "payload": payload})

    def check_holds(self, member: str, seat_pass: SeatPass) -> Room:
        """Return the room of a pass if the member holds its seat.

        Raises:
            SignallingError: The member does not.
        """
        return self._own_seat(member, seat_pass)[0]

    def leave(self, member: str, seat_pass: SeatPass) -> None:
        """Give a seat up, for good.

        Raises:
            SignallingError: The member does not hold the seat of the pass.
        """
        room, seat = self._own_seat(member, seat_pass)
        self._give_up(room, seat, "The other player has left the room.")

    def connection_lost(self, member: str, now_s: float) -> None:
        """Note that a member's connection is gone; the seat is kept for the grace."""
        held = self._seat_of.get(member)
        if held is None:
            return
        room, seat = held
        self._unbind(seat)
        seat.lost_s = now_s
        self._tell_room(room)

    # ------------------------------------------------------------ time

    def get_timer(self) -> float | None:
        """Return when `handle_timer` is next due; None while nothing is."""
        lifetime_s, grace_s = self._limits.room_lifetime_s, self._limits.grace_s
        times = [room.created_s + lifetime_s for room in self._rooms.values()]
        times += [seat.lost_s + grace_s for _, seat in self._seats() if seat.lost_s is not None]
        return min(times, default=None)

    def handle_timer(self, now_s: float) -> None:
        """Free the seats whose grace is over and close the rooms that are too old."""
        for room in list(self._rooms.values()):
            if now_s >= room.created_s + self._limits.room_lifetime_s:
                room.apply(RoomEvent.EXPIRED)
                self._close(room, "The room was open for too long.")
        for room, seat in list(self._seats()):
            # Not a bug: an earlier turn of this loop may have closed the room.
            is_lost = seat.lost_s is not None and now_s >= seat.lost_s + self._limits.grace_s
            if is_lost and room.state is not RoomState.CLOSED:
                self._give_up(room, seat, "The other player's connection to the server is lost.")

    # ------------------------------------------------------------ looking

    def pushes_to_send(self) -> list[Push]:
        """Take what members must be told, in order."""
        pushes, self._pushes = self._pushes, []
        return pushes

    def rooms(self) -> list[Room]:
        """Return all rooms that are not closed, oldest first."""
        return list(self._rooms.values())

    def seat_of(self, member: str) -> SeatPass | None:
        """Return where a member sits."""
        held = self._seat_of.get(member)
        return held[0].pass_of(held[1]) if held else None

    # ------------------------------------------------------------ inside

    def _open_room(self, settings: RoomSettings, now_s: float) -> Room:
        if len(self._rooms) >= self._limits.rooms:
            raise refusal(ErrorCode.SERVER_FULL)
        code = make_code(self._entropy)
        while code in self._by_code or code in self._closed:
            code = make_code(self._entropy)
        room = Room(self._make_id(), code, settings, self._seats_total, now_s)
        self._rooms[room.room_id] = room
        self._by_code[code] = room
        return room

    def _sit(self, member: str, room: Room) -> Entry:
        seat = room.take_seat(member, self._make_id())
        self._bind(room, seat, member)
        self._tell_room(room, but=seat)
        if room.state is RoomState.PLAYING:
            room.match = self._describe_match(room)
            for each in room.seats.values():
                self._deliver(each, "match", room.match.model_dump(mode="json"))
        return self._entry(room, seat)

    def _describe_match(self, room: Room) -> MatchDescription:
        return MatchDescription(
            match_id=self._make_id(),
            seed=str(int.from_bytes(self._entropy(SEED_BYTES), "little")),
            owners=list(range(room.seats_total)),
            options=room.settings.options,
            input_delay=room.settings.input_delay,
            checksum_interval_frames=room.settings.checksum_interval_frames,
            offers=offer_pairs(room.seats_total),
            ice_servers=self._ice_servers,
        )

    def _give_up(self, room: Room, seat: Seat, why: str) -> None:
        if seat.member is not None:
            self._unbind(seat)
        room.give_up_seat(seat.peer)
        if room.state is RoomState.CLOSED:
            self._close(room, why)
        else:
            self._tell_room(room)

    def _close(self, room: Room, why: str) -> None:
        """Tell whoever is left and forget a room whose state is closed already."""
        for seat in room.seats.values():
            self._push(seat, "closed", {"code": "room_closed", "message": why})
            self._unbind(seat)
        room.seats.clear()
        del self._rooms[room.room_id]
        del self._by_code[room.code]
        for name in (room.room_id, room.code):
            self._closed[name] = None
        while len(self._closed) > 2 * self._limits.remembered_codes:
            self._closed.popitem(last=False)

    def _refuse_seated(self, member: str) -> None:
        if member in self._seat_of:
            raise refusal(ErrorCode.BAD_REQUEST, "You are in a room already; leave it first.")

    def _find_seat(self, seat_pass: SeatPass) -> tuple[Room, Seat]:
        if seat_pass.room_id in self._closed:
            raise refusal(ErrorCode.ROOM_CLOSED)
        room = self._rooms.get(seat_pass.room_id)
        seat = room.seats.get(seat_pass.peer) if room else None
        if room is None or seat is None or seat.sitting != seat_pass.sitting:
            raise refusal(ErrorCode.BAD_TOKEN)
        return room, seat

    def _own_seat(self, member: str, seat_pass: SeatPass) -> tuple[Room, Seat]:
        room, seat = self._find_seat(seat_pass)
        if seat.member != member:
            raise refusal(ErrorCode.BAD_TOKEN, "This connection does not hold the token's seat.")
        return room, seat

    def _bind(self, room: Room, seat: Seat, member: str) -> None:
        seat.member = member
        seat.lost_s = None
        self._seat_of[member] = (room, seat)

    def _unbind(self, seat: Seat) -> None:
        if seat.member is not None:
            del self._seat_of[seat.member]
        seat.member = None

    def _entry(self, room: Room, seat: Seat) -> Entry:
        return Entry(room.pass_of(seat), room.view(seat.peer), room.match)

    def _tell_room(self, room: Room, but: Seat | None = None) -> None:
        for seat in room.seats.values():
            if seat is not but and seat.member is not None:
                view = room.view(seat.peer).model_dump(mode="json")
                self._push(seat, "room", view)

    def _deliver(self, seat: Seat, event: str, payload: dict[str, Any]) -> None:
        """Push to whoever holds a seat, or keep it until he is back."""
        if seat.member is not None:
            self._push(seat, event, payload)
        else:
            seat.held.append((event, payload))

    def _push(self, seat: Seat, event: str, payload: dict[str, Any]) -> None:
        """Push to whoever holds a seat, if anybody does."""
        if seat.member is not None:
            self._pushes.append(Push(seat.member, event, payload, seat.peer))

    def _seats(self) -> list[tuple[Room, Seat]]:
        return [(room, seat) for room in self._rooms.values() for seat in room.seats.values()]

    def _make_id(self) -> str:
        return self._entropy(ID_BYTES).hex()
