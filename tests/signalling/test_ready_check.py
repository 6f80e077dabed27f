"""How a match of more than two begins: everybody is ready, or the host does not wait."""

from tests.signalling.lobby import SETTINGS, fill, make_rooms, picture, pushes, refused, room_of


def test_nothing_begins_until_all_seats_are_taken_and_everybody_is_ready():
    rooms = make_rooms(3)
    ann, bob = fill(rooms, "ann", "bob")
    rooms.set_ready("ann", ann.seat_pass, is_ready=True)
    rooms.set_ready("bob", bob.seat_pass, is_ready=True)
    cid = rooms.join("cid", ann.room.code, 0.0)
    rooms.set_ready("ann", ann.seat_pass, is_ready=False)
    rooms.set_ready("cid", cid.seat_pass, is_ready=True)
    assert room_of(rooms).match is None
    pushes(rooms)
    rooms.set_ready("ann", ann.seat_pass, is_ready=True)
    told = rooms.pushes_to_send()
    matches = {push.member: push.payload for push in told if push.event == "match"}
    assert set(matches) == {"ann", "bob", "cid"}
    assert {str(match) for match in matches.values()} == {str(matches["ann"])}
    assert matches["ann"]["owners"] == [0, 1, 2]
    assert matches["ann"]["offers"] == [[0, 1], [0, 2], [1, 2]]


def test_everybody_sees_who_is_ready():
    rooms = make_rooms(3)
    ann, bob = fill(rooms, "ann", "bob")
    pushes(rooms)
    rooms.set_ready("bob", bob.seat_pass, is_ready=True)
    ((_, view),) = pushes(rooms, "ann")
    assert [(seat["ready"], seat["is_host"]) for seat in view["seats"]] == [
        (False, True),
        (True, False),
    ]
    assert view["sitting"] == ann.room.sitting


def test_who_goes_away_while_all_are_ready_is_waited_for():
    rooms = make_rooms(3)
    entries = fill(rooms, "ann", "bob", "cid")
    for name, entry in zip(("ann", "bob"), entries, strict=False):
        rooms.set_ready(name, entry.seat_pass, is_ready=True)
    rooms.connection_lost("bob", 1.0)
    rooms.set_ready("cid", entries[2].seat_pass, is_ready=True)
    assert room_of(rooms).match is None
    assert rooms.resume("bob again", entries[1].seat_pass).match is not None


def test_the_host_begins_with_fewer_and_the_other_seats_are_empty():
    rooms = make_rooms(4)
    ann, bob = fill(rooms, "ann", "bob")
    rooms.set_ready("bob", bob.seat_pass, is_ready=True)
    pushes(rooms)
    rooms.start("ann", ann.seat_pass)
    match = dict(pushes(rooms, "bob"))["match"]
    assert match["owners"] == [0, 1, -1, -1]
    assert match["offers"] == [[0, 1]]


def test_peer_ids_follow_the_seats_and_leave_no_number_out():
    rooms = make_rooms(4)
    ann, bob, cid, dan = fill(rooms, "ann", "bob", "cid", "dan")
    rooms.leave("bob", bob.seat_pass)
    rooms.set_ready("dan", dan.seat_pass, is_ready=True)
    rooms.start("ann", ann.seat_pass)
    assert room_of(rooms).match.owners == [0, -1, 1, 2]
    assert rooms.resume("cid", cid.seat_pass).room.you == 1


def test_who_is_away_when_the_host_begins_is_not_waited_for_and_comes_late():
    rooms = make_rooms(4)
    ann, bob, cid = fill(rooms, "ann", "bob", "cid")
    rooms.set_ready("cid", cid.seat_pass, is_ready=True)
    rooms.connection_lost("bob", 1.0)
    rooms.start("ann", ann.seat_pass)
    assert room_of(rooms).match.owners == [0, -1, 1, -1]
    back = rooms.resume("bob again", bob.seat_pass)
    assert (back.room.you, back.room.seat) == (2, 1)
    assert back.match.owners == [0, -1, 1, -1]


def test_beginning_is_refused_to_all_but_the_host_and_with_nobody_ready():
    rooms = make_rooms(3)
    ann, bob = fill(rooms, "ann", "bob")
    rooms.set_ready("ann", ann.seat_pass, is_ready=True)
    before = picture(rooms)
    assert "ready" in refused("bad_request", rooms.start, "ann", ann.seat_pass)
    assert "host" in refused("bad_request", rooms.start, "bob", bob.seat_pass)
    assert picture(rooms) == before
    rooms.set_ready("bob", bob.seat_pass, is_ready=True)
    rooms.start("ann", ann.seat_pass)
    assert "begun" in refused("bad_request", rooms.start, "ann", ann.seat_pass)


def test_when_the_host_leaves_the_next_one_may_begin():
    rooms = make_rooms(4)
    ann, bob, cid = fill(rooms, "ann", "bob", "cid")
    rooms.set_ready("cid", cid.seat_pass, is_ready=True)
    rooms.leave("ann", ann.seat_pass)
    rooms.start("bob", bob.seat_pass)
    assert room_of(rooms).match.owners == [-1, 0, 1, -1]


def test_strangers_begin_as_soon_as_there_are_enough_of_them():
    rooms = make_rooms(3)
    entries = [rooms.quick_match(name, SETTINGS, 0.0) for name in ("ann", "bob", "cid")]
    assert [entry.match is not None for entry in entries] == [False, False, True]
