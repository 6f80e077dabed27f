"""Which rooms there are, and which member has which place. Made and changed by `Rooms` alone.

Membership has one home, the sittings of the rooms; the index by member is written in `bind` and
`unbind` only.
"""

from __future__ import annotations

from collections import OrderedDict

from peergym.signalling.codes import normalise_code
from peergym.signalling.errors import ErrorCode, refusal
from peergym.signalling.room import Room, SeatPass, Sitting


class Registry:
    """The rooms of one server, by their names."""

    def __init__(self, remembered_codes: int) -> None:
        """Make an empty one.

        Args:
            remembered_codes: Of how many closed rooms the code is remembered.
        """
        self.rooms: dict[str, Room] = {}
        self.by_code: dict[str, Room] = {}
        self.place_of: dict[str, tuple[Room, Sitting]] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._remembered = 2 * remembered_codes  # a name and a code each
        self._changed: set[str] = set()

    # ------------------------------------------------------------ rooms

    def is_used(self, code: str) -> bool:
        """Whether a code means a room that is there, or was lately."""
        return code in self.by_code or code in self._closed

    def add(self, room: Room) -> None:
        """Take a room in."""
        self.rooms[room.room_id] = self.by_code[room.code] = room

    def forget(self, room: Room) -> None:
        """Let a room go, and remember that it was there."""
        del self.rooms[room.room_id]
        del self.by_code[room.code]
        self.note_change(room)
        for name in (room.room_id, room.code):
            self._closed[name] = None
        while len(self._closed) > self._remembered:
            self._closed.popitem(last=False)

    def find_code(self, code: str) -> Room:
        """Return the room with a code, however that is typed.

        Raises:
            SignallingError: There is none, or no longer.
        """
        normal = normalise_code(code)
        room = self.by_code.get(normal)
        if room is None:
            is_closed = normal in self._closed
            raise refusal(ErrorCode.ROOM_CLOSED if is_closed else ErrorCode.WRONG_CODE)
        return room

    def note_change(self, room: Room) -> None:
        """Note that a room is not what it was."""
        self._changed.add(room.room_id)

    def take_changes(self) -> dict[str, Room | None]:
        """Take the rooms that have changed, by name; None for those that are no more."""
        changed, self._changed = self._changed, set()
        return {room_id: self.rooms.get(room_id) for room_id in sorted(changed)}

    # ------------------------------------------------------------ places

    def places(self) -> list[tuple[Room, Sitting]]:
        """Return all places, those in the oldest room first."""
        return [(room, one) for room in self.rooms.values() for one in room.sittings.values()]

    def bind(self, room: Room, sitting: Sitting, member: str) -> None:
        """Give a place to a member."""
        sitting.member = member
        sitting.lost_s = None
        self.place_of[member] = (room, sitting)

    def unbind(self, sitting: Sitting) -> None:
        """Take a place from whoever holds it, if anybody does."""
        if sitting.member is not None:
            del self.place_of[sitting.member]
        sitting.member = None

    def refuse_placed(self, member: str) -> None:
        """Refuse what only somebody may do who has no place.

        Raises:
            SignallingError: The member has one.
        """
        if member in self.place_of:
            raise refusal(ErrorCode.BAD_REQUEST, "You are in a room already; leave it first.")

    def find(self, seat_pass: SeatPass) -> tuple[Room, Sitting]:
        """Return where a pass leads.

        Raises:
            SignallingError: The room is closed, or the sitting is over.
        """
        if seat_pass.room_id in self._closed:
            raise refusal(ErrorCode.ROOM_CLOSED)
        room = self.rooms.get(seat_pass.room_id)
        if room is not None and seat_pass.key in room.kicked:
            raise refusal(ErrorCode.KICKED)
        sitting = room.sittings.get(seat_pass.key) if room else None
        if room is None or sitting is None:
            raise refusal(ErrorCode.BAD_TOKEN)
        return room, sitting

    def own(self, member: str, seat_pass: SeatPass) -> tuple[Room, Sitting]:
        """Return where a pass leads if the member holds that place.

        Raises:
            SignallingError: The member does not.
        """
        room, sitting = self.find(seat_pass)
        if sitting.member != member:
            raise refusal(ErrorCode.BAD_TOKEN, "This connection does not hold the token's place.")
        return room, sitting

    def own_as_host(self, member: str, seat_pass: SeatPass) -> tuple[Room, Sitting]:
        """Return where a pass leads if the member holds that place, and is the host there.

        Raises:
            SignallingError: The member does not, or is not.
        """
        room, sitting = self.own(member, seat_pass)
        if sitting is not room.host:
            raise refusal(ErrorCode.BAD_REQUEST, "Only the host of the room may do that.")
        return room, sitting
