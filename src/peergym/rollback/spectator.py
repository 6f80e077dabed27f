"""Watching a match: nobody waits for us, and nothing that we do touches anybody.

Theory of operation: a spectator follows one member, simulates what is confirmed, at the rate of the
game or, when it is behind, a bounded number of frames a tick. If its member falls silent or goes,
it asks the next one to go on from where it stands.

    state      | event                                  | next
    -----------+----------------------------------------+-----------
    HANDSHAKE  | a member has our hello, and we its own | WAITING
    WAITING    | told where to begin                    | FOLLOWING
    FOLLOWING  | the episode has ended                  | WAITING
    any        | no member is left, or we leave         | CLOSED

Laws:
    - Every frame is simulated once, with the inputs that all members are known to hold; only who
      has fallen too far behind is given a state, and leaves frames out.
    - Bytes from the network never raise, and change nothing unless they decode completely.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from math import inf

from peergym.errors import PeergymError, UsageError
from peergym.rollback import canonical, control, wire
from peergym.rollback.config import SessionConfig
from peergym.rollback.desync import Canonical
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.episode import CATCH_UP_FRAMES, episode_seed
from peergym.rollback.event_queue import EventQueue
from peergym.rollback.events import (
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Following,
    MatchEnded,
    PeerConnected,
    PeerRefused,
    StateRefused,
)
from peergym.rollback.follower import Beginning, Follower, Row
from peergym.rollback.local_time import LocalTime
from peergym.rollback.reexecution import CANNOT_FOLLOW, Reexecution
from peergym.rollback.requests import (
    AdvanceFrame,
    LoadState,
    Request,
    ResetEpisode,
    SaveState,
    SnapshotSlot,
)
from peergym.rollback.session import SessionState
from peergym.rollback.tick_clock import TickClock

FOLLOWED_EVERY_S = 0.5
STILL_HERE_EVERY_S = 5.0  # to the members that we do not follow: a minute of silence is forgotten
MOST_KEPT_CHECKSUMS = 4096
SILENT_AFTER_S = 3.0  # a member that has nothing to tell says so every second
CUSHION_FRAMES = 12  # two messages' worth: kept waiting, so that jitter is not seen


class SpectatorSession:
    """A session that watches.

    Args:
        config: The match; its ``local_peer`` runs no seat. Nothing is ever loaded again, so a
            long ``snapshot_interval`` is the right one.
        canonical_bytes: Turns a saved state into its canonical bytes.
        restore: Turns what ``transfer`` made on a member into a state that the game loads, or
            raises an error of ours.
        hosts: Members that can be followed, in order of preference.
    """

    def __init__(
        self,
        config: SessionConfig,
        canonical_bytes: Canonical,
        restore: Callable[[bytes], object],
        hosts: Sequence[int],
    ) -> None:
        self.config = config
        self.state = SessionState.HANDSHAKE
        self.episode = -1
        self.current_frame = 0
        self._canonical_bytes = canonical_bytes
        self._restore = restore
        self._hosts = deque(hosts)
        self._endpoints = {
            peer: Endpoint(peer, config, 0.0, is_member=False) for peer in self._hosts
        }
        self._lanes = {peer: endpoint.lanes for peer, endpoint in self._endpoints.items()}
        self._follower = Follower(config.input_bits)
        self._events = EventQueue()
        self._time = LocalTime()
        self._clock = TickClock(config.frame_period_s, 0.0)
        self._opening: list[Request] = []
        self._slots: deque[SnapshotSlot] = deque()
        self._checksums: deque[tuple[int, int]] = deque(maxlen=MOST_KEPT_CHECKSUMS)
        self._heard_s = 0.0
        self._said_s = -inf
        self._said_to_all_s = 0.0
        self._is_asked = False
        self._reexecution = Reexecution(config, self._events)

    # --- what the host reads

    @property
    def confirmed_frame(self) -> int:
        """Everything that we simulate is confirmed."""
        return self.current_frame - 1

    @property
    def waiting_frames(self) -> int:
        """Confirmed frames that we have been told and have not simulated."""
        return self._follower.waiting_frames

    @property
    def followed_peer(self) -> int | None:
        """The member that we follow now."""
        return self._hosts[0] if self._hosts else None

    def next_tick_s(self) -> float | None:
        """When `advance_frame` is due, on the caller's clock; None while there is nothing."""
        if self.state is not SessionState.FOLLOWING:
            return None
        return self._time.deadline(self._clock.next_tick_s)

    def get_timer(self) -> float | None:
        """When `handle_timer` is due, on the caller's clock; before the first call at once."""
        if self.state is SessionState.CLOSED:
            return None
        if not self._time.has_started:
            return -inf
        return self._time.deadline(self._said_s + FOLLOWED_EVERY_S)

    def next_event(self) -> Event | None:
        """The oldest event that has not been taken yet."""
        return self._events.take()

    def take_confirmed_checksums(self) -> list[tuple[int, int]]:
        """(frame, checksum) of the frames that are compared, since the last call, ascending."""
        taken = list(self._checksums)
        self._checksums.clear()
        return taken

    # --- what the host does

    def add_peer(self, peer: int, now_s: float) -> None:
        """Tell of somebody who has come to the match: he can be followed when others are gone.

        Raises:
            UsageError: The peer id is in use.
        """
        now_s = self._enter(now_s)
        if peer in self._endpoints:
            raise UsageError(f"peer {peer} is known")
        if self.state is not SessionState.CLOSED:
            self._hosts.append(peer)
            lanes = self._lanes.get(peer)
            endpoint = Endpoint(peer, self.config, now_s, is_member=False, lanes=lanes)
            self._endpoints[peer] = endpoint
            self._lanes[peer] = endpoint.lanes

    def handle_timer(self, now_s: float) -> None:
        """Greet, say how far we are, and look for another member if ours is silent."""
        now_s = self._enter(now_s)
        if self.state is SessionState.CLOSED or now_s < self._said_s + FOLLOWED_EVERY_S:
            return
        self._said_s = now_s
        if now_s - self._heard_s >= SILENT_AFTER_S:
            self._follow_next(now_s)
        is_due = now_s - self._said_to_all_s >= STILL_HERE_EVERY_S
        for endpoint in self._endpoints.values():
            endpoint.greet(now_s)
            if is_due and endpoint.state is PeerState.CONNECTED:
                self._said_to_all_s = now_s
                endpoint.send(control.HelloAck())
        self._say_followed()

    def receive_message(self, data: bytes, peer: int, now_s: float) -> None:
        """Take in a message of ``control``."""
        self._receive(data, peer, now_s, is_bulk=False)

    def receive_bulk(self, data: bytes, peer: int, now_s: float) -> None:
        """Take in a message of ``bulk``."""
        self._receive(data, peer, now_s, is_bulk=True)

    def receive_datagram(self, data: bytes, peer: int, now_s: float) -> None:
        """Datagrams are for players; a spectator has no use for them."""

    def note_violation(self, peer: int, channel: str, message: str) -> None:
        """Bytes of a peer made no sense even before they came here: tell so, as of our own."""
        self._events.put_violation(peer, channel, message, self._time.now_s)

    def link_closed(self, peer: int, now_s: float) -> None:
        """A member has closed its transport for good."""
        now_s = self._enter(now_s)
        if peer in self._endpoints:
            self._remove(peer, now_s)

    def leave(self, now_s: float, reason: str = "left") -> None:
        """Say goodbye and close."""
        self._enter(now_s)
        for endpoint in self._endpoints.values():
            endpoint.send(control.Goodbye(reason))
        self._close("we left")

    def advance_frame(self, now_s: float) -> list[Request]:
        """Do one tick: what is confirmed and has not been simulated, a bounded part at a time."""
        now_s = self._enter(now_s)
        if self.state is not SessionState.FOLLOWING:
            return []
        self._compute_checksums()
        requests, self._opening = self._opening, []
        advanced = 0
        wanted = min(max(1, self.waiting_frames - CUSHION_FRAMES), CATCH_UP_FRAMES)
        while advanced < wanted and isinstance(row := self._follower.head, Row):
            self._follower.drop_head()
            requests.append(AdvanceFrame(row.frame, row.inputs, False))
            self.current_frame = row.frame + 1
            self._save(requests)
            advanced += 1
        self._clock.tick(now_s, advanced, 0.0, 0)
        self._judge_reexecution(now_s)
        self._end_if_told()
        return requests

    def _judge_reexecution(self, now_s: float) -> None:
        """Go on at once while there is more to execute again; give up what leads nowhere."""
        again, frame = self._reexecution, self.current_frame + CUSHION_FRAMES
        problem = again.difference() or again.slowness(frame, now_s)
        if problem is not None:
            self._refuse(problem)
        elif again.is_behind(frame) and self.waiting_frames > CUSHION_FRAMES:
            self._clock.next_tick_s = now_s

    def _refuse(self, reason: str, *, is_final: bool = True) -> None:
        self._events.put(StateRefused(self.followed_peer or 0, reason))
        if is_final:
            self._close(CANNOT_FOLLOW)

    def set_end_frame(self, frame: int | None) -> None:
        """Nothing: the members say when an episode ends."""

    def datagrams_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """None: a spectator has nothing to say there."""
        del now_s
        return []

    def messages_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """What is due on ``control``: (bytes, peer)."""
        del now_s
        return [
            (data, peer)
            for peer, endpoint in self._endpoints.items()
            for data in endpoint.control.take()
        ]

    def bulk_to_send(self, now_s: float) -> list[tuple[bytes, int]]:
        """None: a spectator has nothing to say there."""
        del now_s
        return []

    # --- inside

    def _enter(self, now_s: float) -> float:
        if self._time.enter(now_s) > SILENT_AFTER_S:
            self._heard_s = self._time.now_s  # we slept: the silence means nothing
        return self._time.now_s

    def _receive(self, data: bytes, peer: int, now_s: float, *, is_bulk: bool) -> None:
        now_s = self._enter(now_s)
        endpoint = self._endpoints.get(peer)
        if endpoint is None or self.state is SessionState.CLOSED:
            return
        try:
            message = (endpoint.bulk if is_bulk else endpoint.control).accept(data)
            if message is None:
                return
            if is_bulk:
                if peer == self.followed_peer:
                    self._heard_s = now_s
                    self._take(message, peer, now_s)
            else:
                self._handle(endpoint, message, now_s)
        except wire.WireError as error:
            self._events.put_violation(peer, "bulk" if is_bulk else "control", str(error), now_s)

    def _handle(self, endpoint: Endpoint, message: control.ControlMessage, now_s: float) -> None:
        is_connected = False
        if isinstance(message, control.Hello):
            differences = endpoint.differences(message)
            if differences:
                self._events.put(PeerRefused(endpoint.peer, differences))
                self._remove(endpoint.peer, now_s)
                return
            endpoint.send(control.HelloAck())
            is_connected = endpoint.note_hello()
        elif isinstance(message, control.HelloAck):
            is_connected = endpoint.note_hello_ack()
        elif isinstance(message, control.Goodbye):
            self._remove(endpoint.peer, now_s)
        if is_connected:
            self._events.put(PeerConnected(endpoint.peer))
            self._heard_s = now_s
            if self.state is SessionState.HANDSHAKE:
                self.state = SessionState.WAITING
                self._hosts.remove(endpoint.peer)
                self._hosts.appendleft(endpoint.peer)
            self._ask()

    def _ask(self) -> None:
        """Ask the member that we follow for the match, once."""
        host = self.followed_peer
        if host is None or self._is_asked:
            return
        if self._endpoints[host].state is PeerState.CONNECTED:
            self._is_asked = True
            self._endpoints[host].send(self._follower.position)

    def _follow_next(self, now_s: float) -> None:
        self._heard_s = now_s
        self._is_asked = False
        self._hosts.rotate(-1)
        self._ask()

    def _remove(self, peer: int, now_s: float) -> None:
        was_followed = peer == self.followed_peer
        self._hosts.remove(peer)
        del self._endpoints[peer]
        if not self._hosts:
            self._close("no member is left to follow")
        elif was_followed:
            self._heard_s = now_s
            self._is_asked = False
            self._ask()

    def _say_followed(self) -> None:
        host = self.followed_peer
        if host is not None and self._is_asked:
            self._endpoints[host].send(control.Followed(self.episode, self.current_frame))
        self._ask()

    def _take(self, message: control.ControlMessage, peer: int, now_s: float) -> None:
        self._follower.take(message)
        if isinstance(message, control.NotTold):
            self._refuse(message.reason, is_final=False)
        elif isinstance(message, control.Reexecute):
            self._reexecution.take(message, self.current_frame, now_s)
        self._begin_if_told(peer, now_s)

    def _begin_if_told(self, peer: int, now_s: float) -> None:
        """Go on to the next episode, once nothing of the last one waits."""
        beginning = self._follower.head
        if isinstance(beginning, Beginning):
            self._follower.drop_head()
            self._begin(beginning, peer, now_s)

    def _begin(self, beginning: Beginning, peer: int, now_s: float) -> None:
        number, frame = beginning.episode, beginning.frame
        requests: list[Request] = [ResetEpisode(number, episode_seed(self.config.seed, number))]
        if beginning.state is not None:
            try:
                state = self._restore(beginning.state)
            except PeergymError as error:
                self._events.put(StateRefused(peer, str(error)))
                self._close("the state of the match cannot be put in place here")
                return
            requests.append(LoadState(frame, state, is_foreign=True))
        self._opening = requests
        self._slots.clear()
        self.episode, self.current_frame = number, frame
        self._reexecution.begin(number)
        self._save(self._opening)
        self._clock = TickClock(self.config.frame_period_s, now_s, frame)
        self.state = SessionState.FOLLOWING
        self._events.put(EpisodeStarted(number, episode_seed(self.config.seed, number)))
        self._events.put(Following(number, frame, peer))

    def _save(self, requests: list[Request]) -> None:
        """Append the saving of the current frame, if it is due; nothing is ever loaded again."""
        frame, every = self.current_frame, self.config.checksum_interval_frames
        if frame % self.config.snapshot_interval == 0 or frame % every == 0:
            slot = SnapshotSlot(frame)
            requests.append(SaveState(frame, slot))
            if frame % every == 0:
                self._slots.append(slot)

    def _compute_checksums(self) -> None:
        while self._slots and self._slots[0].state is not None:
            slot = self._slots.popleft()
            checksum = canonical.checksum(self._canonical_bytes(slot.state))
            self._checksums.append((slot.frame, checksum))
            self._reexecution.note_checksums([(slot.frame, checksum)])

    def _end_if_told(self) -> None:
        """Say that the episode has ended, once all of it is simulated; go on to the next."""
        ending = self._follower.head
        if isinstance(ending, control.EpisodeEnd):
            self._follower.drop_head()
            self.state = SessionState.WAITING
            self._events.put(EpisodeEnded(ending.episode, ending.frame, ending.checksum))
        if self.followed_peer is not None:
            self._begin_if_told(self.followed_peer, self._time.now_s)

    def _close(self, reason: str) -> None:
        if self.state is not SessionState.CLOSED:
            self.state = SessionState.CLOSED
            self._events.put(MatchEnded(reason))
