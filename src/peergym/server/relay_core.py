"""The relay without sockets: who is attached to which match, and what goes to whom.

Theory of operation: a connection attaches itself with a token for one peer of one match, and from
then on whatever it sends is stamped with that peer and queued for the recipients that it names.
Nothing is kept of a match in which nobody is attached, so a server that was started anew serves its
matches as soon as their peers are back.

Laws:
    - A frame reaches only peers of the match of its sender.
    - A peer is attached once: the newest connection counts.
    - Bytes of a client never raise; whoever breaks the rules is closed, and nobody else.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from peergym.rollback import relay_wire as wire
from peergym.rollback.binary import WireError
from peergym.rollback.relay_wire import Addressed, Attach, DownKind, FannedInput, Ping, UpKind
from peergym.server.relay_connection import (
    BAD_TOKEN,
    POLICY_VIOLATION,
    REPLACED,
    RelayConnection,
    RelayLimits,
)
from peergym.server.relay_tokens import RelayTokens

REMEMBERED_MATCHES = 256
"""Of so many matches it is remembered what they sent, the newest ones."""

_REPORT_SLOTS = 256  # above the slots of datagrams, which are the senders
_GOODBYE_CODES = (1000, 1001)


@dataclass(slots=True)
class PeerTraffic:
    """What one peer of a match has sent.

    Attributes:
        datagrams: Datagrams that came in, each once, whatever the number of its recipients.
        datagram_bytes: Bytes of those frames.
        fanned: Datagrams that were queued for recipients.
        messages: Frames of `control` and `bulk`.
        reports: Reports of routes.
    """

    datagrams: int = 0
    datagram_bytes: int = 0
    fanned: int = 0
    messages: int = 0
    reports: int = 0


@dataclass(slots=True)
class RelayTraffic:
    """What has come in and gone out since the start.

    Attributes:
        frames_in: Frames received.
        bytes_in: Bytes of them.
        frames_out: Frames sent.
        bytes_out: Bytes of them.
        datagrams_in: Datagrams received.
        datagrams_out: Datagrams queued for recipients.
        dropped: Datagrams and reports replaced by newer ones before they left.
        closed: Connections that were closed by us, by close code.
    """

    frames_in: int = 0
    bytes_in: int = 0
    frames_out: int = 0
    bytes_out: int = 0
    datagrams_in: int = 0
    datagrams_out: int = 0
    dropped: int = 0
    closed: Counter[int] = field(default_factory=Counter)


class RelayCore:
    """All attached peers of one server.

    Args:
        tokens: Reads and makes what peers attach themselves with.
        limits: How much each may ask for.
        wall_clock: Seconds since 1970, for the expiry of tokens.
        on_news: (connection) Something waits to be sent on it, or it is to be closed.

    Attributes:
        connections: How many there are, attached or not.
        traffic: What has come in and gone out.
        by_peer: The same of each peer of the newest matches, by match and peer.
    """

    def __init__(
        self,
        tokens: RelayTokens,
        limits: RelayLimits,
        wall_clock: Callable[[], float],
        on_news: Callable[[RelayConnection], None],
    ) -> None:
        self.connections = 0
        self.traffic = RelayTraffic()
        self.by_peer: OrderedDict[str, dict[int, PeerTraffic]] = OrderedDict()
        self._tokens = tokens
        self._limits = limits
        self._wall_clock = wall_clock
        self._on_news = on_news
        self._matches: dict[str, dict[int, RelayConnection]] = {}

    @property
    def matches(self) -> int:
        """In how many matches somebody is attached."""
        return len(self._matches)

    def attached(self, match_id: str) -> tuple[int, ...]:
        """The peers of a match that are attached, ascending."""
        return tuple(sorted(self._matches.get(match_id, ())))

    # --- the life of a connection

    def open(self, now_s: float) -> RelayConnection | None:
        """Make the state of a new connection; None if there are too many."""
        if self.connections >= self._limits.connections:
            return None
        self.connections += 1
        return RelayConnection(self._limits, now_s)

    def lost(self, connection: RelayConnection, code: int) -> None:
        """A connection has ended, with this close code; to be called once."""
        self.connections -= 1
        self.traffic.dropped += connection.dropped
        if connection.closing is not None:
            self.traffic.closed[connection.closing[0]] += 1
        peers = self._matches.get(connection.match_id, {})
        if peers.get(connection.peer) is not connection:
            return  # it was never attached, or another one has taken its place
        del peers[connection.peer]
        if not peers:
            del self._matches[connection.match_id]
        has_left = connection.closing is None and code in _GOODBYE_CODES
        is_goodbye = has_left or connection.is_expelled
        gone = wire.encode_gone(connection.peer, is_goodbye=is_goodbye)
        for other in peers.values():
            self._put_control(other, gone)

    def expel(self, match_id: str, peer: int) -> None:
        """A peer has been removed from a match: it goes for good, and its tokens with it."""
        self._tokens.revoke(match_id, peer, self._wall_clock())
        connection = self._matches.get(match_id, {}).get(peer)
        if connection is not None:
            connection.is_expelled = True
            connection.close(BAD_TOKEN, "the peer has been removed from the match")
            self._on_news(connection)

    def timer_s(self, connection: RelayConnection) -> float:
        """When `handle_timer` is due for a connection."""
        if not connection.is_attached:
            return connection.opened_s + self._limits.attach_s
        return connection.token_due_s

    def handle_timer(self, connection: RelayConnection, now_s: float) -> None:
        """Do what is due for a connection."""
        if now_s < self.timer_s(connection):
            return
        if not connection.is_attached:
            connection.close(POLICY_VIOLATION, "no token came")
        else:
            connection.token_due_s = now_s + self._limits.token_lifetime_s / 2
            token = self._tokens.issue(connection.match_id, connection.peer, self._wall_clock())
            self._put_control(connection, wire.encode_token(token))
        self._on_news(connection)

    # --- what comes in

    def receive(self, connection: RelayConnection, data: bytes, now_s: float) -> None:
        """Take in a frame."""
        traffic = self.traffic
        traffic.frames_in += 1
        traffic.bytes_in += len(data)
        if not connection.admit(len(data), now_s):
            self._on_news(connection)
            return
        try:
            frame = wire.decode_up(data)
        except WireError as error:
            connection.close(POLICY_VIOLATION, str(error)[:100])
            self._on_news(connection)
            return
        if isinstance(frame, Attach):
            self._attach(connection, frame.token, now_s)
        elif not connection.is_attached:
            connection.close(POLICY_VIOLATION, "the first frame must be a token")
            self._on_news(connection)
        elif isinstance(frame, FannedInput):
            self._fan_out(connection, frame, len(data), now_s)
        elif isinstance(frame, Ping):
            self._put_control(connection, wire.encode_pong(frame.stamp))
        else:
            self._pass_on(connection, frame)

    def _attach(self, connection: RelayConnection, token: str, now_s: float) -> None:
        claim = self._tokens.read(token, self._wall_clock())
        if connection.is_attached or claim is None:
            code = POLICY_VIOLATION if connection.is_attached else BAD_TOKEN
            connection.close(code, "the token is not good here, or has expired")
            self._on_news(connection)
            return
        connection.match_id, connection.peer = claim
        connection.token_due_s = now_s + self._limits.token_lifetime_s / 2
        peers = self._matches.setdefault(connection.match_id, {})
        replaced = peers.pop(connection.peer, None)
        if replaced is not None:
            replaced.close(REPLACED, "another connection of this peer has taken over")
            self._on_news(replaced)
        came = wire.encode_came(connection.peer)
        for other in peers.values():
            self._put_control(other, came)
        self._put_control(connection, wire.encode_welcome(connection.peer, peers))
        peers[connection.peer] = connection

    def _fan_out(
        self, sender: RelayConnection, frame: FannedInput, size_bytes: int, now_s: float
    ) -> None:
        if not sender.admit_more((len(frame.recipients) - 1) * len(frame.body), now_s):
            self._on_news(sender)
            return
        peers = self._matches[sender.match_id]
        head = bytes((DownKind.INPUT, sender.peer)) + frame.body
        fanned = 0
        for peer, trailer in frame.recipients:
            other = peers.get(peer)
            if other is not None and other is not sender:
                other.put_newest(sender.peer, head + trailer)
                self._on_news(other)
                fanned += 1
        counts = self._counts(sender)
        counts.datagrams += 1
        counts.datagram_bytes += size_bytes
        counts.fanned += fanned
        self.traffic.datagrams_in += 1
        self.traffic.datagrams_out += fanned

    def _pass_on(self, sender: RelayConnection, frame: Addressed) -> None:
        other = self._matches[sender.match_id].get(frame.peer)
        counts = self._counts(sender)
        is_report = frame.kind is UpKind.REPORT
        if is_report:
            counts.reports += 1
        else:
            counts.messages += 1
        if other is None or other is sender:
            return
        kind = UpKind(frame.kind)
        data = wire.encode_addressed(wire.DOWN_KIND_OF[kind], sender.peer, frame.data)
        is_taken = True
        if is_report:
            other.put_newest(_REPORT_SLOTS + sender.peer, data)
        elif kind is UpKind.BULK:
            is_taken = other.put_bulk(data, sender.peer)
        else:
            is_taken = other.put_control(data, sender.peer)
        if not is_taken:
            # The receiver must not pay for it; the sender's host repeats what it has not received.
            sender.close(POLICY_VIOLATION, "too much waits for one receiver")
            self._on_news(sender)
        self._on_news(other)

    # --- small things

    def _put_control(self, connection: RelayConnection, frame: bytes) -> None:
        connection.put_control(frame)
        self._on_news(connection)

    def _counts(self, connection: RelayConnection) -> PeerTraffic:
        peers = self.by_peer.get(connection.match_id)
        if peers is None:
            peers = self.by_peer[connection.match_id] = {}
            while len(self.by_peer) > REMEMBERED_MATCHES:
                self.by_peer.popitem(last=False)
        counts = peers.get(connection.peer)
        if counts is None:
            counts = peers[connection.peer] = PeerTraffic()
        return counts
