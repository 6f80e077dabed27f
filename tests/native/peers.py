"""Native peers at a real server, and what they saw of a match."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from peergym.games.catalogue import find_game
from peergym.hosts.match import Runtime
from peergym.hosts.native import NativePeer, PeerSettings
from peergym.hosts.native_match import MatchListener
from peergym.rollback.events import Event
from peergym.rollback.statistics import SessionStatistics
from peergym.server.serve import ServerThread

WITHIN_S = 60.0
"""Nothing here takes this long, even on busy cores; a hang does."""


def served_runtime(server: ServerThread) -> Runtime:
    """What a server of this process serves, as if it were installed here, which it is."""
    runtime = server.app.state.server.game.runtime
    return Runtime(runtime.spec, find_game(runtime.spec), runtime.digest)


class Witness:
    """A native peer that remembers what happened to it."""

    def __init__(self, server: ServerThread, **settings: Any) -> None:
        self.events: list[Event] = []
        self.checksums: dict[int, dict[int, int]] = {}
        self.heard = asyncio.Condition()
        # What most tests wait for: that it is over as soon as one has gone.
        settings.setdefault("absent", "end")
        if "runtime" not in settings:
            settings["runtime"] = served_runtime(server)
        listener = MatchListener(self._note_event, self._note_checksums)
        self.peer = NativePeer(
            PeerSettings(url=server.url, **settings), listener, lambda room: self._wake()
        )
        self.task = asyncio.create_task(self.peer.run())
        self.task.add_done_callback(lambda task: self._wake())

    def of(self, kind: type) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def confirmed(self, episode: int = 0) -> dict[int, int]:
        """The confirmed checksums of an episode, by frame."""
        return self.checksums.get(episode, {})

    @property
    def statistics(self) -> SessionStatistics:
        """The figures of the session."""
        assert self.peer.match is not None
        return self.peer.match.driver.session.statistics()

    async def wait_for_room(self) -> str:
        """Wait until the room is entered; returns its code."""
        await self.until(lambda: bool(self.peer.room))
        return str(self.peer.room["code"])

    async def wait_for_checksums(self, count: int, episode: int = 0) -> None:
        """Wait until so many frames were compared."""
        await self.until(lambda: len(self.confirmed(episode)) >= count)

    async def wait_for(self, kind: type) -> Any:
        """Wait for an event of a kind."""
        await self.until(lambda: bool(self.of(kind)))
        return self.of(kind)[0]

    async def over(self) -> str:
        """Wait until the peer has gone; returns why."""
        return await asyncio.wait_for(self.task, WITHIN_S)

    async def until(self, condition: Any) -> None:
        """Wait until something is so, as far as this peer can be told of it."""
        async with asyncio.timeout(WITHIN_S), self.heard:
            await self.heard.wait_for(lambda: condition() or self.task.done())
        if not condition():
            self.task.result()
            raise AssertionError("the peer has gone")

    def _note_event(self, event: Event) -> None:
        self.events.append(event)
        self._wake()

    def _note_checksums(self, episode: int, pairs: list[tuple[int, int]]) -> None:
        self.checksums.setdefault(episode, {}).update(pairs)
        self._wake()

    def _wake(self) -> None:
        async def notify() -> None:
            async with self.heard:
                self.heard.notify_all()

        asyncio.get_running_loop().create_task(notify())


@asynccontextmanager
async def two_playing(
    server: ServerThread,
    *,
    options: dict[str, float] | None = None,
    second: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[tuple[Witness, Witness]]:
    """Two native peers in one match; whoever is still there at the end is sent away.

    Args:
        server: Where they meet.
        options: Of the game.
        second: Settings of the second, beside those of both.
        settings: Of both.
    """
    one = Witness(server, options=options or {}, **settings)
    witnesses = [one]
    try:
        room = await one.wait_for_room()
        witnesses.append(Witness(server, room=room, **{**settings, **(second or {})}))
        yield one, witnesses[1]
    finally:
        for witness in witnesses:
            witness.task.cancel()
        await asyncio.gather(*[witness.task for witness in witnesses], return_exceptions=True)


def check_shared(one: Witness, two: Witness, episode: int = 0) -> int:
    """Check that both confirmed the same states; returns how many frames both have."""
    common = one.confirmed(episode).keys() & two.confirmed(episode).keys()
    for frame in sorted(common):
        assert one.confirmed(episode)[frame] == two.confirmed(episode)[frame], frame
    assert len({one.confirmed(episode)[frame] for frame in common}) > 0.9 * len(common)
    return len(common)
