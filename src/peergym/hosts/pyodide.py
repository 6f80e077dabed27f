"""The host in a browser's worker: one call into Python per tick, over two buffers.

Theory of operation: JavaScript owns the clock, the channels and the timer; this host owns the
match. `tick` reads what arrived from the inbox, does what is due, and leaves in the outbox what
is to be sent, drawn and told, together with the time at which it wants to be called again. The
formats are in `mailbox.py`. Times are milliseconds here and seconds behind.

Nothing here imports Pyodide's modules, so the same host runs under CPython, in tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf
from typing import Any

from peergym.envs import Surface
from peergym.games.catalogue import find_game
from peergym.hosts.driver import AnySession, Driver
from peergym.hosts.figures import MS, effects_to_json, event_to_json, pack_statistics
from peergym.hosts.mail_of_routes import mail_to_send, open_routes, take_mail
from peergym.hosts.mailbox import (
    ACTION,
    CHECKSUM,
    EPISODE,
    FRAME,
    INBOX_BYTES,
    IS_PLAYING,
    MAY_BE_DIRECT,
    REPLAY_PIECE_BYTES,
    WAKE_IS_FRAME,
    In,
    Out,
    Outbox,
    read_records,
)
from peergym.hosts.match import MatchFlags, Runtime, open_match, open_practice
from peergym.hosts.routes import Routes
from peergym.rollback import P2PSession, SessionState
from peergym.rollback.events import ArbiterWanted, DesyncDetected, Event
from peergym.rollback.flight_recorder import RecordedSession

ROUNDING_MS = 0.001  # more than a time loses between milliseconds here and seconds in a session
STATISTICS_EVERY_MS = 50.0  # 20 a second: as often as a plot needs


class WorkerHost:
    """Plays one match after another, as the worker tells it.

    Args:
        runtime: What to play.

    Attributes:
        runtime: The same.
        inbox: Records to Python; JavaScript writes it.
        outbox: Header and records from Python; JavaScript reads it.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.inbox = bytearray(INBOX_BYTES)
        self._out = Outbox()
        self.outbox = self._out.buffer
        self.runtime = runtime
        self._driver: Driver | None = None
        self._routes: Routes | None = None
        self._routed: Mapping[str, Any] = {}
        self._player = 0
        self._surface = Surface(1, 1)
        self._statistics_ms = -inf
        self._deepest_rollback_frames = 0

    @property
    def frame(self) -> int:
        """The next frame to simulate of what is being played; -1 when nothing is."""
        return self._driver.session.current_frame if self._driver else -1

    def start_match(self, text: str) -> None:
        """Play a match between peers, instead of what was played before.

        Args:
            text: JSON: ``match`` (see `open_match`), ``localPeer``, possibly ``seat`` (that a
                newcomer wants; without it he only watches), ``flags`` with
                ``forceRollbackFrames``, ``record`` and ``plantedDesyncFrame``.

        Raises:
            ConfigurationError: A value is unusable; names the field.
        """
        order = json.loads(text)
        given = order["flags"]
        flags = MatchFlags(
            given["forceRollbackFrames"], given["record"], given["plantedDesyncFrame"]
        )
        seat = order.get("seat")
        driver = open_match(self.runtime, order["match"], order["localPeer"], flags, seat=seat)
        self._begin(driver, driver.seats[0] if driver.seats else 0)
        self._routed = order  # its routes begin with the first tick, which knows the time

    def start_practice(self, text: str) -> None:
        """Play against the game's own policy.

        Args:
            text: JSON: ``options``, ``seed`` (decimal text), ``localSeat`` and possibly
                ``players``, for games that take any number.

        Raises:
            ConfigurationError: A value is unusable; names the field.
        """
        order = json.loads(text)
        seat = order["localSeat"]
        driver = open_practice(
            self.runtime, order["options"], int(order["seed"]), seat, players=order.get("players")
        )
        self._begin(driver, seat)

    def show_seat(self, player: int) -> None:
        """Draw the match as a player sees it from the next frame on: for somebody who watches."""
        if self._driver is not None and 0 <= player < self._driver.players:
            self._player = player

    def stop(self) -> None:
        """Drop what is being played, without goodbye."""
        self._driver = None
        self._routes = None
        self._routed = {}

    def recording(self) -> bytes:
        """The flight recording of what is played; empty if none is kept."""
        session = self._driver.session if self._driver else None
        return session.recording() if isinstance(session, RecordedSession) else b""

    def desync_dump(self) -> bytes:
        """The latest desync of what is played, as a file; empty without one."""
        if self._driver is None:
            return b""
        game = self.runtime.describe(self._driver.runner.game)
        return self._driver.desync_dump(game, self.recording())

    def tick(self, now_ms: float, inbox_length: int) -> int:
        """Take in the inbox, do what is due, and fill the outbox.

        Args:
            now_ms: The time, on any clock that never goes back.
            inbox_length: Bytes of the inbox that are in use.

        Returns:
            Bytes of the outbox that are in use.
        """
        out, driver = self._out, self._driver
        out.begin()
        if driver is None:
            return out.finish(inf)
        if self._routed:
            self._routes = open_routes(driver, self._routed, now_ms / MS)
            self._routed = {}
        if inbox_length:
            self._read_inbox(driver, now_ms, inbox_length)
        if driver.handle_time(now_ms / MS):
            self._put_frame(driver)
        self._drain(driver, now_ms)
        wake_s, is_frame = driver.wake_s()
        if self._routes is not None and self._routes.timer_s() < wake_s:
            wake_s, is_frame = self._routes.timer_s(), False
        playing = IS_PLAYING if driver.session.state is SessionState.PLAYING else 0
        # Never before the time: on an exact clock, that call would do nothing and ask for itself.
        return out.finish(wake_s * MS + ROUNDING_MS, playing | (WAKE_IS_FRAME if is_frame else 0))

    def _begin(self, driver: Driver, player: int) -> None:
        self._driver = driver
        self._routes = None
        self._routed = {}
        self._player = player
        self._surface = driver.new_surface()
        self._statistics_ms = -inf
        self._deepest_rollback_frames = 0

    def _read_inbox(self, driver: Driver, now_ms: float, length: int) -> None:
        session, routes = driver.session, self._routes
        for kind, index, payload in read_records(self.inbox, length):
            if kind == In.ACTION:
                driver.set_action(index, *ACTION.unpack(payload))
            elif kind == In.READY:
                driver.is_ready_wanted = session.state is not SessionState.PLAYING
            elif kind == In.LEAVE:
                session.leave(now_ms / MS, payload.decode())
            elif routes is not None and not take_mail(routes, kind, index, payload, now_ms / MS):
                _take_news(driver, routes, kind, index, payload, now_ms / MS)

    def _put_frame(self, driver: Driver) -> None:
        session = driver.session
        self._deepest_rollback_frames = max(
            self._deepest_rollback_frames, driver.rollback_depth_frames
        )
        head = FRAME.pack(session.episode, session.current_frame, driver.nominal_s * MS)
        picture = driver.draw(self._surface, self._player)
        self._out.put(Out.FRAME, self._player, head + picture)
        runner = driver.runner
        started, stopped = runner.take_effects()
        confirmed = runner.take_confirmed_events(session.confirmed_frame)
        if started or stopped or confirmed:
            rate_hz = session.config.frame_rate_hz
            news = effects_to_json(started, stopped, confirmed, rate_hz)
            self._out.put(Out.EFFECTS, 0, news)

    def _drain(self, driver: Driver, now_ms: float) -> None:
        session, put = driver.session, self._out.put
        now_s = now_ms / MS
        if self._routes is not None:
            for kind, peer, data in mail_to_send(self._routes, now_s):
                put(kind, peer, data)
            while (found := self._routes.next_event()) is not None:
                driver.note_event(found)
        checksums = driver.take_checksums()
        if checksums:
            pairs = b"".join([CHECKSUM.pack(*pair) for pair in checksums])
            put(Out.CHECKSUMS, 0, EPISODE.pack(session.episode) + pairs)
        while (event := driver.next_event()) is not None:
            put(Out.EVENT, 0, event_to_json(event, **_more_about(event, session)))
        self._put_replay(driver, now_s)
        if now_ms >= self._statistics_ms + STATISTICS_EVERY_MS:
            self._statistics_ms = now_ms
            figures = driver.statistics()
            routes = self._routes.choosers() if self._routes else {}
            put(
                Out.STATISTICS,
                0,
                pack_statistics(session, figures, self._deepest_rollback_frames, routes),
            )
            self._deepest_rollback_frames = 0

    def _put_replay(self, driver: Driver, now_s: float) -> None:
        recorded = driver.take_record(now_s)
        is_last = driver.recorder is not None and driver.recorder.is_closed
        for at in range(0, len(recorded), REPLAY_PIECE_BYTES):
            end = at + REPLAY_PIECE_BYTES
            ends_it = is_last and end >= len(recorded)
            self._out.put(Out.REPLAY, int(ends_it), recorded[at:end])


