"""Hosts with routes on virtual time: direct paths that break, and the real relay's core between.

Nothing here decides anything: the paths carry or do not, the relay is `RelayCore`, and a host opens
its socket again a second after it was lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any, ClassVar

from peergym.hosts.driver import Driver
from peergym.hosts.match import Runtime, open_match
from peergym.hosts.routes import INPUT, Routes
from peergym.rollback import SessionState
from peergym.rollback.events import Event, RouteChanged
from peergym.server.relay_connection import RelayConnection, RelayLimits
from peergym.server.relay_core import RelayCore
from peergym.server.relay_tokens import RelayTokens
from peergym.testing.clock import VirtualClock

MATCH_ID = "m"
TO_SERVER_S = 0.02
RECONNECT_S = 1.0


class Walk:
    """Everybody walks left and right on a line of 1000, and pushes the next one; it never ends."""

    metadata: ClassVar[dict[str, int]] = {"render_fps": 60}

    def __init__(self, players: int = 2) -> None:
        self.possible_agents = [f"walker {n}" for n in range(players)]
        self.places = [0] * players

    def action_space(self, agent: str) -> int:
        return 3

    def reset(self, seed: int, options: Any = None) -> None:
        self.places = [(seed + 100 * n) % 1000 for n in range(len(self.places))]

    def step(self, actions: dict[str, int]) -> tuple[dict[str, Any], ...]:
        for player, agent in enumerate(self.possible_agents):
            move = actions[agent] - 1
            self.places[player] = (self.places[player] + 2 * move) % 1000
            self.places[player - 1] = (self.places[player - 1] + move) % 1000
        no = dict.fromkeys(self.possible_agents, False)
        return {}, dict.fromkeys(self.possible_agents, 0.0), no, no, {}


class Server:
    """The relay, which may die and come back."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.tokens = RelayTokens("secret", 600.0)
        self.core = self._make()
        self.is_up = True
        self.is_mute = False
        self.lines: dict[RelayConnection, Host] = {}

    def _make(self) -> RelayCore:
        return RelayCore(self.tokens, RelayLimits(), lambda: self.clock.now_s, self._send)

    def die(self) -> None:
        self.is_up = False
        for host in list(self.lines.values()):
            host.lose_socket()
        self.lines.clear()

    def come_back(self) -> None:
        self.core = self._make()
        self.is_up = True

    def _send(self, connection: RelayConnection) -> None:
        host = self.lines.get(connection)
        while host and not self.is_mute and (frames := connection.take()):
            for frame in frames:
                self.clock.call_after(
                    TO_SERVER_S, lambda frame=frame: host.take_frame(connection, frame)
                )


class Path:
    """The direct path between two peers; it may be cut one way or both, or close."""

    def __init__(self, delay_s: float, jitter_s: float, loss: float) -> None:
        self.delay_s, self.jitter_s, self.loss = delay_s, jitter_s, loss
        self.is_open = False
        self.may_open = True
        self.cut_from: set[int] = set()
        self.held: list[tuple[int, int, str, bytes]] = []


