"""One room: its seats, its state, and what may happen in which state.

Theory of operation. A room has as many seats as the game has players. Seats are taken lowest
first; the number of the seat is the peer id. When the last seat is taken, the room plays: it
describes the match once, and says for each pair who offers. Rematches are agreed between the
peers and do not concern it. A lost connection changes no state: the seat is kept for a grace.

Laws:
1. No two members hold one seat, and a member holds at most one.
2. A seat's pass names one sitting: whoever takes a seat after somebody else gets another pass.
3. `CLOSED` is final, and a closed room has no members.
4. A room that plays is closed by the first who leaves for good; one that is open goes on as long
   as somebody is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from peergym.errors import InvariantError
from peergym.signalling.messages import (
    InputDelayRule,
    MatchDescription,
    Number,
    RoomView,
    SeatView,
    SignalKind,
)


class RoomState(StrEnum):
    """What a room is doing."""

    OPEN = "open"
    PLAYING = "playing"
    CLOSED = "closed"


class RoomEvent(StrEnum):
    """What can happen to a room."""

    SEAT_TAKEN = "seat taken"
    LAST_SEAT_TAKEN = "last seat taken"
    SEAT_LEFT = "seat left"
    LAST_MEMBER_LEFT = "last member left"
    EXPIRED = "expired"


TRANSITIONS: dict[tuple[RoomState, RoomEvent], RoomState] = {
    (RoomState.OPEN, RoomEvent.SEAT_TAKEN): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.LAST_SEAT_TAKEN): RoomState.PLAYING,
    (RoomState.OPEN, RoomEvent.SEAT_LEFT): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.LAST_MEMBER_LEFT): RoomState.CLOSED,
    (RoomState.OPEN, RoomEvent.EXPIRED): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.SEAT_LEFT): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.LAST_MEMBER_LEFT): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.EXPIRED): RoomState.CLOSED,
}
"""All that can happen. What is not in the table is a bug of ours."""


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What whoever creates a room chooses.

    Attributes:
        options: The game's options, complete and checked.
        input_delay: Frames, or the name of a rule.
        checksum_interval_frames: How often peers compare checksums.
    """

    options: dict[str, Number]
    input_delay: InputDelayRule = "auto"
    checksum_interval_frames: int = 60


@dataclass(frozen=True, slots=True)
class SeatPass:
    """What a room token stands for: one sitting on one seat of one room.

    Attributes:
        room_id: The room, by a name that is never used again (codes may be).
        peer: The seat.
        sitting: Random; another one for whoever sits there next.
    """

    room_id: str
    peer: int
    sitting: str


@dataclass(slots=True)
class Seat:
    """A taken seat.

    Attributes:
        peer: Its number, the peer id.
        sitting: The secret part of its pass.
        member: The connection that holds it; None while that is lost.
        lost_s: When the connection was lost; None while there is one.
        held: What was to be sent meanwhile: (event, payload), oldest first.
    """

    peer: int
    sitting: str
    member: str | None
    lost_s: float | None = None
    held: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Room:
    """A room. Made, changed and forgotten by `Rooms`; everybody else only looks."""

    def __init__(
        self, room_id: str, code: str, settings: RoomSettings, seats_total: int, now_s: float
    ) -> None:
        """Make an open room with nobody in it.

        Args:
            room_id: Its name for good.
            code: Its name while it exists.
            settings: What its creator chose.
            seats_total: How many players the game has.
            now_s: The time.
        """
        self.room_id = room_id
        self.code = code
        self.settings = settings
        self.seats_total = seats_total
        self.created_s = now_s
        self.is_quick = False
        self.state = RoomState.OPEN
        self.seats: dict[int, Seat] = {}
        self.match: MatchDescription | None = None

    def apply(self, event: RoomEvent) -> None:
        """Change the state as the table says.

        Raises:
            InvariantError: If the table has no such transition.
        """
        following = TRANSITIONS.get((self.state, event))
        if following is None:
            raise InvariantError(f"room {self.code}: {event} while {self.state}")
        self.state = following

    def take_seat(self, member: str, sitting: str) -> Seat:
        """Seat a member on the lowest free seat."""
        peer = next(n for n in range(self.seats_total) if n not in self.seats)
        seat = Seat(peer, sitting, member)
        self.seats[peer] = seat
        is_full = len(self.seats) == self.seats_total
        self.apply(RoomEvent.LAST_SEAT_TAKEN if is_full else RoomEvent.SEAT_TAKEN)
        return seat

    def give_up_seat(self, peer: int) -> None:
        """Free a seat, for good."""
        del self.seats[peer]
        self.apply(RoomEvent.SEAT_LEFT if self.seats else RoomEvent.LAST_MEMBER_LEFT)

    def are_all_connected(self) -> bool:
        """Whether nobody seated has lost the connection."""
        return all(seat.member is not None for seat in self.seats.values())

    def pass_of(self, seat: Seat) -> SeatPass:
        """Return what the token of a seat stands for."""
        return SeatPass(self.room_id, seat.peer, seat.sitting)

    def view(self, you: int) -> RoomView:
        """Return what the peer ``you`` is told of the room."""
        return RoomView(
            code=self.code,
            seats=[
                SeatView(peer=peer, connected=self.seats[peer].member is not None)
                for peer in sorted(self.seats)
            ],
            seats_total=self.seats_total,
            state=self.state.value,
            options=self.settings.options,
            input_delay=self.settings.input_delay,
            you=you,
        )


def offer_pairs(peers: int) -> list[tuple[int, int]]:
    """Return, for every pair of peers, who offers and who answers: the lower id offers.

    Decided here and never by the clients, so two offers can never cross.
    """
    return [(a, b) for a in range(peers) for b in range(a + 1, peers)]


def is_wrong_way(kind: SignalKind, payload: Any, sender: int, to: int) -> bool:
    """Whether a description travels against the pair's roles, which would be glare."""
    if kind != "description":
        return False
    offers = bool(payload["type"] == "offer")
    return offers != (sender < to)
