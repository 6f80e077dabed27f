"""Workers' hosts in one room, joined by a simulated network on virtual time.

Theory of operation: a `Page` does for its host what JavaScript does in a worker: it fills the
inbox, calls `tick` when the host wants to be called or something has come, and takes the outbox
apart. The `Room` is what the server is to them: it numbers those who come, tells the others,
describes the match as it is now, and arbitrates.

Law: no two peers of a match ever have the same number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from math import inf
from random import Random
from typing import Any

from peergym.envs.maker import game_maker
from peergym.games.chaos import Chaos
from peergym.hosts.mailbox import (
    ACTION,
    CHECKSUM,
    EPISODE,
    FRAME,
    HEADER,
    IS_PLAYING,
    MORE,
    RECORD,
    STAMP,
    In,
    Out,
    read_records,
)
from peergym.hosts.match import Runtime
from peergym.hosts.pyodide import WorkerHost
from peergym.testing import PairConditions
from peergym.testing.arbiter import Arbiter
from peergym.testing.clock import VirtualClock
from peergym.testing.network import Channels, Network

NETWORK = PairConditions(rtt_s=0.08, jitter_s=0.02, loss=0.03)
ACTS_EVERY_S = 0.1
CLOCK_STEP_S = 5e-6  # of a page's clock; a timer that fires a rounding too early fires again then
OPEN = b"\x01"
ARRIVES_AS = {"input": In.DATAGRAM, "control": In.MESSAGE, "bulk": In.BULK}
LEAVES_ON = {Out.DATAGRAM: "input", Out.MESSAGE: "control", Out.BULK: "bulk"}


class Agents(Chaos):
    """Chaos with a computer player, whose actions everybody can compute from the state."""

    def policy(self, agent: str) -> int:
        """Return an action that nobody would choose by chance for long."""
        return (self.digest >> 9) + len(agent) + self.possible_agents.index(agent) & 3


class Page:
    """A host and its mail.

    Attributes:
        peer: Its number in the match.
        seat: The seat that it plays or wants; None for one who watches.
        host: The host itself.
        events: (virtual time, event) as the page is told.
        checksums: By (episode, frame).
        frames: (episode, frame, seat as which it is seen) of each picture.
        record: What it has recorded so far.
        is_gone: Whether it has crashed or left.
        is_asleep: Whether its machine sleeps.
    """

    def __init__(self, room: Room, peer: int, seat: int | None) -> None:
        self.peer = peer
        self.seat = seat
        self.host = WorkerHost(room.runtime)
        self.events: list[tuple[float, dict[str, Any]]] = []
        self.checksums: dict[tuple[int, int], int] = {}
        self.frames: list[tuple[int, int, int]] = []
        self.record = b""
        self.is_gone = False
        self.is_loaded = False
        self.is_asleep = False
        self._room = room
        self._random = Random(f"{room.seed}/{peer}")
        self._mail: list[bytes] = []
        self._channels: dict[int, Channels] = {}
        self._is_playing = False
        self._wake_s = inf
        self._offset_s = 1000.0 * peer  # every machine's clock begins somewhere else

    # --- what a page does

    def start(self, match: dict[str, Any]) -> None:
        """Begin, as the room describes the match."""
        flags = {"forceRollbackFrames": 0, "record": False, "plantedDesyncFrame": 0}
        order = {"match": match, "localPeer": self.peer, "seat": self.seat, "flags": flags}
        self.host.start_match(json.dumps(order))
        self.is_loaded = True
        for other in self._channels:
            self.put(In.LINK, other, OPEN)
        self._wake()
        self._act()

    def put(self, kind: int, index: int = 0, payload: bytes = b"") -> None:
        """Put a record into the inbox, to be taken in at once."""
        if not self.is_gone:
            self._mail.append(RECORD.pack(kind, index, len(payload)) + payload)
            self._schedule(self._room.clock.now_s)

    def die(self) -> None:
        """Stop without a word: a closed lid, a crashed tab."""
        self.is_gone = True

    def sleep(self, for_s: float, *, clock_stands: bool = False) -> None:
        """Do nothing for a time, as under a closed lid; nothing arrives meanwhile.

        Args:
            for_s: How long.
            clock_stands: Whether its clock knows nothing of it: some machines' do not.
        """
        clock = self._room.clock
        others = [peer for peer in self._room.pages if peer != self.peer]
        self._room.links.partition([[self.peer], others], clock.now_s, clock.now_s + for_s)
        self.is_asleep = True
        clock.call_after(for_s, partial(self._wake_up, for_s if clock_stands else 0.0))

    def leave(self) -> None:
        """Say goodbye and stop: a closed page."""
        self.put(In.LEAVE, 0, b"left")
        self._wake()
        self.is_gone = True

    def connect(self, other: int, channels: Channels) -> None:
        """Learn how to send to another peer."""
        self._channels[other] = channels
        if self.is_loaded:
            self.put(In.LINK, other, OPEN)

    def receive(self, channel: str, sender: int, data: bytes) -> None:
        """Take in what has arrived; while frames are played, with the next one."""
        if self.is_gone or not self.is_loaded:
            return
        stamped = STAMP.pack(self._now_ms()) + data
        self._mail.append(RECORD.pack(ARRIVES_AS[channel], sender, len(stamped)) + stamped)
        if not self._is_playing:
            self._schedule(self._room.clock.now_s)

    def _wake_up(self, unknown_s: float) -> None:
        self._offset_s -= unknown_s
        self.is_asleep = False
        self._wake()

    # --- what a test asks

    def named(self, name: str) -> list[dict[str, Any]]:
        """The events of one name."""
        return [event for _, event in self.events if event["name"] == name]

    @property
    def session(self) -> Any:
        """The session, for tests to ask."""
        driver = self.host._driver
        assert driver is not None
        return driver.session

    def is_member(self) -> bool:
        """Whether it plays in the match."""
        return self.peer in self.session.members

    # --- the worker

    def _act(self) -> None:
        """Its person changes his mind now and then; what is put in for others' seats is ignored."""
        if self.is_gone:
            return
        for seat in () if self.is_asleep else range(self._room.seats):
            action = self._random.randrange(4) if seat == self.seat else 1
            self._mail.append(RECORD.pack(In.ACTION, seat, ACTION.size) + ACTION.pack(action))
        self._room.clock.call_after(ACTS_EVERY_S, self._act)

    def _now_ms(self) -> float:
        return (self._room.clock.now_s + self._offset_s) * 1000

    def _schedule(self, due_s: float) -> None:
        if due_s < self._wake_s:
            self._wake_s = self._room.clock.call_at(due_s, self._wake_if_due)

    def _wake_if_due(self) -> None:
        if self._room.clock.now_s >= self._wake_s:
            self._wake()

    def _wake(self) -> None:
        if self.is_gone or self.is_asleep or not self.is_loaded:
            return  # what the page tells it waits until Python is there
        self._wake_s = inf
        flags = MORE
        while flags & MORE:
            inbox = b"".join(self._mail)
            self._mail.clear()
            self.host.inbox[: len(inbox)] = inbox
            used = self.host.tick(self._now_ms(), len(inbox))
            wake_ms, flags = HEADER.unpack_from(self.host.outbox)
            self._is_playing = bool(flags & IS_PLAYING)
            records = self.host.outbox[HEADER.size :], used - HEADER.size
            for kind, index, payload in read_records(*records):
                self._take(kind, index, payload)
        soonest_s = self._room.clock.now_s + CLOCK_STEP_S
        self._schedule(max(wake_ms / 1000 - self._offset_s, soonest_s))

    def _take(self, kind: int, index: int, payload: bytes) -> None:
        if kind in LEAVES_ON:
            if index in self._channels:
                getattr(self._channels[index], LEAVES_ON[Out(kind)]).send(payload)
        elif kind == Out.EVENT:
            event = json.loads(payload)
            self.events.append((self._room.clock.now_s, event))
            self._room.note_event(self, event)
        elif kind == Out.FRAME:
            episode, frame, _ = FRAME.unpack_from(payload)
            self.frames.append((episode, frame, index))
        elif kind == Out.CHECKSUMS:
            (episode,) = EPISODE.unpack_from(payload)
            for at in range(EPISODE.size, len(payload), CHECKSUM.size):
                frame, checksum = CHECKSUM.unpack_from(payload, at)
                self.checksums[episode, frame] = checksum
        elif kind == Out.REPLAY:
            self.record += payload


