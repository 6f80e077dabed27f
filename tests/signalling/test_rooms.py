"""What people do with rooms, and what they are told."""

import pytest

from peergym.errors import SignallingError
from peergym.signalling import SeatPass
from tests.signalling.lobby import SETTINGS, fill, make_match, make_rooms, picture, pushes, refused

OFFER = {"type": "offer", "sdp": "a=ice-pwd:a+b/c+d"}
ANSWER = {"type": "answer", "sdp": "v=0"}


def test_two_people_meet_by_a_code_and_both_are_told_of_the_same_match():
    rooms = make_rooms()
    created = rooms.create("ann", SETTINGS, 0.0)
    assert (created.room.state, created.room.seat, created.match) == ("open", 0, None)
    assert created.room.you is None
    assert pushes(rooms) == []
    joined = rooms.join("bob", created.room.code, 1.0)
    assert (joined.room.state, joined.room.seat, joined.room.you) == ("playing", 1, 1)
    told = rooms.pushes_to_send()
    assert [(push.member, push.event) for push in told] == [
        ("ann", "room"),
        ("ann", "match"),
        ("bob", "match"),
    ]
    assert told[1].payload == told[2].payload == joined.match.model_dump(mode="json")
    assert joined.match.owners == [0, 1]
    assert joined.match.offers == [(0, 1)]
    assert joined.match.options == {"ball_speed": 6}
    assert 0 <= int(joined.match.seed) < 2**64


def test_matches_differ_in_seed_and_name():
    rooms = make_rooms()
    first, second = fill(rooms, "a", "b")[1].match, fill(rooms, "c", "d")[1].match
    assert first.seed != second.seed
    assert first.match_id != second.match_id


@pytest.mark.parametrize(
    "retype",
    [str, str.lower, lambda code: f" {code} ", lambda code: f"{code[:3]}-{code[3:]}"],
    ids=["as it is", "in small letters", "with spaces around", "in two halves"],
)
def test_a_code_is_found_however_it_is_typed(retype):
    rooms = make_rooms()
    code = rooms.create("ann", SETTINGS, 0.0).room.code
    assert rooms.join("bob", retype(code), 0.0).room.code == code


def test_a_wrong_code_a_full_room_and_a_closed_room_are_told_apart():
    rooms = make_rooms()
    ann, bob = fill(rooms, "ann", "bob")
    before = picture(rooms)
    assert "no room" in refused("wrong_code", rooms.join, "cid", "CCCCCC", 0.0)
    assert "seats" in refused("room_full", rooms.join, "cid", ann.room.code, 0.0)
    assert picture(rooms) == before
    rooms.leave("bob", bob.seat_pass)
    rooms.leave("ann", ann.seat_pass)
    assert "closed" in refused("room_closed", rooms.join, "cid", ann.room.code, 0.0)


def test_whoever_asks_for_a_seat_gets_that_one_and_the_others_the_lowest_that_is_free():
    rooms = make_rooms(4)
    code = rooms.create("ann", SETTINGS, 0.0).room.code
    assert rooms.join("bob", code, 0.0, seat=2).room.seat == 2
    assert rooms.join("cid", code, 0.0).room.seat == 1
    assert rooms.join("dan", code, 0.0, seat=3).room.seat == 3


def test_a_seat_that_is_taken_or_not_there_is_refused_with_a_sentence():
    rooms = make_rooms(4)
    ann = rooms.create("ann", SETTINGS, 0.0)
    bob = rooms.join("bob", ann.room.code, 0.0, seat=2)
    rooms.pushes_to_send()
    rooms.connection_lost("bob", 1.0)  # his place is kept
    before = picture(rooms)
    said = refused("seat_taken", rooms.join, "cid", ann.room.code, 1.0, seat=2)
    assert said == "Seat 3 is taken; free is 2, 4."
    said = refused("bad_request", rooms.join, "cid", ann.room.code, 1.0, seat=4)
    assert said == "There is no seat 5: this room has 4."
    refused("bad_request", rooms.join, "cid", ann.room.code, 1.0, watch=True, seat=1)
    assert picture(rooms) == before
    assert rooms.resume("bob again", bob.seat_pass).room.seat == 2


def test_the_seat_that_was_asked_for_is_kept_through_a_match_and_a_way_back_into_it():
    rooms = make_rooms(3)
    ann = rooms.create("ann", SETTINGS, 0.0)
    bob = rooms.join("bob", ann.room.code, 0.0, seat=2)
    rooms.set_ready("bob", bob.seat_pass, is_ready=True)
    rooms.start("ann", ann.seat_pass)
    rooms.connection_lost("bob", 1.0)
    back = rooms.resume("bob again", bob.seat_pass, rejoin=True)
    assert (back.room.seat, back.room.you) == (2, 2)
    late = rooms.join("cid", ann.room.code, 2.0, seat=1)
    assert (late.room.seat, late.match.owners) == (1, [0, -1, 2])


