"""A native peer in a namespace; a program.

It joins a room, or makes one, and plays. It prints, each in a line of JSON, the room's code, and
after enough frames what it has confirmed; then it plays on until its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from peergym.cli.join import find_runtime
from peergym.games.pong.court import DOWN, STAY, UP
from peergym.hosts.native import NativePeer, PeerSettings
from peergym.hosts.native_match import MatchListener

FRAMES = 180
FRAMES_A_MIND = 15


class Fickle:
    """Changes its mind several times a second; the game's own policy would be guessed rightly."""

    def __init__(self, seed: str) -> None:
        self.script = random.Random(seed)
        self.action = STAY

    def __call__(self, game: Any, agent: str) -> int:
        """Go on, or do something else."""
        if self.script.random() < 1 / FRAMES_A_MIND:
            self.action = self.script.choice((STAY, UP, DOWN))
        return self.action


class Reporter:
    """Plays and prints."""

    def __init__(self, url: str, room: str) -> None:
        self.checksums: dict[int, str] = {}
        self.is_told = False
        self.joined_s = 0.0
        self.first_s = 0.0
        settings = PeerSettings(
            url, find_runtime("pong", "pong"), room, input_delay=0, policy=Fickle(room)
        )
        listener = MatchListener(on_checksums=self.note)
        self.peer = NativePeer(settings, listener, self.tell_room)

    def tell_room(self, room: Mapping[str, Any]) -> None:
        """Print the room's code when it is entered, and note when all are there."""
        if room["state"] == "open":
            print(json.dumps({"room": room["code"]}), flush=True)
        elif not self.joined_s:
            self.joined_s = time.monotonic()

    def note(self, episode: int, pairs: list[tuple[int, int]]) -> None:
        """Keep what was confirmed, and print it once there is enough."""
        self.first_s = self.first_s or time.monotonic()
        if episode == 0:
            self.checksums.update({frame: f"{checksum:016x}" for frame, checksum in pairs})
        if not self.is_told and max(self.checksums) >= FRAMES:
            self.is_told = True
            assert self.peer.match is not None
            figures = asdict(self.peer.match.driver.session.statistics())
            told = {
                "checksums": self.checksums,
                "rollbacks": figures["rollbacks"],
                "after_s": round(self.first_s - self.joined_s, 2),
            }
            print(json.dumps(told), flush=True)

    async def run(self) -> None:
        """Play until told to stop."""
        playing = asyncio.create_task(self.peer.run())
        told = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait({playing, told}, return_when=asyncio.FIRST_COMPLETED)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(Reporter(*sys.argv[1:3]).run())
