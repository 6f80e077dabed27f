"""A room as plain data, and back: so that rooms outlive the process that serves them.

Theory of operation: everything that a room is goes into JSON, but for the connections: after a
restart there are none, and everybody has the room's grace to come back with his token. Times are
kept as ages, for the clock of the next process begins elsewhere.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from peergym.signalling.room import Match, Room, RoomSettings, RoomState, Sitting


def save_room(room: Room, now_s: float) -> dict[str, Any]:
    """Return a room as data that JSON can carry.

    Args:
        room: One that is not closed.
        now_s: The time.
    """
    match = room.match
    return {
        "room_id": room.room_id,
        "code": room.code,
        "seats_total": room.seats_total,
        "age_s": now_s - room.created_s,
        "is_quick": room.is_quick,
        "state": room.state.value,
        "settings": asdict(room.settings),
        "sittings_given": room.sittings_given,
        "kicked": sorted(room.kicked),
        "match": None if match is None else {**asdict(match), "lost": sorted(match.lost)},
        "sittings": [
            {
                "number": sitting.number,
                "key": sitting.key,
                "seat": sitting.seat,
                "peer": sitting.peer,
                "is_newcomer": sitting.is_newcomer,
                "is_ready": sitting.is_ready,
            }
            for sitting in room.sittings.values()
        ],
    }


def read_room(saved: dict[str, Any], now_s: float) -> Room:
    """Make a room out of what `save_room` returned; everybody in it has been lost just now.

    Args:
        saved: What was saved.
        now_s: The time.

    Raises:
        KeyError, TypeError, ValueError: It is not what this version saves.
    """
    settings = RoomSettings(**saved["settings"])
    created_s = now_s - float(saved["age_s"])
    room = Room(saved["room_id"], saved["code"], settings, saved["seats_total"], created_s)
    room.is_quick = saved["is_quick"]
    room.state = RoomState(saved["state"])
    room.sittings_given = saved["sittings_given"]
    room.kicked = set(saved["kicked"])
    match = saved["match"]
    if match is not None:
        offers = [(a, b) for a, b in match["offers"]]
        room.match = Match(**{**match, "offers": offers, "lost": frozenset(match["lost"])})
    for one in saved["sittings"]:
        room.sittings[one["key"]] = Sitting(**one, member=None, lost_s=now_s)
    return room
