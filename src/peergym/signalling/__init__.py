"""How peers find each other: rooms, seats, who offers, quick match. Sans-IO.

Time and entropy are arguments. The rule is the core's: one mutation, then drain. Every call on
`Rooms` either raises a `SignallingError` and has changed nothing, or it returns, and what the
members must hear waits in `Rooms.pushes_to_send`.
"""

from peergym.signalling.codes import make_code, normalise_code
from peergym.signalling.errors import ErrorCode, refusal
from peergym.signalling.limits import RoomLimits, TokenBucket
from peergym.signalling.matchmaking import MatchmakingPolicy, OldestFirst
from peergym.signalling.pushes import Push
from peergym.signalling.room import Room, RoomSettings, RoomState, SeatPass, Sitting
from peergym.signalling.rooms import Entry, Rooms
from peergym.signalling.saved_rooms import read_room, save_room

__all__ = [
    "Entry",
    "ErrorCode",
    "MatchmakingPolicy",
    "OldestFirst",
    "Push",
    "Room",
    "RoomLimits",
    "RoomSettings",
    "RoomState",
    "Rooms",
    "SeatPass",
    "Sitting",
    "TokenBucket",
    "make_code",
    "normalise_code",
    "read_room",
    "refusal",
    "save_room",
]
