"""The table of states: what may happen when, and that nothing else does."""

from dataclasses import replace

import pytest

from peergym.errors import InvariantError
from peergym.signalling import Room
from peergym.signalling.matches import begin_match
from peergym.signalling.room import TRANSITIONS, RoomEvent, RoomState, is_wrong_way
from tests.signalling.lobby import SETTINGS


def make_room(seats_total=2):
    return Room("id", "CODE", SETTINGS, seats_total, now_s=0.0)


@pytest.mark.parametrize(("state", "event"), [(s, e) for s in RoomState for e in RoomEvent])
def test_a_room_changes_as_the_table_says_and_in_no_other_way(state, event):
    room = make_room()
    room.state = state
    if (state, event) in TRANSITIONS:
        room.apply(event)
        assert room.state is TRANSITIONS[state, event]
    else:
        with pytest.raises(InvariantError):
            room.apply(event)
        assert room.state is state


def test_closed_is_final():
    assert not [state for state, _ in TRANSITIONS if state is RoomState.CLOSED]


def seat(room, count):
    return [room.take_seat(f"member {n}", f"key {n}") for n in range(count)]


@pytest.mark.parametrize("seats_total", [1, 2])
def test_a_room_for_two_is_due_as_soon_as_the_last_seat_is_taken_and_not_before(seats_total):
    room = make_room(seats_total)
    due = []
    for n in range(seats_total):
        room.take_seat(f"member {n}", f"key {n}")
        due.append(room.is_due)
    assert due == [False] * (seats_total - 1) + [True]


@pytest.mark.parametrize("seats_total", [3, 8])
def test_a_larger_room_is_due_when_all_seats_are_taken_and_all_are_ready_and_there(seats_total):
    room = make_room(seats_total)
    sittings = seat(room, seats_total)
    for sitting in sittings:
        assert not room.is_due
        sitting.is_ready = True
    assert room.is_due
    sittings[1].member = None
    assert not room.is_due
    room.is_quick = True
    assert not room.is_due


def test_a_quick_match_asks_nobody_whether_he_is_ready():
    room = make_room(3)
    room.is_quick = True
    seat(room, 3)
    assert room.is_due


def test_the_lowest_free_seat_is_taken():
    room = make_room(4)
    sittings = seat(room, 3)
    room.give_up(sittings[1])
    assert room.free_seats == [1, 3]
    assert room.take_seat("newcomer", "key 9").seat == 1


@pytest.mark.parametrize(("absent", "state"), [("end", "closed"), ("noop", "playing")])
def test_whoever_leaves_a_match_ends_it_only_where_that_was_chosen(absent, state):
    room = make_room(3)
    room.settings = replace(SETTINGS, absent=absent)
    first, *_ = seat(room, 3)
    begin_match(room, "match", 1)
    room.apply(RoomEvent.MATCH_BEGAN)
    room.give_up(first)
    assert room.state == state


@pytest.mark.parametrize("is_playing", [False, True])
def test_the_last_player_to_leave_closes_the_room_whoever_watches(is_playing):
    room = make_room(2)
    first, second = seat(room, 2)
    room.watch("eve", "key 7")
    if is_playing:
        room.apply(RoomEvent.MATCH_BEGAN)
    room.give_up(first)
    assert room.state is not RoomState.CLOSED
    room.give_up(second)
    assert room.state is RoomState.CLOSED


def test_the_host_is_who_came_first_of_those_who_are_there():
    room = make_room(3)
    first, second, third = seat(room, 3)
    assert room.host is first
    first.member = None
    assert room.host is second
    room.give_up(second)
    assert room.host is third
    third.member = None
    assert room.host is first


@pytest.mark.parametrize(
    ("kind", "payload", "sender", "to", "is_wrong"),
    [
        ("description", {"type": "offer"}, 0, 1, False),
        ("description", {"type": "offer"}, 1, 0, True),
        ("description", {"type": "answer"}, 0, 1, True),
        ("description", {"type": "answer"}, 1, 0, False),
        ("candidate", None, 1, 0, False),
        ("candidate", {"candidate": ""}, 0, 1, False),
    ],
)
def test_offers_travel_one_way_and_answers_the_other(kind, payload, sender, to, is_wrong):
    assert is_wrong_way(kind, payload, sender, to) is is_wrong
