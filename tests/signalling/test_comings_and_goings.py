"""While a match runs: who comes late, comes back, watches, leaves or is sent away."""

from dataclasses import replace

import pytest

from peergym.signalling.messages import MAX_PEERS, PEERS_FOR_PLAYERS
from tests.signalling.lobby import (
    SETTINGS,
    fill,
    make_match,
    make_rooms,
    picture,
    pushes,
    refused,
    room_of,
)


def told(rooms, event):
    """Who is told what under a name."""
    return {push.member: push.payload for push in rooms.pushes_to_send() if push.event == event}


def test_whoever_leaves_a_match_is_told_of_and_the_others_play_on():
    rooms, passes = make_match(3)
    rooms.leave("bob", passes["bob"])
    said = rooms.pushes_to_send()
    assert [(push.member, push.event) for push in said] == [
        ("ann", "gone"),
        ("cid", "gone"),
        ("ann", "room"),
        ("cid", "room"),
    ]
    assert said[0].payload == {"peer": 1, "reason": "left"}
    assert rooms.seat_of("bob") is None
    rooms.leave("ann", passes["ann"])
    rooms.leave("cid", passes["cid"])
    assert rooms.rooms() == []


def test_where_the_match_ends_with_the_first_who_leaves_the_room_is_closed():
    rooms = make_rooms(2)
    ann = rooms.create("ann", replace(SETTINGS, absent="end"), 0.0)
    bob = rooms.join("bob", ann.room.code, 0.0)
    rooms.connection_lost("ann", 1.0)
    before = picture(rooms)
    refused("room_closed", rooms.resume, "ann again", ann.seat_pass, rejoin=True)
    assert picture(rooms) == before
    pushes(rooms)
    rooms.leave("bob", bob.seat_pass)
    assert rooms.rooms() == []


def test_a_seat_that_was_left_is_free_for_whoever_has_the_link():
    rooms, passes = make_match(2)
    room = room_of(rooms)
    refused("room_full", rooms.join, "cid", room.code, 5.0)
    rooms.leave("ann", passes["ann"])
    pushes(rooms)
    late = rooms.join("cid", room.code, 6.0)
    assert (late.room.you, late.room.seat) == (2, 0)
    assert late.match.owners == [-1, 1]
    assert late.match.offers == [(1, 2)]
    assert late.match.seed == str(room.match.seed)
    assert told(rooms, "peer") == {"bob": {"peer": 2, "seat": 0, "offers": [[1, 2]]}}


def test_a_seat_of_somebody_away_is_kept_for_the_grace_that_the_room_was_given():
    rooms = make_rooms(2)
    ann = rooms.create("ann", replace(SETTINGS, grace_s=40.0), 0.0)
    rooms.join("bob", ann.room.code, 0.0)
    rooms.connection_lost("ann", 10.0)
    assert rooms.get_timer() == 50.0
    rooms.handle_timer(49.0)
    refused("room_full", rooms.join, "cid", ann.room.code, 49.0)
    rooms.handle_timer(50.0)
    assert rooms.join("cid", ann.room.code, 50.0).room.seat == 0


def test_a_page_that_was_reloaded_comes_back_to_its_seat_as_somebody_new():
    rooms, passes = make_match(2)
    rooms.connection_lost("ann", 1.0)
    rooms.signal("bob", passes["bob"], 0, "candidate", None)
    pushes(rooms)
    back = rooms.resume("ann reloaded", passes["ann"], rejoin=True)
    assert (back.room.you, back.room.seat) == (2, 0)
    assert back.match.owners == [-1, 1]
    said = rooms.pushes_to_send()
    assert [(push.member, push.event) for push in said] == [
        ("bob", "gone"),
        ("bob", "room"),
        ("bob", "peer"),
    ]
    gone = {"peer": 0, "reason": "replaced"}
    assert (said[0].payload, said[2].payload["peer"]) == (gone, 2)
    refused("bad_request", rooms.signal, "bob", passes["bob"], 0, "candidate", None)


def test_a_page_that_only_lost_the_server_stays_who_it_was():
    rooms, passes = make_match(2)
    rooms.connection_lost("ann", 1.0)
    pushes(rooms)
    back = rooms.resume("ann again", passes["ann"])
    assert (back.room.you, back.match.owners) == (0, [0, 1])
    assert [event for event, _ in pushes(rooms, "bob")] == ["room"]


def test_no_peer_id_is_given_twice_and_when_all_are_used_nobody_else_comes():
    rooms, passes = make_match(2)
    ids = [rooms.resume("ann", passes["ann"], rejoin=True).room.you for _ in range(254)]
    assert ids == list(range(2, 256))
    pushes(rooms)
    before = picture(rooms)
    refused("room_full", rooms.resume, "ann", passes["ann"], rejoin=True)
    refused("room_full", rooms.join, "eve", room_of(rooms).code, 0.0, watch=True)
    assert picture(rooms) == before
    rooms.resume("ann", passes["ann"])


