"""Those who come: what they are told, and the agreement on the frame from which they play.

Theory of operation: everybody who is not a member and has asked for the match gets a `Feed`. If a
newcomer wants seats and has caught up, the member with the lowest id, the *sponsor*, proposes a
frame some way ahead. All members accept it, which holds the seat's inputs back from that frame on,
and agree; then the newcomer is a member like any other.

    newcomer                         | sponsor                    | all members
    ---------------------------------+----------------------------+---------------------------
    follows, catches up, asks        | proposes seats and a frame | accept, if they are not past it
    is told that all have agreed     | agrees                     | agree; wait for its inputs
    plays from that frame on         |                            |

Laws:
    - A proposed frame lies ahead of everything that any member has said it holds of the seat.
    - A proposal that does not come about is withdrawn, and the seat is as empty as before.
    - Somebody who only watches is never waited for.
"""

from __future__ import annotations

from math import ceil

from peergym.rollback.config import NOBODY
from peergym.rollback.control import Backfill, Follow, Followed, JoinRequest
from peergym.rollback.course import Course
from peergym.rollback.desync import Canonical
from peergym.rollback.endpoint import Endpoint, PeerState
from peergym.rollback.episode import Episode
from peergym.rollback.events import PlayerJoined
from peergym.rollback.feed import Feed
from peergym.rollback.input_runs import InputRun
from peergym.rollback.membership import Arrival
from peergym.rollback.seats import Control
from peergym.rollback.wire import WireError

MARGIN_S = 0.25  # beyond two ways: what a message may be late when it is lost once
PROPOSAL_S = 2.0  # then it is withdrawn, and another is made
FORGET_AFTER_S = 10.0  # a follower that has said nothing for so long is gone


