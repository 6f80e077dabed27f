"""By which way a peer is reached, and why, is in the events of the page and in the record."""

from __future__ import annotations

from peergym.data.replay import read_replay
from peergym.hosts.mailbox import In
from tests.hosts.worker_room import Room

CLOSED = b"\x00"


def test_a_change_of_route_is_told_to_the_page_and_recorded() -> None:
    room = Room((0, 1))
    room.run_until(lambda: all(page.checksums for page in room.pages.values()))
    page = room.pages[0]
    room.run(2.0)
    page.put(In.LINK, 1, CLOSED)
    room.run_until(lambda: bool(page.named("PeerLeft")))
    told = [(each["peer"], each["route"], each["reason"]) for each in page.named("RouteChanged")]
    assert told == [
        (1, "direct", "a direct connection came about"),
        (1, "none", "the direct connection was closed"),
    ]
    room.run(2.0)
    replay = read_replay(page.record)
    happenings = [*replay.lobby, *replay.episodes[0].happenings]
    recorded = [
        (each.fields["peer"], each.fields["route"], each.fields["reason"])
        for each in happenings
        if each.name == "RouteChanged"
    ]
    assert recorded == told
