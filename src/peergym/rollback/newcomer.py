"""Coming to a match that others have begun: connect, follow, catch up, ask for seats.

Theory of operation: a newcomer is connected with all members, follows the one with the lowest id,
and simulates what is confirmed. When it has caught up it asks for its seats, again and again,
until it is told that all members have agreed. What it was told by then, and a little more of the
same feed, covers every frame before its first own; from there on it is a member.

Law: until it is a member, nobody waits for it, and what it does changes nothing.
"""

from __future__ import annotations

from collections import deque

from peergym.rollback.config import SessionConfig
from peergym.rollback.control import (
    Backfill,
    ControlMessage,
    Followed,
    JoinRequest,
    Rows,
    Seating,
    Stance,
)
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.follower import Follower
from peergym.rollback.membership import Arrival, Membership
from peergym.rollback.reexecution import Reexecution
from peergym.rollback.roster import Roster

FOLLOWED_EVERY_S = 0.25  # also how soon the sponsor learns that we have caught up
ASK_EVERY_S = 1.0
MOST_BACKFILLS = 64  # one for each of a few seats from each member
SILENT_AFTER_S = 3.0  # a member that has nothing to tell says so every second
FRESH_WITHIN_S = 1.5  # what we know is too old to ask for seats, if the next word is late by half


class Newcomer:
    """Our own way into a match.

    Args:
        config: The match; the owners are those that the room knows.
        roster: Everybody.
        reexecution: Of the episode, where its state cannot be sent.

    Attributes:
        reexecution: The same.
        players: The seats that we want, ascending; empty until the host says which.
        follower: What we were told.
        stances: The newest stance of each member, for when we are one.
        backfills: The last inputs before us of an agent in our seat, likewise: (peer, message).
        is_member: Whether all have agreed on us.
        first_frame: The first frame on which our inputs act, from then on.
        gone: Members that have said goodbye, and can tell us nothing any more.
    """

    def __init__(self, config: SessionConfig, roster: Roster, reexecution: Reexecution) -> None:
        self.players: tuple[int, ...] = ()
        self.follower = Follower(config.input_bits)
        self.stances: dict[int, Stance] = {}
        self.backfills: deque[tuple[int, Backfill]] = deque(maxlen=MOST_BACKFILLS)
        self.is_member = False
        self.first_frame = 0
        self.gone: set[int] = set()
        self.reexecution = reexecution
        self._local_peer = config.local_peer
        self._has_arbiter = config.has_arbiter
        self._roster = roster
        self._host: int | None = None
        self._is_asked = False
        self._is_answered = False
        self._heard_s = 0.0
        self._followed_s = 0.0
        self._requested_s = -ASK_EVERY_S

    @property
    def timer_s(self) -> float:
        """When `update` is due."""
        return self._followed_s + FOLLOWED_EVERY_S

    @property
    def host(self) -> int | None:
        """The member that we follow."""
        return self._host

    def update(self, episode: int, frame: int, now_s: float) -> None:
        """Ask for the match, say how far we are, ask for our seats.

        Args:
            episode: The episode that we simulate.
            frame: The next frame to simulate.
            now_s: The time.
        """
        if now_s < self.timer_s:
            return
        self._followed_s = now_s
        host = self._choose_host(now_s)
        if host is None:
            return
        if not self._is_asked:
            self._is_asked = True
            self._heard_s = now_s
            host.send(self.follower.position)
        host.send(Followed(episode, frame))
        is_time = now_s - self._requested_s >= ASK_EVERY_S
        wants_seats = bool(self.players) and not self.is_member
        if wants_seats and is_time and self._has_all(frame, now_s):
            self._requested_s = now_s
            for member in self._roster.members():
                member.send(JoinRequest(self.players))

    def _has_all(self, frame: int, now_s: float) -> bool:
        """Whether we have simulated all there is, so that we could take part from soon on."""
        follower, is_fresh = self.follower, now_s - self._heard_s < FRESH_WITHIN_S
        has_arrived = follower.has_ended or self.reexecution.has_arrived(frame)
        has_nothing_to_do = has_arrived and not follower.waiting_frames and not follower.is_untold
        return (
            self._is_answered and is_fresh and has_nothing_to_do and self._is_connected_with_all()
        )

    def _choose_host(self, now_s: float) -> Endpoint | None:
        """The member to follow: the lowest that we are connected with, unless it is silent."""
        connected = [
            endpoint
            for endpoint in self._roster.members()
            if endpoint.state is PeerState.CONNECTED and endpoint.peer not in self.gone
        ]
        peers = sorted(endpoint.peer for endpoint in connected)
        if not peers:
            return None
        is_silent = self._is_asked and now_s - self._heard_s >= SILENT_AFTER_S
        if self._host not in peers or is_silent:
            later = [peer for peer in peers if self._host is not None and peer > self._host]
            self._host = min(later or peers)
            self._is_asked = self._is_answered = False
        return self._roster.endpoints[self._host]

    def _is_connected_with_all(self) -> bool:
        seating = self.follower.seating
        endpoints = self._roster.endpoints
        return seating is not None and all(
            peer in endpoints and endpoints[peer].state is PeerState.CONNECTED
            for peer in seating.members
            if peer != self._local_peer
        )

    def take(self, endpoint: Endpoint, message: ControlMessage, now_s: float) -> None:
        """Take in what came on ``bulk``, but for our own arrival.

        Raises:
            WireError: It does not belong here.
        """
        if endpoint.peer != self._host:
            return
        self._heard_s = now_s
        self.follower.take(message)
        self._is_answered = True
        if isinstance(message, Seating) and not self.is_member:
            self._roster.take_seating(message)
        elif isinstance(message, Rows):
            self._followed_s = min(self._followed_s, now_s - FOLLOWED_EVERY_S / 2)

    def arrival(self, stance: Stance) -> Arrival | None:
        """Our own arrival, if the stance says that it was agreed upon."""
        return next(
            (new for new in stance.arrivals if new.peer == self._local_peer and new.is_agreed),
            None,
        )

    def membership(self, stance: Stance) -> Membership | None:
        """Our part in the agreement, from a member's stance; None before we know the members."""
        if self.follower.seating is None:
            return None
        members = {*self.follower.seating.members, *(new.peer for new in stance.arrivals)}
        members -= {lost.peer for lost in stance.departures if lost.is_agreed}
        return Membership.for_newcomer(
            self._local_peer, members, stance, has_arbiter=self._has_arbiter
        )
