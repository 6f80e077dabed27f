"""Sessions that are wired together without a network: what one sends the others have at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from peergym.rollback import (
    AdvanceFrame,
    LoadState,
    P2PSession,
    Request,
    ResetEpisode,
    SaveState,
    SessionConfig,
    SessionState,
)
from peergym.rollback.canonical import decode, encode
from peergym.rollback.control import ControlMessage, decode_control
from peergym.rollback.events import Event
from peergym.rollback.spectator import SpectatorSession

PERIOD_S = 1 / 60


def make_config(local_peer: int, peers: int = 2, **changes: Any) -> SessionConfig:
    """A match of one seat a peer, with inputs of four bits."""
    fields: dict[str, Any] = {
        "owners": tuple(range(peers)),
        "local_peer": local_peer,
        "input_bits": (4,) * peers,
        "match_id": "match",
        "seed": 7,
    }
    return SessionConfig(**{**fields, **changes})


class Tally:
    """A game whose state is a digest of all inputs so far; it ends at a given frame."""

    def __init__(self, end_frame: int = 1 << 30) -> None:
        self.ends_at = end_frame
        self.glitch_frame = -1
        self.state = {"frame": 0, "digest": 0}

    @property
    def end_frame(self) -> int | None:
        """The frame at which it ended, as `set_end_frame` wants it."""
        return self.ends_at if self.state["frame"] >= self.ends_at else None

    def execute(self, requests: list[Request]) -> int | None:
        """Carry out requests. Returns the end frame."""
        for request in requests:
            match request:
                case ResetEpisode():
                    self.state = {"frame": 0, "digest": request.seed}
                case SaveState():
                    assert request.frame >= self.state["frame"]
                    request.slot.put(dict(self.state))
                case LoadState():
                    assert isinstance(request.state, dict)
                    self.state = dict(request.state)
                case AdvanceFrame():
                    self.step(request.inputs)
        return self.end_frame

    def step(self, inputs: tuple[int, ...]) -> None:
        """Advance by one frame, unless it has ended."""
        if self.state["frame"] < self.ends_at:
            digest = self.state["digest"]
            for value in inputs:
                digest = (digest * 31 + value + 1) % (1 << 61)
            if self.state["frame"] == self.glitch_frame:
                digest += 1
            self.state = {"frame": self.state["frame"] + 1, "digest": digest}


class Host:
    """One peer: a session, its game, and what it has said."""

    def __init__(self, session: P2PSession, game: Tally) -> None:
        self.session = session
        self.game = game
        self.events: list[Event] = []
        self.checksums: list[tuple[int, int]] = []
        self.inputs: dict[tuple[int, int], tuple[int, ...]] = {}
        self.is_cut_off = False
        self.is_dead = False

    @property
    def peer(self) -> int:
        """Its id."""
        return self.session.config.local_peer

    def tick(self, now_s: float, value: int) -> list[Request]:
        """Tick with an input."""
        if isinstance(self.session, P2PSession):
            for player in self.session.local_players:
                self.session.add_local_input(player, value)
        return self.advance(now_s)

    def advance(self, now_s: float) -> list[Request]:
        """Tick without one."""
        requests = self.session.advance_frame(now_s)
        for request in requests:
            if isinstance(request, AdvanceFrame):
                self.inputs[self.session.episode, request.frame] = request.inputs
        self.session.set_end_frame(self.game.execute(requests))
        return requests

    def of(self, kind: type) -> list[Any]:
        """The events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


