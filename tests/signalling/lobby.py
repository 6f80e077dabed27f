"""Rooms with entropy that repeats, and members who enter them."""

from random import Random

from peergym.signalling import Entry, RoomLimits, Rooms, RoomSettings

SETTINGS = RoomSettings({"ball_speed": 6})


def make_rooms(seats_total=2, seed=1, **limits):
    return Rooms(seats_total, Random(seed).randbytes, RoomLimits(**limits))


def fill(rooms, *members, now_s=0.0) -> list[Entry]:
    """Seat members in one room, the first of them as its creator."""
    entries = [rooms.create(members[0], SETTINGS, now_s)]
    entries += [rooms.join(member, entries[0].room.code, now_s) for member in members[1:]]
    return entries


def pushes(rooms, member=None):
    """Take what is to be pushed: (member, event) pairs, or all that one member is told."""
    taken = rooms.pushes_to_send()
    if member is None:
        return [(push.member, push.event) for push in taken]
    return [(push.event, push.payload) for push in taken if push.member == member]


def picture(rooms):
    """Everything there is to see of the rooms, to compare before and after."""
    return [
        (
            room.room_id,
            room.code,
            room.state,
            room.match,
            [
                (seat.peer, seat.sitting, seat.member, seat.lost_s, list(seat.held))
                for seat in room.seats.values()
            ],
        )
        for room in rooms.rooms()
    ]
