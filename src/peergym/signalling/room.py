"""One room: who is in it, its state, and what may happen in which state.

Theory of operation. A room has as many seats as the game has players; whoever does not ask for a
certain one gets the lowest that is free. Besides those who sit there are those who watch. A room
plays when all seats are taken and everybody is ready (where there are no more than two, taking a
seat says so), or when its host begins with fewer. Then each gets a peer id: those in seats in the
order of the seats, and whoever comes later the next number. A rematch is agreed between the peers
and does not concern the room. A lost connection changes no state: the place is kept for a grace.

Laws:
1. No two members hold one place, and a member holds at most one.
2. A place's pass names one sitting: whoever takes a seat after somebody else gets another pass.
3. A peer id names one sitting from when it came to the match until it goes, and nobody ever after.
4. A room is open or plays as long as somebody sits in it; `CLOSED` is final, and has no members.
5. Where the match ends as soon as somebody leaves it, so does the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from peergym.errors import InvariantError
from peergym.signalling.messages import (
    DEFAULT_PREDICTION_WINDOW_FRAMES,
    AbsentRule,
    InputDelayRule,
    Number,
)
from peergym.signalling.views import Offers, PersonView, RoomView, SeatView

PLAYERS_WITHOUT_CHECK = 2
"""Whoever opens a link for two wants to play with the one who sent it: nothing to ask."""


class RoomState(StrEnum):
    """What a room is doing."""

    OPEN = "open"
    PLAYING = "playing"
    CLOSED = "closed"


class RoomEvent(StrEnum):
    """What can happen to a room."""

    SEAT_TAKEN = "seat taken"
    SEAT_LEFT = "seat left"
    SPECTATOR_CAME = "spectator came"
    SPECTATOR_LEFT = "spectator left"
    MATCH_BEGAN = "match began"
    LAST_PLAYER_LEFT = "last player left"
    MATCH_BROKEN = "somebody left, and the match ends with that"
    EXPIRED = "expired"


TRANSITIONS: dict[tuple[RoomState, RoomEvent], RoomState] = {
    (RoomState.OPEN, RoomEvent.SEAT_TAKEN): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.SEAT_LEFT): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.SPECTATOR_CAME): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.SPECTATOR_LEFT): RoomState.OPEN,
    (RoomState.OPEN, RoomEvent.MATCH_BEGAN): RoomState.PLAYING,
    (RoomState.OPEN, RoomEvent.LAST_PLAYER_LEFT): RoomState.CLOSED,
    (RoomState.OPEN, RoomEvent.EXPIRED): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.SEAT_TAKEN): RoomState.PLAYING,
    (RoomState.PLAYING, RoomEvent.SEAT_LEFT): RoomState.PLAYING,
    (RoomState.PLAYING, RoomEvent.SPECTATOR_CAME): RoomState.PLAYING,
    (RoomState.PLAYING, RoomEvent.SPECTATOR_LEFT): RoomState.PLAYING,
    (RoomState.PLAYING, RoomEvent.LAST_PLAYER_LEFT): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.MATCH_BROKEN): RoomState.CLOSED,
    (RoomState.PLAYING, RoomEvent.EXPIRED): RoomState.CLOSED,
}
"""All that can happen. What is not in the table is a bug of ours."""


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What whoever creates a room chooses.

    Attributes:
        options: The game's options, complete and checked.
        input_delay: Frames, or the name of a rule.
        prediction_window: How many frames may be predicted.
        checksum_interval_frames: How often peers compare checksums.
        absent: What becomes of a seat in which nobody sits.
        grace_s: For how long a place is kept for somebody who is away; None for what is usual.
    """

    options: dict[str, Number]
    input_delay: InputDelayRule = "auto"
    prediction_window: int = DEFAULT_PREDICTION_WINDOW_FRAMES
    checksum_interval_frames: int = 60
    absent: AbsentRule = "noop"
    grace_s: float | None = None


@dataclass(frozen=True, slots=True)
class SeatPass:
    """What a room token stands for: one sitting in one room.

    Attributes:
        room_id: The room, by a name that is never used again (codes may be).
        key: Of the sitting; random, and another one for whoever sits there next.
    """

    room_id: str
    key: str


@dataclass(slots=True)
class Sitting:
    """Somebody's stay in a room.

    Attributes:
        number: Names it to the others; never used again in this room.
        key: The secret part of its pass.
        seat: Which one; None watches.
        member: The connection that holds it; None while that is lost.
        peer: Peer id in the match; None before, and while there is no way back into it.
        is_newcomer: Whether it came to the match after that had begun.
        is_ready: Whether the match may begin for all he cares.
        lost_s: When the connection was lost; None while there is one.
        held: What was to be sent meanwhile: (event, payload), oldest first.
    """

    number: int
    key: str
    seat: int | None
    member: str | None
    peer: int | None = None
    is_newcomer: bool = False
    is_ready: bool = False
    lost_s: float | None = None
    held: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(slots=True)
