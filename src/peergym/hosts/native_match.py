"""Plays one match natively: the driver, its clock, the links to the others, a policy, a record.

Theory of operation: one task sleeps until the driver's next time, lets the policy choose, does what
is due, and drains the session. What arrives is put in at once, with the time at which it came, and
what follows from it leaves with the next frame; while no frames are played, it wakes the task.

Laws:
    - After `leave`, the others are told before the connections are closed.
    - Whatever ends the match, all connections are closed and the record is written.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from peergym.errors import ConfigurationError, SignallingError
from peergym.hosts.driver import EARLY_S, Driver
from peergym.hosts.native_channels import BULK, CONTROL, INPUT
from peergym.hosts.native_connection import ConnectionHandlers, PeerConnection
from peergym.hosts.native_http import RecordKeeper
from peergym.hosts.native_policy import Policy, choose_action
from peergym.rollback import SessionState
from peergym.rollback.events import (
    EpisodeEnded,
    Event,
    Excluded,
    MatchEnded,
    PeerLeft,
    PeerLost,
    PeerRefused,
)

PATH_WITHIN_S = 25.0
"""As in the page: a path is found within a second or two, but a page may load slowly."""
GOODBYE_S = 0.5
"""How long connections are kept after a goodbye, so that it arrives."""
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


class NativeMatch:
    """One match.

    Args:
        driver: Opened for this match.
        match: The room's description of it.
        policy: Plays our seats; None is the game's own.
        episodes: How many to play before leaving; 0 plays until the others leave.
        send_signal: (peer, kind, payload) Has the server carry a signal.
        keeper: Takes the record.
        record_file: Where the record is written as well; None is nowhere.
        listener: Who is told.

    Attributes:
        driver: The same.
    """

    def __init__(
        self,
        driver: Driver,
        match: Mapping[str, Any],
        *,
        policy: Policy | None,
        episodes: int,
        send_signal: Callable[[int, str, Any], Any],
        keeper: RecordKeeper,
        record_file: Path | None,
        listener: MatchListener,
    ) -> None:
        self.driver = driver
        self._policy = policy
        self._episodes_left = episodes or inf
        self._keeper = keeper
        self._record_file = record_file
        self._listener = listener
        self._clock = asyncio.get_running_loop().time
        self._failure: Exception | None = None
        self._reason = ""
        self._news = asyncio.Event()
        self._is_linked = False
        handlers = ConnectionHandlers(self._note_open, self._take, self._note_closed, send_signal)
        local_peer = driver.session.config.local_peer
        self._connections = {
            other: PeerConnection(
                other,
                is_offerer=offerer == local_peer,
                ice_servers=match["ice_servers"],
                handlers=handlers,
                clock=self._clock,
            )
            for offerer, answerer in match["offers"]
            if local_peer in (offerer, answerer)
            for other in (answerer if offerer == local_peer else offerer,)
        }

    @property
    def is_linked(self) -> bool:
        """Whether all connections have been open at once."""
        return self._is_linked

    def accept_signal(self, sender: int, kind: str, payload: Any) -> None:
        """Take in a signal from another peer; one from a stranger is ignored."""
        connection = self._connections.get(sender)
        if connection is not None:
            connection.accept(kind, payload)

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
        for connection in self._connections.values():
            connection.start()
        started_s = self._clock()
        try:
            while self.driver.session.state is not SessionState.CLOSED and self._failure is None:
                self._tick()
                if not self._is_linked and self._clock() > started_s + PATH_WITHIN_S:
                    self.fail(_no_path(f"within {PATH_WITHIN_S:.0f} s"))
                await self._sleep()
        except BaseException:
            self.leave("its host failed or was stopped")
            raise
        finally:
            self._drain()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(GOODBYE_S)
            await asyncio.gather(*[each.close() for each in self._connections.values()])
        if self._failure is not None:
            raise self._failure
        return self._reason

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
        until_s = min(wake_s, self._clock() + LONGEST_SLEEP_S)
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
        drains = (
            (INPUT, session.datagrams_to_send),
            (CONTROL, session.messages_to_send),
            (BULK, session.bulk_to_send),
        )
        for channel, drain in drains:
            for data, peer in drain(now_s):
                if peer in self._connections:
                    self._connections[peer].send(channel, data)
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
        session, now_s = self.driver.session, self._clock()
        if channel == INPUT:
            session.receive_datagram(data, peer, now_s)
        elif channel == CONTROL:
            session.receive_message(data, peer, now_s)
        else:
            session.receive_bulk(data, peer, now_s)
        # While frames are played, the next is near, and its time must not be disturbed.
        if session.state is not SessionState.PLAYING:
            self._news.set()

    def _note_open(self, peer: int) -> None:
        self._is_linked = all(each.is_open for each in self._connections.values())
        self._news.set()

    def _note_closed(self, peer: int) -> None:
        self.driver.session.link_closed(peer, self._clock())
        self._news.set()


def _no_path(when: str) -> SignallingError:
    return SignallingError(
        "connection_failed",
        f"No direct connection to all players came about {when}. A firewall between them is the "
        "usual cause.",
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