class Arrivals:
    """Looks after everybody who is not a member.

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
        self._feeds: dict[int, Feed] = {}
        self._requests: dict[int, tuple[int, ...]] = {}
        self._first_frames: dict[int, int] = {}
        self._held_back: Arrival | None = None
        self._proposed_s = 0.0

    # --- what they say

    def take_follow(self, endpoint: Endpoint, message: Follow) -> None:
        """Somebody wants to be told the match."""
        feed = self._feeds.get(endpoint.peer)
        if feed is None:
            feed = self._feeds[endpoint.peer] = Feed(endpoint, self._roster, self._transfer)
        feed.restart(message)

    def take_followed(self, endpoint: Endpoint, message: Followed) -> None:
        """Somebody says how far he is."""
        feed = self._feeds.get(endpoint.peer)
        if feed is not None:
            feed.note_followed(message)

    def take_request(self, endpoint: Endpoint, message: JoinRequest) -> None:
        """Somebody who follows wants seats.

        Raises:
            WireError: There are no such seats.
        """
        if message.players[-1] >= len(self._config.owners):
            raise WireError(f"wants seats {message.players} of {len(self._config.owners)}")
        if not endpoint.is_member:
            endpoint.is_joining = True
            self._requests[endpoint.peer] = message.players

    def remove(self, peer: int) -> None:
        """Somebody who is not a member is gone: forget him."""
        for kept in (self._feeds, self._requests, self._first_frames):
            kept.pop(peer, None)
        endpoint = self._roster.endpoints.get(peer)
        if endpoint is not None and not self._roster.membership.is_known(peer):
            del self._roster.endpoints[peer]

    # --- what follows

    def update(self, episode: Episode | None) -> None:
        """Tell the followers what there is to tell, and propose who has caught up.

        Args:
            episode: The running or last episode; None before the first.
        """
        now_s = self._course.time.now_s
        for peer in [peer for peer in self._feeds if self._is_gone(peer, now_s)]:
            self.remove(peer)
        for peer, feed in list(self._feeds.items()):
            feed.update(episode, self._course.ending, now_s)
            if peer in self._first_frames and feed.is_done(self._first_frames[peer]):
                del self._feeds[peer], self._first_frames[peer]
        self.hold_back()
        self._propose(now_s)

    def _is_gone(self, peer: int, now_s: float) -> bool:
        endpoint = self._roster.endpoints.get(peer)
        return endpoint is None or (
            not endpoint.is_member and now_s - endpoint.last_heard_s > FORGET_AFTER_S
        )

    def may_accept(self, arrival: Arrival) -> bool:
        """Whether we can accept a newcomer as proposed."""
        endpoint = self._roster.endpoints.get(arrival.peer)
        is_connected = endpoint is not None and endpoint.state is PeerState.CONNECTED
        return (
            is_connected
            and arrival.frame > self._course.episode.vacant_until
            and all(self._is_free(player) for player in arrival.players)
        )

    def _is_free(self, player: int) -> bool:
        seats = self._roster.seats
        return seats.owners[player] == NOBODY or seats.is_agent(player)

    def _propose(self, now_s: float) -> None:
        membership = self._roster.membership
        if self._roster.lowest_member() != self._config.local_peer or membership.open_losses:
            return
        if membership.pending_arrival is not None:
            if now_s - self._proposed_s >= PROPOSAL_S:
                membership.withdraw_arrival()
                self.hold_back()
            return
        for peer, players in self._requests.items():
            feed = self._feeds.get(peer)
            arrival = Arrival(peer, players, self._frame_ahead())
            # Of somebody who follows another member, that he asks must do.
            is_caught_up = feed is None or feed.is_caught_up
            if not is_caught_up or not self.may_accept(arrival):
                continue
            if membership.accept(arrival):
                self._proposed_s = now_s
                self.hold_back()
                return

    def _frame_ahead(self) -> int:
        """A frame that nobody has reached when he hears of it."""
        ways_s = [endpoint.round_trip.one_way_s for endpoint in self._roster.talking()]
        ahead_s = 2.0 * max(ways_s, default=0.0) + MARGIN_S
        ahead = ceil(ahead_s * self._config.frame_rate_hz)
        return self._course.episode.newest_frame + 1 + ahead

    def hold_back(self) -> None:
        """Hold the inputs of a seat back from the frame on which a newcomer would take it."""
        pending = self._roster.membership.pending_arrival
        held_back, self._held_back = self._held_back, pending
        if pending == held_back:
            return
        episode = self._course.episode
        if held_back is not None and not self._roster.membership.is_known(held_back.peer):
            for player in held_back.players:
                episode.release(player, held_back.frame, is_ours=self._is_ours(player))
        if pending is not None:
            for player in pending.players:
                episode.hold_back(player, pending.frame, is_ours=self._is_ours(player))

    def _is_ours(self, player: int) -> bool:
        return self._roster.seats.owners[player] == self._config.local_peer

    def carry_out(self, new: Arrival, epoch: int) -> None:
        """A newcomer has been agreed upon: it is a member from now on."""
        roster, episode = self._roster, self._course.episode
        self._held_back = None
        self._requests.pop(new.peer, None)
        endpoint = roster.endpoints[new.peer]
        endpoint.is_member = endpoint.is_joining = True
        endpoint.view = [new.frame - 1] * len(roster.seats.owners)
        episode.comparer.add_peer(new.peer, new.frame + 1)
        if new.peer in self._feeds:
            self._first_frames[new.peer] = new.frame
        for player in new.players:
            was_ours = self._is_ours(player)
            roster.seats.change(player, Control(new.frame, new.peer))
            self._hand_over(player, new, is_agent=was_ours)
            self._events.put(PlayerJoined(player, new.frame, epoch, new.peer))

    def greet(self, new: Arrival) -> None:
        """Tell a newcomer that has been agreed upon, if we are the one that it follows."""
        feed = self._feeds.get(new.peer)
        if feed is not None:
            feed.tell_stance()
            for player in new.players:
                self._tell_last_inputs(feed, player, new.frame)

    def _hand_over(self, player: int, new: Arrival, *, is_agent: bool) -> None:
        """Give everybody the last inputs of the agent that we ran in the newcomer's seat."""
        run = self._last_inputs(player, new.frame)
        if is_agent and run is not None:
            self._roster.send_to_members(Backfill(self._course.episode.number, player, run))

    def _tell_last_inputs(self, feed: Feed, player: int, frame: int) -> None:
        run = self._last_inputs(player, frame)
        if run is not None:
            feed.tell(Backfill(self._course.episode.number, player, run))

    def _last_inputs(self, player: int, frame: int) -> InputRun | None:
        """A seat's inputs before a newcomer's first frame, as far as not everybody has them."""
        episode = self._course.episode
        queue, first = episode.sync.queues[player], episode.sync.confirmed_frame + 1
        last = min(queue.held, frame - 1)
        return InputRun(first, queue.run(first, last)) if first <= last else None