def test_strangers_are_brought_together_in_the_order_in_which_they_came():
    rooms = make_rooms()
    entries = [rooms.quick_match(name, SETTINGS, n) for n, name in enumerate("abcd")]
    codes = [entry.room.code for entry in entries]
    assert codes[0] == codes[1] != codes[2] == codes[3]


def test_a_quick_match_never_ends_in_a_room_made_for_a_friend():
    rooms = make_rooms()
    private = rooms.create("ann", SETTINGS, 0.0)
    assert rooms.quick_match("stranger", SETTINGS, 0.0).room.code != private.room.code


def test_nobody_is_matched_with_somebody_who_is_gone():
    rooms = make_rooms()
    waiting = rooms.quick_match("ann", SETTINGS, 0.0)
    rooms.connection_lost("ann", 1.0)
    assert rooms.quick_match("bob", SETTINGS, 2.0).room.code != waiting.room.code
    rooms.resume("ann again", waiting.seat_pass)
    assert rooms.quick_match("cid", SETTINGS, 3.0).room.code == waiting.room.code


def test_whoever_sits_in_a_room_takes_no_second_seat():
    rooms = make_rooms()
    other = rooms.create("bob", SETTINGS, 0.0)
    rooms.create("ann", SETTINGS, 0.0)
    before = picture(rooms)
    refused("bad_request", rooms.create, "ann", SETTINGS, 0.0)
    refused("bad_request", rooms.join, "ann", other.room.code, 0.0)
    refused("bad_request", rooms.quick_match, "ann", SETTINGS, 0.0)
    refused("bad_request", rooms.resume, "ann", other.seat_pass)
    assert picture(rooms) == before


def test_a_signal_reaches_the_other_peer_and_is_not_touched():
    rooms = make_rooms()
    ann, bob = fill(rooms, "ann", "bob")
    rooms.pushes_to_send()
    rooms.signal("ann", ann.seat_pass, 1, "description", OFFER)
    rooms.signal("bob", bob.seat_pass, 0, "description", ANSWER)
    rooms.signal("bob", bob.seat_pass, 0, "candidate", None)
    told = rooms.pushes_to_send()
    assert [(push.member, push.payload) for push in told] == [
        ("bob", {"from": 0, "kind": "description", "payload": OFFER}),
        ("ann", {"from": 1, "kind": "description", "payload": ANSWER}),
        ("ann", {"from": 1, "kind": "candidate", "payload": None}),
    ]


def test_signals_that_make_no_sense_are_refused_and_reach_nobody():
    rooms = make_rooms(seats_total=3)
    early = rooms.create("ann", SETTINGS, 0.0)
    refused("bad_request", rooms.signal, "ann", early.seat_pass, 1, "description", OFFER)
    rooms, passes = make_match(3)
    before = picture(rooms)
    refused("bad_request", rooms.signal, "ann", passes["ann"], 0, "candidate", None)
    refused("bad_request", rooms.signal, "ann", passes["ann"], 3, "candidate", None)
    refused("bad_request", rooms.signal, "cid", passes["cid"], 1, "description", OFFER)
    refused("bad_token", rooms.signal, "ann", passes["bob"], 2, "candidate", None)
    refused("bad_token", rooms.signal, "nobody", passes["ann"], 2, "candidate", None)
    assert pushes(rooms) == []
    assert picture(rooms) == before


def test_a_pass_opens_one_seat_of_one_room_for_one_sitting():
    rooms = make_rooms(seats_total=3)
    ann, bob = fill(rooms, "ann", "bob")
    elsewhere = rooms.create("cid", SETTINGS, 0.0)
    rooms.leave("bob", bob.seat_pass)
    successor = rooms.join("dan", ann.room.code, 0.0)
    assert successor.room.seat == bob.room.seat
    before = picture(rooms)
    refused("bad_token", rooms.resume, "bob", bob.seat_pass)
    refused("bad_token", rooms.leave, "ann", elsewhere.seat_pass)
    refused("bad_token", rooms.leave, "ann", successor.seat_pass)
    refused("bad_token", rooms.resume, "eve", SeatPass("unheard of", ann.seat_pass.key))
    refused("bad_token", rooms.resume, "eve", SeatPass(ann.seat_pass.room_id, "x"))
    assert picture(rooms) == before


def test_when_one_leaves_an_open_room_the_others_wait_on():
    rooms = make_rooms(seats_total=3)
    ann, _ = fill(rooms, "ann", "bob")
    pushes(rooms)
    rooms.leave("ann", ann.seat_pass)
    ((event, view),) = pushes(rooms, "bob")
    assert (event, view["state"]) == ("room", "open")
    (seat,) = view["seats"]
    assert (seat["seat"], seat["is_host"], view["seat"]) == (1, True, 1)


