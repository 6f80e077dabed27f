"""Comings and goings in workers' hosts, of games whose states cannot be sent."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from peergym.data.replay import read_replay
from peergym.envs import GameAdapter
from tests.hosts.soundness import check_sound
from tests.hosts.worker_room import Agents, Room


class InLockstep(Agents):
    """The same game as if nobody could put it back."""

    metadata: dict[str, Any] = {**Agents.metadata, "lockstep": True}


def test_one_comes_and_goes_and_another_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: GameAdapter, data: bytes) -> NoReturn:
        raise AssertionError("a state was sent")

    monkeypatch.setattr(GameAdapter, "can_restore", lambda self: False)
    monkeypatch.setattr(GameAdapter, "restore", refuse)
    room = Room((0, 1, 2))
    room.run_until(lambda: all(page.checksums for page in room.players))
    room.run_frames(300)
    room.pages[1].leave()
    room.run_until(lambda: all(page.named("PlayerCut") for page in room.players))
    room.run_frames(300)
    newcomer, watcher = room.come(1), room.come(None)
    room.run_until(newcomer.is_member)
    room.run_frames(120)
    check_sound(room)
    for late in (newcomer, watcher):
        (following,) = late.named("Following")
        assert following["frame"] == 0
        told = late.named("Reexecuting")
        assert told
        assert told[0]["toFrame"] >= 600
        assert late.checksums.keys() >= {(0, frame) for frame in range(0, 600, 10)}
    episode = read_replay(newcomer.record).episodes[-1]
    assert episode.first_frame == 0, "its record has the whole episode"


def test_one_comes_late_to_a_game_in_lockstep() -> None:
    room = Room((0, 1), seats=3, game=InLockstep, input_delay=6)
    room.run_until(lambda: all(page.checksums for page in room.players))
    room.run_frames(400)
    newcomer = room.come(2)
    room.run_until(newcomer.is_member)
    room.run_frames(120)
    frames = [frame for _, frame in newcomer.checksums]
    assert min(frames) <= 10
    for page in room.players:
        common = page.checksums.keys() & newcomer.checksums.keys()
        assert len(common) > 40
        assert all(page.checksums[at] == newcomer.checksums[at] for at in common)
        assert not page.named("DesyncDetected")
    assert newcomer.named("Reexecuting")
