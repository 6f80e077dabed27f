"""Those who come: what they are told, and the agreement on the frame from which they play.

Theory of operation: everybody who is not a member and has asked for the match is a *guest* and gets
a `Feed`. If a newcomer wants seats and has caught up, the member with the lowest id, the *sponsor*,
proposes a frame some way ahead. All members accept it, which holds the seat's inputs back from that
frame on, and agree; then the newcomer is a member like any other, and is fed until it has all that
lies before its first frame.

    newcomer                         | sponsor                    | all members
    ---------------------------------+----------------------------+---------------------------
    follows, catches up, asks        | proposes seats and a frame | accept, if they are not past it
    is told that all have agreed     | agrees                     | agree; wait for its inputs
    plays from that frame on         |                            |

Laws:
    - A proposed frame lies ahead of everything that any member has said it holds of the seat.
    - A proposal that does not come about is withdrawn, and the seat is as empty as before; the
      longer it has not come about, the rarer it is made.
    - Somebody who only watches is never waited for.
    - What a guest makes us send and keep is bounded, whatever it asks for and however often.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

from peergym.rollback.config import NOBODY
from peergym.rollback.control import Backfill, Follow, Followed, JoinRequest
from peergym.rollback.course import Course
from peergym.rollback.desync import Canonical
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.episode import Episode
from peergym.rollback.events import PlayerJoined
from peergym.rollback.feed import Feed
from peergym.rollback.input_runs import MAX_FRAMES_PER_SEAT, InputRun
from peergym.rollback.membership import Arrival
from peergym.rollback.seats import Control
from peergym.rollback.wire import WireError

MARGIN_S = 0.25  # beyond two ways: what a message may be late when it is lost once
PROPOSAL_S = 2.0  # then it is withdrawn, and another is made later
MOST_DOUBLINGS = 5  # of the time until another: a minute
SILENT_S = 1.0  # a newcomer is heard five times a second; who is not, is not proposed
FED_S = 2.0  # after its latest word; it says four times a second how far it is
FORGET_AFTER_S = 10.0  # a guest that has said nothing for so long is fed no longer
FORGET_ENDPOINT_AFTER_S = 60.0  # and after so long it is as if it had never come


@dataclass(slots=True)
class Guest:
    """Somebody who has come.

    Attributes:
        feed: What it has been told; None if it has never followed us.
        is_fed: Whether it is told more: not if it follows another member, or has all it needs.
        heard_s: When it last said how far it is.
        players: The seats that it wants; empty for one who only watches.
        asked_s: Since when.
        failures: How many proposals did not come about.
        not_before_s: When the next may be made.
        arrival: Once it is a member: as what.
        episode: In which episode that was agreed upon.
        has_to_be_told: That it is a member: the one that it followed before may not have said so.
    """

    feed: Feed | None = None
    is_fed: bool = False
    heard_s: float = 0.0
    players: tuple[int, ...] = ()
    asked_s: float = inf
    failures: int = 0
    not_before_s: float = 0.0
    arrival: Arrival | None = None
    episode: int = -1
    has_to_be_told: bool = False


class Arrivals:
    """Looks after everybody who is not a member, or has just become one.

    Args:
        course: Of the match.
        transfer: Turns a saved state into bytes that another peer can restore.
    """

    def __init__(self, course: Course, transfer: Canonical) -> None:
        self._course = course
        self._config = course.config
        self._roster = course.roster
        self._events = course.events
        self._transfer = transfer
        self._guests: dict[int, Guest] = {}
        self._held_back: Arrival | None = None
        self._proposed_s = 0.0

    # --- what they say

    def take_follow(self, endpoint: Endpoint, message: Follow) -> None:
        """Somebody wants to be told the match.

        Raises:
            WireError: It has not said hello, or has no need of it.
        """
        known = self._guests.get(endpoint.peer)
        if endpoint.is_member and (
            known is None or known.arrival is None or known.episode != self._course.number
        ):
            raise WireError("a member follows nobody")
        guest = self._guest(endpoint)
        guest.has_to_be_told |= endpoint.is_member
        if guest.feed is None:
            guest.feed = Feed(endpoint, self._roster, self._transfer)
        guest.is_fed, guest.heard_s = True, self._course.time.now_s
        guest.feed.restart(message)

    def take_followed(self, endpoint: Endpoint, message: Followed) -> None:
        """Somebody says how far he is."""
        guest = self._guests.get(endpoint.peer)
        if guest is not None and guest.feed is not None:
            guest.feed.note_followed(message)
            guest.heard_s = self._course.time.now_s
            guest.is_fed |= guest.arrival is None

    def take_request(self, endpoint: Endpoint, message: JoinRequest) -> None:
        """Somebody who follows wants seats.

        Raises:
            WireError: It has not said hello, or there are no such seats.
        """
        if message.players[-1] >= len(self._config.owners):
            raise WireError(f"wants seats {message.players} of {len(self._config.owners)}")
        guest = self._guest(endpoint)
        if not endpoint.is_member:
            endpoint.is_joining = True
            guest.players = message.players
            guest.asked_s = min(guest.asked_s, self._course.time.now_s)

    def _guest(self, endpoint: Endpoint) -> Guest:
        if endpoint.state is not PeerState.CONNECTED:
            raise WireError(f"asks for the match, but is {endpoint.state.value}")
        return self._guests.setdefault(endpoint.peer, Guest())

    def remove(self, peer: int) -> None:
        """Somebody who is not a member has left.

        Its endpoint stays for a while: members may have agreed on it before they heard of that.
        """
        self._guests.pop(peer, None)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is not None and endpoint.state in (PeerState.GREETING, PeerState.CONNECTED):
            endpoint.state = PeerState.LEFT
        pending = self._roster.membership.pending_arrival
        if pending is not None and pending.peer == peer and self._is_sponsor():
            self._roster.membership.withdraw_arrival()
            self.hold_back()

    # --- what they are told

    @property
    def is_idle(self) -> bool:
        """Whether all are members and nobody has to be told anything, so `update` may wait."""
        if len(self._roster.endpoints) >= len(self._roster.membership.members):
            return False
        return all(
            guest.arrival is not None and not guest.is_fed for guest in self._guests.values()
        )

    def update(self, episode: Episode | None) -> None:
        """Tell the guests what there is to tell, and propose who has caught up.

        Args:
            episode: The running or last episode; None before the first.
        """
        now_s = self._course.time.now_s
        self._forget(now_s)
        for guest in self._guests.values():
            self._feed(guest, episode, now_s)
        self.hold_back()
        self._propose(now_s)

    def _forget(self, now_s: float) -> None:
        """Drop the guests that are silent; whoever asks again begins anew."""
        endpoints = self._roster.endpoints
        for peer in list(self._guests):
            endpoint = endpoints.get(peer)
            if endpoint is None:
                del self._guests[peer]
            elif not endpoint.is_member and now_s - endpoint.last_heard_s > FORGET_AFTER_S:
                endpoint.is_joining = False
                del self._guests[peer]
        for peer, endpoint in list(endpoints.items()):
            silent_s = now_s - endpoint.last_heard_s
            is_connected = endpoint.state is PeerState.CONNECTED
            if is_connected and not endpoint.is_member and silent_s > FORGET_ENDPOINT_AFTER_S:
                del endpoints[peer]

    def _feed(self, guest: Guest, episode: Episode | None, now_s: float) -> None:
        feed, arrival = guest.feed, guest.arrival
        if feed is None or not guest.is_fed:
            return
        feed.update(episode, self._course.ending, now_s)
        if arrival is None:
            guest.is_fed = now_s - guest.heard_s <= FED_S
            return
        if guest.has_to_be_told and feed.has_begun:
            self.greet(arrival)
        if feed.is_done(arrival.frame) or guest.episode != self._course.number:
            guest.is_fed = False

    def greet(self, new: Arrival) -> None:
        """Tell a newcomer that it has been agreed upon, if we are the one that it follows."""
        guest = self._guests.get(new.peer)
        if guest is None or guest.feed is None:
            return
        guest.has_to_be_told = False
        guest.feed.tell_stance()
        for player in new.players:
            for run in self._last_inputs(player, new.frame):
                guest.feed.tell(Backfill(self._course.episode.number, player, run))

    # --- the agreement

    def may_accept(self, arrival: Arrival) -> bool:
        """Whether we can accept a newcomer as proposed."""
        endpoint, episode = self._roster.endpoints.get(arrival.peer), self._course.episode
        if endpoint is None or endpoint.state is not PeerState.CONNECTED:
            return False
        if self._course.time.now_s - endpoint.last_heard_s >= SILENT_S:
            return False
        latest = episode.newest_frame + self._config.input_buffer_frames
        return episode.vacant_until < arrival.frame <= latest and all(
            self._is_free(player, arrival.frame) for player in arrival.players
        )

    def _is_free(self, player: int, frame: int) -> bool:
        """Whether a seat is empty, or an agent's that has not got as far as ``frame``."""
        seats = self._roster.seats
        if self._is_ours(player) and self._course.episode.sync.queues[player].held >= frame:
            return False
        if seats.owners[player] == NOBODY:  # and we know what was before that
            return self._course.episode.sync.queues[player].is_vacant
        return seats.may_be_agent(player)

    def _is_sponsor(self) -> bool:
        return self._roster.lowest_member() == self._config.local_peer

    def _propose(self, now_s: float) -> None:
        membership = self._roster.membership
        if membership.open_losses or not self._is_sponsor():
            return
        if membership.pending_arrival is not None:
            if now_s - self._proposed_s >= PROPOSAL_S:
                self._withdraw(membership.pending_arrival, now_s)
            return
        for peer, guest in sorted(self._guests.items(), key=lambda item: item[1].asked_s):
            # Of somebody who follows another member, that he asks must do.
            is_caught_up = guest.feed is None or not guest.is_fed or guest.feed.is_caught_up
            is_due = is_caught_up and now_s >= guest.not_before_s
            if not guest.players or guest.arrival is not None or not is_due:
                continue
            arrival = Arrival(peer, guest.players, self._frame_ahead())
            if self.may_accept(arrival) and membership.accept(arrival):
                self._proposed_s = now_s
                self.hold_back()
                return

    def _withdraw(self, pending: Arrival, now_s: float) -> None:
        """A proposal has not come about: whoever stands in its way does so again, perhaps."""
        guest = self._guests.get(pending.peer)
        if guest is not None:
            guest.not_before_s = now_s + PROPOSAL_S * 2 ** min(guest.failures, MOST_DOUBLINGS)
            guest.failures += 1
        self._roster.membership.withdraw_arrival()
        self.hold_back()

    def _frame_ahead(self) -> int:
        """A frame that nobody has reached when he hears of it."""
        ways_s = [endpoint.round_trip.one_way_s for endpoint in self._roster.playing()]
        ahead_s = 2.0 * max(ways_s, default=0.0) + MARGIN_S
        ahead = ceil(ahead_s * self._config.frame_rate_hz)
        most = self._config.input_buffer_frames // 2  # whatever the round trips are said to be
        return self._course.episode.newest_frame + 1 + min(ahead, most)

    def hold_back(self) -> None:
        """Hold the inputs of a seat back from the frame on which a newcomer would take it."""
        pending = self._roster.membership.pending_arrival
        before, self._held_back = self._held_back, pending
        if pending == before:
            return
        if before is not None and not self._roster.membership.is_known(before.peer):
            for player in before.players:
                is_empty = self._roster.seats.owners[player] == NOBODY
                is_ours = self._is_ours(player)
                self._course.episode.release(
                    player, before.frame, is_ours=is_ours, is_empty=is_empty
                )
        if pending is not None:
            self._hold_back(pending)
            self._hand_over(pending)

    def _hold_back(self, arrival: Arrival) -> None:
        for player in arrival.players:
            is_ours = self._is_ours(player)
            self._course.episode.hold_back(player, arrival.frame, is_ours=is_ours)

    def _is_ours(self, player: int) -> bool:
        return self._roster.seats.owners[player] == self._config.local_peer

    def carry_out(self, new: Arrival, epoch: int) -> None:
        """A newcomer has been agreed upon: it is a member from now on."""
        self._held_back = None
        self._hold_back(new)  # again: we may have withdrawn it before we heard that others agreed
        roster, episode = self._roster, self._course.episode
        endpoint = self._endpoint_of(new.peer)
        endpoint.is_member = endpoint.is_joining = True
        endpoint.view = [new.frame - 1] * len(roster.seats.owners)
        episode.comparer.add_peer(new.peer, new.frame + 1)
        guest = self._guests.setdefault(new.peer, Guest())
        guest.arrival, guest.episode = new, self._course.number
        for player in new.players:
            roster.seats.change(player, Control(new.frame, new.peer))
            self._events.put(PlayerJoined(player, new.frame, epoch, new.peer))

    def _endpoint_of(self, peer: int) -> Endpoint:
        """A new member's endpoint; if it has left and is forgotten, one that says so."""
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is None:
            endpoint = self._roster.meet(peer, self._course.time.now_s, is_member=True)
            endpoint.state = PeerState.LEFT
        return endpoint

    def _hand_over(self, pending: Arrival) -> None:
        """Give everybody the last inputs of the agent that we run in the newcomer's seat.

        Before we say that we accept it: so whoever agrees holds all that lies before its first
        frame, although we may be lost at any moment.
        """
        for player in pending.players:
            for run in self._last_inputs(player, pending.frame) if self._is_ours(player) else ():
                self._roster.send_to_members(Backfill(self._course.episode.number, player, run))

    def _last_inputs(self, player: int, frame: int) -> list[InputRun]:
        """A seat's inputs before a newcomer's first frame, as far as not everybody has them."""
        sync = self._course.episode.sync
        queue, last = sync.queues[player], frame - 1
        firsts = range(sync.confirmed_frame + 1, min(queue.held, last) + 1, MAX_FRAMES_PER_SEAT)
        return [
            InputRun(
                first, queue.run(first, min(first + MAX_FRAMES_PER_SEAT - 1, queue.held, last))
            )
            for first in firsts
        ]
