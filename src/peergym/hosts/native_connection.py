"""One connection to a peer, by aiortc: three negotiated channels, and signalling.

Theory of operation: the connection and its channels are made at once, with fixed ids, so that both
sides have them before any description. Signals are taken in one after the other, by one task. Who
offers is decided by the room, so offers never meet.

aiortc gathers all its candidates before it describes itself, and puts them into the description;
candidates of others come one by one. It has no ICE restart: a second offer, which a browser makes
when its path broke, is left unanswered, and the session decides by the silence what becomes of the
peer.

With the policy ``relay`` it gathers at the TURN server alone, sends from there alone, and says
nothing that names an address of this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.sdp import candidate_from_sdp

from peergym.hosts.native_channels import (
    CHANNEL_IDS,
    INPUT,
    MOST_BUFFERED_BYTES,
    Channel,
    SilentPace,
)
from peergym.signalling.hidden_addresses import hide_in_description

log = logging.getLogger(__name__)

CANDIDATE_PREFIX = "candidate:"
DESCRIPTION, CANDIDATE = "description", "candidate"
RELAY_TYPE = " typ relay"


@dataclass(frozen=True, slots=True)
class ConnectionHandlers:
    """Who is told of what happens.

    Attributes:
        on_open: (peer) All channels are open.
        on_data: (peer, channel, bytes) Something arrived.
        on_closed: (peer) A channel that was open is not any more.
        send_signal: (peer, kind, payload) Has the server carry a signal.
    """

    on_open: Callable[[int], None]
    on_data: Callable[[int, str, bytes], None]
    on_closed: Callable[[int], None]
    send_signal: Callable[[int, str, Any], Awaitable[None]]


class PeerConnection:
    """A connection to one peer.

    Args:
        peer: The peer.
        is_offerer: Whether we make the offer.
        ice_servers: RTCIceServers, as the match has them; aiortc uses the first STUN and the first
            TURN server among them.
        ice_policy: ``relay`` uses and names nothing but addresses at the TURN server.
        handlers: Who is told.
        clock: Monotonic seconds.

    Attributes:
        peer: The same.
        is_open: Whether all channels are open.
    """

    def __init__(
        self,
        peer: int,
        *,
        is_offerer: bool,
        ice_servers: Sequence[Mapping[str, Any]],
        ice_policy: str = "all",
        handlers: ConnectionHandlers,
        clock: Callable[[], float],
    ) -> None:
        self.peer = peer
        self.is_open = False
        self._is_offerer = is_offerer
        self._handlers = handlers
        self._clock = clock
        self._pace = SilentPace()
        self._signals: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._early: list[Any] = []
        self._hides_addresses = ice_policy == RTCIceTransportPolicy.RELAY.value
        self._turn_urls = [url for server in ice_servers for url in server["urls"] if _is_turn(url)]
        self._rtc = RTCPeerConnection(
            RTCConfiguration(
                iceServers=_servers(ice_servers),
                iceTransportPolicy=RTCIceTransportPolicy(ice_policy),
            )
        )
        self._channels = {name: self._make_channel(name) for name in CHANNEL_IDS}
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin: the offerer offers, the other waits for it."""
        self._work = asyncio.create_task(self._take_signals(), name=f"signals of {self.peer}")

    def accept(self, kind: str, payload: Any) -> None:
        """Take in what came over signalling from this peer."""
        self._signals.put_nowait((kind, payload))

    def send(self, name: str, data: bytes) -> bool:
        """Send on a channel; returns whether the bytes left or will leave."""
        if name == INPUT and not self._pace.admits(len(data), self._clock()):
            return False
        return self._channels[name].send(data)

    async def close(self) -> None:
        """Close the connection; the other side is told, if it can be reached."""
        if self._work is not None:
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work
        self.is_open = False  # our own doing is no news to the handlers
        await self._rtc.close()

    # --- signalling

    async def _take_signals(self) -> None:
        if self._is_offerer:
            await self._rtc.setLocalDescription(await self._rtc.createOffer())
            await self._send_description()
        while True:
            kind, payload = await self._signals.get()
            try:
                await self._take_signal(kind, payload)
            except Exception as error:  # noqa: BLE001 - a bad signal must not end the others
                # It changes nothing: the connection goes on or fails by itself, which is told.
                log.warning("a signal of peer %d is of no use: %s", self.peer, error)

    async def _take_signal(self, kind: str, payload: Any) -> None:
        if kind == DESCRIPTION:
            await self._add_description(payload)
        elif kind != CANDIDATE:
            log.info("peer %d asks for an ICE restart, which aiortc has not", self.peer)
        elif self._rtc.remoteDescription is None:
            self._early.append(payload)
        else:
            await self._add_candidate(payload)

    async def _add_description(self, payload: Any) -> None:
        if self._rtc.remoteDescription is not None:
            log.info("peer %d wants an ICE restart, which aiortc has not", self.peer)
            return
        description = RTCSessionDescription(sdp=payload["sdp"], type=payload["type"])
        await self._rtc.setRemoteDescription(description)
        early, self._early = self._early, []
        for candidate in early:
            await self._add_candidate(candidate)
        if description.type == "offer":
            await self._rtc.setLocalDescription(await self._rtc.createAnswer())
            await self._send_description()

    async def _add_candidate(self, payload: Any) -> None:
        text = payload["candidate"] if payload else ""
        if not text:
            await self._rtc.addIceCandidate(None)
            return
        candidate = candidate_from_sdp(text.removeprefix(CANDIDATE_PREFIX))
        candidate.sdpMid = payload.get("sdpMid")
        candidate.sdpMLineIndex = payload.get("sdpMLineIndex")
        await self._rtc.addIceCandidate(candidate)

    async def _send_description(self) -> None:
        description = self._rtc.localDescription
        sdp = description.sdp
        if self._turn_urls and RELAY_TYPE not in sdp:
            # All that aiortc lets us know of it.
            log.warning(
                "%s gave no address: it does not answer, or refuses the credentials",
                self._turn_urls[0],
            )
        if self._hides_addresses:
            sdp = hide_in_description(sdp)
        payload = {"type": description.type, "sdp": sdp}
        await self._handlers.send_signal(self.peer, DESCRIPTION, payload)

    # --- channels

    def _make_channel(self, name: str) -> Channel:
        treatment = {"ordered": False, "maxRetransmits": 0} if name == INPUT else {"ordered": True}
        raw: RTCDataChannel = self._rtc.createDataChannel(
            name, negotiated=True, id=CHANNEL_IDS[name], **treatment
        )
        raw.bufferedAmountLowThreshold = MOST_BUFFERED_BYTES[name] // 2
        channel = Channel(name, raw)

        def take(data: bytes | str) -> None:
            # Text is nothing we ever send; it is not worth closing a channel for.
            if isinstance(data, bytes):
                self._pace.note_heard(self._clock())
                self._handlers.on_data(self.peer, name, data)

        def note_open() -> None:
            channel.flush()
            self._note_state()

        raw.add_listener("message", take)
        raw.add_listener("bufferedamountlow", channel.flush)
        raw.add_listener("open", note_open)
        raw.add_listener("close", self._note_state)
        return channel

    def _note_state(self) -> None:
        is_open = all(channel.is_open for channel in self._channels.values())
        if is_open and not self.is_open:
            self.is_open = True
            self._handlers.on_open(self.peer)
        elif self.is_open and not is_open:
            self.is_open = False
            self._handlers.on_closed(self.peer)


def _is_turn(url: str) -> bool:
    return url.startswith(("turn:", "turns:"))


def _servers(ice_servers: Sequence[Mapping[str, Any]]) -> list[RTCIceServer]:
    """An empty list must stay one: without any, aiortc would ask a public server."""
    return [
        RTCIceServer(
            urls=server["urls"],
            username=server.get("username"),
            credential=server.get("credential"),
        )
        for server in ice_servers
    ]