def test_who_watches_cannot_use_up_the_peer_ids_of_those_who_play():
    rooms, passes = make_match(2)
    eve = rooms.join("eve", room_of(rooms).code, 0.0, watch=True)
    while eve.room.you < MAX_PEERS - PEERS_FOR_PLAYERS - 1:
        eve = rooms.resume("eve", eve.seat_pass, rejoin=True)
    before = picture(rooms)
    refused("room_full", rooms.resume, "eve", eve.seat_pass, rejoin=True)
    refused("room_full", rooms.join, "fay", room_of(rooms).code, 0.0, watch=True)
    pushes(rooms)
    assert picture(rooms) == before
    rooms.resume("eve", eve.seat_pass)
    assert rooms.resume("ann", passes["ann"], rejoin=True).room.you == eve.room.you + 1


def test_whoever_watches_is_told_of_the_match_and_only_the_players_of_him():
    rooms, _ = make_match(2)
    code = room_of(rooms).code
    first = rooms.join("eve", code, 1.0, watch=True)
    assert (first.room.seat, first.room.you) == (None, 2)
    assert (first.match.owners, first.match.offers) == ([0, 1], [(0, 2), (1, 2)])
    offers = [[0, 2], [1, 2]]
    said = {"peer": 2, "seat": None, "offers": offers}
    assert told(rooms, "peer") == {"ann": said, "bob": said}
    second = rooms.join("fay", code, 1.0, watch=True)
    assert second.match.spectators == [2]
    assert set(told(rooms, "peer")) == {"ann", "bob"}


def test_whoever_waits_to_watch_is_there_from_the_beginning():
    rooms = make_rooms(2)
    ann = rooms.create("ann", SETTINGS, 0.0)
    waiting = rooms.join("eve", ann.room.code, 0.0, watch=True)
    assert (waiting.match, waiting.room.you) == (None, None)
    pushes(rooms)
    rooms.join("bob", ann.room.code, 0.0)
    said = rooms.pushes_to_send()
    matches = {push.member: push.payload for push in said if push.event == "match"}
    assert set(matches) == {"ann", "bob", "eve"}
    assert matches["eve"]["owners"] == [0, 1]
    assert [push.member for push in said if push.event == "peer"] == ["ann", "bob"]
    views = [push.payload for push in said if (push.member, push.event) == ("eve", "room")]
    assert views[-1]["you"] == 2


def test_only_so_many_may_watch_and_they_cannot_say_that_they_are_ready():
    rooms = make_rooms(2, spectators=1)
    ann = rooms.create("ann", SETTINGS, 0.0)
    eve = rooms.join("eve", ann.room.code, 0.0, watch=True)
    before = picture(rooms)
    assert "watch" in refused("room_full", rooms.join, "fay", ann.room.code, 0.0, watch=True)
    refused("bad_request", rooms.set_ready, "eve", eve.seat_pass, is_ready=True)
    refused("bad_request", rooms.start, "eve", eve.seat_pass)
    assert picture(rooms) == before


def test_those_who_only_watch_do_not_keep_a_room():
    rooms, passes = make_match(2)
    rooms.join("eve", room_of(rooms).code, 0.0, watch=True)
    rooms.leave("ann", passes["ann"])
    pushes(rooms)
    rooms.leave("bob", passes["bob"])
    assert pushes(rooms) == [("eve", "closed")]


@pytest.mark.parametrize("plays", [False, True])
def test_whoever_is_sent_away_is_told_and_does_not_come_back(plays):
    rooms = make_rooms(2 if plays else 3)
    ann, bob = fill(rooms, "ann", "bob")
    pushes(rooms)
    rooms.kick("ann", ann.seat_pass, bob.room.sitting)
    said = rooms.pushes_to_send()
    assert (said[0].member, said[0].event, said[0].payload["code"]) == ("bob", "closed", "kicked")
    gone = [push.payload for push in said if push.event == "gone"]
    assert gone == ([{"peer": 1, "reason": "removed"}] if plays else [])
    refused("kicked", rooms.resume, "bob", bob.seat_pass)
    refused("kicked", rooms.resume, "bob", bob.seat_pass, rejoin=True)
    assert rooms.seat_of("bob") is None
    assert [one.seat for one in room_of(rooms).players] == [0]


def test_only_the_host_sends_others_away_and_never_himself():
    rooms, passes = make_match(3)
    numbers = [one.number for one in room_of(rooms).players]
    before = picture(rooms)
    refused("bad_request", rooms.kick, "bob", passes["bob"], numbers[2])
    refused("bad_request", rooms.kick, "ann", passes["ann"], numbers[0])
    refused("bad_request", rooms.kick, "ann", passes["ann"], 99)
    refused("bad_token", rooms.kick, "ann", passes["bob"], numbers[2])
    assert picture(rooms) == before


def test_a_number_of_somebody_who_left_is_nobody_elses():
    rooms = make_rooms(3)
    ann, bob = fill(rooms, "ann", "bob")
    rooms.leave("bob", bob.seat_pass)
    rooms.join("cid", ann.room.code, 0.0)
    refused("bad_request", rooms.kick, "ann", ann.seat_pass, bob.room.sitting)


def test_in_a_large_match_whoever_comes_beyond_the_fourth_connects_with_nobody_directly():
    rooms, passes = make_match(8)
    room = room_of(rooms)
    assert len(room.match.offers) == 6
    assert {peer for pair in room.match.offers for peer in pair} == {0, 1, 2, 3}
    rooms.leave("hal", passes["hal"])
    back = rooms.join("hal", room.code, 0.0)
    assert (back.room.you, back.match.offers) == (8, [])
    assert rooms.join("zoe", room.code, 0.0, watch=True).match.offers == []
