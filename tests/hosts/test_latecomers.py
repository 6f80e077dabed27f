"""A match in which nobody is left of those who began it."""

from __future__ import annotations

from tests.hosts.soundness import check_sound
from tests.hosts.worker_room import Room


def test_among_latecomers_nobody_takes_anothers_seat() -> None:
    room = Room((0, 1))
    room.run_until(lambda: all(page.checksums for page in room.players))
    room.run_frames(120)
    for seat in (0, 1):
        room.pages[seat].leave()
        room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
        room.run_frames(30)
        newcomer = room.come(seat)
        room.run_until(newcomer.is_member)
        room.run_frames(60)
    assert [page.session.members for page in room.players] == [(2, 3), (2, 3)]
    for seat in (0, 1):
        thief = room.come(seat)
        room.run(8.0)
        assert not thief.is_member()
        thief.die()
    assert [page.session.local_players for page in room.players] == [(0,), (1,)]
    room.run_frames(60)
    check_sound(room)
