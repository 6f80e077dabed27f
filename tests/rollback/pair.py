"""Sessions that are wired together without a network: what one sends the others have at once."""

from __future__ import annotations

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
from peergym.rollback.canonical import encode
from peergym.rollback.events import Event

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
        self.is_cut_off = False

    def tick(self, now_s: float, value: int) -> list[Request]:
        """Tick with an input."""
        for player in self.session.config.local_players:
            self.session.add_local_input(player, value)
        requests = self.session.advance_frame(now_s)
        self.session.set_end_frame(self.game.execute(requests))
        return requests

    def of(self, kind: type) -> list[Any]:
        """The events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


class Group:
    """All peers of a match and the time they share."""

    def __init__(self, *configs: SessionConfig, end_frame: int = 1 << 30) -> None:
        self.now_s = 100.0
        self.hosts = [Host(P2PSession(config, encode), Tally(end_frame)) for config in configs]
        self.exchange()

    def exchange(self) -> None:
        """Serve timers, then carry everything until nobody has more to say."""
        for host in self.hosts:
            timer_s = host.session.get_timer()
            if timer_s is not None and timer_s <= self.now_s:
                host.session.handle_timer(self.now_s)
        while self._carry():
            pass
        for host in self.hosts:
            while (event := host.session.next_event()) is not None:
                host.events.append(event)
            host.checksums += host.session.take_confirmed_checksums()

    def _carry(self) -> bool:
        has_carried = False
        for host in self.hosts:
            sender = host.session.config.local_peer
            datagrams = host.session.datagrams_to_send(self.now_s)
            messages = host.session.messages_to_send(self.now_s)
            for receiver in self.hosts:
                me = receiver.session.config.local_peer
                if host.is_cut_off or receiver.is_cut_off:
                    continue
                for data, peer in datagrams:
                    if peer == me:
                        receiver.session.receive_datagram(data, sender, self.now_s)
                for data, peer in messages:
                    if peer == me:
                        receiver.session.receive_message(data, sender, self.now_s)
                        has_carried = True
        return has_carried

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
            for index, host in enumerate(self.hosts):
                host.tick(self.now_s, (host.session.current_frame * (index + 3)) % 16)
            self.exchange()

    def wait(self, for_s: float) -> None:
        """Let time pass without ticks."""
        for _ in range(round(for_s / 0.05)):
            self.now_s += 0.05
            self.exchange()


def make_group(peers: int = 2, end_frame: int = 1 << 30, **changes: Any) -> Group:
    """A group whose peers agree."""
    configs = [make_config(peer, peers, **changes) for peer in range(peers)]
    return Group(*configs, end_frame=end_frame)
