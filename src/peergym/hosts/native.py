"""A native peer: joins a room of a server as a page does, and plays with a policy.

Theory of operation: it asks the server what is served, compares that with what is here, takes a
seat over Socket.IO, waits for the match, and plays it over connections of its own; the server has
no part in that. Any number of them run in one process, on one event loop.

What it runs is what is installed here. A page runs what its server sends, inside the browser's
walls; here there are none, so no code is taken from a server or a peer.

Needs ``pip install "peergym[native]"``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from peergym.envs import GameAdapter
from peergym.errors import ConfigurationError, SignallingError, UsageError
from peergym.hosts.match import Runtime, open_match
from peergym.hosts.native_http import RecordKeeper, ServedGame, Upload, fetch_game
from peergym.hosts.native_match import MatchListener, NativeMatch
from peergym.hosts.native_policy import Policy, check_policy
from peergym.hosts.native_signalling import Signalling, SignallingHandlers

UPLOAD_WITHIN_S = 20.0
"""How long a peer stays for its record once the match is over."""
PARTING_UPLOAD_WITHIN_S = 3.0
"""The same for a peer that was told to go."""


@dataclass(frozen=True, slots=True)
class PeerSettings:
    """What a native peer does.

    Attributes:
        url: Where the server is, such as ``http://127.0.0.1:8000``.
        runtime: What is installed here: the digest is of what browsers would run of it.
        room: Code of the room to join; empty makes one.
        options: Of the game, for a room that is made.
        input_delay: Frames, ``auto`` or ``article``, for a room that is made.
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
        self._early: list[tuple[int, str, Any]] = []
        self._announced: asyncio.Future[Mapping[str, Any]] | None = None

    async def run(self) -> str:
        """Join, play, and leave. Cancelled, it says goodbye before it goes.

        Returns:
            Why the match ended, in a few words.

        Raises:
            SignallingError: There is no such server or room, or no path to a player.
            ConfigurationError: The server or a peer runs something else, or nobody would play.
            UsageError: The policy chose what is no action.
        """
        self._announced = asyncio.get_running_loop().create_future()
        stay_s = UPLOAD_WITHIN_S
        async with aiohttp.ClientSession() as http:
            signalling = Signalling(self.settings.url, self._signalling_handlers(), http)
            try:
                await self._enter(signalling, await fetch_game(http, self.settings.url))
                return await self._play(signalling, http, await self._announced)
            except asyncio.CancelledError:
                stay_s = PARTING_UPLOAD_WITHIN_S
                raise
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
        await signalling.connect()
        if settings.room:
            room = await signalling.enter("join_room", version=served.version, code=settings.room)
        else:
            room = await signalling.enter(
                "create_room",
                version=served.version,
                options=dict(settings.options),
                input_delay=settings.input_delay,
            )
        self._note_room(room)

    def _signalling_handlers(self) -> SignallingHandlers:
        return SignallingHandlers(
            self._note_room, self._note_match, self._note_signal, self._note_closed
        )

    def _note_room(self, room: Mapping[str, Any]) -> None:
        self.room = room
        self._on_room(room)

    def _note_match(self, match: Mapping[str, Any]) -> None:
        # The server repeats itself to whoever joins last, or comes back.
        if self._announced is not None and not self._announced.done():
            self._announced.set_result(match)

    def _note_signal(self, sender: int, kind: str, payload: Any) -> None:
        if self.match is None:
            self._early.append((sender, kind, payload))
        else:
            self.match.accept_signal(sender, kind, payload)

    def _note_closed(self, code: str, message: str) -> None:
        error = SignallingError(code, message)
        if self._announced is not None and not self._announced.done():
            self._announced.set_exception(error)
        elif self.match is not None and not self.match.is_linked:
            # A running match needs the server no longer; before it, the room was all we had.
            self.match.fail(SignallingError("connection_failed", "The others have gone."))

    # --- the match

    async def _play(
        self, signalling: Signalling, http: aiohttp.ClientSession, match: Mapping[str, Any]
    ) -> str:
        settings, local_peer = self.settings, self.room["you"]
        token = match.get("record_token")
        upload = Upload(settings.url, match["match_id"], local_peer, token) if token else None
        self.keeper = RecordKeeper(http, upload)
        # Measures what the game costs, for a fraction of a second: not beside others' frames.
        driver = await asyncio.to_thread(open_match, settings.runtime, match, local_peer)
        self.match = NativeMatch(
            driver,
            match,
            policy=settings.policy,
            episodes=settings.episodes,
            send_signal=signalling.signal,
            keeper=self.keeper,
            record_file=self._record_file(match["match_id"], local_peer),
            listener=self._listener,
        )
        for signal in self._early:
            self.match.accept_signal(*signal)
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
