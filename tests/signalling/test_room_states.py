"""The table of states: what may happen when, and that nothing else does."""

import pytest

from peergym.errors import InvariantError
from peergym.signalling import Room
from peergym.signalling.room import TRANSITIONS, RoomEvent, RoomState, is_wrong_way, offer_pairs
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


@pytest.mark.parametrize("seats_total", [1, 2, 3, 4])
def test_a_room_plays_as_soon_as_the_last_seat_is_taken_and_not_before(seats_total):
    room = make_room(seats_total)
    states = []
    for n in range(seats_total):
        room.take_seat(f"member {n}", f"sitting {n}")
        states.append(room.state)
    assert states == [RoomState.OPEN] * (seats_total - 1) + [RoomState.PLAYING]


def test_the_lowest_free_seat_is_taken():
    room = make_room(4)
    for n in range(3):
        room.take_seat(f"member {n}", f"sitting {n}")
    room.give_up_seat(1)
    assert room.take_seat("newcomer", "sitting 9").peer == 1


def test_somebody_who_leaves_frees_a_seat_of_an_open_room_and_closes_one_that_plays():
    open_room = make_room(3)
    playing_room = make_room(2)
    for room in (open_room, playing_room):
        room.take_seat("ann", "1")
        room.take_seat("bob", "2")
        room.give_up_seat(0)
    assert open_room.state is RoomState.OPEN
    assert playing_room.state is RoomState.CLOSED


def test_the_last_to_leave_an_open_room_closes_it():
    room = make_room(3)
    room.take_seat("ann", "1")
    room.give_up_seat(0)
    assert room.state is RoomState.CLOSED


@pytest.mark.parametrize("peers", [1, 2, 3, 4])
def test_of_every_pair_exactly_one_offers(peers):
    pairs = offer_pairs(peers)
    wanted = {frozenset({a, b}) for a in range(peers) for b in range(peers) if a != b}
    assert {frozenset(pair) for pair in pairs} == wanted
    assert len(pairs) == len(wanted)


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
