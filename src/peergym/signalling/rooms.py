"""All rooms of a server, and who sits where. Sans-IO: time and entropy are arguments.

A *member* is a connection to the server, by the name the transport gives it. Every mutation goes
through one of the public calls, and each of them first decides, then changes: a call that raises
has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from peergym.signalling.arbiter import rule
from peergym.signalling.codes import make_code
from peergym.signalling.errors import ErrorCode, refusal
from peergym.signalling.limits import RoomLimits
from peergym.signalling.matches import admit_peer, begin_match, describe_match, has_room_for_peer
from peergym.signalling.matchmaking import MatchmakingPolicy, OldestFirst
from peergym.signalling.messages import SignalKind
from peergym.signalling.pushes import Departure, Push, Pushes
from peergym.signalling.registry import Registry
from peergym.signalling.room import (
    Room,
    RoomEvent,
    RoomSettings,
    RoomState,
    SeatPass,
    Sitting,
    is_wrong_way,
)
from peergym.signalling.views import MatchDescription, RoomView

ID_BYTES = 12
"""96 bits: names of rooms, matches and sittings are never guessed and never meet again."""

SEED_BYTES = 8
"""A match's seed is a 64-bit number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody gets who takes a place.

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
    ) -> None:
        """Make an empty registry.

        Args:
            seats_total: Seats of each room.
            entropy: Returns as many random bytes as asked for, such as ``os.urandom``.
            limits: How much rooms may take.
            policy: Who is brought together by a quick match.
        """
        self._seats_total = seats_total
        self._entropy = entropy
        self._limits = limits or RoomLimits()
        self._policy = policy or OldestFirst()
        self._known = Registry(self._limits.remembered_codes)
        self._pushes = Pushes()

    # ------------------------------------------------------------ taking places

    def create(self, member: str, settings: RoomSettings, now_s: float) -> Entry:
        """Open a room and take its first seat.

        Raises:
            SignallingError: The member already has a place, or there are too many rooms.
        """
        self._known.refuse_placed(member)
        return self._sit(member, self._open_room(settings, now_s))

    def join(
        self, member: str, code: str, now_s: float, *, watch: bool = False, seat: int | None = None
    ) -> Entry:
        """Take a seat in the room with a code, also in one that plays; or watch.

        Args:
            member: Who asks.
            code: Of the room, however it is typed.
            now_s: The time.
            watch: Whether to take no seat.
            seat: The seat wanted; None takes the lowest that is free.

        Raises:
            SignallingError: The member already has a place, the room is unknown, closed, full, or
                the seat wanted is taken or not there.
        """
        self._known.refuse_placed(member)
        room = self._known.find_code(code)
        if watch and len(room.spectators) >= self._limits.spectators:
            raise refusal(ErrorCode.ROOM_FULL, "As many watch this room as may.")
        if not watch and not room.free_seats:
            raise refusal(ErrorCode.ROOM_FULL)
        if seat is not None:
            _refuse_seat(room, seat, watch=watch)
        self._refuse_without_peer(room, plays=not watch)
        return self._watch(member, room) if watch else self._sit(member, room, seat)

    def quick_match(self, member: str, settings: RoomSettings, now_s: float) -> Entry:
        """Take a seat beside somebody who waits, or wait in a new room.

        Args:
            member: Who asks.
            settings: Of the room, if a new one is opened.
            now_s: The time.

        Raises:
            SignallingError: The member already has a place, or there are too many rooms.
        """
        self._known.refuse_placed(member)
        waiting = [room for room in self._known.rooms.values() if _takes_strangers(room)]
        room = self._policy.choose(waiting, now_s)
        if room is None:
            room = self._open_room(settings, now_s)
            room.is_quick = True
        return self._sit(member, room)

    def resume(self, member: str, seat_pass: SeatPass, *, rejoin: bool = False) -> Entry:
        """Take a place again over a new connection; the old one, if still there, loses it.

        Args:
            member: The new connection.
            seat_pass: What his token stands for.
            rejoin: Whether he knows nothing of the match any more, and comes as a newcomer.

        Raises:
            SignallingError: The pass is of a closed room or an earlier sitting, the host has
                removed him, the match has no place for newcomers, or the member has another place.
        """
        room, sitting = self._known.find(seat_pass)
        held_now = self._known.place_of.get(member)
        if held_now is not None and held_now[1] is not sitting:
            self._known.refuse_placed(member)
        comes_anew = room.match is not None and (rejoin or sitting.peer is None)
        if comes_anew:
            self._refuse_without_peer(room, plays=sitting.seat is not None)
            if room.ends_with(sitting):
                message = "The match ended when you left it, as its host had chosen."
                raise refusal(ErrorCode.ROOM_CLOSED, message)
        if sitting.member is not None and sitting.member != member:
            message = "Your place was taken over by another page of yours."
            self._pushes.tell_closed(sitting, "bad_token", message)
            self._known.unbind(sitting)
        self._known.bind(room, sitting, member)
        if comes_anew:
            self._pushes.tell_departure(room, sitting.peer, Departure.REPLACED)
            self._admit(room, sitting)
        self._tell(room, but=sitting)
        if comes_anew:
            self._pushes.tell_arrival(room, sitting)
        self._pushes.deliver_held(sitting)
        self._begin_if_due(room, but=sitting)
        return self._entry(room, sitting)

    # ------------------------------------------------------------ before the match

    def set_ready(self, member: str, seat_pass: SeatPass, *, is_ready: bool) -> None:
        """Say whether the match may begin.

        Raises:
            SignallingError: The member does not hold the place of the pass, or it is no seat.
        """
        room, sitting = self._known.own(member, seat_pass)
        if sitting.seat is None:
            raise refusal(ErrorCode.BAD_REQUEST, "Who watches need not be ready.")
        sitting.is_ready = is_ready
        self._tell(room)
        self._begin_if_due(room)

    def start(self, member: str, seat_pass: SeatPass) -> None:
        """Begin the match with those who are there.

        Raises:
            SignallingError: The member does not hold the place of the pass or is not the host,
                the match has begun, or nobody else is ready.
        """
        room, sitting = self._known.own_as_host(member, seat_pass)
        if room.state is not RoomState.OPEN:
            raise refusal(ErrorCode.BAD_REQUEST, "The match has begun already.")
        ready = [one for one in room.players if one.is_ready and one.member is not None]
        if all(one is sitting for one in ready):
            raise refusal(ErrorCode.BAD_REQUEST, "Nobody else is ready yet.")
        self._begin(room)

    def kick(self, member: str, seat_pass: SeatPass, number: int) -> None:
        """Remove somebody from the room, for good.

        Args:
            member: Who asks.
            seat_pass: What his token stands for.
            number: Of the sitting to end.

        Raises:
            SignallingError: The member does not hold the place of the pass or is not the host,
                or there is nobody else with that number.
        """
        room, host = self._known.own_as_host(member, seat_pass)
        sitting = room.find(number)
        if sitting is None or sitting is host:
            raise refusal(ErrorCode.BAD_REQUEST, "There is nobody else with that number here.")
        room.kicked.add(sitting.key)
        self._pushes.tell_closed(sitting, "kicked", "The host has removed you from the room.")
        why = "The host has removed somebody, and the match ends with that."
        self._give_up(room, sitting, Departure.REMOVED, why)

    # ------------------------------------------------------------ in a match

    def signal(
        self, member: str, seat_pass: SeatPass, to: int, kind: SignalKind, payload: Any
    ) -> None:
        """Pass a description or candidate on to another peer of the match.

        Raises:
            SignallingError: The member does not hold the place of the pass, the room does not
                play yet, there is no such peer, the description is for the other side to make,
                or too much waits for the peer already.
        """
        room, sitting = self._known.own(member, seat_pass)
        if sitting.peer is None:
            raise refusal(ErrorCode.BAD_REQUEST, "Signals wait until the match has begun.")
        target = room.find_peer(to)
        if target is None or target is sitting:
            raise refusal(ErrorCode.BAD_REQUEST, f"There is no other peer {to} in this room.")
        if is_wrong_way(kind, payload, sitting.peer, to):
            pair = f"peers {min(sitting.peer, to)} and {max(sitting.peer, to)}"
            raise refusal(ErrorCode.BAD_REQUEST, f"Of {pair}, the first one offers.")
        if target.member is None and len(target.held) >= self._limits.held_signals:
            raise refusal(ErrorCode.RATE_LIMITED, f"Peer {to} is away, and too much waits for it.")
        said = {"from": sitting.peer, "kind": kind, "payload": payload}
        self._pushes.deliver(target, "signal", said)

    def arbitrate(
        self,
        member: str,
        seat_pass: SeatPass,
        epoch: int,
        group: Iterable[int],
        members: Iterable[int] | None = None,
    ) -> None:
        """Decide whether one of two equal halves of a match may go on; the answer is pushed.

        Args:
            member: Who asks.
            seat_pass: What his token stands for.
            epoch: Of the latest agreement, to tell the answers apart.
            group: The peers of the half that asks.
            members: Those it is a half of; None says all who ever came.

        Raises:
            SignallingError: The member does not hold the place of the pass, is not in the group,
                or somebody in it was never in the match.
        """
        room, sitting = self._known.own(member, seat_pass)
        half, match = set(group), room.match
        if match is None or sitting.peer not in half or max(half) >= match.peers_given:
            raise refusal(ErrorCode.BAD_REQUEST, "Only who is in a part of the match asks for it.")
        everybody = set(range(match.peers_given)) if members is None else set(members)
        connected = {
            one.peer
            for one in room.sittings.values()
            if one.peer is not None and one.member is not None
        }
        ruling = rule(half, everybody | half, match.lost, connected)
        match.lost = ruling.lost
        self._known.note_change(room)
        said = {"epoch": epoch, "group": sorted(half), "is_granted": ruling.is_granted}
        self._pushes.push(sitting, "decision", said)

    def check_holds(self, member: str, seat_pass: SeatPass) -> tuple[Room, Sitting]:
        """Return where a pass leads if the member holds its place.

        Raises:
            SignallingError: The member does not.
        """
        return self._known.own(member, seat_pass)

    def leave(self, member: str, seat_pass: SeatPass) -> None:
        """Give a place up, for good.

        Raises:
            SignallingError: The member does not hold the place of the pass.
        """
        room, sitting = self._known.own(member, seat_pass)
        self._give_up(room, sitting, Departure.LEFT, "The other player has left the room.")

    def connection_lost(self, member: str, now_s: float) -> None:
        """Note that a member's connection is gone; the place is kept for the grace."""
        held = self._known.place_of.get(member)
        if held is None:
            return
        room, sitting = held
        self._known.unbind(sitting)
        sitting.lost_s = now_s
        self._tell(room)

    # ------------------------------------------------------------ time

    def get_timer(self) -> float | None:
        """Return when `handle_timer` is next due; None while nothing is."""
        times = [
            room.created_s + self._limits.room_lifetime_s for room in self._known.rooms.values()
        ]
        ends = [_lost_for_good_s(room, one) for room, one in self._known.places()]
        return min(times + [end_s for end_s in ends if end_s is not None], default=None)

    def handle_timer(self, now_s: float) -> None:
        """Free the places whose grace is over and close the rooms that are too old."""
        for room in list(self._known.rooms.values()):
            if now_s >= room.created_s + self._limits.room_lifetime_s:
                room.apply(RoomEvent.EXPIRED)
                self._close(room, "The room was open for too long.")
        for room, sitting in list(self._known.places()):
            due_s = _lost_for_good_s(room, sitting)
            # Not a bug: an earlier turn of this loop may have closed the room.
            if due_s is not None and now_s >= due_s and room.state is not RoomState.CLOSED:
                why = "The other player's connection to the server is lost."
                self._give_up(room, sitting, Departure.LOST, why)

    # ------------------------------------------------------------ looking

    def pushes_to_send(self) -> list[Push]:
        """Take what members must be told, in order."""
        return self._pushes.take()

    def changes_to_save(self) -> dict[str, Room | None]:
        """Take the rooms that have changed, by name; None for those that are no more."""
        return self._known.take_changes()

    def rooms(self) -> list[Room]:
        """Return all rooms that are not closed, oldest first."""
        return list(self._known.rooms.values())

    def seat_of(self, member: str) -> SeatPass | None:
        """Return where a member has his place."""
        held = self._known.place_of.get(member)
        return held[0].pass_of(held[1]) if held else None

    def restore(self, room: Room) -> bool:
        """Take in a room of an earlier run, in which nobody is connected.

        Returns:
            Whether it was taken: another has its code, or it has other seats, and it was not.
        """
        is_fit = room.seats_total == self._seats_total and not self._known.is_used(room.code)
        if is_fit:
            self._known.add(room)
        return is_fit

    # ------------------------------------------------------------ inside

    def _open_room(self, settings: RoomSettings, now_s: float) -> Room:
        if len(self._known.rooms) >= self._limits.rooms:
            raise refusal(ErrorCode.SERVER_FULL)
        code = make_code(self._entropy)
        while self._known.is_used(code):
            code = make_code(self._entropy)
        if settings.grace_s is None:
            settings = replace(settings, grace_s=self._limits.grace_s)
        room = Room(self._make_id(), code, settings, self._seats_total, now_s)
        self._known.add(room)
        return room

    def _sit(self, member: str, room: Room, seat: int | None = None) -> Entry:
        return self._enter(room, room.take_seat(member, self._make_id(), seat), member)

    def _watch(self, member: str, room: Room) -> Entry:
        return self._enter(room, room.watch(member, self._make_id()), member)

    def _enter(self, room: Room, sitting: Sitting, member: str) -> Entry:
        self._known.bind(room, sitting, member)
        self._admit(room, sitting)
        if not self._begin_if_due(room, but=sitting):
            self._tell(room, but=sitting)
        if sitting.is_newcomer:
            self._pushes.tell_arrival(room, sitting)
        return self._entry(room, sitting)

    def _admit(self, room: Room, sitting: Sitting) -> None:
        """Give somebody who comes to a match that has begun his peer id."""
        if room.match is not None:
            admit_peer(room.match, sitting)

    def _begin_if_due(self, room: Room, but: Sitting | None = None) -> bool:
        is_due = room.is_due
        if is_due:
            self._begin(room, but)
        return is_due

    def _begin(self, room: Room, but: Sitting | None = None) -> None:
        """Begin the match; the answer to one of those in it tells him of the room."""
        seed = int.from_bytes(self._entropy(SEED_BYTES), "little")
        match = begin_match(room, self._make_id(), seed)
        room.apply(RoomEvent.MATCH_BEGAN)
        # Who watches, or was away just now, comes as everybody does who comes later.
        late = [one for one in room.spectators if one.member is not None]
        self._tell(room, but)
        self._pushes.tell_match(room)
        for sitting in late:
            admit_peer(match, sitting)
            self._pushes.push(sitting, "room", room.view(sitting).model_dump(mode="json"))
            described = describe_match(room, match, sitting)
            self._pushes.push(sitting, "match", described.model_dump(mode="json"))
            self._pushes.tell_arrival(room, sitting)

    def _give_up(self, room: Room, sitting: Sitting, departure: Departure, why: str) -> None:
        if sitting.member is not None:
            self._known.unbind(sitting)
        room.give_up(sitting)
        if room.state is RoomState.CLOSED:
            self._close(room, why)
        else:
            self._pushes.tell_departure(room, sitting.peer, departure)
            self._tell(room)
            self._begin_if_due(room)

    def _close(self, room: Room, why: str) -> None:
        """Tell whoever is left and forget a room whose state is closed already."""
        for sitting in room.sittings.values():
            self._pushes.tell_closed(sitting, "room_closed", why)
            self._known.unbind(sitting)
        room.sittings.clear()
        self._known.forget(room)

    def _refuse_without_peer(self, room: Room, *, plays: bool) -> None:
        if room.match is not None and not has_room_for_peer(room.match, plays=plays):
            message = "So many have come to this match that nobody else can."
            raise refusal(ErrorCode.ROOM_FULL, message)

    def _entry(self, room: Room, sitting: Sitting) -> Entry:
        plays = room.match is not None and sitting.peer is not None
        match = describe_match(room, room.match, sitting) if room.match and plays else None
        return Entry(room.pass_of(sitting), room.view(sitting), match)

    def _tell(self, room: Room, but: Sitting | None = None) -> None:
        self._known.note_change(room)
        self._pushes.tell_room(room, but)

    def _make_id(self) -> str:
        return self._entropy(ID_BYTES).hex()


def _takes_strangers(room: Room) -> bool:
    return room.is_quick and room.state is RoomState.OPEN and room.are_all_connected()


def _refuse_seat(room: Room, seat: int, *, watch: bool) -> None:
    """Refuse a seat that cannot be given; people count from 1."""
    if watch:
        raise refusal(ErrorCode.BAD_REQUEST, "Who watches takes no seat.")
    if seat >= room.seats_total:
        message = f"There is no seat {seat + 1}: this room has {room.seats_total}."
        raise refusal(ErrorCode.BAD_REQUEST, message)
    if seat not in room.free_seats:
        free = ", ".join(str(each + 1) for each in room.free_seats)
        raise refusal(ErrorCode.SEAT_TAKEN, f"Seat {seat + 1} is taken; free is {free}.")


def _lost_for_good_s(room: Room, sitting: Sitting) -> float | None:
    if sitting.lost_s is None:
        return None
    return sitting.lost_s + (room.settings.grace_s or 0.0)