def test_who_comes_back_within_the_grace_goes_on_where_he_was():
    rooms = make_rooms(grace_s=15.0)
    ann, bob = fill(rooms, "ann", "bob")
    pushes(rooms)
    rooms.connection_lost("ann", 100.0)
    ((event, view),) = pushes(rooms, "bob")
    assert event == "room"
    assert [(seat["peer"], seat["connected"]) for seat in view["seats"]] == [(0, False), (1, True)]
    assert rooms.get_timer() == 115.0
    rooms.signal("bob", bob.seat_pass, 0, "description", ANSWER)
    rooms.handle_timer(114.9)
    back = rooms.resume("ann again", ann.seat_pass)
    assert back.match == bob.match
    assert back.room.seats[0].connected
    assert pushes(rooms, "ann again") == [
        ("signal", {"from": 1, "kind": "description", "payload": ANSWER})
    ]
    rooms.handle_timer(1000.0)
    assert rooms.seat_of("ann again") == ann.seat_pass
    rooms.connection_lost("ann again", 1000.0)
    rooms.resume("ann, once more", ann.seat_pass)
    assert pushes(rooms, "ann, once more") == []
    rooms.resume("ann again", ann.seat_pass)
    assert rooms.seat_of("ann") is None


def test_a_match_for_two_waits_for_who_is_away_when_the_room_fills():
    rooms = make_rooms()
    ann = rooms.create("ann", SETTINGS, 0.0)
    rooms.connection_lost("ann", 1.0)
    assert rooms.join("bob", ann.room.code, 2.0).match is None
    pushes(rooms)
    back = rooms.resume("ann again", ann.seat_pass)
    assert (back.room.you, back.match.owners) == (0, [0, 1])
    assert [event for event, _ in pushes(rooms, "bob")][-1] == "match"


def test_who_does_not_come_back_is_gone_and_the_last_one_closes_the_room():
    rooms = make_rooms(grace_s=15.0)
    ann, bob = fill(rooms, "ann", "bob")
    rooms.connection_lost("ann", 100.0)
    pushes(rooms)
    rooms.handle_timer(115.0)
    assert [event for event, _ in pushes(rooms, "bob")] == ["gone", "room"]
    refused("bad_token", rooms.resume, "ann again", ann.seat_pass)
    rooms.connection_lost("bob", 120.0)
    rooms.handle_timer(135.0)
    assert rooms.rooms() == []
    assert rooms.get_timer() is None
    refused("room_closed", rooms.resume, "bob again", bob.seat_pass)


def test_a_second_connection_takes_the_seat_over_and_the_first_one_is_told():
    rooms = make_rooms()
    ann, _ = fill(rooms, "ann", "bob")
    pushes(rooms)
    rooms.resume("ann's other tab", ann.seat_pass)
    assert ("ann", "closed") in pushes(rooms)
    before = picture(rooms)
    rooms.connection_lost("ann", 1.0)
    assert picture(rooms) == before
    refused("bad_token", rooms.leave, "ann", ann.seat_pass)


def test_what_waits_for_somebody_away_has_an_end():
    rooms = make_rooms(held_signals=3)
    ann, _ = fill(rooms, "ann", "bob")
    rooms.connection_lost("bob", 0.0)
    for _ in range(3):
        rooms.signal("ann", ann.seat_pass, 1, "candidate", None)
    before = picture(rooms)
    refused("rate_limited", rooms.signal, "ann", ann.seat_pass, 1, "candidate", None)
    assert picture(rooms) == before


def test_there_are_only_so_many_rooms():
    rooms = make_rooms(rooms=2)
    ann = rooms.create("ann", SETTINGS, 0.0)
    rooms.quick_match("bob", SETTINGS, 0.0)
    refused("server_full", rooms.create, "cid", SETTINGS, 0.0)
    assert rooms.quick_match("cid", SETTINGS, 0.0).match is not None
    refused("server_full", rooms.quick_match, "dan", SETTINGS, 0.0)
    rooms.leave("ann", ann.seat_pass)
    rooms.create("dan", SETTINGS, 0.0)


def test_a_forgotten_room_closes_by_itself():
    rooms = make_rooms(room_lifetime_s=3600.0)
    fill(rooms, "ann", "bob", now_s=10.0)
    assert rooms.get_timer() == 3610.0
    rooms.handle_timer(3609.0)
    assert len(rooms.rooms()) == 1
    pushes(rooms)
    rooms.handle_timer(3610.0)
    assert [event for _, event in pushes(rooms)] == ["closed", "closed"]
    assert rooms.seat_of("ann") is None


def test_the_memory_of_closed_rooms_has_an_end():
    rooms = make_rooms(remembered_codes=2)
    codes = []
    for n in range(4):
        entry = rooms.create("ann", SETTINGS, float(n))
        rooms.leave("ann", entry.seat_pass)
        codes.append(entry.room.code)
    outcomes = []
    for code in codes:
        with pytest.raises(SignallingError) as caught:
            rooms.join("bob", code, 9.0)
        outcomes.append(caught.value.code)
    assert outcomes == ["wrong_code", "wrong_code", "room_closed", "room_closed"]
