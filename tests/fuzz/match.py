"""Real sessions in the middle of something, one of which belongs to a hostile peer.

Theory of operation: the hostile peer has a session like everybody, which gives valid packets to
replay and to damage. What reaches an honest session from it besides goes through `attack`, which
looks at everything the session holds before and after.

Laws, checked at every step:
    - A refused packet changes nothing but counters of what has arrived.
    - Every confirmed frame is what its real inputs make of it (the oracle), whatever was predicted.
    - Only states that were saved, or that restored what a peer sent, are loaded.
    - What a session holds stays below a limit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from peergym.errors import EnvironmentContractError
from peergym.rollback import P2PSession, SessionConfig, SessionState
from peergym.rollback.canonical import checksum, decode, encode
from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.control import WireError, decode_control
from peergym.rollback.desync_dump import read_dump
from peergym.rollback.events import ArbiterWanted, MatchRepaired, PeerResumed, ProtocolViolated
from peergym.rollback.requests import LoadState, Request, SaveState
from peergym.rollback.spectator import SpectatorSession
from peergym.rollback.wire import SeatTable, decode_datagram, peek_epoch
from tests.fuzz.picture import first_change, picture, weight
from tests.rollback.pair import Tally, make_config

PERIOD_S = 1 / 60
STRANGER = 250  # in no match: a call in its name only tells a session the time
KEPT_PACKETS = 24
MOST_WEIGHT = 60_000  # of what a session holds; a sound one of this match weighs 2,000 to 4,000
CHANNELS = ("input", "control", "bulk")

COUNTERS = ("packets_received", "bytes_received", "_violated_s")
"""What a refused packet may change: how much has arrived, and when that was last complained of."""

TAKEN = (
    *COUNTERS, "_last_sequence", "last_heard_s", "_heard_s", "dump", "_assembly", "_assemblies",
)  # fmt: skip
"""What a message may change that can be read but not be meant: it was sent, and is not repeated;
and the parts of a state that it belongs to come to nothing."""


class Game(Tally):
    """A game whose state is a digest of all inputs so far, and who knows what it may load."""

    def __init__(self, end_frame: int) -> None:
        super().__init__(end_frame)
        self.known: deque[object] = deque(maxlen=200)

    def restore(self, data: bytes) -> object:
        """Turn a peer's bytes into a state."""
        state = decode(data)
        is_state = type(state) is dict and [*map(type, state.values())] == [int, int]
        if not is_state or state.keys() != self.state.keys():
            raise EnvironmentContractError("this is no state")
        self.known.append(state)
        return state

    def execute(self, requests: list[Request]) -> int | None:
        """Carry out requests. Returns the end frame."""
        for request in requests:
            if isinstance(request, SaveState):
                state = dict(self.state)
                self.known.append(state)
                request.slot.put(state)
            elif isinstance(request, LoadState):
                assert any(request.state is known for known in self.known), "never saved"
                self.state = dict(request.state)  # type: ignore[call-overload]
            else:
                super().execute([request])
        return self.end_frame


class Peer:
    """One session with its game.

    Args:
        config: The match, as this peer sees it.
        end_frame: When an episode ends.
        hosts: Whom it watches; empty for whoever plays.
    """

    def __init__(self, config: SessionConfig, end_frame: int, hosts: tuple[int, ...] = ()) -> None:
        self.id = config.local_peer
        self.game = Game(end_frame)
        self.session: Any = (
            SpectatorSession(config, encode, self.game.restore, hosts)
            if hosts
            else P2PSession(config, encode, restore=self.game.restore)
        )
        self.plays = not hosts
        self.has_oracle = self.id in config.owners
        self.oracle = Tally(end_frame)
        self.episode: int | None = None
        self.states: dict[int, bytes] = {}
        self.refused = 0
        self.asked: tuple[int, ...] = ()
        self.told: set[str] = set()
        self.value = 0

    def watch_refusals(self) -> None:
        """Count what the session refuses; it tells the host at most once a second."""
        queue = self.session._events
        tell: Callable[..., None] = queue.put_violation

        def put_violation(peer: int, channel: str, message: str, now_s: float) -> None:
            self.refused += 1
            tell(peer, channel, message, now_s)

        queue.put_violation = put_violation

    def tick(self, now_s: float) -> None:
        """Tick with an input that varies from frame to frame."""
        session = self.session
        self.follow()
        for player in session.local_players if self.plays else ():
            self.value = (self.value * 5 + self.id + 3) % 16
            session.add_local_input(player, self.value)
        session.set_end_frame(self.game.execute(session.advance_frame(now_s)))
        self.drain()
        self.follow()
        for frame, reported in session.take_confirmed_checksums():
            if self.has_oracle:
                assert checksum(self.states[frame]) == reported, f"frame {frame} differs"

    def follow(self) -> None:
        """Step the oracle with the real inputs of every frame that is complete."""
        session = self.session
        if not self.has_oracle:
            return
        if session.episode != self.episode:
            self.episode = session.episode
            self.oracle.state = {"frame": 0, "digest": session._episode.seed}
            self.states = {0: encode(self.oracle.state)}
        queues = session._episode.sync.queues
        for frame in range(len(self.states) - 1, session.complete_frame + 1):
            self.oracle.step(tuple(queue.real(frame) for queue in queues))
            self.states[frame + 1] = encode(self.oracle.state)

    def drain(self) -> list[object]:
        """The events that wait."""
        events = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
            self.told.add(type(event).__name__)
            if isinstance(event, ArbiterWanted):
                self.asked = event.group
            elif isinstance(event, MatchRepaired):
                self.has_oracle = False  # it has the state of another, who may be hostile
        return events


