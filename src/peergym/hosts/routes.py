"""Everything between a session and the ways to its peers; both hosts send and receive through it.

Theory of operation: the host tells what arrives and by which way, and which ways are open. `Routes`
hands it on to the session, takes what the session wants sent, and says by which way it goes: over a
direct channel, or as a frame for the relay, where one datagram serves all who are reached so. For
each peer a `RouteChooser` decides; reliable messages wait in `CarriedLane`s, so that a change of
route loses and repeats nothing. In between, reports go over every route that is open.

A goodbye is what both ways say: the direct channels have closed, and the peer has left the relay.
If our own way to the relay is down, the silence of those whom we reach by it alone is not judged
until the match's grace is over.

The rule is the session's: **one mutation, then drain**.

Laws:
    - Bytes from the network never raise.
    - A datagram goes up to the relay once, whatever the number of its recipients there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from peergym.hosts.driver import AnySession
from peergym.hosts.peer_ways import BULK, CONTROL, INPUT, PeerWays
from peergym.hosts.relay_link import Presence, RelayLink
from peergym.hosts.route_chooser import Change, RouteChooser
from peergym.hosts.route_lane import CarriedLane
from peergym.rollback import P2PSession, relay_wire
from peergym.rollback.binary import WireError
from peergym.rollback.events import Event, RouteChanged
from peergym.rollback.relay_wire import Addressed, DownKind, UpKind
from peergym.rollback.route_report import Route, decode_report, is_report
from peergym.rollback.wire import TRAILER_BYTES

DEFAULT_GRACE_S = 60.0
UPDATE_EVERY_S = 0.1  # a tenth of the silence that is judged
LATE_S = 0.5  # between two calls; the design's 0.25 s beyond what was asked for
TOGETHER_S = 3.0  # both ways ending within so long is no accident
REATTACH_WITHIN_S = 10.0  # others come back to a relay that has started anew within 4 s

UP_KINDS = {CONTROL: UpKind.CONTROL, BULK: UpKind.BULK}
CHANNEL_OF: dict[int, str] = {DownKind.CONTROL: CONTROL, DownKind.BULK: BULK}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent.

    Attributes:
        channel: Of the direct connection; empty for a frame for the relay.
        peer: To whom; -1 for a frame for the relay.
        data: The bytes; for the relay, none means to open another socket.
    """

    channel: str
    peer: int
    data: bytes


