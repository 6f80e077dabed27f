"""A match falls into two equal halves, and the server says which of them goes on."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from peergym.signalling.arbiter import rule
from tests.signalling.lobby import make_match, picture, pushes, refused, room_of

NOBODY = frozenset()


def decisions(rooms, member):
    return [payload for event, payload in pushes(rooms, member) if event == "decision"]


def test_of_two_halves_that_ask_the_first_one_goes_on_and_the_other_does_not():
    rooms, passes = make_match(4)
    rooms.arbitrate("cid", passes["cid"], 0, [2, 3])
    rooms.arbitrate("ann", passes["ann"], 0, [0, 1])
    rooms.arbitrate("dan", passes["dan"], 0, [2, 3])
    said = [(push.member, push.payload) for push in rooms.pushes_to_send()]
    assert said == [
        ("cid", {"epoch": 0, "group": [2, 3], "is_granted": True}),
        ("ann", {"epoch": 0, "group": [0, 1], "is_granted": False}),
        ("dan", {"epoch": 0, "group": [2, 3], "is_granted": True}),
    ]


def test_a_half_that_nobody_is_connected_of_does_not_go_on():
    assert not rule({0, 1}, {0, 1, 2, 3}, NOBODY, connected={2, 3}).is_granted
    assert rule({0, 1}, {0, 1, 2, 3}, NOBODY, connected={1}).is_granted


def test_whoever_comes_after_a_decision_may_go_on_without_those_who_were_there():
    rooms, passes = make_match(2)
    rooms.arbitrate("bob", passes["bob"], 0, [1])
    rooms.resume("ann reloaded", passes["ann"], rejoin=True)
    rooms.arbitrate("ann reloaded", passes["ann"], 2, [2], [1, 2])
    pushes(rooms, "bob")
    rooms.arbitrate("bob", passes["bob"], 2, [1], [1, 2])
    assert [said["is_granted"] for said in decisions(rooms, "bob")] == [False]


def test_whoever_came_before_a_decision_and_was_in_neither_half_is_not_lost():
    rooms, passes = make_match(2)
    rooms.resume("ann reloaded", passes["ann"], rejoin=True)
    rooms.arbitrate("bob", passes["bob"], 0, [1], [0, 1])
    pushes(rooms)
    rooms.arbitrate("ann reloaded", passes["ann"], 2, [2], [1, 2])
    assert [said["is_granted"] for said in decisions(rooms, "ann reloaded")] == [True]


def test_who_asks_must_be_of_the_half_and_name_nobody_who_never_came():
    rooms, passes = make_match(2)
    before = picture(rooms)
    refused("bad_request", rooms.arbitrate, "ann", passes["ann"], 0, [1])
    refused("bad_request", rooms.arbitrate, "ann", passes["ann"], 0, [0, 2])
    refused("bad_token", rooms.arbitrate, "ann", passes["bob"], 0, [1])
    assert picture(rooms) == before
    assert room_of(rooms).match.lost == frozenset()


PEERS = frozenset(range(4))
HALVES = [frozenset(half) for half in combinations(sorted(PEERS), 2)]


@given(
    st.lists(
        st.tuples(st.sampled_from(HALVES), st.sets(st.sampled_from(sorted(PEERS)))), max_size=12
    )
)
def test_never_are_two_halves_granted_that_share_nobody(questions):
    lost, granted = NOBODY, []
    for half, connected in questions:
        ruling = rule(half, PEERS, lost, connected)
        assert ruling == rule(half, PEERS, lost, connected)
        assert ruling.lost >= lost
        lost = ruling.lost
        if ruling.is_granted:
            granted.append(half)
    assert all(a & b for a in granted for b in granted)
    reachable = [half for half, connected in questions if half & connected]
    assert bool(granted) == bool(reachable)