class Match:
    """The match of a room.

    Attributes:
        match_id: Its name.
        seed: 64 bits.
        owners: For each seat the peer that ran it at the start, -1 for an empty one.
        offers: The pairs that connected directly at the start.
        peers_given: How many peer ids have been given out, which is the next one.
        lost: Peers that may not go on, as the arbiter has ruled.
    """

    match_id: str
    seed: int
    owners: list[int]
    offers: Offers
    peers_given: int
    lost: frozenset[int] = frozenset()


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
        self.sittings: dict[str, Sitting] = {}
        self.kicked: set[str] = set()
        self.sittings_given = 0
        self.match: Match | None = None

    def apply(self, event: RoomEvent) -> None:
        """Change the state as the table says.

        Raises:
            InvariantError: If the table has no such transition.
        """
        following = TRANSITIONS.get((self.state, event))
        if following is None:
            raise InvariantError(f"room {self.code}: {event} while {self.state}")
        self.state = following

    # ------------------------------------------------------------ looking

    @property
    def players(self) -> list[Sitting]:
        """Those who sit, in the order in which they came."""
        return [sitting for sitting in self.sittings.values() if sitting.seat is not None]

    @property
    def spectators(self) -> list[Sitting]:
        """Those who watch, in the order in which they came."""
        return [sitting for sitting in self.sittings.values() if sitting.seat is None]

    @property
    def host(self) -> Sitting | None:
        """Who has sat here longest, of those whom the server can reach."""
        players = self.players
        return next((one for one in players if one.member is not None), next(iter(players), None))

    @property
    def free_seats(self) -> list[int]:
        """Seats in which nobody sits, ascending."""
        taken = {sitting.seat for sitting in self.players}
        return [seat for seat in range(self.seats_total) if seat not in taken]

    @property
    def is_due(self) -> bool:
        """Whether the match begins by itself."""
        asks = self.seats_total > PLAYERS_WITHOUT_CHECK and not self.is_quick
        are_willing = all(one.is_ready or not asks for one in self.players)
        is_full = not self.free_seats
        return self.state is RoomState.OPEN and is_full and are_willing and self.are_all_connected()

    def are_all_connected(self) -> bool:
        """Whether nobody seated has lost the connection."""
        return all(sitting.member is not None for sitting in self.players)

    def find(self, number: int) -> Sitting | None:
        """Return the sitting with a number."""
        return next((one for one in self.sittings.values() if one.number == number), None)

    def find_peer(self, peer: int) -> Sitting | None:
        """Return the sitting that has a peer id now."""
        return next((one for one in self.sittings.values() if one.peer == peer), None)

    def pass_of(self, sitting: Sitting) -> SeatPass:
        """Return what the token of a sitting stands for."""
        return SeatPass(self.room_id, sitting.key)

    def view(self, you: Sitting) -> RoomView:
        """Return what somebody in it is told of the room."""
        host, settings = self.host, self.settings
        return RoomView(
            code=self.code,
            state=self.state.value,
            seats_total=self.seats_total,
            seats=[
                SeatView(
                    **_person(one), seat=_seat_of(one), ready=one.is_ready, is_host=one is host
                )
                for one in sorted(self.players, key=_seat_of)
            ],
            spectators=[PersonView(**_person(one)) for one in self.spectators],
            you=you.peer,
            sitting=you.number,
            seat=you.seat,
            is_quick=self.is_quick,
            options=settings.options,
            input_delay=settings.input_delay,
            prediction_window=settings.prediction_window,
            absent=settings.absent,
            grace_s=settings.grace_s or 0.0,
        )

    # ------------------------------------------------------------ coming and going

    def take_seat(self, member: str, key: str, seat: int | None = None) -> Sitting:
        """Seat a member on a free seat; without one, on the lowest."""
        sitting = self._admit(member, key, self.free_seats[0] if seat is None else seat)
        self.apply(RoomEvent.SEAT_TAKEN)
        return sitting

    def watch(self, member: str, key: str) -> Sitting:
        """Let a member watch."""
        sitting = self._admit(member, key, None)
        self.apply(RoomEvent.SPECTATOR_CAME)
        return sitting

    def give_up(self, sitting: Sitting) -> None:
        """Free a place, for good."""
        del self.sittings[sitting.key]
        if sitting.seat is None:
            self.apply(RoomEvent.SPECTATOR_LEFT)
        elif not self.players:
            self.apply(RoomEvent.LAST_PLAYER_LEFT)
        elif self.ends_with(sitting):
            self.apply(RoomEvent.MATCH_BROKEN)
        else:
            self.apply(RoomEvent.SEAT_LEFT)

    def ends_with(self, sitting: Sitting) -> bool:
        """Whether the match ends when somebody leaves it."""
        plays = sitting.seat is not None and sitting.peer is not None
        return plays and self.settings.absent == "end"

    def _admit(self, member: str, key: str, seat: int | None) -> Sitting:
        sitting = Sitting(self.sittings_given, key, seat, member)
        self.sittings_given += 1
        self.sittings[key] = sitting
        return sitting


def _seat_of(sitting: Sitting) -> int:
    return -1 if sitting.seat is None else sitting.seat


def _person(sitting: Sitting) -> dict[str, Any]:
    is_connected = sitting.member is not None
    return {"sitting": sitting.number, "peer": sitting.peer, "connected": is_connected}


def in_order_of_seats(sittings: Iterable[Sitting]) -> list[Sitting]:
    """Return sittings with the lowest seat first."""
    return sorted(sittings, key=_seat_of)


def is_wrong_way(kind: str, payload: Any, sender: int, to: int) -> bool:
    """Whether a description travels against the pair's roles, which would be glare."""
    if kind != "description":
        return False
    offers = bool(payload["type"] == "offer")
    return offers != (sender < to)