@dataclass(frozen=True)
class Kind:
    """A kind of match.

    Attributes:
        members: How many peers have a seat from the start; their ids are 0, 1 and so on.
        hostile: Id of the hostile peer; an outsider has the id after the members'.
        outsider: Somebody who comes later: a newcomer or a spectator; or nobody.
        fields: More fields of the configuration.
        end_frame: When an episode ends.
    """

    members: int
    hostile: int
    outsider: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    end_frame: int = 16

    def config(self, peer: int) -> SessionConfig:
        """The match as one peer sees it."""
        owners = (*range(self.members), *[NOBODY] * bool(self.outsider))
        fields = {"owners": owners, "input_bits": (4,) * len(owners), "checksum_interval_frames": 3}
        return make_config(peer, **{**fields, **self.fields})


class Match:
    """All peers of a match and the time they share.

    Args:
        kind: Of which kind it is.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.now_s = 100.0
        self.peers = {peer: Peer(kind.config(peer), kind.end_frame) for peer in range(kind.members)}
        config = kind.config(0)
        self.seats = SeatTable(config.owners, config.input_bits)
        owners = tuple(kind.members if owner == NOBODY else owner for owner in config.owners)
        self.seats_with_newcomer = SeatTable(owners, config.input_bits)
        self.packets = {channel: deque[bytes](maxlen=KEPT_PACKETS) for channel in CHANNELS}
        self.sequences = dict.fromkeys(CHANNELS, 0)

    @property
    def hostile(self) -> Peer:
        """The peer that does what it likes."""
        return self.peers[self.kind.hostile]

    @property
    def honest(self) -> list[Peer]:
        """The others."""
        return [peer for peer in self.peers.values() if peer.id != self.kind.hostile]

    @property
    def is_over(self) -> bool:
        """Whether no honest peer plays any more."""
        return all(peer.session.state is SessionState.CLOSED for peer in self.honest)

    def let_in(self) -> None:
        """The outsider comes."""
        outsider = self.kind.members
        hosts = tuple(range(outsider)) if self.kind.outsider == "spectator" else ()
        for peer in self.peers.values():
            peer.session.add_peer(outsider, self.now_s)
        self.peers[outsider] = Peer(self.kind.config(outsider), self.kind.end_frame, hosts)
        if not hosts:
            self.peers[outsider].session.join((outsider,), self.now_s)

    def exchange(self) -> None:
        """Serve the timers that are due and carry what everybody has to say, once."""
        for peer in self.peers.values():
            timer_s = peer.session.get_timer()
            if timer_s is not None and timer_s <= self.now_s:
                peer.session.handle_timer(self.now_s)
        for sender in self.peers.values():
            session = sender.session
            for data, to in session.datagrams_to_send(self.now_s):
                self._carry(sender, "input", data, to)
            for data, to in session.messages_to_send(self.now_s):
                self._carry(sender, "control", data, to)
            for data, to in session.bulk_to_send(self.now_s):
                self._carry(sender, "bulk", data, to)

    def _carry(self, sender: Peer, channel: str, data: bytes, to: int) -> None:
        if sender.id == self.kind.hostile:
            self.packets[channel].append(data)
            if channel != "input":
                newest = max(self.sequences[channel], decode_control(data)[0])
                self.sequences[channel] = newest
        self._deliver(channel, data, sender.id, self.peers[to])

    def _deliver(self, channel: str, data: bytes, sender: int, to: Peer) -> None:
        if channel == "input":
            to.session.receive_datagram(data, sender, self.now_s)
        elif channel == "control":
            to.session.receive_message(data, sender, self.now_s)
        else:
            to.session.receive_bulk(data, sender, self.now_s)

    def tick(self, peers: list[Peer]) -> None:
        """Let a frame's time pass and some peers tick."""
        self.now_s += PERIOD_S
        for peer in peers:
            peer.tick(self.now_s)

    def play(self, ticks: int) -> None:
        """Tick and exchange, as if nobody was hostile."""
        for _ in range(ticks):
            self.tick([*self.peers.values()])
            self.exchange()

    def settle(self) -> None:
        """Let time pass until everybody is connected."""
        for _ in range(6):
            self.exchange()
            self.now_s += 0.1

    def ready(self) -> None:
        """Whoever can says that he is ready."""
        for peer in self.peers.values():
            state = peer.session.state
            if peer.plays and state not in (SessionState.PLAYING, SessionState.CLOSED):
                peer.session.set_ready(self.now_s)

    def start(self, ticks: int) -> None:
        """Play so many ticks."""
        self.ready()
        self.settle()
        self.play(ticks)

    # --- the laws

    def attack(self, channel: str, data: bytes, victim: Peer) -> None:
        """Deliver a packet of the hostile peer's to an honest one, and see what it changes."""
        session, refused = victim.session, victim.refused
        session.receive_message(b"", STRANGER, self.now_s)
        victim.drain()
        is_readable = self._is_readable(channel, data)
        without = TAKEN if is_readable and channel != "input" else COUNTERS
        before = picture(session, without)
        self._deliver(channel, data, self.hostile.id, victim)
        if is_readable and victim.refused == refused:
            return
        events = [each for each in victim.drain() if not isinstance(each, ProtocolViolated)]
        # A message that can be read and not be meant still says that its sender is there.
        is_heard = without is TAKEN and any(isinstance(each, PeerResumed) for each in events)
        if not is_heard:
            assert not events, events
            after = picture(session, without)
            assert before == after, first_change(before, after)

    def _is_readable(self, channel: str, data: bytes) -> bool:
        try:
            if channel != "input":
                decode_control(data)
            elif peek_epoch(data) == 0:
                decode_datagram(data, self.hostile.id, self.seats)
        except WireError:
            return False
        return True

    def check_size(self) -> None:
        """Nobody holds more than the limit."""
        for peer in self.peers.values():
            held = weight(picture(peer.session))
            assert held <= MOST_WEIGHT, f"peer {peer.id} holds {held}"

    def check_dumps(self) -> None:
        """What an honest peer has kept of a desync can be opened, whatever others sent for it."""
        for peer in self.honest:
            dump = peer.session.desync_dump({}) if peer.plays else b""
            if dump:
                assert read_dump(dump).local_peer == peer.id
                peer.told.add("a dump")

    def reached(self) -> set[str]:
        """What the honest peers have been told, and whether they have refused anything."""
        told: set[str] = set()
        for peer in self.honest:
            peer.drain()
            told |= peer.told | ({"refused"} if peer.refused else set())
        return told