class Room:
    """Who sits where, and what the server says of it.

    Args:
        taken: The seats in which somebody sits from the start.
        seats: How many there are.
        network: What every path does.
        game: What is played.
        seed: Of the network, the match and what people do.
        match: Changes of the description.

    Attributes:
        clock: Virtual time.
        links: The network.
        arbiter: Decides between equal halves.
        pages: By peer, those who are gone too.
    """

    def __init__(
        self,
        taken: Iterable[int],
        seats: int = 0,
        network: PairConditions = NETWORK,
        game: type = Agents,
        seed: int = 1,
        **match: Any,
    ) -> None:
        self.seed = seed
        self.clock = VirtualClock()
        self.links = Network(self.clock, seed, network)
        self.arbiter = Arbiter(self.clock)
        self.runtime = Runtime("agents", game, "digest")
        self.pages: dict[int, Page] = {}
        taken = list(taken)
        self.seats = seats or len(taken)
        self._match = match
        for seat in taken:
            self._enter(seat)
        for page in self.pages.values():
            page.start(self.describe())

    # --- the server

    def describe(self) -> dict[str, Any]:
        """The match as it is now."""
        owners = [-1] * self.seats
        for page in self.present:
            if page.seat is not None:
                owners[page.seat] = page.peer
        return {
            "match_id": f"match-{self.seed}",
            "seed": str(self.seed),
            "owners": owners,
            "options": {},
            "input_delay": 0,
            "checksum_interval_frames": 10,
            "snapshot_interval": 1,
            "absent": "agent",
            "has_arbiter": True,
            "grace_s": 60,
            "offers": [],
            "spectators": [page.peer for page in self.present if page.seat is None],
            **self._match,
        }

    def come(self, seat: int | None, loads_for_s: float = 0.0) -> Page:
        """Somebody comes late, for a seat or to watch, and the others are told."""
        match = self.describe()
        page = self._enter(seat)
        for other in self.present:
            if other is not page:
                other.put(In.PEER, page.peer, bytes([seat is not None]))
        self.clock.call_after(loads_for_s, partial(page.start, match))
        self.clock.run_until(self.clock.now_s)
        return page

    def note_event(self, page: Page, event: dict[str, Any]) -> None:
        """Do what the server or a person does when something has happened."""
        if event["name"] == "ArbiterWanted":
            group = tuple(event["group"])
            assert len(event["members"]) == 2 * len(group)
            assert set(group) < set(event["members"])
            self.arbiter.ask(page.peer, group, partial(self._tell, page, event["epoch"], group))
        elif event["name"] == "EpisodeEnded" and page.seat is not None:
            self.clock.call_after(0.5, partial(page.put, In.READY))

    def _tell(self, page: Page, epoch: int, group: tuple[int, ...], is_granted: bool) -> None:
        said = {"epoch": epoch, "group": group, "isGranted": is_granted}
        page.put(In.DECISION, 0, json.dumps(said).encode())

    def _enter(self, seat: int | None) -> Page:
        page = Page(self, len(self.pages), seat)
        for other in self.pages.values():
            self._connect(page, other)
            self._connect(other, page)
        self.pages[page.peer] = page
        return page

    def _connect(self, sender: Page, recipient: Page) -> None:
        takers = [partial(recipient.receive, channel, sender.peer) for channel in ARRIVES_AS]
        sender.connect(recipient.peer, self.links.connect(sender.peer, recipient.peer, *takers))

    # --- what a test does and asks

    @property
    def present(self) -> list[Page]:
        """Those who are there."""
        return [page for page in self.pages.values() if not page.is_gone]

    @property
    def players(self) -> list[Page]:
        """Those of them who sit in a seat."""
        return [page for page in self.present if page.seat is not None]

    def run(self, for_s: float) -> None:
        """Let time pass."""
        self.clock.run_until(self.clock.now_s + for_s)

    def run_until(self, is_reached: Callable[[], bool], limit_s: float = 20.0) -> None:
        """Let time pass until something is so.

        Raises:
            AssertionError: It did not become so.
        """
        self.clock.run_while(lambda: not is_reached(), self.clock.now_s + limit_s)
        assert is_reached(), {page.peer: page.events[-5:] for page in self.present}

    def run_frames(self, frames: int, limit_s: float = 60.0) -> None:
        """Let time pass until everybody who plays has confirmed so many more frames."""
        reached = {page.peer: page.session.confirmed_frame + frames for page in self.players}
        self.run_until(
            lambda: all(p.session.confirmed_frame >= reached[p.peer] for p in self.players),
            limit_s,
        )

    def make_game(self) -> Any:
        """A fresh game, as everybody here plays it."""
        return game_maker(self.runtime.game, self.seats, self.describe()["options"])()
