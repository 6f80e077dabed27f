"""The server ends and begins again, and its rooms are there."""

import json

import pytest

from peergym.signalling import read_room, save_room
from tests.signalling.lobby import SETTINGS, make_match, make_rooms, pushes, refused, room_of


def restarted(rooms, seats_total=2, was_s=100.0, now_s=7.0):
    """The same rooms in another process, whose clock begins elsewhere."""
    again = make_rooms(seats_total, seed=2, grace_s=60.0)
    for saved in [json.loads(json.dumps(save_room(room, was_s))) for room in rooms.rooms()]:
        assert again.restore(read_room(saved, now_s))
    return again


def test_everybody_comes_back_to_his_place_and_is_who_he_was():
    rooms, passes = make_match(2)
    match = room_of(rooms).match
    rooms.join("eve", room_of(rooms).code, 0.0, watch=True)
    again = restarted(rooms)
    assert again.resume("ann again", passes["ann"]).match.match_id == match.match_id
    assert again.resume("bob again", passes["bob"]).room.you == 1
    pushes(again)
    again.signal("ann again", passes["ann"], 1, "candidate", None)
    assert [event for event, _ in pushes(again, "bob again")] == ["signal"]


def test_a_page_reloaded_after_the_restart_gets_a_number_that_nobody_had():
    rooms, passes = make_match(2)
    rooms.resume("ann", passes["ann"], rejoin=True)
    again = restarted(rooms)
    assert again.resume("bob reloaded", passes["bob"], rejoin=True).room.you == 3


def test_whoever_does_not_come_back_after_the_restart_loses_his_seat_after_the_grace():
    rooms, passes = make_match(2)
    again = restarted(rooms, now_s=7.0)
    again.resume("ann again", passes["ann"])
    assert again.get_timer() == 67.0
    again.handle_timer(67.0)
    assert again.join("cid", room_of(again).code, 68.0).room.seat == 1


def test_what_was_decided_stays_decided():
    rooms, passes = make_match(2)
    rooms.arbitrate("bob", passes["bob"], 0, [1])
    again = restarted(rooms)
    again.resume("ann again", passes["ann"])
    pushes(again)
    again.arbitrate("ann again", passes["ann"], 0, [0])
    ((_, said),) = pushes(again, "ann again")
    assert not said["is_granted"]


def test_whoever_was_sent_away_stays_away_and_old_rooms_still_grow_too_old():
    rooms = make_rooms(3, room_lifetime_s=200.0)
    ann = rooms.create("ann", SETTINGS, 0.0)
    bob = rooms.join("bob", ann.room.code, 0.0)
    rooms.kick("ann", ann.seat_pass, bob.room.sitting)
    again = restarted(rooms, 3)
    refused("kicked", again.resume, "bob", bob.seat_pass)
    assert room_of(again).created_s == 7.0 - 100.0


def test_a_room_for_another_number_of_players_is_not_taken_in():
    rooms, _ = make_match(2)
    saved = save_room(room_of(rooms), 0.0)
    assert not make_rooms(3).restore(read_room(saved, 0.0))


def test_only_what_has_changed_is_to_be_saved():
    rooms, passes = make_match(2)
    other = rooms.create("zoe", SETTINGS, 0.0)
    rooms.changes_to_save()
    rooms.signal("ann", passes["ann"], 1, "candidate", None)
    assert rooms.changes_to_save() == {}
    rooms.connection_lost("ann", 1.0)
    (changed,) = rooms.changes_to_save().values()
    assert changed.code != other.room.code
    rooms.leave("zoe", other.seat_pass)
    assert rooms.changes_to_save() == {other.seat_pass.room_id: None}
    rooms.arbitrate("bob", passes["bob"], 0, [1])
    assert len(rooms.changes_to_save()) == 1


@pytest.mark.parametrize("lacking", ["settings", "sittings", "match", "state"])
def test_what_was_not_saved_by_this_version_is_no_room(lacking):
    rooms, _ = make_match(2)
    saved = save_room(room_of(rooms), 0.0)
    del saved[lacking]
    with pytest.raises(KeyError):
        read_room(saved, 0.0)