NOOP = {"absent_policy": AbsentPolicy.NOOP}
AGENT = {"absent_policy": AbsentPolicy.AGENT, "has_arbiter": True}
UNSENT = {**NOOP, "sends_states": False, "repairs_desyncs": False}
KINDS = (
    Kind(2, 1),
    Kind(3, 2, fields=NOOP),
    Kind(3, 0, fields=AGENT),
    Kind(4, 3, fields={**NOOP, "snapshot_interval": 4}),
    Kind(2, 0, fields={**NOOP, "prediction_window": 0}),
    Kind(2, 2, "newcomer", NOOP, 90),
    Kind(2, 0, "newcomer", NOOP, 90),
    Kind(2, 2, "spectator", NOOP, 30),
    Kind(2, 0, "spectator", NOOP, 30),
    Kind(2, 2, "newcomer", UNSENT, 90),
    Kind(2, 0, "newcomer", UNSENT, 90),
    Kind(2, 0, "spectator", UNSENT, 90),
)


def make_match(kind: Kind, phase: int) -> Match:
    """A match of a kind in one of five phases; always the same."""
    match = Match(kind)
    match.exchange()
    if kind.outsider:
        match.start(2)
        match.let_in()
        match.settle()
        match.play((1, 6, 14, 30, 50)[phase])
    elif phase:
        match.settle()
    if not kind.outsider and phase > 1:
        match.start((6, kind.end_frame - 3, kind.end_frame + 8)[phase - 2])
    for peer in match.peers.values():
        peer.watch_refusals()
    return match
