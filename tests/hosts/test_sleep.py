"""A machine sleeps in mid-match, as under a closed lid, and is back in the same seat."""

from __future__ import annotations

import pytest

from tests.hosts.soundness import check_sound, rows_of
from tests.hosts.worker_room import Page, Room

CLOCKS = pytest.mark.parametrize(
    "clock_stands", [False, True], ids=["its clock goes on", "its clock stands"]
)
"""Some machines' monotonic clocks count the time of a sleep, and others' do not."""


def playing_room(taken: tuple[int, ...]) -> Room:
    room = Room(taken)
    room.run_until(lambda: all(page.checksums for page in room.pages.values()))
    room.run_frames(120)
    return room


def come_back(room: Room, sleeper: Page) -> Page:
    """Do what the page does when the match has gone on without it: come anew, for its seat."""
    room.run_until(lambda: bool(sleeper.named("Excluded")), limit_s=5.0)
    sleeper.die()
    return room.come(sleeper.seat)


@CLOCKS
@pytest.mark.parametrize("players", [2, 3])
def test_one_who_sleeps_for_twenty_seconds_finds_the_match_gone_on_and_his_seat_kept(
    players: int, clock_stands: bool
) -> None:
    room = playing_room(tuple(range(players)))
    sleeper, others = room.pages[1], [room.pages[peer] for peer in range(players) if peer != 1]
    frame = sleeper.session.current_frame
    sleeper.sleep(20.0, clock_stands=clock_stands)
    room.run(19.9)
    for page in others:
        # Two wait for 10 s, three or more for 3 s; then the others play on.
        assert page.session.confirmed_frame > frame + 300
        assert [event["player"] for event in page.named("PlayerCut")] == [1]
        assert not page.named("MatchEnded")
    assert sleeper.session.current_frame == frame
    newcomer = come_back(room, sleeper)
    for page in others:
        assert page.is_member(), "the sleeper has judged those who were awake"
    room.run_until(newcomer.is_member)
    (at,) = [each for each in newcomer.named("PlayerJoined") if each["peer"] == newcomer.peer]
    assert (at["player"], newcomer.session.local_players) == (1, (1,))
    assert at["frame"] > frame + 300, "it is another match"
    room.run_frames(200)
    after = rows_of(room.pages[0], at["frame"] + 30, at["frame"] + 150)
    assert {row[1] for row in after} == {0, 1, 2, 3}, "he plays himself"
    check_sound(room)


@CLOCKS
def test_a_nap_that_is_shorter_than_the_silence_allowed_costs_nobody_his_seat(
    clock_stands: bool,
) -> None:
    room = playing_room((0, 1, 2))
    room.pages[1].sleep(2.0, clock_stands=clock_stands)
    room.run(2.0)
    room.run_frames(300)
    for page in room.pages.values():
        assert page.session.members == (0, 1, 2)
        assert not page.named("PlayerCut")
    assert room.pages[0].named("PeerResumed")
    check_sound(room)


def test_all_sleep_at_once_and_go_on_together() -> None:
    room = playing_room((0, 1))
    for page in room.pages.values():
        page.sleep(20.0)
    room.run(20.0)
    room.run_frames(300)
    for page in room.pages.values():
        assert page.session.members == (0, 1)
        assert not page.named("PlayerCut")
    check_sound(room)
