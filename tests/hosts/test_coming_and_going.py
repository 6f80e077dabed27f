"""Pages' hosts on a bad network: people leave, vanish, come back and watch, in mid-match."""

from __future__ import annotations

from typing import Any

import pytest

from peergym.hosts.mailbox import In
from tests.hosts.soundness import check_sound, rows_of
from tests.hosts.worker_room import Page, Room


def playing_room(taken: tuple[int, ...], **fields: Any) -> Room:
    """A room in which everybody has confirmed two seconds."""
    room = Room(taken, **fields)
    room.run_until(lambda: all(page.checksums for page in room.pages.values()))
    room.run_frames(120)
    return room


def joined(page: Page) -> dict[str, Any]:
    """How it took its seat."""
    (event,) = [each for each in page.named("PlayerJoined") if each["peer"] == page.peer]
    return event


@pytest.mark.parametrize("farewell", ["leave", "die"])
def test_one_goes_an_agent_plays_on_and_he_comes_back_while_another_watches(farewell: str) -> None:
    room = playing_room((0, 1, 2))
    watcher = room.come(None)
    room.run_until(lambda: bool(watcher.frames))
    getattr(room.pages[1], farewell)()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    (cut,) = room.pages[0].named("PlayerCut")
    assert (cut["player"], cut["peer"], cut["heir"]) == (1, 1, 0)
    room.run_frames(200)
    newcomer = room.come(1)
    room.run_until(lambda: bool(newcomer.frames))
    assert not newcomer.is_member(), "it sees the match move before it plays"
    room.run_until(newcomer.is_member)
    at = joined(newcomer)
    assert (newcomer.peer, at["player"]) == (4, 1)
    assert room.pages[0].session.local_players == (0,)
    room.run_frames(300)
    between = rows_of(room.pages[0], cut["frame"] + 1, at["frame"])
    assert len(between) > 150
    assert {row[1] for row in between} == {0, 1, 2, 3}, "the agent plays, and not the page"
    after = rows_of(room.pages[0], at["frame"] + 30, at["frame"] + 200)
    assert {row[1] for row in after} == {0, 1, 2, 3}, "he plays himself"
    assert watcher.session.current_frame > at["frame"] + 100
    check_sound(room)


def test_who_watches_sees_every_frame_as_any_seat_and_is_never_waited_for() -> None:
    room = playing_room((0, 1))
    stalls = [page.session.statistics().stalls for page in room.players]
    watcher = room.come(None)
    watcher.put(In.ACTION, 0, bytes(4))
    watcher.put(In.READY)
    watcher.put(In.RESTORED, 0)
    room.run_until(lambda: len(watcher.frames) > 60)
    assert {seat for _, _, seat in watcher.frames} == {0}
    watcher.host.show_seat(1)
    watcher.host.show_seat(9)
    room.run_frames(300)
    assert {seat for _, _, seat in watcher.frames} == {0, 1}
    frames = [frame for _, frame, _ in watcher.frames]
    assert frames == sorted(frames)
    assert watcher.session.current_frame > room.players[0].session.confirmed_frame - 60
    assert [page.session.statistics().stalls for page in room.players] == stalls
    assert watcher.host.desync_dump() == watcher.host.recording() == b""
    check_sound(room)


def test_four_play_one_is_killed_and_comes_back() -> None:
    room = playing_room((0, 1, 2, 3))
    room.pages[2].die()
    newcomer = room.come(2)  # a reload: the others have not noticed yet
    room.run_until(newcomer.is_member)
    assert len(room.pages[0].named("PlayerCut")) == 1
    room.run_frames(300)
    check_sound(room)


def test_who_runs_the_agents_goes_himself() -> None:
    room = playing_room((0, 1, 2, 3))
    for peer in (3, 0):
        room.pages[peer].leave()
        room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
        room.run_frames(60)
    assert room.pages[1].session.local_players == (0, 1, 3)
    for seat in (0, 3):
        room.run_until(room.come(seat).is_member)
    assert room.pages[1].session.local_players == (1,)
    room.run_frames(200)
    check_sound(room)


def test_two_come_at_once_into_seats_that_nobody_has_taken() -> None:
    room = playing_room((0, 2), seats=4)
    first, second = room.come(1), room.come(3)
    room.run_until(lambda: first.is_member() and second.is_member())
    room.run_until(lambda: all(page.session.members == (0, 1, 2, 3) for page in room.players))
    room.run_frames(200)
    check_sound(room)


