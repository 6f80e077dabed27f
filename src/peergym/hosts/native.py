"""A native peer: joins a room of a server as a page does, and plays with a policy.

Theory of operation: it asks the server what is served, compares that with what is here, takes a
seat over Socket.IO, waits for the match, and plays it over connections of its own; the server has
no part in that. A match that has begun it comes to late, and one that has gone on without it, as
after a network that was away for too long, it comes back to as another peer. Any number of them
run in one process, on one event loop.

What it runs is what is installed here. A page runs what its server sends, inside the browser's
walls; here there are none, so no code is taken from a server or a peer.

Needs ``pip install "peergym[native]"``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from peergym.envs import GameAdapter
from peergym.errors import ConfigurationError, SignallingError, UsageError
from peergym.hosts.match import Runtime, open_match
from peergym.hosts.native_http import RecordKeeper, ServedGame, Upload, fetch_game
from peergym.hosts.native_match import MatchListener, MatchServer, NativeMatch
from peergym.hosts.native_policy import Policy, check_policy
from peergym.hosts.native_relay import relay_of
from peergym.hosts.native_signalling import UNREACHABLE, Signalling, SignallingHandlers

UPLOAD_WITHIN_S = 20.0
"""How long a peer stays for its record once the match is over."""
PARTING_UPLOAD_WITHIN_S = 3.0
"""The same for a peer that was told to go."""
REJOIN_EVERY_S = 2.0
"""How long after one try to come back the next is made, while the room keeps the place."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """What a native peer does.

    Attributes:
        url: Where the server is, such as ``http://127.0.0.1:8000``.
        runtime: What is installed here: the digest is of what browsers would run of it.
        room: Code of the room to join; empty makes one.
        options: Of the game, for a room that is made.
        input_delay: Frames, ``auto`` or ``article``, for a room that is made.
        absent: What becomes of empty seats in a room that is made: ``end``, ``noop`` or ``agent``;
            None leaves it to the game.
        grace_s: For how long such a room keeps a place for somebody who is away; None as usual.
        watches: Whether to watch instead of taking a seat.
        seat: The one wanted in a room that is joined, from 0; None takes the lowest that is free.
        policy: Plays the seat; None is the game's own.
        name: What the peer is called in what it says of itself.
        episodes: How many to play before leaving; 0 plays until the others leave.
        record_folder: Where the record is written to; None writes none here.
    """

    url: str
    runtime: Runtime
    room: str = ""
    options: Mapping[str, float] = field(default_factory=dict)
    input_delay: int | str = "auto"
    absent: str | None = None
    grace_s: float | None = None
    watches: bool = False
    seat: int | None = None
    policy: Policy | None = None
    name: str = "agent"
    episodes: int = 0
    record_folder: Path | None = None


class NativePeer:
    """Plays one match.

    Args:
        settings: What it does.
        listener: Who is told what happens in the match.
        on_room: Told of the room when it is entered and at each change.

    Attributes:
        settings: The same.
        match: What is played; None before.
        room: The room as last heard; empty before it is entered.
        keeper: What became of the record; None before the match.
    """

    def __init__(
        self,
        settings: PeerSettings,
        listener: MatchListener | None = None,
        on_room: Callable[[Mapping[str, Any]], None] = lambda room: None,
    ) -> None:
        self.settings = settings
        self.match: NativeMatch | None = None
        self.room: Mapping[str, Any] = {}
        self.keeper: RecordKeeper | None = None
        self._listener = listener or MatchListener()
        self._on_room = on_room
        self._early: list[Callable[[NativeMatch], None]] = []
        self._announced: asyncio.Future[Mapping[str, Any]] | None = None

    async def run(self) -> str:
        """Join, play, and leave. Cancelled, it says goodbye before it goes.

        Returns:
            Why the match ended, in a few words.

        Raises:
            SignallingError: There is no such server or room, or no path to a player.
            ConfigurationError: The server or a peer runs something else, nobody would play, or a
                seat is wanted in a room that is not there yet.
            UsageError: The policy chose what is no action.
        """
        stay_s = UPLOAD_WITHIN_S
        async with aiohttp.ClientSession() as http:
            signalling = Signalling(self.settings.url, self._signalling_handlers(), http)
            try:
                self._await_match()
                await self._enter(signalling, await fetch_game(http, self.settings.url))
                reason = await self._play_next(signalling, http)
                while await self._comes_back(signalling):
                    reason = await self._play_next(signalling, http)
            except asyncio.CancelledError:
                stay_s = PARTING_UPLOAD_WITHIN_S
                raise
            else:
                return reason
            finally:
                await signalling.close()
                if self.keeper is not None:
                    await self.keeper.finish(stay_s)

    def leave(self, reason: str = "left") -> None:
        """Say goodbye and have `run` return; before the match it is cancelled instead.

        Raises:
            UsageError: There is no match yet.
        """
        if self.match is None:
            raise UsageError("there is no match to leave; cancel the task that runs the peer")
        self.match.leave(reason)

    # --- into the room

    async def _enter(self, signalling: Signalling, served: ServedGame) -> None:
        settings = self.settings
        # What can be wrong here is found before a seat is taken: whoever gives the last one back
        # ends the match for the others.
        _check_same(settings.runtime, served)
        check_policy(GameAdapter(settings.runtime.game()), settings.policy)
        if settings.seat and not settings.room:
            raise ConfigurationError("seat", "whoever makes a room sits in its first seat")
        await signalling.connect()
        version = served.version
        if settings.room:
            room = await signalling.enter(
                "join_room",
                version=version,
                code=settings.room,
                watch=settings.watches,
                seat=settings.seat,
            )
        else:
            room = await signalling.enter(
                "create_room",
                version=version,
                options=dict(settings.options),
                input_delay=settings.input_delay,
                absent=settings.absent,
                grace_s=settings.grace_s,
            )
        self._note_room(room)
        if room["seat"] is not None and room["state"] == "open":
            await signalling.set_ready()

    async def _comes_back(self, signalling: Signalling) -> bool:
        """Come anew to a match that has gone on without us; whether we are in it again."""
        if self.match is None or not self.match.is_excluded or self.room["absent"] == "end":
            return False
        clock = asyncio.get_running_loop().time
        until_s = clock() + self.room["grace_s"]
        while True:
            self._await_match()
            try:
                self._note_room(await signalling.rejoin())
            except SignallingError as error:
                # The room may keep our place and only not be reached yet.
                if error.code != UNREACHABLE or clock() >= until_s:
                    return False
                await asyncio.sleep(REJOIN_EVERY_S)
            else:
                return True

    def _await_match(self) -> None:
        self.match = None
        self._early.clear()
        self._announced = asyncio.get_running_loop().create_future()

    def _signalling_handlers(self) -> SignallingHandlers:
        return SignallingHandlers(
            on_room=self._note_room,
            on_match=self._note_match,
            on_signal=lambda *signal: self._tell(lambda match: match.accept_signal(*signal)),
            on_peer=lambda come: self._tell(lambda match: match.add_peer(come)),
            on_gone=lambda peer, is_removed: self._tell(
                lambda match: match.note_gone(peer, is_removed=is_removed)
            ),
            on_decision=lambda said: self._tell(lambda match: match.decide(said)),
            on_closed=self._note_closed,
        )

    def _note_room(self, room: Mapping[str, Any]) -> None:
        self.room = room
        self._on_room(room)

    def _note_match(self, match: Mapping[str, Any]) -> None:
        # The server repeats itself to whoever joins last, or comes back.
        if self._announced is not None and not self._announced.done():
            self._announced.set_result(match)

    def _tell(self, news: Callable[[NativeMatch], None]) -> None:
        """Tell the match, now or when it is open."""
        if self.match is None:
            self._early.append(news)
        else:
            news(self.match)

    def _note_closed(self, code: str, message: str) -> None:
        error = SignallingError(code, message)
        if self._announced is not None and not self._announced.done():
            self._announced.set_exception(error)
        elif self.match is not None and not self.match.is_linked:
            # A running match needs the server no longer; before it, the room was all we had.
            self.match.fail(SignallingError("connection_failed", "The others have gone."))

    # --- the match

    async def _play_next(self, signalling: Signalling, http: aiohttp.ClientSession) -> str:
        """Wait for the match and play it; returns why it ended."""
        assert self._announced is not None  # noqa: S101 - made before the room was asked for
        match = await self._announced
        settings, local_peer, seat = self.settings, self.room["you"], self.room["seat"]
        if self.keeper is not None:
            await self.keeper.finish(PARTING_UPLOAD_WITHIN_S)  # of the peer that we were
        token = match.get("record_token")
        upload = Upload(settings.url, match["match_id"], local_peer, token) if token else None
        self.keeper = RecordKeeper(http, upload)
        # Measures what the game costs, for a fraction of a second: not beside others' frames.
        driver = await asyncio.to_thread(open_match, settings.runtime, match, local_peer, seat=seat)
        self.match = NativeMatch(
            driver,
            match,
            policy=settings.policy,
            episodes=settings.episodes,
            server=MatchServer(
                signalling.signal,
                signalling.arbitrate,
                partial(relay_of, settings.url, http),
                signalling.fresh_relay_token,
            ),
            keeper=self.keeper,
            record_file=None if seat is None else self._record_file(match["match_id"], local_peer),
            listener=self._listener,
        )
        for news in self._early:
            news(self.match)
        return await self.match.play()

    def _record_file(self, match_id: str, local_peer: int) -> Path | None:
        folder = self.settings.record_folder
        if folder is None:
            return None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError("record", f"{folder} cannot be made: {error}") from error
        path = folder / f"{match_id}-peer{local_peer}.pgr"
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        return path


def _check_same(runtime: Runtime, served: ServedGame) -> None:
    if (runtime.spec, runtime.digest) == (served.spec, served.digest):
        return
    if runtime.spec != served.spec:
        raise ConfigurationError(
            "game", f"The server serves {served.spec}, and this peer would play {runtime.spec}."
        )
    raise ConfigurationError(
        "game",
        f"The server's {served.spec} or its peergym is not the one installed here (digest "
        f"{served.digest[:12]} there, {runtime.digest[:12]} here). Install the same versions.",
    )