def _take_news(
    driver: Driver, routes: Routes, kind: int, peer: int, payload: bytes, now_s: float
) -> None:
    """Take in what became of a peer, or of the match, beside what the peers say themselves."""
    if kind == In.RESTORED:
        driver.path_restored(peer, now_s)
    elif kind == In.PEER:
        driver.add_peer(peer, now_s)
        routes.add_peer(peer, now_s, may_be_direct=bool(payload[0] & MAY_BE_DIRECT))
    elif kind == In.DECISION:
        said = json.loads(payload)
        driver.decide(tuple(said["group"]), now_s, is_granted=said["isGranted"])


def _more_about(event: Event, session: AnySession) -> dict[str, Any]:
    """What the page wants to know beside what an event says itself."""
    if isinstance(event, ArbiterWanted) and isinstance(session, P2PSession):
        return {"members": sorted(session.members)}
    if not isinstance(event, DesyncDetected):
        return {}
    # Once the episode is over there is nothing left to go on with.
    is_playing = session.state is SessionState.PLAYING
    return {"isRepairable": session.config.repairs_desyncs and is_playing}


def open_host(spec: str, digest: str) -> WorkerHost:
    """Make the host of a game; the worker's way in.

    Args:
        spec: The game, as `peergym.games.catalogue.find_game` takes it.
        digest: Of the package and game as served.

    Raises:
        ConfigurationError: There is no such game.
        EnvironmentContractError: It is not a game.
    """
    return WorkerHost(Runtime(spec, find_game(spec), digest))
