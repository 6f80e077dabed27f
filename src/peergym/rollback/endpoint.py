"""Protocol state for one remote peer.

Theory of operation: the handshake runs on ``control``: each side says hello until it is
acknowledged, because what is sent before both channels are open may be lost even on a reliable
one. Afterwards the endpoint keeps what the peer was last known to hold (its view), how long it has
been silent, and the two estimates of time: round trip and lead.

    state      | event                     | next
    -----------+---------------------------+-----------
    GREETING   | hello seen and ours acked | CONNECTED
    GREETING   | hello that does not fit   | REFUSED
    CONNECTED  | goodbye                   | LEFT
    CONNECTED  | silent too long, or claim | LOST

Newcomers and spectators have endpoints too, but are not members: nobody waits for them.

Laws:
    - REFUSED, LEFT and LOST are final.
    - The view never goes backwards within an episode.
"""

from __future__ import annotations

from enum import Enum
from math import inf

from peergym.rollback.config import SessionConfig
from peergym.rollback.control import ControlMessage, Hello
from peergym.rollback.desync import DumpAssembly
from peergym.rollback.lane import Lanes
from peergym.rollback.round_trip import RoundTrip
from peergym.rollback.statistics import PeerStatistics
from peergym.rollback.time_sync import LeadFilter

INTERRUPTED_AFTER_S = 0.5  # below it, silence is jitter; above it, people wonder
HELLO_EVERY_S = 0.5
# A path that has come back may stay mute: SCTP waits for its timer, in Chromium up to 3 s, if what
# was sent into the silence has used up its window. Our hosts send too little for that (measured:
# 0.1 to 0.5 s); others may not.
RESTORED_GRACE_S = 5.0


class PeerState(Enum):
    """Where the relation to a peer stands."""

    GREETING = "greeting"
    CONNECTED = "connected"
    REFUSED = "refused"
    LEFT = "left"
    LOST = "lost"


