"""One peer of a mesh: a session, its game, its clock, and the host that drives them.

Theory of operation: the host does what every host does. It ticks when the session says so: it
gives the players' inputs, drains, and then simulates. It calls the timer when that is due, and
after every mutation it drains datagrams, messages and events. What concerns others than the
session (the arbiter, who runs which seat, what happens next) it passes on to the mesh.

Laws:
    - One mutation, then drain.
    - A session sees only its own peer's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias

from peergym.envs.runner import GameRunner
from peergym.errors import UsageError
from peergym.rollback.config import SessionConfig
from peergym.rollback.episode import CATCH_UP_FRAMES
from peergym.rollback.events import ArbiterWanted, Event, Excluded, MatchRepaired, PlayerJoined
from peergym.rollback.requests import AdvanceFrame
from peergym.rollback.session import P2PSession, SessionState
from peergym.rollback.spectator import SpectatorSession
from peergym.testing.checkers import CheckedRunner, RequestChecker
from peergym.testing.clock import PeerClock
from peergym.testing.history import HistoryRecorder
from peergym.testing.host_counts import HostCounts
from peergym.testing.network import Channels
from peergym.testing.seat_log import SeatLog
from peergym.testing.wiretap import Wiretap

if TYPE_CHECKING:
    from peergym.testing.mesh import Mesh

AnySession: TypeAlias = P2PSession | SpectatorSession


class MeshPeer:
    """One peer: a session with its game, its clock and its host.

    Attributes:
        peer: Peer id.
        session: The session itself, for tests to ask and to provoke.
        clock: Its own clock.
        checker, history: What it was asked to do, and what came of it.
        counts: Figures counted by the host.
        events: (virtual time, event), everything the session told.
        seat_log, wiretap: What it was told of the seats, and what really went over its wire.
        told_checksums: What the session itself says, by (episode, frame).
        sent: Every packet sent as (channel, recipient, bytes), if the mesh keeps the wire.
        is_dead: Whether it has crashed.
        has_left: Whether it has said goodbye.
        is_excluded: Whether the match goes on without it.
        is_newcomer: Whether it came while the match was running, to play.
        is_spectator: Whether it only watches.
        is_member: Whether it has been a member, from the start or by an agreement.
        rematch: Whether it gets ready again after an episode.
        onlooker: Who is shown what its host does; nobody looks on where one only watches.
    """

    is_spectator = False

    def __init__(self, mesh: Mesh, config: SessionConfig, clock: PeerClock) -> None:
        self.peer = config.local_peer
        self.clock = clock
        self.game = mesh.make_game()
        self.session = self._make_session(mesh, config)
        self.checker = RequestChecker(
            config.prediction_window,
            config.snapshot_interval,
            config.local_players,
            config.force_rollback_frames,
            is_newcomer=config.is_newcomer,
        )
        self.runner = CheckedRunner(GameRunner(self.game), self.checker)
        self.history = HistoryRecorder(self.checker, self.game.canonical, mesh.frames_before)
        self.wiretap = Wiretap(self.peer, config.input_bits, mesh.owners_at)
        self.seat_log = SeatLog(config.owners, self.wiretap, mesh.owners_at)
        self.counts = HostCounts()
        self.events: list[tuple[float, Event]] = []
        self.sent: list[tuple[str, int, bytes]] = []
        self.told_checksums: dict[tuple[int, int], int] = {}
        self.is_dead = False
        self.has_left = False
        self.is_excluded = False
        self.is_newcomer = config.is_newcomer and not self.is_spectator
        self.is_member = not config.is_newcomer
        self.rematch = mesh.rematch
        self.onlooker = mesh.make_onlooker(config, self.game)
        self._mesh = mesh
        self._virtual = mesh.clock
        self._channels: dict[int, Channels] = {}
        self._wake_s = inf
        self._is_in_tick = False
        self._paused_until_s = -inf
        self._held_ticks_until_s = -inf
        self._late_s = mesh.late_s.get(self.peer, 0.0)
        if config.is_newcomer:
            self.checker.most_new_frames = CATCH_UP_FRAMES

    def _make_session(self, mesh: Mesh, config: SessionConfig) -> AnySession:
        return mesh.make_session(config, self.game)

    @property
    def p2p(self) -> P2PSession:
        """The session of one who plays."""
        if not isinstance(self.session, P2PSession):
            raise UsageError(f"peer {self.peer} only watches")
        return self.session

    @property
    def local_players(self) -> tuple[int, ...]:
        """The seats that it runs now."""
        return self.p2p.local_players

    @property
    def member_since(self) -> float:
        """The agreement from which on it is a member; 0 from the start, inf before one."""
        if not (self.is_newcomer or self.is_spectator):
            return 0
        return min(
            [each.epoch for each in self.seat_log.changes if each.runner == self.peer], default=inf
        )

    # --- what tests do to a peer

    def start(self) -> None:
        """Begin: greet, and be ready for the first episode."""
        self._mutate(self.p2p.set_ready)

    def come(self, players: tuple[int, ...]) -> None:
        """Begin as a newcomer: greet, and say which seats are wanted."""
        self._mutate(lambda now_s: self.p2p.join(players, now_s))

    def hear_of(self, peer: int) -> None:
        """Signalling tells of somebody who has come."""
        self._when_awake(lambda: self._mutate(lambda now_s: self.p2p.add_peer(peer, now_s)))

    def plant_desync(self) -> None:
        """Compute the next frame wrongly, now and whenever it is simulated again."""
        self.runner.plant_desync(self.session.episode, self.session.current_frame)

    def leave(self, reason: str = "left") -> None:
        """Say goodbye."""
        self._mutate(lambda now_s: self.session.leave(now_s, reason))
        self.has_left = True

    def die(self) -> None:
        """Stop for ever, without a word: a crashed tab."""
        self.is_dead = True
        self.counts.note_playing(self._virtual.now_s, is_playing=False)

    def pause(self, for_s: float) -> None:
        """Freeze the whole host: nothing ticks, and what arrives waits."""
        # In whole microseconds, like the clock: what is called back then must find it passed.
        self._paused_until_s = round(self._virtual.now_s + for_s, 6)

    def hold_ticks(self, until_s: float) -> None:
        """Let no tick happen before virtual time ``until_s``; the network goes on being served."""
        self._held_ticks_until_s = until_s

    @property
    def is_gone(self) -> bool:
        """Whether it takes part no longer: crashed, left, or excluded."""
        return self.is_dead or self.has_left or self.is_excluded

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
        if channel == "input":
            self._when_awake(lambda: self._receive_datagram(sender, data))
            return
        session = self.session
        take = session.receive_message if channel == "control" else session.receive_bulk
        self._when_awake(lambda: self._mutate(lambda now_s: take(data, sender, now_s)))

    def _receive_datagram(self, sender: int, data: bytes) -> None:
        session = self.p2p
        episode = session.episode if session.state is SessionState.PLAYING else -1
        self.wiretap.note_received(sender, data, episode, session.epoch)
        self._mutate(lambda now_s: session.receive_datagram(data, sender, now_s))

    def _when_awake(self, action: Callable[[], None]) -> None:
        """Do something now, or when a pause is over."""
        if self._virtual.now_s < self._paused_until_s:
            self._virtual.call_at(self._paused_until_s, partial(self._when_awake, action))
        elif not self.is_dead:
            action()

    def _mutate(self, mutation: Callable[[float], None]) -> None:
        if not self.is_dead:
            now_s = self.clock.read(self._virtual.now_s)
            mutation(now_s)
            self._drain(now_s)
            self._schedule()

    def _drain(self, now_s: float) -> None:
        session = self.session
        is_playing = session.state is SessionState.PLAYING
        self.counts.note_playing(self._virtual.now_s, is_playing=is_playing)
        datagrams = session.datagrams_to_send(now_s)
        if datagrams:
            self.wiretap.note_sent(datagrams[0][0])  # the body is the same for all
            self.counts.note_sent(len(datagrams), sum([len(data) for data, _ in datagrams]))
        messages = session.messages_to_send(now_s)
        bulk = session.bulk_to_send(now_s)
        for data, peer in datagrams:
            self._channels[peer].input.send(data)
        for data, peer in messages:
            self._channels[peer].control.send(data)
        for data, peer in bulk:
            self._channels[peer].bulk.send(data)
        if self._mesh.keeps_wire:
            self.sent += [("input", peer, data) for data, peer in datagrams]
            self.sent += [("control", peer, data) for data, peer in messages]
            self.sent += [("bulk", peer, data) for data, peer in bulk]
        self._take_events()
        checksums = session.take_confirmed_checksums()
        for frame, checksum in checksums:
            self.told_checksums[session.episode, frame] = checksum
        if self.onlooker is not None and isinstance(session, P2PSession):
            self.onlooker.note_checksums(checksums)
            self.onlooker.update(session, now_s)
        if self.rematch and self._is_between():
            self.rematch = False  # until the next episode has begun
            self._virtual.call_after(self._mesh.rematch_after_s, self._be_ready_again)
        self._mesh.note_progress()

    def _take_events(self) -> None:
        while (event := self.session.next_event()) is not None:
            self._note_event(event)

    def _note_event(self, event: Event) -> None:
        self.events.append((self._virtual.now_s, event))
        self.seat_log.note(event, self._virtual.now_s)
        if self.onlooker is not None and isinstance(self.session, P2PSession):
            self.onlooker.note_event(event, self.session)
        self._note_concern(event)

    def _note_concern(self, event: Event) -> None:
        """See to what others than the session have to do with."""
        if isinstance(event, ArbiterWanted):
            self._mesh.arbiter.ask(self.peer, event.group, partial(self._be_told, event.group))
        elif isinstance(event, Excluded):
            self.is_excluded = True
            self._mesh.note_excluded(self)
        elif isinstance(event, MatchRepaired) and event.was_replaced:
            self.checker.expect_repair()
        elif isinstance(event, PlayerJoined) and event.peer == self.peer:
            self.is_member = True

    def _be_told(self, group: tuple[int, ...], is_granted: bool) -> None:
        """The arbiter has answered."""
        decide = partial(self.p2p.decide, group, is_granted=is_granted)
        self._when_awake(lambda: self._mutate(decide))

    def _is_between(self) -> bool:
        """Whether it may have to say that it is ready."""
        state = self.session.state
        waits_to_begin = self.is_newcomer and state is SessionState.WAITING
        return not self.is_spectator and (state is SessionState.ENDED or waits_to_begin)

    def _be_ready_again(self) -> None:
        if self._is_between():
            self._mutate(self.p2p.set_ready)
        self.rematch = self._mesh.rematch

    def playing_s(self) -> float:
        """Virtual time spent with an episode running, up to now, in seconds."""
        return self.counts.total_playing_s(self._virtual.now_s)

    # --- time

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

    # --- a tick

    def _give_inputs(self, now_s: float) -> None:
        """The first half of a tick: what the players do now goes out before anything else."""
        session = self.session
        for player in self.local_players:
            value = self._mesh.input_by(self.peer, player, session.episode, session.current_frame)
            self.p2p.add_local_input(player, value)
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
        # A newcomer's seats are its own once it has been told from when on: before that it only
        # follows what others did there, and may have guessed it wrongly.
        players = self.local_players if self.is_member else ()
        own = {player: self.seat_log.since(player, self.peer) for player in players}
        self.checker.note_local_players(own)
        requests = session.advance_frame(now_s)
        self._take_events()  # a repair is announced before it is checked
        self.counts.ticks += 1
        if requests:
            self.runner.execute(requests)
            if self.onlooker is not None and isinstance(session, P2PSession):
                self.onlooker.note_requests(requests, session)
            if self.is_member:  # now; the list in which it became one may still begin anywhere
                self.checker.end_newcoming()
        session.set_end_frame(self.runner.end_frame)
        self._note_tick(requests[-1] if requests else None)
        self.history.note_tick(session.confirmed_frame, self.runner.end_frame, self._virtual.now_s)

    def _note_tick(self, last: object) -> None:
        session = self.session
        has_advanced = isinstance(last, AdvanceFrame) and not last.resimulated
        if session.state is SessionState.PLAYING:
            self.counts.stalls += not has_advanced
            lag_frames = session.current_frame - 1 - session.confirmed_frame
            self.counts.note_tick(self._virtual.now_s, lag_frames, has_advanced=has_advanced)
