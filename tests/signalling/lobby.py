"""Rooms with entropy that repeats, and members who enter them."""

from dataclasses import asdict
from random import Random

import pytest

from peergym.errors import SignallingError
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


def make_match(seats_total=2, **limits):
    """A room in which everybody plays, named ann, bob, cid..., all of whom have heard of it."""
    rooms = make_rooms(seats_total, **limits)
    names = ("ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal")[:seats_total]
    entries = dict(zip(names, fill(rooms, *names), strict=True))
    for name in names if seats_total > 2 else ():
        rooms.set_ready(name, entries[name].seat_pass, is_ready=True)
    rooms.pushes_to_send()
    return rooms, {name: entry.seat_pass for name, entry in entries.items()}


def room_of(rooms):
    """The only room."""
    (room,) = rooms.rooms()
    return room


def picture(rooms):
    """Everything there is to see of the rooms, to compare before and after."""
    return [
        (
            *(room.room_id, room.code, room.state, set(room.kicked), room.sittings_given),
            None if room.match is None else asdict(room.match),
            [asdict(sitting) for sitting in room.sittings.values()],
        )
        for room in rooms.rooms()
    ]


def refused(code, call, *arguments, **options):
    """Make a call that must be refused with a code; returns what is said."""
    with pytest.raises(SignallingError) as caught:
        call(*arguments, **options)
    assert caught.value.code == code
    return str(caught.value)
