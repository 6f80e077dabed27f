"""A mesh of real sessions in one process, on a simulated network and virtual time.

Theory of operation: every peer is a session, a game with its runner, and a clock of its own. Its
host does what every host does: it ticks when the session says so, calls the timer when that is
due, and after every mutation drains datagrams, messages and events. Nothing here helps the
sessions: what they know of each other went through the network.

Laws:
    - One mutation, then drain.
    - A session sees only its own peer's clock.
    - The same arguments give the same match, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

from peergym.envs.adapter import GameAdapter
from peergym.envs.runner import GameRunner
from peergym.errors import ConfigurationError
from peergym.rollback.config import SessionConfig
from peergym.rollback.events import Event
from peergym.rollback.requests import AdvanceFrame
from peergym.rollback.session import P2PSession, SessionState
from peergym.testing.checkers import CheckedRunner, RequestChecker
from peergym.testing.clock import PeerClock, VirtualClock
from peergym.testing.conditions import PairConditions
from peergym.testing.history import HistoryRecorder
from peergym.testing.network import Channels, Network
from peergym.testing.oracle import MakeGame
from peergym.testing.scripted import ScriptedInputs

Script = Callable[[int, int, int], int]
"""(player, episode, frame) -> input."""

MakeSession = Callable[[SessionConfig, GameAdapter], P2PSession]


def plain_session(config: SessionConfig, game: GameAdapter) -> P2PSession:
    """The session that a mesh uses unless told otherwise."""
    return P2PSession(config, game.canonical)


@dataclass(slots=True)
class HostCounts:
    """What a peer's host has counted while episodes were running.

    Attributes:
        ticks: Calls of ``advance_frame``.
        stalls: Those that simulated no new frame although the episode went on.
        packets_sent, bytes_sent: On channel ``input``.
        playing_s: Virtual time spent with an episode running.
    """

    ticks: int = 0
    stalls: int = 0
    packets_sent: int = 0
    bytes_sent: int = 0
    playing_s: float = 0.0


class MeshPeer:
    """One peer: a session with its game, its clock and its host.

    Attributes:
        peer: Peer id.
        session: The session itself, for tests to ask and to provoke.
        clock: Its own clock.
        checker, history: What it was asked to do, and what came of it.
        counts: Figures counted by the host.
        events: (virtual time, event), everything the session told.
        told_checksums: What the session itself says, by (episode, frame).
        sent: Every packet sent as (channel, recipient, bytes), if the mesh keeps the wire.
    """

    def __init__(self, mesh: Mesh, config: SessionConfig, clock: PeerClock) -> None:
        self.peer = config.local_peer
        self.clock = clock
        self.game = mesh.make_game()
        self.session = mesh.make_session(config, self.game)
        self.checker = RequestChecker(
            config.prediction_window,
            config.snapshot_interval,
            config.local_players,
            config.force_rollback_frames,
        )
        self.runner = CheckedRunner(GameRunner(self.game), self.checker)
        self.history = HistoryRecorder(self.checker, self.game.canonical)
        self.counts = HostCounts()
        self.events: list[tuple[float, Event]] = []
        self.sent: list[tuple[str, int, bytes]] = []
        self.told_checksums: dict[tuple[int, int], int] = {}
        self.is_dead = False
        self.rematch = mesh.rematch
        self._mesh = mesh
        self._virtual = mesh.clock
        self._channels: dict[int, Channels] = {}
        self._wake_s = inf
        self._is_in_tick = False
        self._paused_until_s = -inf
        self._held_ticks_until_s = -inf
        self._late_s = mesh.late_s.get(self.peer, 0.0)
        self._playing_since_s: float | None = None

    # --- what tests do to a peer

    def start(self) -> None:
        """Begin: greet, and be ready for the first episode."""
        self._mutate(lambda now_s: self.session.set_ready(now_s))

    def leave(self, reason: str = "left") -> None:
        """Say goodbye."""
        self._mutate(lambda now_s: self.session.leave(now_s, reason))

    def die(self) -> None:
        """Stop for ever, without a word: a crashed tab."""
        self.is_dead = True

    def pause(self, for_s: float) -> None:
        """Freeze the whole host: nothing ticks, and what arrives waits."""
        # In whole microseconds, like the clock: what is called back then must find it passed.
        self._paused_until_s = round(self._virtual.now_s + for_s, 6)

    def hold_ticks(self, until_s: float) -> None:
        """Let no tick happen before virtual time ``until_s``; the network goes on being served."""
        self._held_ticks_until_s = until_s

    def events_of(self, kind: type) -> list[Any]:
        """The events of one kind so far."""
        return [event for _, event in self.events if isinstance(event, kind)]

    def time_of(self, kind: type) -> float:
        """Virtual time of the first event of one kind, in seconds; inf if there was none."""
        return next((at_s for at_s, event in self.events if isinstance(event, kind)), inf)

    # --- the host

    def connect(self, other: int, channels: Channels) -> None:
        """Learn how to send to another peer."""
        self._channels[other] = channels

    def receive(self, channel: str, sender: int, data: bytes) -> None:
        """Take in what has arrived."""
        if self.is_dead:
            return
        if self._virtual.now_s < self._paused_until_s:
            again = partial(self.receive, channel, sender, data)
            self._virtual.call_at(self._paused_until_s, again)
        elif channel == "input":
            self._mutate(lambda now_s: self.session.receive_datagram(data, sender, now_s))
        else:
            self._mutate(lambda now_s: self.session.receive_message(data, sender, now_s))

    def _mutate(self, mutation: Callable[[float], None]) -> None:
        if not self.is_dead:
            now_s = self.clock.read(self._virtual.now_s)
            mutation(now_s)
            self._drain(now_s)
            self._schedule()

    def _drain(self, now_s: float) -> None:
        session = self.session
        self._note_playing()
        datagrams = session.datagrams_to_send(now_s)
        if self._playing_since_s is not None and datagrams:
            self.counts.packets_sent += len(datagrams)
            self.counts.bytes_sent += sum(len(data) for data, _ in datagrams)
        for data, peer in datagrams:
            self._channels[peer].input.send(data)
        messages = session.messages_to_send(now_s)
        for data, peer in messages:
            self._channels[peer].control.send(data)
        if self._mesh.keeps_wire:
            self.sent += [("input", peer, data) for data, peer in datagrams]
            self.sent += [("control", peer, data) for data, peer in messages]
        while (event := session.next_event()) is not None:
            self.events.append((self._virtual.now_s, event))
        for frame, checksum in session.take_confirmed_checksums():
            self.told_checksums[session.episode, frame] = checksum
        if self.rematch and session.state is SessionState.ENDED:
            self.rematch = False  # until the next episode has begun
            self._virtual.call_after(self._mesh.rematch_after_s, self._be_ready_again)

    def _be_ready_again(self) -> None:
        if self.session.state is SessionState.ENDED:
            self._mutate(self.session.set_ready)
        self.rematch = self._mesh.rematch

    def _note_playing(self) -> None:
        is_playing = self.session.state is SessionState.PLAYING and bool(self.counts.ticks)
        if is_playing and self._playing_since_s is None:
            self._playing_since_s = self._virtual.now_s
        elif not is_playing and self._playing_since_s is not None:
            self.counts.playing_s += self._virtual.now_s - self._playing_since_s
            self._playing_since_s = None

    def playing_s(self) -> float:
        """Virtual time spent with an episode running, up to now, in seconds."""
        running = 0.0
        if self._playing_since_s is not None:
            running = self._virtual.now_s - self._playing_since_s
        return self.counts.playing_s + running

    def _schedule(self) -> None:
        due_s = self._due_s()
        if due_s < self._wake_s:
            self._wake_s = self._virtual.call_at(due_s, self._wake)

    def _due_s(self) -> float:
        due_s = inf
        tick_s, timer_s = self.session.next_tick_s(), self.session.get_timer()
        if tick_s is not None and not self._is_in_tick:
            if self._late_s:
                self.hold_ticks(self.clock.when(tick_s) + self._late_s)
                self._late_s = 0.0
            due_s = max(self.clock.when(tick_s), self._held_ticks_until_s)
        if timer_s is not None and timer_s > -inf:
            due_s = min(due_s, self.clock.when(timer_s))
        elif timer_s is not None:
            due_s = self._virtual.now_s
        return max(due_s, self._paused_until_s)

    def _wake(self) -> None:
        if self.is_dead or self._virtual.now_s < self._wake_s:
            return  # an earlier one has taken the place of this one
        self._wake_s = inf
        now_s = self._virtual.now_s
        if now_s >= self._paused_until_s:
            shown_s = self.clock.read(now_s)
            timer_s = self.session.get_timer()
            if timer_s is not None and shown_s >= timer_s:
                self._mutate(self.session.handle_timer)
            tick_s = self.session.next_tick_s()
            is_held = self._is_in_tick or now_s < self._held_ticks_until_s
            if tick_s is not None and shown_s >= tick_s and not is_held:
                self._mutate(self._give_inputs)
        self._schedule()

    def _give_inputs(self, now_s: float) -> None:
        """The first half of a tick: what the players do now goes out before anything else."""
        session = self.session
        script, episode, frame = self._mesh.script, session.episode, session.current_frame
        for player in session.config.local_players:
            session.add_local_input(player, script(player, episode, frame))
        self._is_in_tick = True
        # Two steps later in the same instant: everybody who ticks now has sent by then, and what
        # needs no time at all has arrived.
        self._virtual.call_at(0.0, partial(self._virtual.call_at, 0.0, self._end_tick))

    def _end_tick(self) -> None:
        self._is_in_tick = False
        self._mutate(self._advance)

    def _advance(self, now_s: float) -> None:
        """The second half of a tick: simulate."""
        session = self.session
        requests = session.advance_frame(now_s)
        self.counts.ticks += 1
        if requests:
            self.runner.execute(requests)
        session.set_end_frame(self.runner.end_frame)
        last = requests[-1] if requests else None
        if not isinstance(last, AdvanceFrame) or last.resimulated:
            self.counts.stalls += session.state is SessionState.PLAYING
        self.history.note_tick(session.confirmed_frame, self.runner.end_frame, self._virtual.now_s)


@dataclass
class Mesh:
    """A whole match.

    Args:
        make_game: Makes a fresh game; every peer gets its own.
        network: What every path does to packets.
        pairs: Paths that differ, by (lower peer id, higher peer id).
        seed: Of the network, the game and the scripted inputs.
        owners: Peer id per player; by default every player is a peer of its own.
        clocks: Peer clocks that are off, by peer id.
        late_s: How late a peer's host makes its very first tick, in seconds, by peer id.
        session: Further fields of `SessionConfig`, equal on all peers.
        session_of: Fields that differ, by peer id.
        script: (player, episode, frame) -> input; by default varied from the seed.
        make_session: Makes the session of a peer.
        rematch: Whether everybody is ready again after an episode.
        rematch_after_s: How long after its end, in seconds.
        keeps_wire: Whether every packet sent is kept (`MeshPeer.sent`).

    Attributes:
        clock: Virtual time.
        links: The simulated network.
        peers: The peers, by peer id.
    """

    make_game: MakeGame
    network: PairConditions = field(default_factory=PairConditions)
    pairs: Mapping[tuple[int, int], PairConditions] = field(default_factory=dict)
    seed: int = 1
    owners: Sequence[int] = ()
    clocks: Mapping[int, PeerClock] = field(default_factory=dict)
    late_s: Mapping[int, float] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    session_of: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    script: Script = None  # type: ignore[assignment]  # made from the seed below
    make_session: MakeSession = plain_session
    rematch: bool = True
    rematch_after_s: float = 0.0
    keeps_wire: bool = False

    def __post_init__(self) -> None:
        self.clock = VirtualClock()
        self.links = Network(self.clock, self.seed, self.network, self.pairs)
        game = self.make_game()
        self.owners = tuple(self.owners) or tuple(range(game.players))
        if len(self.owners) != game.players:
            raise ConfigurationError(
                "owners", f"{len(self.owners)} seats for a game of {game.players} players"
            )
        if self.script is None:
            scripted = ScriptedInputs(self.seed, game.action_counts, game.frame_rate_hz)
            self.script = scripted.value
        self.peers = {
            peer: MeshPeer(self, self._config(peer, game), self.clocks.get(peer, PeerClock()))
            for peer in sorted(set(self.owners))
        }
        self._connect_all()
        for peer in self.peers.values():
            self.clock.call_at(0.0, peer.start)

    def _config(self, peer: int, game: GameAdapter) -> SessionConfig:
        fields: dict[str, Any] = {
            "owners": tuple(self.owners),
            "local_peer": peer,
            "input_bits": game.input_bits,
            "match_id": f"match-{self.seed}",
            "seed": self.seed % (1 << 64),
            "frame_rate_hz": game.frame_rate_hz,
        }
        fields.update(self.session)
        fields.update(self.session_of.get(peer, {}))
        return SessionConfig(**fields)

    def _connect_all(self) -> None:
        for sender in self.peers.values():
            for recipient in self.peers.values():
                if sender is not recipient:
                    channels = self.links.connect(
                        sender.peer,
                        recipient.peer,
                        partial(recipient.receive, "input", sender.peer),
                        partial(recipient.receive, "control", sender.peer),
                    )
                    sender.connect(recipient.peer, channels)

    @property
    def survivors(self) -> list[MeshPeer]:
        """The peers that have not died or left."""
        return [peer for peer in self.peers.values() if not peer.is_dead]

    @property
    def frames(self) -> int:
        """Frames that every survivor has confirmed, over all episodes."""
        return min((peer.history.frames for peer in self.survivors), default=0)

    def run(self, for_s: float) -> None:
        """Let ``for_s`` seconds pass."""
        self.clock.run_until(self.clock.now_s + for_s)

    def run_frames(self, frames: int, limit_s: float | None = None) -> bool:
        """Run until every survivor has confirmed ``frames`` frames.

        Args:
            frames: Over all episodes.
            limit_s: Virtual time from now after which to give up; by default a twentieth of a
                second per frame and half a minute.

        Returns:
            Whether they have.
        """
        limit_s = frames / 20 + 30.0 if limit_s is None else limit_s
        return (
            self.clock.run_while(lambda: self.frames < frames, self.clock.now_s + limit_s)
            or self.frames >= frames
        )

    def run_until(self, is_reached: Callable[[], bool], limit_s: float) -> bool:
        """Run until something is so, or ``limit_s`` seconds have passed.

        Returns:
            Whether it became so.
        """
        self.clock.run_while(lambda: not is_reached(), self.clock.now_s + limit_s)
        return is_reached()

    def run_until_playing(self, limit_s: float = 30.0) -> bool:
        """Run until every peer has simulated its first frame."""
        peers = self.peers.values()
        return self.run_until(lambda: all(peer.checker.counts.frames for peer in peers), limit_s)
