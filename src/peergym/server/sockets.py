"""The Socket.IO side of the rooms: reads requests, answers them, and pushes what follows.

Handlers do not wait: a request is read, decided and carried out in one go, so no two of them
interleave. What members must be told goes out through one task, in the order in which it came
about, and after the answer to the request that caused it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any, TypeAlias

import socketio

from peergym.errors import SignallingError
from peergym.server.backlog import Backlog
from peergym.server.entry_limiter import EntryLimiter
from peergym.server.game import ServedGame
from peergym.server.gate import Traffic, failure
from peergym.server.ice import IceIssuer
from peergym.server.kept_rooms import KeptRooms
from peergym.server.record_tokens import RecordIssuer
from peergym.server.relay_tokens import RELAY_PATH, RelayTokens
from peergym.server.settings import DROPPED, ForwardedSignal, ServerSettings
from peergym.server.tokens import TokenSigner
from peergym.signalling import Entry, ErrorCode, Push, Rooms, RoomSettings, SeatPass, refusal
from peergym.signalling.hidden_addresses import hide_in_signal
from peergym.signalling.messages import (
    AbsentRule,
    Arbitrate,
    CreateRoom,
    FreshIceServers,
    FreshRelayToken,
    JoinRoom,
    Kick,
    Leave,
    QuickMatch,
    Resume,
    SetReady,
    Start,
    read_message,
    read_signal,
)

log = logging.getLogger(__name__)

PING_INTERVAL_S = 10.0
PING_TIMEOUT_S = 10.0
"""A vanished client is noticed after at most 20 s. The library's own 45 s would leave a seat
taken for a minute with the grace, and pings this seldom cost nothing."""

Reply: TypeAlias = dict[str, Any]


class SignallingSockets:
    """Connects members to the rooms."""

    def __init__(
        self,
        settings: ServerSettings,
        game: ServedGame,
        rooms: Rooms,
        signer: TokenSigner,
        records: RecordIssuer,
        ice: IceIssuer,
        relay: RelayTokens,
        expel: Callable[[str, int], None],
        kept: KeptRooms,
        traffic: Traffic,
    ) -> None:
        """Make the Socket.IO server and register what it hears.

        Args:
            settings: Clocks, limits and the signal filter.
            game: What is played.
            rooms: Where members sit.
            signer: Makes and reads tokens.
            records: Makes the tokens with which records of matches are stored.
            ice: Says how each peer may connect.
            relay: Makes the tokens with which peers attach themselves to the relay.
            expel: (match, peer) Has the relay carry nothing more for somebody who was removed.
            kept: Writes the rooms that change.
            traffic: Where to count.
        """
        self._settings = settings
        self._game = game
        self._rooms = rooms
        self._signer = signer
        self._records = records
        self._ice = ice
        self._relay = relay
        self._expel = expel
        self._kept = kept
        self._traffic = traffic
        limits = settings.socket_limits
        self._entries = EntryLimiter(limits.entries_per_s, limits.entries_burst)
        self._addresses: dict[str, str] = {}
        self._has_news = asyncio.Event()
        self.sio = _make_server(limits.message_bytes)
        self._backlog = Backlog(self.sio)
        self._listen(
            {
                "create_room": self._create_room,
                "join_room": self._join_room,
                "quick_match": self._quick_match,
                "resume": self._resume,
                "ready": self._ready,
                "start": self._start,
                "kick": self._kick,
                "signal": self._signal,
                "ice_servers": self._ice_servers,
                "relay_token": self._relay_token,
                "arbitrate": self._arbitrate,
                "leave": self._leave,
            }
        )

    async def run(self) -> None:
        """Push what members must be told and keep the rooms' time, until cancelled."""
        while True:
            await self._wait_for_work()
            self._rooms.handle_timer(self._settings.clock())
            pushes = self._rooms.pushes_to_send()
            # First: whatever anybody is told outlives the end of this process.
            await self._kept.save()
            for push in pushes:
                await self._push(push)

    async def _push(self, push: Push) -> None:
        """Tell a member something; a failure is told to the log, and is nobody else's."""
        try:
            payload = self._complete(push)
            if await self._backlog.admits(push.member):
                await self.sio.emit(push.event, payload, to=push.member)
        except Exception:
            log.exception("a member could not be told something")

    def wake(self) -> None:
        """Have `run` look at the rooms now."""
        self._has_news.set()

    async def _wait_for_work(self) -> None:
        due_s = self._rooms.get_timer()
        wait_s = None if due_s is None else max(0.0, due_s - self._settings.clock())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._has_news.wait(), wait_s)
        self._has_news.clear()

    # ------------------------------------------------------------ requests

    def _create_room(self, member: str, data: object) -> Reply:
        request = read_message(CreateRoom, data)
        self._game.check_version(request.version)
        settings = RoomSettings(
            self._game.complete_options(request.options),
            request.input_delay,
            request.prediction_window,
            request.checksum_interval_frames,
            self._absent_rule(request.absent),
            request.grace_s,
        )
        self._check_entry_rate(member)
        return self._admit(self._rooms.create(member, settings, self._settings.clock()))

    def _join_room(self, member: str, data: object) -> Reply:
        request = read_message(JoinRoom, data)
        self._game.check_version(request.version)
        self._check_entry_rate(member)
        return self._admit(
            self._rooms.join(
                member,
                request.code,
                self._settings.clock(),
                watch=request.watch,
                seat=request.seat,
            )
        )

    def _quick_match(self, member: str, data: object) -> Reply:
        request = read_message(QuickMatch, data)
        self._game.check_version(request.version)
        self._check_entry_rate(member)
        absent = self._absent_rule(None)
        settings = RoomSettings(self._game.complete_options({}), absent=absent)
        return self._admit(self._rooms.quick_match(member, settings, self._settings.clock()))

    def _resume(self, member: str, data: object) -> Reply:
        request = read_message(Resume, data)
        seat_pass = self._read_token(request.token)
        return self._admit(self._rooms.resume(member, seat_pass, rejoin=request.rejoin))

    def _ready(self, member: str, data: object) -> Reply:
        request = read_message(SetReady, data)
        self._rooms.set_ready(member, self._read_token(request.token), is_ready=request.ready)
        return {}

    def _start(self, member: str, data: object) -> Reply:
        request = read_message(Start, data)
        self._rooms.start(member, self._read_token(request.token))
        return {}

    def _kick(self, member: str, data: object) -> Reply:
        request = read_message(Kick, data)
        seat_pass = self._read_token(request.token)
        room, _ = self._rooms.check_holds(member, seat_pass)
        removed = room.find(request.sitting)
        self._rooms.kick(member, seat_pass, request.sitting)
        if room.match is not None and removed is not None and removed.peer is not None:
            self._expel(room.match.match_id, removed.peer)
        return {}

    def _signal(self, member: str, data: object) -> Reply:
        request = read_signal(data)
        seat_pass = self._read_token(request.token)
        room, sitting = self._rooms.check_holds(member, seat_pass)
        payload = None
        if request.payload is not None:
            payload = request.payload.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if self._settings.ice.is_hidden:
            payload, is_harmless = hide_in_signal(request.kind, payload)
            if not is_harmless:
                # Not a bug: no refusal. Pages leave such candidates out by themselves, and none
                # of what this one says may go further.
                return {}
        if self._settings.signal_filter is not None:
            peer = -1 if sitting.peer is None else sitting.peer
            signal = ForwardedSignal(room.code, peer, request.to, request.kind, payload)
            payload = self._settings.signal_filter(signal)
            if payload is DROPPED:
                return {}
        self._rooms.signal(member, seat_pass, request.to, request.kind, payload)
        self._traffic.signals += 1
        self._traffic.signal_bytes += len(json.dumps(payload))
        return {}

    def _ice_servers(self, member: str, data: object) -> Reply:
        request = read_message(FreshIceServers, data)
        return self._ice.answer(*self._match_and_peer(member, request.token))

    def _relay_token(self, member: str, data: object) -> Reply:
        request = read_message(FreshRelayToken, data)
        return {"relay": self._relay_access(*self._match_and_peer(member, request.token))}

    def _arbitrate(self, member: str, data: object) -> Reply:
        asked = read_message(Arbitrate, data)
        seat_pass = self._read_token(asked.token)
        self._rooms.arbitrate(member, seat_pass, asked.epoch, asked.group, asked.members)
        return {}

    def _leave(self, member: str, data: object) -> Reply:
        request = read_message(Leave, data)
        self._rooms.leave(member, self._read_token(request.token))
        return {}

    # ------------------------------------------------------------ inside

    def _admit(self, entry: Entry) -> Reply:
        match, room = None, entry.room
        if entry.match is not None:
            told = entry.match
            self._records.note_match(told.match_id, int(told.seed), room.code)
            plays = room.seat is not None
            match = self._complete_match(told.model_dump(mode="json"), room.you, plays=plays)
        return {
            "token": self._signer.issue(entry.seat_pass, self._settings.wall_clock()),
            "room": room.model_dump(mode="json"),
            "match": match,
        }

    def _complete(self, push: Push) -> Reply:
        """Return what a member is told, with what only this server and that member know."""
        if push.event == "match":
            return self._complete_match(push.payload, push.peer, plays=push.plays)
        return self._complete_arrival(push) if push.event == "peer" else push.payload

    def _complete_match(self, match: Reply, peer: int | None, *, plays: bool) -> Reply:
        assert peer is not None  # noqa: S101 - who is told of a match has one
        told = self._records.complete(match, peer) if plays else match
        return {
            **self._ice.complete(told, match["match_id"], peer),
            "relay": self._relay_access(match["match_id"], peer),
        }

    def _relay_access(self, match_id: str, peer: int) -> Reply:
        token = self._relay.issue(match_id, peer, self._settings.wall_clock())
        return {"path": RELAY_PATH, "token": token}

    def _complete_arrival(self, push: Push) -> Reply:
        # With new credentials: those that came with the match may have expired long ago.
        seat_pass = self._rooms.seat_of(push.member)
        room = None
        if seat_pass is not None:
            room, _ = self._rooms.check_holds(push.member, seat_pass)
        if room is None or room.match is None or push.peer is None:
            return self._ice.restrict(push.payload)
        return self._ice.complete(push.payload, room.match.match_id, push.peer)

    def _absent_rule(self, chosen: AbsentRule | None) -> AbsentRule:
        """Return what becomes of seats in which nobody sits."""
        has_policy = self._game.description.has_policy
        if chosen == "agent" and not has_policy:
            raise refusal(ErrorCode.BAD_REQUEST, "This game has no computer player.")
        return chosen or ("agent" if has_policy else "noop")

    def _match_and_peer(self, member: str, token: str) -> tuple[str, int]:
        """Return in which match a member is, as whom."""
        room, sitting = self._rooms.check_holds(member, self._read_token(token))
        if room.match is None or sitting.peer is None:
            raise refusal(ErrorCode.BAD_REQUEST, "The match has not begun.")
        return room.match.match_id, sitting.peer

    def _read_token(self, token: str) -> SeatPass:
        return self._signer.read(token, self._settings.wall_clock())

    def _check_entry_rate(self, member: str) -> None:
        if not self._entries.take(self._addresses.get(member, ""), self._settings.clock()):
            raise refusal(ErrorCode.RATE_LIMITED)

    def _answer(self, request: Callable[[], Reply]) -> Reply:
        """Carry out a request and return its answer, whatever happens."""
        try:
            return {"ok": True, **request()}
        except SignallingError as error:
            self._traffic.refused[error.code] += 1
            return failure(error)
        except Exception:
            log.exception("a request of a client failed")
            return failure(refusal(ErrorCode.SERVER_ERROR))
        finally:
            self.wake()

    def _listen(self, requests: dict[str, Callable[[str, object], Reply]]) -> None:
        async def connect(member: str, environ: dict[str, Any], auth: object) -> None:
            client = environ["asgi.scope"].get("client")
            self._addresses[member] = client[0] if client else ""

        async def disconnect(member: str, reason: str) -> None:
            self._addresses.pop(member, None)
            self._rooms.connection_lost(member, self._settings.clock())
            self.wake()

        async def hear(event: str, member: str, data: object) -> Reply:
            if not await self._backlog.admits(member):
                return {}
            return self._answer(lambda: requests[event](member, data))

        self.sio.on("connect", connect)
        self.sio.on("disconnect", disconnect)
        self.sio.on("*", hear)


def _make_server(message_bytes: int) -> socketio.AsyncServer:
    # The library logs a stack trace for every frame that it cannot read. What can go wrong in
    # our own handlers is caught and logged there.
    quiet = logging.getLogger(f"{__name__}.library")
    quiet.setLevel(logging.CRITICAL)
    return socketio.AsyncServer(
        async_mode="asgi",
        transports=["websocket"],
        # One request of a connection at a time: whoever floods waits for himself.
        async_handlers=False,
        # Origins are checked by the gate in front, which knows the addresses served.
        cors_allowed_origins=[],
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        max_http_buffer_size=message_bytes,
        logger=quiet,
        engineio_logger=quiet,
    )