class Host:
    """One peer: a driver and its routes, as both real hosts use them."""

    def __init__(self, world: World, peer: int, match: dict[str, Any]) -> None:
        self.world, self.peer = world, peer
        self.driver: Driver = open_match(world.runtime, match, peer)
        self.session = self.driver.session
        self.routes = Routes(self.session, peer, match, match["owners"], world.now_s)
        self.checksums: dict[tuple[int, int], int] = {}
        self.events: list[Event] = []
        self.route_changes: list[tuple[float, int, str, str]] = []
        self.heard: list[bytes] = []
        self.is_dead = False
        self.connection: RelayConnection | None = None
        self.uplink_bytes_per_s = 1e9
        self.uplink_free_s = 0.0
        self._random = Random(peer)

    # --- the socket to the relay

    def open_socket(self) -> None:
        server = self.world.server
        if self.connection is not None or self.is_dead:
            return
        if not server.is_up:
            self.world.clock.call_after(RECONNECT_S, self.open_socket)
            return
        self.connection = server.core.open(self.world.now_s)
        assert self.connection is not None
        server.lines[self.connection] = self
        self.routes.note_relay(self.world.now_s, is_open=True)
        self.drain()

    def lose_socket(self, code: int = 1006) -> None:
        connection, self.connection = self.connection, None
        if connection is None:
            return
        server = self.world.server
        if server.lines.pop(connection, None) is not None and server.is_up:
            server.core.lost(connection, code)
        if not self.is_dead:
            self.routes.note_relay(self.world.now_s, is_open=False)
            self.world.clock.call_after(RECONNECT_S, self.open_socket)

    def take_frame(self, connection: RelayConnection, frame: bytes) -> None:
        if connection is self.connection and not self.is_dead:
            self.routes.receive_relayed(frame, self.world.now_s)

    # --- time

    def step(self) -> None:
        if self.is_dead:
            return
        world, driver = self.world, self.driver
        for player in driver.seats:
            if self._random.random() < 0.07:
                driver.set_action(player, self._random.randrange(3))
        driver.handle_time(world.now_s)
        driver.runner.take_effects()
        self.drain()
        for frame, checksum in driver.take_checksums():
            self.checksums[self.session.episode, frame] = checksum
        while (event := driver.next_event()) is not None:
            self.events.append(event)
        while (event := self.routes.next_event()) is not None:
            self.events.append(event)
            if isinstance(event, RouteChanged):
                change = (round(world.now_s, 2), event.peer, event.route, event.reason)
                self.route_changes.append(change)
        world.clock.call_after(1 / 60, self.step)

    def drain(self) -> None:
        for out in self.routes.drain(self.world.now_s):
            if out.channel:
                self.world.send_direct(self.peer, out.peer, out.channel, out.data)
            elif not out.data:
                self.lose_socket()
            elif self.connection is not None:
                self.world.send_relayed(self, self.connection, out.data)

    # --- what tests look at

    def route(self, peer: int) -> str:
        return self.routes.choosers()[peer].route.name.lower()

    def named(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class World:
    """A match."""

    def __init__(
        self,
        peers: int = 2,
        *,
        offers: Iterable[tuple[int, int]] | None = None,
        delay_s: float = 0.03,
        jitter_s: float = 0.005,
        loss: float = 0.02,
        has_relay: bool = True,
        opens_after_s: float = 0.5,
        **fields: Any,
    ) -> None:
        self.clock = VirtualClock()
        self.server = Server(self.clock)
        self.runtime = Runtime("walk", Walk)
        self.random = Random(1)
        if offers is None:
            offers = [(a, b) for a in range(peers) for b in range(a + 1, peers)]
        self.paths = {pair: Path(delay_s, jitter_s, loss) for pair in offers}
        self.match = {
            "match_id": MATCH_ID,
            "seed": "7",
            "owners": list(range(peers)),
            "options": {},
            "input_delay": 1,
            "checksum_interval_frames": 30,
            "snapshot_interval": 1,
            "absent": "noop",
            "offers": [list(pair) for pair in offers],
            **fields,
        }
        self.hosts: list[Host] = []
        for peer in range(peers):
            token = self.server.tokens.issue(MATCH_ID, peer, 0.0)
            relay = {"path": "/relay", "token": token} if has_relay else None
            self.hosts.append(Host(self, peer, {**self.match, "relay": relay}))
        for host in self.hosts:
            self.clock.call_at(0.001 * host.peer, host.step)
            if has_relay:
                self.clock.call_at(0.0, host.open_socket)
        for pair in self.paths:
            self.clock.call_at(opens_after_s, lambda pair=pair: self.open_path(*pair))

    @property
    def now_s(self) -> float:
        return self.clock.now_s

    def run(self, for_s: float) -> None:
        self.clock.run_until(self.now_s + for_s)

    # --- what happens to the paths

    def open_path(self, one: int, other: int) -> None:
        if not self.paths[one, other].may_open:
            return
        self.paths[one, other].is_open = True
        for peer, far in ((one, other), (other, one)):
            self.hosts[peer].routes.note_direct(far, self.now_s, is_open=True)

    def close_path(self, one: int, other: int) -> None:
        self.paths[one, other].is_open = False
        for peer, far in ((one, other), (other, one)):
            if not self.hosts[peer].is_dead:
                self.hosts[peer].routes.note_direct(far, self.now_s, is_open=False)

    def cut(self, one: int, other: int, *, only_from: int | None = None) -> None:
        path = self.paths[one, other]
        path.cut_from = {one, other} if only_from is None else {only_from}

    def heal(self, one: int, other: int) -> None:
        """What is reliable comes after all, late; datagrams are lost for ever."""
        path = self.paths[one, other]
        path.cut_from = set()
        for letter in path.held:
            self._deliver(path, *letter)
        path.held.clear()

    def die(self, peer: int) -> None:
        """The page is closed: its connections and its socket end, all at once."""
        host = self.hosts[peer]
        host.is_dead = True
        for pair in self.paths:
            if peer in pair:
                self.close_path(*pair)
        host.lose_socket(1001)

    # --- what is carried

    def send_direct(self, sender: int, receiver: int, channel: str, data: bytes) -> None:
        path = self.paths[min(sender, receiver), max(sender, receiver)]
        if not path.is_open:
            return
        is_reliable = channel != INPUT
        if sender in path.cut_from:
            if is_reliable:
                path.held.append((sender, receiver, channel, data))
        elif is_reliable or self.random.random() >= path.loss:
            self._deliver(path, sender, receiver, channel, data)

    def _deliver(self, path: Path, sender: int, receiver: int, channel: str, data: bytes) -> None:
        host = self.hosts[receiver]

        def arrive() -> None:
            if path.is_open and not host.is_dead:
                host.routes.receive_direct(channel, data, sender, self.now_s)

        jitter_s = 0.0 if channel != INPUT else self.random.uniform(0, path.jitter_s)
        self.clock.call_after(path.delay_s + jitter_s, arrive)

    def send_relayed(self, host: Host, connection: RelayConnection, frame: bytes) -> None:
        def arrive() -> None:
            if self.server.is_up and connection in self.server.lines:
                self.server.core.receive(connection, frame, self.now_s)

        # One after the other: what is reliable stands before the inputs that come after it.
        host.uplink_free_s = max(host.uplink_free_s, self.now_s)
        host.uplink_free_s += len(frame) / host.uplink_bytes_per_s
        self.clock.call_at(host.uplink_free_s + TO_SERVER_S, arrive)

    # --- what must hold

    def check_sound(self, *peers: int, least_frames: int = 60) -> None:
        """All that was confirmed by several is equal, and there was something to get wrong."""
        hosts = [self.hosts[peer] for peer in peers] or self.hosts
        first = hosts[0]
        for other in hosts[1:]:
            shared = first.checksums.keys() & other.checksums.keys()
            assert len(shared) * 30 >= least_frames
            assert [key for key in shared if first.checksums[key] != other.checksums[key]] == []
        for host in hosts:
            assert host.driver.statistics().rollbacks > 0
            assert len(set(host.checksums.values())) > 1
            violations = [e for e in host.events if type(e).__name__ == "ProtocolViolated"]
            assert violations == []

    def is_playing(self, *peers: int) -> bool:
        hosts = [self.hosts[peer] for peer in peers] or self.hosts
        return all(host.session.state is SessionState.PLAYING for host in hosts)
