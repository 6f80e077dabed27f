"""What is to be told to whom, in order, and kept for those who are away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from peergym.signalling.matches import describe_match, describe_peer
from peergym.signalling.room import Room, Sitting


class Departure(StrEnum):
    """Why nobody is behind a peer id any more."""

    LEFT = "left"
    """By himself."""
    LOST = "lost"
    """The server has not seen him for the grace; others may still reach him."""
    REPLACED = "replaced"
    """He has come to the match anew, with another id."""
    REMOVED = "removed"
    """By the host."""


@dataclass(frozen=True, slots=True)
class Push:
    """Something that a member must be told.

    Attributes:
        member: To whom.
        event: ``room``, ``match``, ``peer``, ``gone``, ``signal``, ``decision`` or ``closed``.
        payload: What JSON carries.
        peer: Peer id of the sitting that it was said to; None before its match.
        plays: Whether it sits in a seat.
    """

    member: str
    event: str
    payload: dict[str, Any]
    peer: int | None
    plays: bool


class Pushes:
    """Collects what members must be told."""

    def __init__(self) -> None:
        """Make an empty collection."""
        self._pushes: list[Push] = []

    def take(self) -> list[Push]:
        """Take all, in order."""
        pushes, self._pushes = self._pushes, []
        return pushes

    def push(self, sitting: Sitting, event: str, payload: dict[str, Any]) -> None:
        """Tell whoever holds a place, if anybody does."""
        if sitting.member is not None:
            plays = sitting.seat is not None
            self._pushes.append(Push(sitting.member, event, payload, sitting.peer, plays))

    def deliver(self, sitting: Sitting, event: str, payload: dict[str, Any]) -> None:
        """Tell whoever holds a place, or keep it until he is back."""
        if sitting.member is not None:
            self.push(sitting, event, payload)
        else:
            sitting.held.append((event, payload))

    def deliver_held(self, sitting: Sitting) -> None:
        """Tell somebody who is back what was kept for him."""
        for event, payload in sitting.held:
            self.push(sitting, event, payload)
        sitting.held.clear()

    def tell_room(self, room: Room, but: Sitting | None = None) -> None:
        """Tell everybody in a room, but perhaps one, how it stands."""
        for sitting in room.sittings.values():
            if sitting is not but:
                self.push(sitting, "room", _json(room.view(sitting)))

    def tell_match(self, room: Room) -> None:
        """Tell everybody in a match that has begun of it."""
        for sitting in room.sittings.values():
            if sitting.peer is not None and room.match is not None:
                described = describe_match(room, room.match, sitting)
                self.deliver(sitting, "match", _json(described))

    def tell_arrival(self, room: Room, newcomer: Sitting) -> None:
        """Tell the others in a match of somebody who comes; who watches, only those who play."""
        described = _json(describe_peer(room, newcomer))
        audience = room.players if newcomer.seat is None else list(room.sittings.values())
        for sitting in audience:
            if sitting is not newcomer and sitting.peer is not None:
                self.deliver(sitting, "peer", described)

    def tell_departure(self, room: Room, peer: int | None, departure: Departure) -> None:
        """Tell those in a match that nobody is behind a peer id any more, and why."""
        for sitting in room.sittings.values():
            if peer is not None and sitting.peer not in (None, peer):
                self.deliver(sitting, "gone", {"peer": peer, "reason": departure.value})

    def tell_closed(self, sitting: Sitting, code: str, why: str) -> None:
        """Tell whoever holds a place that it is his no longer."""
        self.push(sitting, "closed", {"code": code, "message": why})


def _json(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")
