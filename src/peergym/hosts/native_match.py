"""Plays one match natively: the driver, its clock, the links to the others, a policy, a record.

Theory of operation: one task sleeps until the driver's next time, lets the policy choose, does what
is due, and drains the session. What arrives is put in at once, with the time at which it came, and
what follows from it leaves with the next frame; while no frames are played, it wakes the task.

Whoever is alone in a match waits for as long as the room keeps a place; nobody sits here who would
want to play on with agents.

Laws:
    - After `leave`, the connections are closed when the others have said that they know, or a
      second later.
    - Whatever ends the match, all connections are closed and the record is written.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError, SignallingError
from peergym.hosts.driver import EARLY_S, Driver
from peergym.hosts.native_connection import ConnectionHandlers, PeerConnection
from peergym.hosts.native_http import RecordKeeper
from peergym.hosts.native_policy import Policy, choose_action
from peergym.hosts.native_relay import NativeRelay
from peergym.hosts.routes import Routes
from peergym.rollback import SessionState
from peergym.rollback.events import (
    ArbiterWanted,
    EpisodeEnded,
    Event,
    Excluded,
    MatchEnded,
    PeerLeft,
    PeerLost,
    PeerRefused,
    PlayerCut,
    PlayerJoined,
)

PATH_WITHIN_S = 25.0
"""As in the page: a path is found within a second or two, but a page may load slowly."""
RELAYED_WITHIN_S = 90.0
"""Through the relay nothing is heard of a page before its Python is there."""
GOODBYE_WITHIN_S = 1.0
"""How long connections are kept at most after a goodbye, so that it arrives."""
GOODBYE_EVERY_S = 0.05
"""How often it is looked whether it has. What follows it until then lets SCTP repeat it, if it was
lost, after the third time (RFC 9260, section 7.2.4) rather than after its timeout of a second."""
LONGEST_SLEEP_S = 1.0
"""Nothing depends on it: it bounds what a wrong timer could cost."""

WORTH_SAVING = (EpisodeEnded, PeerLost, PeerLeft, Excluded)
"""After these, players go, or may be gone themselves soon: the record is handed in."""


@dataclass(frozen=True, slots=True)
class MatchListener:
    """Who is told what happens in a match.

    Attributes:
        on_event: (event) Each event of the session.
        on_checksums: (episode, pairs of frame and checksum) What was confirmed since the last.
    """

    on_event: Callable[[Event], None] = lambda event: None
    on_checksums: Callable[[int, list[tuple[int, int]]], None] = lambda episode, pairs: None


@dataclass(frozen=True, slots=True)
class MatchServer:
    """What the server does for a match that runs.

    Attributes:
        send_signal: (peer, kind, payload) Has it carry a signal.
        arbitrate: (epoch, group, members) Asks which half goes on.
        make_relay: (path, on_state, on_frame, renew_token) Makes what connects to the relay there.
        fresh_relay_token: Asks for another token for the relay; None without an answer.
    """

    send_signal: Callable[[int, str, Any], Awaitable[None]]
    arbitrate: Callable[[int, Sequence[int], Sequence[int]], Coroutine[Any, Any, None]]
    make_relay: Callable[..., NativeRelay]
    fresh_relay_token: Callable[[], Awaitable[str | None]]


class NativeMatch:
    """One match, played or watched.

    Args:
        driver: Opened for this match.
        match: The room's description of it.
        policy: Plays our seats; None is the game's own.
        episodes: How many to play before leaving; 0 plays until the others leave.
        server: What the server does for it.
        keeper: Takes the record.
        record_file: Where the record is written as well; None is nowhere.
        listener: Who is told.

    Attributes:
        driver: The same.
        is_excluded: Whether it goes on without us.
    """

    def __init__(
        self,
        driver: Driver,
        match: Mapping[str, Any],
        *,
        policy: Policy | None,
        episodes: int,
        server: MatchServer,
        keeper: RecordKeeper,
        record_file: Path | None,
        listener: MatchListener,
    ) -> None:
        self.driver = driver
        self.is_excluded = False
        self._policy = policy
        self._episodes_left = episodes or inf
        self._server = server
        self._keeper = keeper
        self._record_file = record_file
        self._listener = listener
        self._clock = asyncio.get_running_loop().time
        self._failure: Exception | None = None
        self._reason = ""
        self._news = asyncio.Event()
        self._is_linked = False
        self._grace_s = match.get("grace_s", 0.0)
        self._alone_since_s = inf
        self._ice_servers = match["ice_servers"]
        self._ice_policy = match["ice_policy"]
        self._handlers = ConnectionHandlers(
            self._note_open, self._take, self._note_closed, server.send_signal
        )
        self._has_begun = False
        self._chores: set[asyncio.Task[None]] = set()
        self._connections: dict[int, PeerConnection] = {}
        local_peer = driver.session.config.local_peer
        self._routes = Routes(driver.session, local_peer, match, match["owners"], self._clock())
        self._relay: NativeRelay | None = None
        if match.get("relay"):
            path = match["relay"]["path"]
            self._relay = server.make_relay(
                path, self._note_relay, self._take_relayed, self._renew_relay_token
            )
        self._connect(match["offers"])

    def _connect(self, offers: Iterable[tuple[int, int]]) -> None:
        """Make the connections to those with whom we are to connect."""
        local_peer = self.driver.session.config.local_peer
        for offerer, answerer in offers:
            if local_peer not in (offerer, answerer):
                continue
            other = answerer if offerer == local_peer else offerer
            connection = self._connections[other] = PeerConnection(
                other,
                is_offerer=offerer == local_peer,
                ice_servers=self._ice_servers,
                ice_policy=self._ice_policy,
                handlers=self._handlers,
                clock=self._clock,
            )
            if self._has_begun:
                connection.start()

    @property
    def is_linked(self) -> bool:
        """Whether all have been reached at once, by any way; of one who comes late, any of them."""
        return self._is_linked

    # --- what the server says

    def accept_signal(self, sender: int, kind: str, payload: Any) -> None:
        """Take in a signal from another peer; one from a stranger is ignored."""
        connection = self._connections.get(sender)
        if connection is not None:
            connection.accept(kind, payload)

    def add_peer(self, come: Mapping[str, Any]) -> None:
        """Somebody has come to the match while it runs."""
        peer, now_s = come["peer"], self._clock()
        self.driver.add_peer(peer, now_s)
        local_peer = self.driver.session.config.local_peer
        may_be_direct = any(local_peer in pair for pair in come["offers"])
        self._routes.add_peer(peer, now_s, may_be_direct=may_be_direct)
        self._ice_servers = come.get("ice_servers", self._ice_servers)
        if come["peer"] not in self._connections:
            self._connect(come["offers"])
        self._news.set()

    def note_gone(self, peer: int, *, is_removed: bool) -> None:
        """The server knows nobody behind a peer id any more.

        It says so also of one who has only lost the server. So a way that is there counts for
        more, unless the host has removed him.
        """
        if is_removed or not self._routes.is_reached(peer):
            self.driver.session.link_closed(peer, self._clock())
            self._end_connection(peer)

    def decide(self, decision: Mapping[str, Any]) -> None:
        """The server has decided which half goes on."""
        group = tuple(decision["group"])
        self.driver.decide(group, self._clock(), is_granted=decision["is_granted"])
        self._news.set()

    def fail(self, error: Exception) -> None:
        """End the match: it cannot come about."""
        self._failure = self._failure or error
        self._news.set()

    def leave(self, reason: str = "left") -> None:
        """Say goodbye and end the match."""
        self.driver.session.leave(self._clock(), reason)
        self._news.set()

    async def play(self) -> str:
        """Play until the match is over.

        Returns:
            Why it is, in a few words.

        Raises:
            SignallingError: No path to a peer was found.
            ConfigurationError: The others run something else.
            UsageError: The policy chose what is no action.
        """
        self._has_begun = True
        for connection in self._connections.values():
            connection.start()
        if self._relay is not None:
            self._relay.start()
        within_s = RELAYED_WITHIN_S if self._relay is not None else PATH_WITHIN_S
        started_s = self._clock()
        try:
            while self.driver.session.state is not SessionState.CLOSED and self._failure is None:
                self._tick()
                if not self._is_linked and self._clock() > started_s + within_s:
                    self.fail(_no_path(f"within {within_s:.0f} s"))
                if self._clock() > self._alone_since_s + self._grace_s:
                    self.leave("nobody else has come")
                await self._sleep()
        except BaseException:
            self.leave("its host failed or was stopped")
            raise
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await self._part()
            closing = [each.close() for each in self._connections.values()]
            if self._relay is not None:
                closing.append(self._relay.close())
            await asyncio.gather(*closing, *self._chores)
        if self._failure is not None:
            raise self._failure
        return self._reason

    async def _part(self) -> None:
        """Stay until what was said last has arrived, but not for long."""
        self._drain()
        until_s = self._clock() + GOODBYE_WITHIN_S
        while not self._routes.part(self._clock()) and self._clock() < until_s:
            self._drain()
            await asyncio.sleep(GOODBYE_EVERY_S)
        self._drain()

    # --- the clock

    def _tick(self) -> None:
        driver, now_s = self.driver, self._clock()
        due_s = driver.session.next_tick_s()
        if due_s is not None and now_s >= due_s - EARLY_S and driver.runner.frame >= 0:
            game = driver.runner.game
            for player in driver.seats:
                driver.set_action(player, choose_action(game, player, self._policy))
        if driver.handle_time(now_s):
            # Nobody listens, but they must not pile up.
            driver.runner.take_effects()
            driver.runner.take_confirmed_events(driver.session.confirmed_frame)
        self._drain()

    async def _sleep(self) -> None:
        """Sleep until the driver is due, or woken."""
        wake_s, _ = self.driver.wake_s()
        if self.driver.is_ready_wanted and self.driver.session.state is SessionState.ENDED:
            wake_s = -inf
        loop = asyncio.get_running_loop()
        until_s = min(wake_s, self._routes.timer_s(), self._clock() + LONGEST_SLEEP_S)
        self._news.clear()
        # Cheaper than a timeout around the wait, sixty times a second.
        timer = loop.call_at(max(until_s, self._clock()), self._news.set)
        try:
            await self._news.wait()
        finally:
            timer.cancel()

    # --- what goes out

    def _drain(self) -> None:
        driver, session, now_s = self.driver, self.driver.session, self._clock()
        for out in self._routes.drain(now_s):
            if out.peer in self._connections:
                self._connections[out.peer].send(out.channel, out.data)
            elif not out.channel and self._relay is not None:
                self._relay.send(out.data)
        while (found := self._routes.next_event()) is not None:
            driver.note_event(found)
        self._is_linked = self._is_linked or self._are_all_reached()
        pairs = driver.take_checksums()
        if pairs:
            self._listener.on_checksums(session.episode, pairs)
        events: list[Event] = []
        while (event := driver.next_event()) is not None:
            events.append(event)
        # Before anybody is told: what is saved then has the event in it.
        self._write(driver.take_record(now_s))
        for event in events:
            self._note_event(event)

    def _note_event(self, event: Event) -> None:
        self._listener.on_event(event)
        if isinstance(event, WORTH_SAVING):
            self._keeper.save()
        if isinstance(event, EpisodeEnded):
            self._episodes_left -= 1
            if self._episodes_left > 0:
                self.driver.is_ready_wanted = True
            else:
                self.leave("all that was wanted is played")
        elif isinstance(event, ArbiterWanted):
            members = self.driver.members()
            self._do(self._server.arbitrate(event.epoch, event.group, members))
        elif isinstance(event, Excluded):
            self.is_excluded = True
        elif isinstance(event, PlayerCut | PlayerJoined):
            is_alone = len(self.driver.members()) == 1
            self._alone_since_s = self._clock() if is_alone else inf
        elif isinstance(event, MatchEnded):
            self._reason = event.reason
        elif isinstance(event, PeerRefused):
            self.fail(_other_game(event))

    def _write(self, piece: bytes) -> None:
        if not piece:
            return
        self._keeper.append(piece)
        if self._record_file is not None:
            with self._record_file.open("ab") as file:
                file.write(piece)

    # --- what comes in

    def _take(self, peer: int, channel: str, data: bytes) -> None:
        self._routes.receive_direct(channel, data, peer, self._clock())
        self._wake_unless_playing()

    def _take_relayed(self, frame: bytes) -> None:
        self._routes.receive_relayed(frame, self._clock())
        self._wake_unless_playing()

    def _wake_unless_playing(self) -> None:
        # While frames are played, the next is near, and its time must not be disturbed.
        if self.driver.session.state is not SessionState.PLAYING:
            self._news.set()

    def _note_relay(self, is_open: bool) -> None:
        self._routes.note_relay(self._clock(), is_open=is_open)
        self._news.set()

    async def _renew_relay_token(self) -> None:
        token = await self._server.fresh_relay_token()
        if token is not None:
            self._routes.relay.set_token(token)

    def _note_open(self, peer: int) -> None:
        self._routes.note_direct(peer, self._clock(), is_open=True)
        self._news.set()

    def _note_closed(self, peer: int) -> None:
        self._routes.note_direct(peer, self._clock(), is_open=False)
        self._end_connection(peer)

    def _are_all_reached(self) -> bool:
        config = self.driver.session.config
        reached = [self._routes.is_reached(peer) for peer in config.peers]
        # Of those who were there before us, some may have just gone.
        return any(reached) if config.is_newcomer else all(reached)

    def _end_connection(self, peer: int) -> None:
        """The direct way to a peer is closed; aiortc's connections do not come back."""
        connection = self._connections.pop(peer, None)
        if connection is not None:
            self._do(connection.close())
        self._news.set()

    def _do(self, chore: Coroutine[Any, Any, None]) -> None:
        """Have something done beside the match."""
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _no_path(when: str) -> SignallingError:
    return SignallingError(
        "connection_failed",
        f"No connection to all players came about {when}, neither directly nor through the server.",
    )


def _other_game(refused: PeerRefused) -> ConfigurationError:
    said = "; ".join(f"{what}: {ours!r} here, {theirs!r} there"
                     for what, ours, theirs in refused.differences)  # fmt: skip
    names = {name for name, _, _ in refused.differences}
    hint = (
        " Only a game that says it is portable is played between platforms (docs/determinism.md)."
        if names & {"python", "maths"}
        else ""
    )
    player = refused.peer + 1
    return ConfigurationError("game", f"player {player} runs something else: {said}.{hint}")
