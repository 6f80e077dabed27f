"""Reliable messages over routes that lose them: each arrives once, in order, or it is said."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peergym.hosts.route_lane import (
    LEAST_BULK_BYTES,
    MOST_KEPT_BYTES,
    WINDOW_BYTES,
    CarriedLane,
)
from peergym.rollback.binary import WireError
from peergym.rollback.control import Goodbye, Received, encode_control
from peergym.rollback.route_report import Route


def message(number: int) -> bytes:
    return encode_control(Goodbye(f"message {number}"), number)


class Talk:
    """Two lanes and two routes; what is under way when a route changes may be lost."""

    def __init__(self) -> None:
        self.lanes = (CarriedLane(), CarriedLane())
        self.heard: tuple[list[bytes], list[bytes]] = ([], [])
        self.route = Route.DIRECT
        self.now_s = 0.0

    def exchange(self, *, is_lost: bool = False) -> None:
        self.now_s += 0.1
        for sender in (0, 1):
            for data in self.lanes[sender].take(self.now_s):
                if not is_lost:
                    taken = self.lanes[1 - sender].accept(data, self.route, self.now_s)
                    self.heard[1 - sender].extend([taken] if taken else [])

    def change(self, *who: int) -> None:
        self.route = Route.RELAY if self.route is Route.DIRECT else Route.DIRECT
        for lane in who or (0, 1):
            self.lanes[lane].change_route(self.now_s)


@given(st.integers(0, 2**32), st.lists(st.sampled_from("slcxab"), max_size=60))
def test_whatever_is_lost_between_changes_each_message_arrives_once_in_order(
    seed: int, doings: list[str]
) -> None:
    talk, random, said = Talk(), Random(seed), 0
    for doing in doings:
        if doing == "s":
            for _ in range(random.randrange(1, 20)):
                talk.lanes[0].put(message(said))
                talk.lanes[1].put(message(said))
                said += 1
        elif doing == "l":
            talk.exchange(is_lost=True)
            talk.change()  # what was lost was lost with its route
        elif doing == "c":
            talk.change()
        elif doing in "ab":
            talk.change(0 if doing == "a" else 1)
        talk.exchange()
    for _ in range(40):
        talk.exchange()
    everything = [message(number) for number in range(said)]
    assert talk.heard == (everything, everything)
    assert all(lane.is_idle for lane in talk.lanes)


def test_who_parts_does_not_let_the_other_side_wait_to_hear_that_all_has_arrived() -> None:
    talk = Talk()
    talk.lanes[0].put(message(0))
    talk.exchange()
    assert not talk.lanes[0].is_delivered
    talk.lanes[1].say_now(talk.now_s)
    talk.exchange()
    assert talk.lanes[0].is_delivered
    talk.lanes[1].say_now(talk.now_s)
    assert talk.lanes[1].take(talk.now_s) == [], "nothing is owed that was said"


def test_what_was_lost_before_the_other_side_was_open_is_repeated_when_it_opens() -> None:
    talk = Talk()
    talk.lanes[0].put(message(0))
    talk.lanes[0].change_route(talk.now_s)
    talk.exchange(is_lost=True)
    talk.lanes[1].change_route(talk.now_s)  # only now it is there
    for _ in range(4):
        talk.exchange()
    assert talk.heard[1] == [message(0)]


def test_a_gap_is_not_handed_on_but_asked_for() -> None:
    lane = CarriedLane()
    assert lane.accept(message(1), Route.DIRECT, 1.0) is None
    assert lane.take(1.0) == [encode_control(Received(0), 0)]
    assert lane.accept(message(2), Route.DIRECT, 1.01) is None
    assert lane.take(1.01) == [], "it has just been asked for"
    assert lane.accept(message(0), Route.DIRECT, 1.1) == message(0)
    assert lane.accept(message(0), Route.RELAY, 1.1) is None


def test_who_asks_without_end_and_gets_nowhere_is_answered_ever_more_seldom() -> None:
    lane = CarriedLane()
    lane.put(message(0))
    lane.take(0.0)
    repeated_s = []
    for tick in range(1000):
        lane.accept(encode_control(Received(0), 0), Route.DIRECT, tick / 100)
        repeated_s += [tick / 100] * len(lane.take(tick / 100))
    assert repeated_s == [0.0, 0.25, 0.75, 1.75, 3.75, 5.75, 7.75, 9.75]


def test_who_gets_on_is_answered_soon_again() -> None:
    lane = CarriedLane()
    for number in range(2):
        lane.put(message(number))
    lane.take(0.0)
    for tick in range(500):
        lane.accept(encode_control(Received(0), 0), Route.DIRECT, tick / 100)
        lane.take(tick / 100)
    for now_s, newest in ((6.0, 1), (6.01, 1), (8.0, 1)):
        lane.accept(encode_control(Received(newest), 0), Route.DIRECT, now_s)
        lane.take(now_s)
    lane.accept(encode_control(Received(1), 0), Route.DIRECT, 8.6)
    assert lane.take(8.6) == [message(1)]


def test_another_route_is_no_way_round_that() -> None:
    lane = CarriedLane()
    lane.put(message(0))
    sent = 0
    for tick in range(1000):
        lane.change_route(tick / 100)
        sent += lane.take(tick / 100).count(message(0))
    assert sent < 10


def test_no_more_than_a_window_is_under_way() -> None:
    lane = CarriedLane()
    for number in range(100):
        lane.put(b"\x01" + bytes([number]) + b"\x09" + bytes(16_000))
    first = lane.take(0.0)
    assert WINDOW_BYTES <= sum(map(len, first)) <= WINDOW_BYTES + 17_000
    assert lane.take(0.1) == []
    lane.accept(encode_control(Received(len(first)), 0), Route.DIRECT, 0.2)
    assert len(lane.take(0.2)) == len(first)


@pytest.mark.parametrize("round_trip_s", [0.05, 0.4])
@pytest.mark.parametrize(
    ("bytes_per_s", "least", "most"), [(1e9, 16, 16), (256e3, 2, 4), (64e3, 1, 2)]
)
def test_so_much_is_under_way_as_the_line_takes_in_a_moment(
    round_trip_s: float, bytes_per_s: float, least: int, most: int
) -> None:
    lane = CarriedLane(LEAST_BULK_BYTES)
    for number in range(300):
        lane.put(b"\x01" + bytes([number % 100]) + b"\x09" + bytes(LEAST_BULK_BYTES))
    now_s, acknowledged, under_way = 0.0, 0, []
    for _ in range(12):
        taken = lane.take(now_s)
        under_way.append(len(taken))
        acknowledged += len(taken)
        now_s += round_trip_s + sum(map(len, taken)) / bytes_per_s
        lane.accept(encode_control(Received(acknowledged), 0), Route.RELAY, now_s)
    assert under_way[0] == 1
    assert least <= max(under_way[-8:]) <= most


def test_a_lane_that_would_have_to_keep_too_much_is_broken() -> None:
    lane = CarriedLane()
    while not lane.is_broken:
        lane.put(bytes(24_000))
    assert lane._kept_bytes > MOST_KEPT_BYTES


def test_what_was_never_sent_cannot_have_arrived() -> None:
    lane = CarriedLane()
    lane.put(message(0))
    with pytest.raises(WireError, match="message 1 was never sent"):
        lane.accept(encode_control(Received(2), 0), Route.DIRECT, 0.0)
    assert lane.take(0.0) == [message(0)]