class Group:
    """All peers of a match and the time they share."""

    def __init__(self, *configs: SessionConfig, end_frame: int = 1 << 30) -> None:
        self.now_s = 100.0
        self.end_frame = end_frame
        self.holds: Callable[[int, int, ControlMessage], bool] = lambda *_: False
        self._held: dict[tuple[int, int, bool], list[bytes]] = {}
        self.hosts = [Host(make_session(config), Tally(end_frame)) for config in configs]
        self.exchange()

    @property
    def alive(self) -> list[Host]:
        """Those who have not died."""
        return [host for host in self.hosts if not host.is_dead]

    def exchange(self) -> None:
        """Serve timers, then carry everything until nobody has more to say."""
        for host in self.alive:
            timer_s = host.session.get_timer()
            if timer_s is not None and timer_s <= self.now_s:
                host.session.handle_timer(self.now_s)
        while self._carry():
            pass
        for host in self.alive:
            while (event := host.session.next_event()) is not None:
                host.events.append(event)
            host.checksums += host.session.take_confirmed_checksums()

    def _carry(self) -> bool:
        has_carried = False
        for host in self.alive:
            session = host.session
            for data, peer in session.datagrams_to_send(self.now_s):
                if receiver := self._other(host, peer):
                    receiver.session.receive_datagram(data, host.peer, self.now_s)
            for is_bulk in (False, True):
                drain = session.bulk_to_send if is_bulk else session.messages_to_send
                for data, peer in drain(self.now_s):
                    has_carried = True
                    self._pass_on(host, peer, data, is_bulk=is_bulk)
        return has_carried

    def _other(self, sender: Host, peer: int) -> Host | None:
        if sender.is_cut_off:
            return None
        hosts = [host for host in self.alive if host.peer == peer and not host.is_cut_off]
        return hosts[0] if hosts else None

    def _pass_on(self, sender: Host, peer: int, data: bytes, *, is_bulk: bool) -> None:
        """Deliver a message, unless it is held; what comes after it waits too."""
        route = (sender.peer, peer, is_bulk)
        if route in self._held or self.holds(sender.peer, peer, decode_control(data)[1]):
            self._held.setdefault(route, []).append(data)
        elif receiver := self._other(sender, peer):
            other = receiver.session
            take = other.receive_bulk if is_bulk else other.receive_message
            take(data, sender.peer, self.now_s)

    def let_go(self) -> None:
        """Hold nothing any more, and deliver what was held."""
        self.holds = lambda *_: False
        held, self._held = self._held, {}
        for (sender, peer, is_bulk), waiting in held.items():
            senders = [host for host in self.hosts if host.peer == sender]
            for data in waiting:
                self._pass_on(senders[0], peer, data, is_bulk=is_bulk)
        self.exchange()

    def ready(self) -> None:
        """Everybody is ready; returns when everybody plays."""
        for host in self.hosts:
            host.session.set_ready(self.now_s)
        self.exchange()
        for _ in range(20):
            if all(host.session.state is SessionState.PLAYING for host in self.hosts):
                return
            self.wait(0.05)
        raise AssertionError("not everybody plays")

    def play(self, ticks: int) -> None:
        """Tick everybody, with inputs that vary from peer to peer and frame to frame."""
        for _ in range(ticks):
            self.now_s += PERIOD_S
            for host in self.alive:
                host.tick(self.now_s, (host.session.current_frame * (host.peer + 3)) % 16)
            self.exchange()

    def wait(self, for_s: float) -> None:
        """Let time pass without ticks."""
        for _ in range(round(for_s / 0.05)):
            self.now_s += 0.05
            self.exchange()

    # --- guests

    def come(self, peer: int, *players: int) -> Host:
        """A newcomer comes and wants seats, of which everybody is told."""
        owners = self.alive[0].session._roster.seats.owners
        newcomer = Host(make_session(self._config(peer, owners)), Tally(self.end_frame))
        self._let_in(newcomer)
        if players:
            newcomer.session.join(players, self.now_s)
        return newcomer

    def watch(self, peer: int, *hosts: int) -> Host:
        """A spectator comes."""
        owners = self.alive[0].session._roster.seats.owners
        session = SpectatorSession(self._config(peer, owners), encode, decode, hosts)
        spectator = Host(session, Tally(self.end_frame))  # type: ignore[arg-type]
        self._let_in(spectator)
        return spectator

    def _config(self, peer: int, owners: tuple[int, ...]) -> SessionConfig:
        return replace(self.hosts[0].session.config, owners=owners, local_peer=peer)

    def _let_in(self, guest: Host) -> None:
        known = guest.session.config.peers
        for host in self.alive:
            if isinstance(host.session, P2PSession):
                host.session.add_peer(guest.peer, self.now_s)
                if host.peer not in known and isinstance(guest.session, P2PSession):
                    guest.session.add_peer(host.peer, self.now_s)
        self.hosts.append(guest)


def make_session(config: SessionConfig) -> P2PSession:
    """A session of a `Tally`."""
    return P2PSession(config, encode, restore=decode)


def make_group(peers: int = 2, end_frame: int = 1 << 30, **changes: Any) -> Group:
    """A group whose peers agree."""
    configs = [make_config(peer, peers, **changes) for peer in range(peers)]
    return Group(*configs, end_frame=end_frame)