class Routes:
    """All routes of one match.

    Args:
        session: What they carry.
        local_peer: Who we are.
        match: The room's description, of which ``offers``, ``relay`` (null, or with a ``token``),
            ``grace_s`` and ``spectators`` matter here; each may be missing.
        owners: Peers in the seats; -1 for nobody.
        now_s: The time.
    """

    def __init__(
        self,
        session: AnySession,
        local_peer: int,
        match: Mapping[str, Any],
        owners: Iterable[int],
        now_s: float,
    ) -> None:
        relay = match.get("relay") or {}
        self.relay = RelayLink(relay.get("token", ""))
        self._session = session
        self._local_peer = local_peer
        self._grace_s = float(match.get("grace_s") or DEFAULT_GRACE_S)
        self._peers: dict[int, PeerWays] = {}
        self._events: list[Event] = []
        self._out: list[Outgoing] = []
        self._called_s = now_s
        self._update_due_s = now_s
        direct = {peer for pair in match.get("offers", ()) if local_peer in pair for peer in pair}
        for peer in sorted({*owners, *match.get("spectators", ()), *direct}):
            if peer >= 0:
                self.add_peer(peer, now_s, may_be_direct=peer in direct)

    # --- what the host tells

    def add_peer(self, peer: int, now_s: float, *, may_be_direct: bool) -> None:
        """Somebody is in the match, or has come."""
        if peer == self._local_peer or peer in self._peers:
            return
        ways = self._peers[peer] = PeerWays(now_s, may_be_direct=may_be_direct)
        ways.chooser.relay.set_open(now_s, is_open=peer in self.relay.peers)
        self._update_due_s = now_s

    def note_direct(self, peer: int, now_s: float, *, is_open: bool) -> None:
        """The direct channels of a peer have opened, all of them, or one has closed."""
        self._enter(now_s)
        self.add_peer(peer, now_s, may_be_direct=True)
        ways = self._peers.get(peer)
        if ways is None or not ways.chooser.direct.set_open(now_s, is_open=is_open):
            return
        if is_open:
            ways.was_direct = True
            self._update_due_s = now_s
            if ways.chooser.route is Route.DIRECT:  # other channels than before
                ways.change_lanes(now_s)
        else:
            ways.closed_s = now_s
            self._update(now_s)
            self._judge_goodbye(peer, ways, now_s, is_direct_news=True)

    def note_relay(self, now_s: float, *, is_open: bool) -> None:
        """The socket to the relay has opened or closed."""
        self._enter(now_s)
        self._take_presences(self.relay.note_socket(now_s, is_open=is_open), now_s)
        self._update(now_s)

    def receive_direct(self, channel: str, data: bytes, peer: int, now_s: float) -> None:
        """Something came over a direct channel."""
        self._enter(now_s)
        if peer not in self._peers:
            self.add_peer(peer, now_s, may_be_direct=True)
        if peer != self._local_peer:
            self._receive(channel, data, peer, Route.DIRECT, now_s)

    def receive_relayed(self, data: bytes, now_s: float) -> None:
        """A frame came from the relay."""
        self._enter(now_s)
        try:
            news = self.relay.receive(data)
        except WireError:
            return  # of our own server: it is of another version, and we cannot follow
        if isinstance(news, Addressed):
            if news.peer in self._peers:
                channel = CHANNEL_OF.get(news.kind, INPUT)
                self._receive(channel, news.data, news.peer, Route.RELAY, now_s)
        elif news:
            self._take_presences(news, now_s)
            self._update(now_s)

    # --- what the host takes

    def timer_s(self) -> float:
        """When `drain` is due at the latest, even if nothing happens."""
        return self._update_due_s if self._peers else inf

    def next_event(self) -> Event | None:
        """The oldest event that has not been taken yet."""
        return self._events.pop(0) if self._events else None

    def is_reached(self, peer: int) -> bool:
        """Whether there is a way to a peer; to ourselves there always is."""
        ways = self._peers.get(peer)
        return peer == self._local_peer or (
            ways is not None and ways.chooser.route is not Route.NONE
        )

    def part(self, now_s: float) -> bool:
        """The match is over for us: hurry to end what is said. To be called again and again.

        A message that was lost is repeated as soon as the other side tells of later bytes without
        it, which takes as long as a round trip; if nothing follows, it takes a second or more. So
        something follows here each time: a report.

        Returns:
            Whether everybody to whom there is a way has said that all messages have arrived.
        """
        for peer, ways in self._peers.items():
            for lane in ways.lanes.values():
                lane.say_now(now_s)
            if not ways.is_delivered:
                ways.report_now(now_s)
                self._send_reports(peer, ways, now_s)
        return all(ways.is_delivered for ways in self._peers.values())

    def choosers(self) -> Mapping[int, RouteChooser]:
        """What is known of the routes to each peer."""
        return {peer: ways.chooser for peer, ways in self._peers.items()}

    def drain(self, now_s: float) -> list[Outgoing]:
        """Do what is due, and return what is to be sent, in order."""
        self._enter(now_s)
        if now_s >= self._update_due_s:
            self._update(now_s)
        self._send_datagrams(now_s)
        for channel, drain in (
            (CONTROL, self._session.messages_to_send),
            (BULK, self._session.bulk_to_send),
        ):
            for data, peer in drain(now_s):
                if peer in self._peers:
                    self._peers[peer].lanes[channel].put(data)
            for peer, ways in self._peers.items():
                lane = ways.lanes[channel]
                if not lane.is_idle:
                    self._send_lane(channel, peer, lane, ways.chooser.route, now_s)
        self._out += [Outgoing("", -1, frame) for frame in self.relay.take()]
        out, self._out = self._out, []
        return out

    # --- what comes in

    def _receive(self, channel: str, data: bytes, peer: int, route: Route, now_s: float) -> None:
        ways = self._peers[peer]
        quality = ways.chooser.quality(route)
        try:
            if channel != INPUT:
                message = ways.lanes[channel].accept(data, route, now_s)
                quality.note_message(now_s)
                if message is not None and channel == CONTROL:
                    self._session.receive_message(message, peer, now_s)
                elif message is not None:
                    self._session.receive_bulk(message, peer, now_s)
            elif is_report(data):
                ways.chooser.note_report(decode_report(data), route, now_s)
            else:
                quality.note_datagram(int.from_bytes(data[-TRAILER_BYTES:][:2], "little"), now_s)
                self._session.receive_datagram(data, peer, now_s)
        except WireError as error:
            self._session.note_violation(peer, channel, str(error))

    def _take_presences(self, presences: Iterable[Presence], now_s: float) -> None:
        for presence in presences:
            ways = self._peers.get(presence.peer)
            if ways is None:
                continue
            ways.chooser.relay.set_open(now_s, is_open=presence.is_there)
            if presence.is_there:
                ways.has_left_relay = False
                self._end_excuse(presence.peer, ways, now_s)
                if ways.chooser.route is Route.RELAY:
                    ways.change_lanes(now_s)  # it lost what was under way
            elif self.relay.is_up:
                ways.has_left_relay = presence.is_goodbye
                ways.gone_s = now_s
                self._judge_goodbye(presence.peer, ways, now_s, is_direct_news=False)

    def _judge_goodbye(
        self, peer: int, ways: PeerWays, now_s: float, *, is_direct_news: bool
    ) -> None:
        """Tell the session that a peer has gone, if there is no way left, by its own doing."""
        if ways.chooser.direct.is_open:
            return
        # While our own relay is down, the end of the direct channels is all that can be heard.
        is_only_word = is_direct_news and not self.relay.is_up
        # Whatever the relay was told: a page that is closed cannot always say so.
        is_together = abs(ways.closed_s - ways.gone_s) < TOGETHER_S and self.relay.is_up
        is_together = is_together and not ways.chooser.relay.is_open
        if ways.has_left_relay or is_together or (ways.was_direct and is_only_word):
            self._session.link_closed(peer, now_s)

    # --- what goes out

    def _send_datagrams(self, now_s: float) -> None:
        fanned: dict[bytes, list[tuple[int, bytes]]] = {}
        for data, peer in self._session.datagrams_to_send(now_s):
            ways = self._peers.get(peer)
            if ways is None:
                continue
            for route in ways.chooser.ways(now_s):
                ways.chooser.quality(route).count_sent()
                if route is Route.DIRECT:
                    self._out.append(Outgoing(INPUT, peer, data))
                else:
                    body, trailer = data[:-TRAILER_BYTES], data[-TRAILER_BYTES:]
                    fanned.setdefault(body, []).append((peer, trailer))
        for body, recipients in fanned.items():
            self.relay.send(relay_wire.encode_input(recipients, body))

    def _send_lane(
        self, channel: str, peer: int, lane: CarriedLane, route: Route, now_s: float
    ) -> None:
        if lane.is_broken:
            self._session.link_closed(peer, now_s)
        elif route is not Route.NONE:
            for message in lane.take(now_s):
                self._send(route, channel, peer, message)

    def _send(self, route: Route, channel: str, peer: int, data: bytes) -> None:
        if route is Route.DIRECT:
            self._out.append(Outgoing(channel, peer, data))
        else:
            kind = UP_KINDS.get(channel, UpKind.REPORT)
            self.relay.send(relay_wire.encode_addressed(kind, peer, data))

    def _send_reports(self, peer: int, ways: PeerWays, now_s: float) -> None:
        for route in (Route.DIRECT, Route.RELAY):
            report = ways.take_report(route, now_s)
            if report:
                self._send(route, INPUT, peer, report)

    # --- time

    def _enter(self, now_s: float) -> None:
        """Note the time of a call; if we slept, nobody else is to blame."""
        if now_s - self._called_s > LATE_S:
            self.relay.restart(now_s)
            for ways in self._peers.values():
                ways.chooser.restart(now_s)
        self._called_s = max(self._called_s, now_s)

    def _update(self, now_s: float) -> None:
        self._update_due_s = now_s + UPDATE_EVERY_S
        is_in_use = any(ways.chooser.route is Route.RELAY for ways in self._peers.values())
        self._take_presences(self.relay.update(now_s, is_in_use=is_in_use), now_s)
        for peer, ways in self._peers.items():
            change = ways.chooser.update(now_s)
            if change is not None:
                self._note_change(peer, ways, change, now_s)
            self._excuse(peer, ways, now_s)
            self._send_reports(peer, ways, now_s)

    def _note_change(self, peer: int, ways: PeerWays, change: Change, now_s: float) -> None:
        if ways.may_tell_change(now_s):
            self._events.append(RouteChanged(peer, change.route.name.lower(), change.reason))
        ways.change_lanes(now_s)
        ways.report_now(now_s)

    # --- an outage of the relay

    def _excuse(self, peer: int, ways: PeerWays, now_s: float) -> None:
        """Do not let a peer be judged by a silence that is our own relay's."""
        chooser, relay = ways.chooser, self.relay
        is_cut_off = chooser.was_relayed and not chooser.relay.is_open
        if not is_cut_off:
            self._end_excuse(peer, ways, now_s)
        elif not relay.is_up and relay.down_since_s < inf and not ways.is_excused:
            ways.is_excused = True
            left_s = relay.down_since_s + self._grace_s - now_s
            self._excuse_for(peer, max(0.0, left_s), now_s)
        elif relay.is_up and ways.is_excused:
            # It is back, and the peer will be soon, if its own end is sound.
            ways.is_excused = chooser.was_relayed = False
            self._excuse_for(peer, REATTACH_WITHIN_S, now_s)

    def _end_excuse(self, peer: int, ways: PeerWays, now_s: float) -> None:
        if ways.is_excused:
            ways.is_excused = False
            self._excuse_for(peer, 0.0, now_s)
            if isinstance(self._session, P2PSession):
                self._session.path_restored(peer, now_s)

    def _excuse_for(self, peer: int, for_s: float, now_s: float) -> None:
        if isinstance(self._session, P2PSession):  # a spectator judges nobody
            self._session.excuse_silence(peer, for_s, now_s)