class Endpoint:
    """One remote peer, as this session sees it.

    Args:
        peer: Its id.
        config: The match.
        now_s: The time.
        is_member: Whether it has a seat, so that the match waits for it.
        lanes: Its channels, if it was known before: their numbers go on as long as the match.

    Attributes:
        is_joining: Whether it wants a seat, so that it is sent datagrams already.
    """

    def __init__(
        self,
        peer: int,
        config: SessionConfig,
        now_s: float,
        *,
        is_member: bool = True,
        lanes: Lanes | None = None,
    ) -> None:
        self.peer = peer
        self.is_member = is_member
        self.is_joining = False
        self.lanes = lanes or Lanes()
        self.control, self.bulk = self.lanes.control, self.lanes.bulk
        self.state = PeerState.GREETING
        self.round_trip = RoundTrip()
        self.lead = LeadFilter()
        self.view = [-1] * len(config.owners)
        self.last_heard_s = now_s
        self.is_interrupted = False
        self._path_restored_s = -inf
        self._excused_until_s = -inf
        self.rolled_back_frames = 0
        self.peer_rolled_back_frames = 0
        self.dump = DumpAssembly()
        self.statistics = PeerStatistics(peer)
        self.hello = Hello(
            config.local_peer, config.match_id, tuple(sorted(config.description.items()))
        )
        self._hello_due_s = now_s
        self._is_hello_acked = False
        self._has_seen_hello = False
        self._position: tuple[float, float] | None = None

    def send(self, message: ControlMessage) -> None:
        """Queue a control message."""
        self.control.send(message)

    # --- handshake

    def greet(self, now_s: float) -> None:
        """Say hello, if it is time to."""
        due_s = self.hello_timer_s
        if due_s is not None and now_s >= due_s:
            self._hello_due_s = now_s + HELLO_EVERY_S
            self.send(self.hello)

    @property
    def hello_timer_s(self) -> float | None:
        """When the next hello is due."""
        waits = self.state is PeerState.GREETING and not self._is_hello_acked
        return self._hello_due_s if waits else None

    @property
    def has_greeted(self) -> bool:
        """Whether the peer has said hello, or answered ours."""
        return self._has_seen_hello or self._is_hello_acked

    def differences(self, hello: Hello) -> tuple[tuple[str, str, str], ...]:
        """What of a peer's hello does not fit ours, as (name, ours, theirs)."""
        ours = {**dict(self.hello.entries), "match": self.hello.match_id, "peer": str(self.peer)}
        theirs = {**dict(hello.entries), "match": hello.match_id, "peer": str(hello.peer)}
        return tuple(
            (name, ours.get(name, ""), theirs.get(name, ""))
            for name in sorted({*ours, *theirs})
            if ours.get(name) != theirs.get(name)
        )

    def note_hello(self) -> bool:
        """The peer's hello fits. Returns True if this completes the handshake."""
        if not self._has_seen_hello and not self._is_hello_acked:
            # Until now the peer may have been loading, and our own hello was lost: it should not
            # have to wait for the next.
            self.send(self.hello)
        self._has_seen_hello = True
        return self._complete_handshake()

    def note_hello_ack(self) -> bool:
        """The peer has our hello. Returns True if this completes the handshake."""
        self._is_hello_acked = True
        return self._complete_handshake()

    def _complete_handshake(self) -> bool:
        if self.state is not PeerState.GREETING:
            return False
        if self._has_seen_hello and self._is_hello_acked:
            self.state = PeerState.CONNECTED
            return True
        return False

    # --- episode

    def start_episode(self) -> None:
        """Forget what belongs to the last episode."""
        self.view = [-1] * len(self.view)
        self._position = None
        self.lead.clear()
        self.rolled_back_frames = 0
        self.peer_rolled_back_frames = 0

    def note_position(self, position_frames: float, now_s: float) -> None:
        """Where on its frame axis the peer stands now, by its latest datagram."""
        self._position = (position_frames, now_s)

    def position_frames(self, now_s: float, frame_period_s: float) -> float | None:
        """Where on its frame axis the peer stands, if it has said so."""
        if self._position is None:
            return None
        position_frames, at_s = self._position
        return position_frames + (now_s - at_s) / frame_period_s

    def raise_view(self, held: tuple[int, ...]) -> None:
        """Take in what the peer holds; datagrams may arrive out of order."""
        view = self.view
        for player, frame in enumerate(held):
            view[player] = max(view[player], frame)

    # --- silence

    def note_heard(self, now_s: float) -> float | None:
        """Something valid arrived. Returns how long it was silent if it had been interrupted."""
        silent_s = now_s - self.last_heard_s
        self.last_heard_s = now_s
        if not self.is_interrupted:
            return None
        self.is_interrupted = False
        self._path_restored_s = -inf
        self.lead.clear()
        return silent_s

    def is_newly_interrupted(self, now_s: float) -> bool:
        """Whether the silence has just become long enough to tell; remembered once told."""
        silent_s = now_s - self.last_heard_s
        if self.is_interrupted or silent_s < INTERRUPTED_AFTER_S:
            return False
        self.is_interrupted = True
        return True

    def note_path_restored(self, now_s: float) -> None:
        """The path to an interrupted peer is there again, although nothing was heard on it yet."""
        if self.is_interrupted:
            self._path_restored_s = now_s

    def excuse(self, until_s: float) -> None:
        """Do not take the peer for lost before then, because its silence is not its own doing."""
        self._excused_until_s = until_s

    def drop_at_s(self, drop_after_s: float) -> float:
        """When the peer is taken for lost if nothing is heard of it until then.

        A path that comes and goes grants its grace once.
        """
        drop_s = max(self.last_heard_s + drop_after_s, self._excused_until_s)
        return max(drop_s, min(self._path_restored_s, drop_s) + RESTORED_GRACE_S)

    def silence_timer_s(self, drop_after_s: float) -> float | None:
        """When the silence has to be judged again."""
        if self.state is not PeerState.CONNECTED:
            return None
        if self.is_interrupted:
            return self.drop_at_s(drop_after_s)
        return self.last_heard_s + INTERRUPTED_AFTER_S
