"""How a match, and each of its episodes, begins: everybody says hello, and that he is ready.

Theory of operation: the handshake is between two, and complete when each side has the other's
hello and knows that its own has arrived. When it is complete with all members, everybody tells
when he is ready for the next episode; when all are, the lowest member says when it starts.

Law: an episode starts only if we have said that we are ready for it.
"""

from __future__ import annotations

from peergym.errors import UsageError
from peergym.rollback import control
from peergym.rollback.course import Course, SessionState
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.events import PeerConnected, PeerReady, PeerRefused
from peergym.rollback.start_agreement import StartAgreement, start_times_s
from peergym.rollback.wire import WireError

MOST_WAIT_FOR_RTT_S = 1.0  # an episode starts better with a round trip known, but it starts


class Opening:
    """Greets, and agrees on the start of episodes.

    Args:
        course: Of the match.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._start = StartAgreement()

    # --- hello

    def take_hello(self, endpoint: Endpoint, hello: control.Hello) -> None:
        """A peer says who it is and what it is about to play."""
        differences = endpoint.differences(hello)
        if not differences:
            endpoint.send(control.HelloAck())
            if endpoint.note_hello():
                self._note_connected(endpoint)
            return
        endpoint.state = PeerState.REFUSED
        self._course.events.put(PeerRefused(endpoint.peer, differences))
        endpoint.send(endpoint.hello)  # so that the other side sees the difference too
        if endpoint.is_member:
            self._course.close(f"peer {endpoint.peer} runs another match")

    def take_hello_ack(self, endpoint: Endpoint, message: control.HelloAck) -> None:
        """A peer has our hello."""
        del message
        if endpoint.note_hello_ack():
            self._note_connected(endpoint)

    def _note_connected(self, endpoint: Endpoint) -> None:
        self._course.events.put(PeerConnected(endpoint.peer))
        self.settle()

    # --- ready

    def set_ready(self) -> None:
        """Say that we are ready for the next episode.

        Raises:
            UsageError: An episode is running or the match is over.
        """
        course = self._course
        if course.state in (SessionState.PLAYING, SessionState.CLOSED):
            raise UsageError(f"cannot be ready while the match is {course.state.value}")
        if not self._start.is_ready:
            self._start.is_ready = True
            self._announce()
            self.settle()

    def take_ready(self, endpoint: Endpoint, message: control.Ready) -> None:
        """A peer is ready."""
        if self._start.note_ready(endpoint.peer, message.episode):
            self._course.events.put(PeerReady(endpoint.peer, message.episode))
            self.settle()

    def _announce(self) -> None:
        if self._course.is_between and self._start.is_ready:
            self._course.roster.send_to_members(control.Ready(self._course.number + 1))

    # --- start

    def settle(self) -> None:
        """Go on as far as everybody's hello and readiness allow."""
        course = self._course
        is_connected = all(e.state is PeerState.CONNECTED for e in course.roster.members())
        if course.state is SessionState.HANDSHAKE and is_connected and not course.is_outside:
            course.set_state(SessionState.WAITING)
            self._announce()
        if course.is_between and not course.roster.membership.is_open:
            self._start_if_all_ready()

    def _start_if_all_ready(self) -> None:
        course = self._course
        following, roster, now_s = course.number + 1, course.roster, course.time.now_s
        members = {endpoint.peer: endpoint for endpoint in roster.members()}
        is_ours_to_say = roster.lowest_member() == roster.local_peer
        if not is_ours_to_say or not self._start.is_unanimous(following, members):
            return
        is_measured = all(e.round_trip.rtt_s is not None for e in members.values())
        if not is_measured and now_s - course.state_since_s < MOST_WAIT_FOR_RTT_S:
            return
        ways_s = {peer: endpoint.round_trip.one_way_s for peer, endpoint in members.items()}
        ours_s, theirs_s = start_times_s(ways_s)
        for peer, start_in_s in theirs_s.items():
            members[peer].send(control.Start(following, int(start_in_s * 1000)))
        self._begin(following, now_s + ours_s)

    def take_start(self, endpoint: Endpoint, message: control.Start) -> None:
        """The lowest member says when the next episode starts.

        Raises:
            WireError: Somebody else does, or we are not ready for it.
        """
        course = self._course
        decider = course.roster.lowest_member()
        if endpoint.peer != decider:
            raise WireError(f"only peer {decider} starts an episode")
        is_awaited = course.is_between and self._start.is_ready
        if not is_awaited or message.episode != course.number + 1:
            raise WireError(f"starts episode {message.episode}, for which we are not ready")
        self._begin(message.episode, course.time.now_s + message.start_in_ms / 1000)

    def _begin(self, number: int, start_s: float) -> None:
        self._start.is_ready = False
        self._course.start_episode(number, start_s)
