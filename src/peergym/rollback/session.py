"""One peer's part in a match: bytes, inputs and time go in; requests, bytes and events come out.

Theory of operation: the session is sans-IO. Its `Course` has the `Roster` of everybody and, while
an episode runs, one `Episode`. Each part looks after one thing: the `Opening`, `Departures`,
`Arrivals`, our own `Entry`, desyncs; the session gives them what comes in. The host calls
`advance_frame` when `next_tick_s` has come, carries out the requests in order, tells the session
where the game ended (`set_end_frame`), and sends what the drains give it.

The named rule is **one mutation, then drain**: after any call that puts something in (a datagram,
a message, an input, a tick, a timer), take the datagrams, the messages and the events out.

    state     | event                                   | next
    ----------+-----------------------------------------+----------
    HANDSHAKE | every peer connected                    | WAITING
    WAITING   | all are ready, the lowest peer says so  | PLAYING
    PLAYING   | confirmed frame reaches the game's end  | ENDED
    ENDED     | all are ready for the next episode      | PLAYING
    HANDSHAKE | a newcomer is told how things stand     | FOLLOWING
    FOLLOWING | all members agree on our first frame    | PLAYING
    any       | the match ends, or goes on without us   | CLOSED

Who is lost, and when, and what follows is in `peergym.rollback.departures`.

Laws:
    - Bytes from the network never raise, and change nothing unless they decode completely.
    - Every datagram carries all inputs that any peer lacks, so one delivery heals any loss.
    - Adding a constant to every time given in changes nothing.
    - After CLOSED nothing is simulated and nothing is sent but what was queued before.

Source: the requests follow GGRS, the verbs aioquic (RFC 9000 has no part in the wire format).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice
from math import inf
from typing import Any

from peergym.errors import ConfigurationError, UsageError
from peergym.rollback import control, wire
from peergym.rollback.arrivals import Arrivals
from peergym.rollback.config import SessionConfig
from peergym.rollback.course import Course, SessionState
from peergym.rollback.datagrams import Datagrams
from peergym.rollback.departures import Departures
from peergym.rollback.desync import Canonical
from peergym.rollback.desync_watch import DesyncWatch
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.entry import TICKING, Entry
from peergym.rollback.episode import Episode
from peergym.rollback.events import EpisodeEnded, Event, Excluded, InputDelayChanged, PeerResumed
from peergym.rollback.lane import Pace
from peergym.rollback.opening import Opening
from peergym.rollback.prediction import CheckedPredictor, Predictor
from peergym.rollback.repair import DesyncRepair
from peergym.rollback.requests import Request
from peergym.rollback.seats import Control
from peergym.rollback.statistics import PeerStatistics, SessionStatistics

__all__ = ["P2PSession", "SessionState"]

KEEPALIVE_S = 0.2  # the design's figure: well below the half second that counts as silence
EAGER_KEEPALIVE_S = 0.05  # while round trips are being measured or somebody waits for our view
EAGER_AFTER_CHANGE_S = 2.0  # how long after a change of state the eager rate lasts
LATE_CALL_S = 0.25  # beyond the time a call was due: our own process slept
MOST_KEPT_CHECKSUMS = 4096

_GONE = (PeerState.REFUSED, PeerState.LEFT, PeerState.LOST)


class P2PSession:
    """A peer-to-peer match of any number of players.

    Args:
        config: The agreed description of the match.
        canonical_bytes: Turns a saved state into its canonical bytes, which are equal on every
            peer exactly if the states are.
        predictor: Guesses missing inputs; None repeats each player's newest real input.
        restore: Turns what ``transfer`` made on a peer into a state that the game loads, or
            raises an error of ours; needed by newcomers, and to repair after a desync.
        transfer: Turns a saved state into bytes for another peer; None takes the canonical bytes,
            which lose the order of dicts and what is shared.
    """

    def __init__(
        self,
        config: SessionConfig,
        canonical_bytes: Canonical,
        predictor: Predictor | None = None,
        restore: Callable[[bytes], object] | None = None,
        transfer: Canonical | None = None,
    ) -> None:
        transfer = transfer or canonical_bytes
        checked = predictor and CheckedPredictor(predictor, config.input_bits)
        self.config = config
        course = self._course = Course(config, canonical_bytes, checked)
        self._roster, self._events = course.roster, course.events
        self._opening = Opening(course)
        self._datagrams = Datagrams(config, course.roster)
        self._watch = DesyncWatch(course.roster, course.events, canonical_bytes, transfer)
        self._repair = DesyncRepair(
            course.roster,
            course.events,
            canonical_bytes,
            transfer,
            restore if config.repairs_desyncs else None,
        )
        self._departures = Departures(course)
        self._arrivals = Arrivals(course, transfer)
        self._entry: Entry | None = None
        if config.is_newcomer:
            self._entry = Entry(course, self._datagrams, self._departures, self._arrivals, restore)
        self._last_sent_s = 0.0
        self._is_datagram_due = True
        self._bulk_pace = Pace()
        self._statistics = SessionStatistics()
        self._checksums: deque[tuple[int, int]] = deque(maxlen=MOST_KEPT_CHECKSUMS)
        self._handlers: dict[type, Callable[[Endpoint, Any], None]] = {
            control.Hello: self._opening.take_hello,
            control.HelloAck: self._opening.take_hello_ack,
            control.Ready: self._opening.take_ready,
            control.Start: self._handle_start,
            control.Checksums: self._handle_checksums,
            control.EpisodeEnd: self._handle_episode_end,
            control.StateDump: self._handle_dump,
            control.Goodbye: self._handle_goodbye,
            control.Stance: self._handle_stance,
            control.Backfill: self._handle_backfill,
            control.Follow: self._arrivals.take_follow,
            control.Followed: self._arrivals.take_followed,
            control.JoinRequest: self._arrivals.take_request,
            control.Repair: self._handle_repair,
            control.Unrepaired: self._handle_unrepaired,
        }

    @property
    def state(self) -> SessionState:
        """Where the match stands; see the table above."""
        return self._course.state

    @property
    def _episode(self) -> Episode:
        return self._course.episode

    # --- what the host reads

    @property
    def dropped_events(self) -> int:
        """Events that were dropped because the host did not take them."""
        return self._events.dropped

    @property
    def episode(self) -> int:
        """Number of the running or last episode; -1 before the first."""
        return self._course.number

    @property
    def current_frame(self) -> int:
        """The next frame to simulate."""
        return self._episode.sync.frame

    @property
    def complete_frame(self) -> int:
        """The newest frame for which the real inputs of every player are held; -1 at first."""
        return self._episode.sync.complete_frame

    @property
    def confirmed_frame(self) -> int:
        """The newest frame that every peer is known to hold; -1 at first."""
        return self._episode.sync.confirmed_frame

    @property
    def local_players(self) -> tuple[int, ...]:
        """The seats that we run now, agents' seats included, ascending."""
        return self._roster.local_players

    @property
    def members(self) -> tuple[int, ...]:
        """Who is in the match, by the latest agreement, ascending."""
        members = self._roster.membership.members
        return tuple(
            sorted(members - {self.config.local_peer} if self._course.is_outside else members)
        )

    @property
    def epoch(self) -> int:
        """Number of the latest agreement on who is in the match; 0 at first."""
        return self._roster.epoch

    def controller(self, player: int, frame: int) -> Control:
        """Who was in control of a seat at a frame of the running episode.

        A newcomer does not know what was before it came.
        """
        return self._roster.seats.controller(player, frame)

    @property
    def input_delay_frames(self) -> int:
        """The local input delay."""
        return self._course.delay.frames

    def next_tick_s(self) -> float | None:
        """When `advance_frame` is due, on the caller's clock; None while no episode runs."""
        if self.state not in TICKING:
            return None
        return self._course.time.deadline(self._episode.clock.next_tick_s)

    def get_timer(self) -> float | None:
        """When `handle_timer` is due, on the caller's clock; None when nothing is pending.

        Before the first call it is due at once: -inf.
        """
        endpoints = self._roster.endpoints
        if self.state is SessionState.CLOSED or not endpoints:
            return None
        if not self._course.time.has_started:
            return -inf
        timers_s = [self._departures.timer_s, self._entry.timer_s if self._entry else None]
        drop_after_s = self._course.drop_after_s
        for endpoint in endpoints.values():
            timers_s.append(endpoint.hello_timer_s)
            if self._is_judged(endpoint):
                timers_s.append(endpoint.silence_timer_s(drop_after_s))
        due_s = self._last_sent_s + self._keepalive_s()
        due_s = min([due_s, *[timer_s for timer_s in timers_s if timer_s is not None]])
        return self._course.time.deadline(due_s)

    def next_event(self) -> Event | None:
        """The oldest event that has not been taken yet."""
        return self._events.take()

    def take_confirmed_checksums(self) -> list[tuple[int, int]]:
        """(frame, checksum) of the confirmed frames since the last call, ascending."""
        taken = list(self._checksums)
        self._checksums.clear()
        return taken

    def confirmed_inputs(self, first_frame: int) -> list[tuple[int, tuple[int, ...]]]:
        """The inputs of all players that nothing can change any more, by frame, ascending.

        Args:
            first_frame: From which frame of the running episode on; what is older than about 20 s
                is no longer held.
        """
        rows = self._episode.rows
        oldest = rows[0][0] if rows else first_frame
        return list(islice(rows, max(0, first_frame - oldest), None))

    def desync_dump(self, game: Mapping[str, Any], recording: bytes = b"") -> bytes:
        """The latest desync as a file for `peergym desync`; empty without one.

        It grows more complete while the states of the others come in: ask after `DesyncLocated`.

        Args:
            game: How to find the game again: ``spec``, ``options``, ``digest``.
            recording: The flight recording, if one was kept.
        """
        return self._watch.dump(self.config, game, recording)

    def statistics(self) -> SessionStatistics:
        """Figures for people to look at, as of the last call."""
        figures = self._statistics
        figures.frame = self._episode.sync.frame
        figures.complete_frame = self._episode.sync.complete_frame
        figures.confirmed_frame = self._episode.sync.confirmed_frame
        figures.input_delay_frames = self._course.delay.frames
        figures.period_trim = self._course.time_sync.trim
        figures.skipped_ticks = self._course.time_sync.skipped_ticks
        figures.snapshots_held = len(self._episode.sync.snapshots)
        figures.peers = tuple(
            [self._peer_statistics(endpoint) for endpoint in self._roster.talking()]
        )
        return figures

    # --- what the host does

    def add_peer(self, peer: int, now_s: float) -> None:
        """Let somebody in who is not a member: a newcomer, or a spectator.

        Raises:
            UsageError: The peer id is or was in use in this match.
        """
        now_s = self._enter(now_s)
        if peer in self._roster.endpoints or self._roster.membership.is_known(peer):
            raise UsageError(f"peer {peer} is or was in this match; everybody who comes is new")
        self._roster.meet(peer, now_s, is_member=False)

    def join(self, players: tuple[int, ...], now_s: float) -> None:
        """Say which seats we want, as a newcomer.

        Raises:
            UsageError: We are in the match from its beginning, or there are no such seats.
        """
        self._enter(now_s)
        seats = range(len(self.config.owners))
        if self._entry is None or not players or not set(players) <= set(seats):
            raise UsageError(f"cannot join the match in the seats {players}")
        self._entry.set_players(tuple(sorted(set(players))))

    def set_ready(self, now_s: float) -> None:
        """Say that we are ready for the next episode; it starts when everybody is.

        Raises:
            UsageError: An episode is running or the match is over.
        """
        self._enter(now_s)
        self._opening.set_ready()

    def add_local_input(self, player: int, value: int) -> None:
        """Give a local player's input for the current frame; the first one for a frame counts.

        It can be drained and sent at once, before the frame is simulated.

        Raises:
            UsageError: The seat is not ours or the input is out of range.
        """
        if player not in self._roster.local_players:
            raise UsageError(f"player {player} is not run by peer {self.config.local_peer}")
        if not 0 <= value < 1 << self.config.input_bits[player]:
            raise UsageError(f"input {value} of player {player} does not fit its bits")
        if self.state is SessionState.PLAYING:
            self._episode.local_inputs.set(player, value)
            self._is_datagram_due |= self._episode.local_inputs.take_news()

    def set_input_delay(self, player: int, delay_frames: int) -> None:
        """Fix the delay of one local seat from the next tick on, for the rest of the match."""
        self._episode.local_inputs.set_delay(player, delay_frames)
        self._course.delay.fix(player, delay_frames)
        self._events.put(InputDelayChanged(player, delay_frames))

    def set_end_frame(self, frame: int | None) -> None:
        """Tell the first frame at which the game has terminated in the timeline as simulated.

        To be called after the requests of a tick were carried out.
        """
        self._episode.end_frame = frame

    def leave(self, now_s: float, reason: str = "left") -> None:
        """Say goodbye to everybody and close."""
        self._enter(now_s)
        if self.state is not SessionState.CLOSED:
            self._say_goodbye(reason)
            self._course.close("we left")

    def advance_frame(self, now_s: float) -> list[Request]:
        """Do one tick.

        Args:
            now_s: The time, on any clock that never goes back.

        Returns:
            What the host has to do, in order; without an `AdvanceFrame` that is not resimulated
            the tick stalled or no episode runs.
        """
        now_s = self._enter(now_s)
        requests: list[Request] = []
        if self.state is SessionState.FOLLOWING:
            self._follow(requests)
        if self.state is not SessionState.PLAYING:
            return requests
        episode = self._course.episode
        self._checksums.extend(self._watch.exchange(episode))
        self._repair.update(episode)
        # Before anything is asked for, for now all states are there. Mostly there is nothing to do.
        if not (self._arrivals.is_idle and self._departures.is_settled):
            self._update_followers()
        if not self._end_if_confirmed():
            most = self._entry.frames_to_catch_up() if self._entry else 1
            try:
                depth, advanced = episode.simulate(requests, self._roster.views, most)
            except ConfigurationError as error:  # of our predictor, in mid-tick: nothing is whole
                self._say_goodbye("its predictor failed")
                self._course.close(str(error))
                raise
            self._count_rollback(depth)
            self._note_tick(now_s, advanced)
        return requests

    def decide(self, group: tuple[int, ...], now_s: float, *, is_granted: bool) -> None:
        """Tell what the arbiter said about a group that `ArbiterWanted` named."""
        self._enter(now_s)
        self._roster.membership.decide(frozenset(group), is_granted=is_granted)
        self._settle()

    def handle_timer(self, now_s: float) -> None:
        """Do what is due at ``now_s``: greet, judge silence, keep alive."""
        now_s = self._enter(now_s)
        if self.state is SessionState.CLOSED:
            return
        for endpoint in list(self._roster.endpoints.values()):
            endpoint.greet(now_s)
            if self._is_judged(endpoint) and self._departures.judge_silence(endpoint):
                self._course.delay.forget_stalls()
        self._settle()
        self._update_followers()
        if self._entry is not None:
            self._entry.update()
        if now_s >= self._last_sent_s + self._keepalive_s():
            self._is_datagram_due = True

    def receive_datagram(self, data: bytes, peer: int, now_s: float) -> None:
        """Take in a datagram that arrived on channel ``input``. Never raises on its bytes."""
        now_s = self._enter(now_s)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is None or endpoint.state in _GONE or self.state is SessionState.CLOSED:
            return
        is_playing = self.state is SessionState.PLAYING
        try:
            decoded = self._datagrams.decode(data, endpoint, self._episode, is_playing=is_playing)
        except wire.WireError as error:
            self._events.put_violation(peer, "input", str(error), now_s)
            return
        if decoded is None:
            return
        body, trailer = decoded
        endpoint.round_trip.receive(trailer.sent, trailer.echo, now_s)
        self._note_heard(endpoint, now_s)
        if body.episode == self.episode and endpoint.is_member:
            self._note_position(endpoint, body, now_s)
            if is_playing:
                self._take_in(endpoint, body)

    def receive_message(self, data: bytes, peer: int, now_s: float) -> None:
        """Take in a message that arrived on channel ``control``. Never raises on its bytes."""
        self._receive(data, peer, now_s, "control")

    def receive_bulk(self, data: bytes, peer: int, now_s: float) -> None:
        """Take in a message that arrived on channel ``bulk``. Never raises on its bytes."""
        self._receive(data, peer, now_s, "bulk")

    def _receive(self, data: bytes, peer: int, now_s: float, channel: str) -> None:
        now_s = self._enter(now_s)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is None or self.state is SessionState.CLOSED:
            return
        is_bulk = channel == "bulk"
        try:
            message = (endpoint.bulk if is_bulk else endpoint.control).accept(data)
            if message is None:
                return
            self._note_heard(endpoint, now_s)
            if is_bulk:
                self._handle_bulk(endpoint, message)
            else:
                self._handle_message(endpoint, message)
            self._settle()
        except wire.WireError as error:
            self._events.put_violation(peer, channel, str(error), now_s)

    def link_closed(self, peer: int, now_s: float) -> None:
        """The other side has closed its transport for good, which is as good as a goodbye."""
        self._enter(now_s)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is not None and self.state is not SessionState.CLOSED:
            self._note_left(endpoint, "closed the connection")
            self._settle()

    def path_restored(self, peer: int, now_s: float) -> None:
        """The transport has found its way to a silent peer again: give it time to speak."""
        now_s = self._enter(now_s)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is not None:
            endpoint.note_path_restored(now_s)

    def excuse_silence(self, peer: int, for_s: float, now_s: float) -> None:
        """Our own end of the only way to a peer is down: its silence says nothing about it.

        Args:
            peer: The peer.
            for_s: For how long from now on it is not taken for lost; 0.0 ends what was granted.
            now_s: The time.
        """
        now_s = self._enter(now_s)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is not None:
            endpoint.excuse(now_s + for_s)

    def note_violation(self, peer: int, channel: str, message: str) -> None:
        """Bytes of a peer made no sense even before they came here: tell so, as of our own."""
        self._events.put_violation(peer, channel, message, self._course.time.now_s)

    def datagrams_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """What is due on channel ``input``: (bytes, peer)."""
        if not self._is_datagram_due or self.state is SessionState.CLOSED:
            return []
        now_s = self._enter(now_s)
        self._is_datagram_due = False
        self._last_sent_s = now_s
        is_playing = self.state is SessionState.PLAYING
        return self._datagrams.encode(self._episode, now_s, is_playing=is_playing)

    def messages_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """What is due on channel ``control``: (bytes, peer)."""
        messages = []
        for peer, endpoint in self._roster.endpoints.items():
            messages += [(data, peer) for data in endpoint.control.take()]
        if messages:
            self._enter(now_s)
        return messages

    def bulk_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """What is due on channel ``bulk``: (bytes, peer); while playing, not too much at once."""
        messages = []
        is_playing = self.state is SessionState.PLAYING
        for peer, endpoint in self._roster.endpoints.items():
            if endpoint.bulk.waiting:
                now_s = self._enter(now_s)
                budget = self._bulk_pace.budget(now_s) if is_playing else None
                taken = endpoint.bulk.take(budget)
                self._bulk_pace.spend(taken)
                messages += [(data, peer) for data in taken]
        return messages

    # --- time

    def _enter(self, now_s: float) -> float:
        """Note the time of a call. Returns it as ours."""
        if self._course.time.enter(now_s) > KEEPALIVE_S + LATE_CALL_S:
            # We slept: the others' silence means nothing.
            for endpoint in self._roster.endpoints.values():
                endpoint.last_heard_s = self._course.time.now_s
        return self._course.time.now_s

    def _keepalive_s(self) -> float:
        playing = self.state is SessionState.PLAYING and self.current_frame > 0
        recent = self._course.time.now_s - self._course.state_since_s < EAGER_AFTER_CHANGE_S
        handshake = self.state is SessionState.HANDSHAKE
        return EAGER_KEEPALIVE_S if handshake or (recent and not playing) else KEEPALIVE_S

    def _note_tick(self, now_s: float, advanced: int) -> None:
        leads = [e.lead for e in self._roster.members() if not e.is_interrupted]
        skip = self._course.time_sync.update(leads, now_s)
        self._episode.clock.tick(now_s, advanced, self._course.time_sync.trim, skip)
        if advanced:
            self._statistics.stalled_for = ()
        else:
            self._statistics.stalls += 1
            self._statistics.stalled_for = self._episode.sync.missing_players()
            if not any(endpoint.is_interrupted for endpoint in self._roster.members()):
                self._course.delay.note_stall(
                    now_s
                )  # a silence is no network that more delay would help
        if self._course.delay.update(self._course.longest_one_way_s(), now_s) is not None:
            self._course.apply_delay()
        is_repeat_due = not advanced and now_s - self._last_sent_s >= self._resend_s()
        if self._episode.local_inputs.take_news() or is_repeat_due:
            self._is_datagram_due = True

    def _resend_s(self) -> float:
        """How often to repeat ourselves in a stall; into a silence, enough to notice its end."""
        is_silent = all(endpoint.is_interrupted for endpoint in self._roster.members())
        return KEEPALIVE_S if is_silent else self.config.frame_period_s / 2

    def _take_in(self, endpoint: Endpoint, body: wire.Body) -> None:
        players = self._datagrams.players_of(endpoint.peer, body.epoch)
        for player, runs in zip(players, body.inputs, strict=True):
            if self._roster.seats.owners[player] == endpoint.peer:
                self._episode.take_in(player, runs)
        endpoint.raise_view(body.held)

    def _note_position(self, endpoint: Endpoint, body: wire.Body, now_s: float) -> None:
        if body.last_tick >= 0 and endpoint.round_trip.rtt_s is not None:
            period_s = self.config.frame_period_s
            theirs = body.last_tick + (body.phase + 0.5) / 16
            theirs_now = theirs + endpoint.round_trip.one_way_s / period_s
            endpoint.note_position(theirs_now, now_s)
            ours_now = self._episode.clock.position_frames(now_s)
            endpoint.lead.add((ours_now - theirs_now) * period_s)

    # --- control messages

    def _handle_message(self, endpoint: Endpoint, message: control.ControlMessage) -> None:
        handler = self._handlers.get(type(message))
        if handler is None:
            raise wire.WireError(f"{type(message).__name__} is not expected now")
        handler(endpoint, message)

    def _handle_bulk(self, endpoint: Endpoint, message: control.ControlMessage) -> None:
        if isinstance(message, control.StateDump) and not self._course.is_outside:
            if self.state is SessionState.PLAYING:
                self._repair.take_state(endpoint, message, self._episode)
        elif self._entry is not None:
            self._entry.take(endpoint, message)
        else:
            raise wire.WireError(f"{type(message).__name__} is not expected on bulk")

    def _handle_start(self, endpoint: Endpoint, message: control.Start) -> None:
        self._opening.take_start(endpoint, message)

    def _handle_checksums(self, endpoint: Endpoint, message: control.Checksums) -> None:
        self._watch.take_checksums(self._episode, endpoint, message)
        if self.state is SessionState.ENDED:  # no tick will compare them
            self._watch.compare(self._episode)

    def _handle_episode_end(self, endpoint: Endpoint, message: control.EpisodeEnd) -> None:
        self._watch.take_end(self._episode, endpoint, message)
        if self.state is SessionState.ENDED:
            self._watch.compare(self._episode)

    def _handle_dump(self, endpoint: Endpoint, message: control.StateDump) -> None:
        self._watch.take_dump(self._episode, endpoint, message)

    def _handle_repair(self, endpoint: Endpoint, message: control.Repair) -> None:
        self._repair.take_repair(endpoint, message, self._episode)

    def _handle_unrepaired(self, endpoint: Endpoint, message: control.Unrepaired) -> None:
        self._repair.take_unrepaired(endpoint, message, self._episode)

    def _handle_goodbye(self, endpoint: Endpoint, message: control.Goodbye) -> None:
        self._note_left(endpoint, message.reason)

    def _handle_stance(self, endpoint: Endpoint, stance: control.Stance) -> None:
        if self._entry is not None and self._course.is_outside:
            self._entry.take_stance(endpoint, stance)
        else:
            self._departures.take_stance(endpoint, stance, self._arrivals.may_accept)

    def _handle_backfill(self, endpoint: Endpoint, message: control.Backfill) -> None:
        if self._entry is not None:
            self._entry.take_backfill(endpoint, message)
        else:
            self._departures.take_backfill(endpoint, message)

    # --- ticks and episodes

    def _follow(self, requests: list[Request]) -> None:
        if self._entry is not None:
            self._checksums.extend(self._entry.follow(requests))

    def _end_if_confirmed(self) -> bool:
        course, ending = self._course, self._episode.ending()
        if ending is None:
            return False
        course.ending = ending
        course.set_state(SessionState.ENDED)
        self._is_datagram_due = True  # the others wait for our view in order to end too
        self._events.put(EpisodeEnded(self.episode, ending.frame, ending.checksum))
        self._watch.tell_end(self._episode, ending)
        return True

    def _count_rollback(self, depth: int) -> None:
        figures = self._statistics
        figures.rollback_depth_frames = depth
        if depth:
            figures.rollbacks += 1
            figures.rollback_frames += depth
            figures.max_rollback_depth_frames = max(figures.max_rollback_depth_frames, depth)
            blamed = self._episode.sync.blamed_player
            if blamed is not None:
                endpoint = self._roster.endpoints.get(self._roster.seats.owners[blamed])
                if endpoint is not None:
                    endpoint.rolled_back_frames += depth

    # --- who comes and goes

    def _is_judged(self, endpoint: Endpoint) -> bool:
        """Whether its silence matters: nobody waits for who is not a member, nor do we then."""
        return endpoint.is_member and not self._course.is_outside

    def _note_heard(self, endpoint: Endpoint, now_s: float) -> None:
        silent_s = endpoint.note_heard(now_s)
        if silent_s is not None:
            self._course.time_sync.allow_skips(now_s)
            self._events.put(PeerResumed(endpoint.peer, silent_s))

    def _note_left(self, endpoint: Endpoint, reason: str) -> None:
        if not endpoint.is_member:
            self._arrivals.remove(endpoint.peer)
        elif (
            endpoint.state in (PeerState.GREETING, PeerState.CONNECTED)
            and not self._course.is_outside
        ):
            self._departures.lose(endpoint, endpoint.peer, reason)
        elif self._entry is not None:
            self._entry.note_left(endpoint.peer)

    def _settle(self) -> None:
        """Carry out what has been agreed, and do what has become due until it is."""
        membership = self._roster.membership
        if self.state is SessionState.CLOSED or self._course.is_outside:
            return
        self._arrivals.hold_back()
        while (agreement := membership.take_agreement()) is not None:
            for lost in agreement.departures:
                self._departures.carry_out(lost, agreement.epoch)
            for new in agreement.arrivals:
                self._arrivals.carry_out(new, agreement.epoch)
            self._roster.epoch = agreement.epoch
            self._datagrams.note_seats()
            for new in agreement.arrivals:
                self._arrivals.greet(new)
            self._is_datagram_due = True
        self._departures.settle()
        self._datagrams.note_status()
        if membership.is_excluded:
            self._events.put(Excluded(self.confirmed_frame))
            self._course.close("the match goes on without us, or not at all")
        else:
            self._opening.settle()

    def _update_followers(self) -> None:
        has_begun = self.state in (SessionState.PLAYING, SessionState.ENDED)
        if not self._course.is_outside and self.state is not SessionState.CLOSED:
            self._arrivals.update(self._episode if has_begun else None)
            self._settle()

    # --- small things

    def _say_goodbye(self, reason: str) -> None:
        for endpoint in self._roster.talking():
            endpoint.send(control.Goodbye(reason))

    def _peer_statistics(self, endpoint: Endpoint) -> PeerStatistics:
        figures = endpoint.statistics
        figures.rtt_s = endpoint.round_trip.rtt_s or 0.0
        figures.jitter_s = endpoint.round_trip.jitter_s
        figures.lead_s = endpoint.lead.lead_s
        players = self._roster.seats.players_of(endpoint.peer)
        held = [self._episode.sync.queues[player].held for player in players]
        figures.input_buffer_frames = min(held, default=-1) - self._episode.sync.frame
        figures.one_sided_frames = endpoint.rolled_back_frames - endpoint.peer_rolled_back_frames
        figures.silent_s = self._course.time.now_s - endpoint.last_heard_s
        return figures
