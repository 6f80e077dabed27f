"""What the server says of rooms and matches. Names and units are those of docs/signalling.md."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from peergym.signalling.messages import AbsentRule, InputDelayRule, Number

Offers = list[tuple[int, int]]
"""Pairs of (peer that offers, peer that answers)."""


class PersonView(BaseModel):
    """Somebody in a room.

    Attributes:
        sitting: Number of the stay in this room, never used again.
        peer: Peer id in the match; None before, and for somebody who has not come back to it.
        connected: Whether the server has a connection to the page.
    """

    sitting: int
    peer: int | None
    connected: bool


class SeatView(PersonView):
    """Somebody in a seat.

    Attributes:
        seat: Which.
        ready: Whether the match may begin for all he cares.
        is_host: Whether he may begin it, and remove others.
    """

    seat: int
    ready: bool
    is_host: bool


class RoomView(BaseModel):
    """A room as one of those in it sees it.

    Attributes:
        you: Our own peer id.
        sitting: Our own.
        seat: Our own; None for somebody who watches.
    """

    code: str
    state: Literal["open", "playing", "closed"]
    seats_total: int
    seats: list[SeatView]
    spectators: list[PersonView]
    you: int | None
    sitting: int
    seat: int | None
    is_quick: bool
    options: dict[str, Number]
    input_delay: InputDelayRule
    prediction_window: int
    absent: AbsentRule
    grace_s: float


class MatchDescription(BaseModel):
    """What a peer needs to know of its match, but for what the server's hosts add for each.

    Attributes:
        owners: For each seat the peer that runs it, -1 for an empty one: as they were when the
            match began, for those who began it; as they are, for newcomers, who are not in it.
        spectators: Peers that watch.
        offers: The pairs that connect directly; for newcomers, those with them in it.
    """

    match_id: str
    seed: str
    owners: list[int]
    spectators: list[int]
    options: dict[str, Number]
    input_delay: InputDelayRule
    prediction_window: int
    checksum_interval_frames: int
    absent: AbsentRule
    has_arbiter: bool
    grace_s: float
    offers: Offers


class PeerView(BaseModel):
    """Somebody who has come to a match that runs.

    Attributes:
        peer: Peer id.
        seat: The seat wanted; None for somebody who watches.
        offers: The pairs of this peer that connect directly.
    """

    peer: int
    seat: int | None
    offers: Offers