def test_a_seat_that_nobody_has_taken_is_an_agents_until_somebody_comes() -> None:
    room = playing_room((1, 3), seats=4)
    assert [page.session.local_players for page in room.players] == [(0, 1, 2), (3,)]
    newcomer = room.come(2)
    room.run_until(newcomer.is_member)
    at = joined(newcomer)
    room.run_frames(200)
    rows = rows_of(room.pages[0], 30, at["frame"])
    for seat in (0, 2):
        assert {row[seat] for row in rows} == {0, 1, 2, 3}, "an agent plays from the start"
    assert room.pages[0].session.local_players == (0, 1)
    room.pages[0].leave()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    assert room.pages[1].session.local_players == (0, 1, 3)
    room.run_frames(100)
    check_sound(room)


def test_one_who_loads_for_long_is_met_by_those_who_have_come_meanwhile() -> None:
    room = playing_room((0, 2), seats=4)
    slow, quick = room.come(1, loads_for_s=5.0), room.come(3)
    room.run_until(quick.is_member)
    assert not slow.is_loaded
    room.run_until(lambda: slow.is_loaded)
    room.run_until(lambda: all(page.session.members == (0, 1, 2, 3) for page in room.players))
    room.run_frames(200)
    check_sound(room)


@pytest.mark.parametrize("granted", [0, 1])
def test_two_lose_sight_of_each_other_and_the_arbiter_decides(granted: int) -> None:
    room = playing_room((0, 1))
    room.arbiter.granted = (granted,)
    room.links.partition([[0], [1]], room.clock.now_s, room.clock.now_s + 60)
    stays, goes = room.pages[granted], room.pages[1 - granted]
    room.run_until(lambda: bool(goes.named("Excluded") and stays.named("PlayerCut")), 30)
    assert not stays.named("Excluded")
    assert not goes.named("PlayerCut")
    assert goes.named("MatchEnded")
    goes.die()
    room.run_frames(100)
    back = room.come(goes.seat)
    room.run_until(back.is_member)
    room.run_frames(300)
    check_sound(room)


def test_without_an_answer_of_the_arbiter_neither_half_goes_on() -> None:
    room = playing_room((0, 1, 2, 3))
    room.arbiter.is_reachable = False
    room.links.partition([[0, 2], [1, 3]], room.clock.now_s, room.clock.now_s + 60)
    room.run_until(lambda: all(page.named("Excluded") for page in room.players), 30)
    assert {peer for _, peer, _ in room.arbiter.asked} == {0, 1, 2, 3}
    check_sound(room)


@pytest.mark.parametrize("leaver", [0, 1])
def test_of_two_one_says_goodbye_and_the_other_goes_on_without_asking_anybody(
    leaver: int,
) -> None:
    room = playing_room((0, 1))
    room.arbiter.is_reachable = False
    room.pages[leaver].leave()
    stays = room.pages[1 - leaver]
    room.run_until(lambda: bool(stays.named("PlayerCut")))
    assert stays.session.local_players == (0, 1)
    assert room.arbiter.asked == []
    room.run_frames(100)
    back = room.come(leaver)
    room.run_until(back.is_member)
    room.run_frames(200)
    check_sound(room)


def test_a_match_that_ends_with_the_first_who_goes_is_still_to_be_had() -> None:
    room = playing_room((0, 1), absent="end", has_arbiter=False)
    room.pages[1].leave()
    room.run_until(lambda: bool(room.pages[0].named("MatchEnded")))
    assert not room.pages[0].named("PlayerCut")
    check_sound(room)


def test_an_empty_seat_without_agents_does_nothing() -> None:
    room = playing_room((0, 1, 2), absent="noop")
    room.pages[2].leave()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    (cut,) = room.pages[0].named("PlayerCut")
    assert cut["heir"] == -1
    room.run_frames(200)
    rows = rows_of(room.pages[0], cut["frame"] + 1, cut["frame"] + 150)
    assert {row[2] for row in rows} == {0}
    check_sound(room)


def test_a_number_that_was_in_use_is_told_and_changes_nothing() -> None:
    room = playing_room((0, 1, 2))
    watcher = room.come(None)
    room.run_frames(60)
    room.pages[2].leave()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    for page in room.present:
        for peer in (0, 1, 2, watcher.peer):
            page.put(In.PEER, peer, b"\x01")
    room.run_frames(120)
    refused = {
        page.peer: [event["peer"] for event in page.named("ProtocolViolated")]
        for page in room.present
    }
    assert refused == {0: [0, 1, 2], 1: [0, 1, 2], watcher.peer: [0, 1, 3]}
    assert all(page.session.members == (0, 1) for page in room.players)
    check_sound(room)


def test_who_comes_between_two_games_is_ready_for_the_next() -> None:
    room = playing_room((0, 1), seats=3, options={"score_to_win": 3})
    room.run_until(lambda: all(page.named("EpisodeEnded") for page in room.players), 120)
    newcomer = room.come(2)
    room.run_until(newcomer.is_member)
    room.run_until(lambda: all(page.session.episode >= 1 for page in room.players), 60)
    room.run_frames(150)
    check_sound(room)
