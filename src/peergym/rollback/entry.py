"""Our own way into a match that others have begun, from the first word to our first frame.

Theory of operation: `Newcomer` talks: it follows, and asks for seats. Here is what that means for
the session: a state that was sent is put in place and what is confirmed is simulated; when all
members have agreed on us we are one of them, and go on from what is confirmed to where they are,
several frames a tick, until our clock stands with theirs. Where the state cannot be sent we begin
at frame 0, and simulate what is confirmed as fast as our host goes.

Law: what we were told and what the members hold for us, together, leave no frame out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from peergym.errors import PeergymError, UsageError
from peergym.rollback import control
from peergym.rollback.arrivals import Arrivals
from peergym.rollback.catch_up import CatchUp
from peergym.rollback.course import Course, SessionState
from peergym.rollback.datagrams import Datagrams
from peergym.rollback.departures import Departures
from peergym.rollback.endpoint import Endpoint
from peergym.rollback.episode import CATCH_UP_FRAMES
from peergym.rollback.events import EpisodeStarted, Following, PlayerJoined, StateRefused
from peergym.rollback.follower import Beginning, Row
from peergym.rollback.membership import Arrival, Membership
from peergym.rollback.newcomer import Newcomer
from peergym.rollback.reexecution import CANNOT_FOLLOW, Reexecution
from peergym.rollback.requests import Request
from peergym.rollback.seats import Control
from peergym.rollback.wire import WireError

TICKING = (SessionState.FOLLOWING, SessionState.PLAYING)


class Entry:
    """Brings a newcomer into a match.

    Args:
        course: Of the match.
        datagrams: Have to know who runs which seat.
        departures: Take in what was said before we were a member.
        arrivals: Likewise.
        restore: Turns a state that was sent into one that the game loads.
    """

    def __init__(
        self,
        course: Course,
        datagrams: Datagrams,
        departures: Departures,
        arrivals: Arrivals,
        restore: Callable[[bytes], object] | None,
    ) -> None:
        self._course = course
        self._roster = course.roster
        self._datagrams = datagrams
        self._departures = departures
        self._arrivals = arrivals
        self._restore = restore
        self._reexecution = Reexecution(course.config, course.events)
        self._newcomer = Newcomer(course.config, course.roster, self._reexecution)
        self._catch_up: CatchUp | None = None
        self._is_done = False

    @property
    def timer_s(self) -> float | None:
        """When `update` is due; None once we know everything that was before us."""
        return None if self._is_done else self._newcomer.timer_s

    def note_left(self, peer: int) -> None:
        """Somebody says goodbye, or has closed the connection, before we are a member."""
        self._newcomer.gone.add(peer)

    def set_players(self, players: tuple[int, ...]) -> None:
        """We want these seats."""
        self._newcomer.players = players

    def update(self) -> None:
        """Follow, say how far we are, ask for our seats."""
        if self._is_done:
            return
        course, newcomer = self._course, self._newcomer
        sync = course.episode.sync
        newcomer.update(course.number, sync.frame, course.time.now_s)
        is_told = newcomer.first_frame <= sync.complete_frame + 1
        is_playing = course.state is SessionState.PLAYING
        self._is_done = newcomer.is_member and (is_told or not is_playing)

    # --- what we are told

    def take(self, endpoint: Endpoint, message: control.ControlMessage) -> None:
        """Take in a message of ``bulk``; what comes when we know enough is ignored.

        Raises:
            WireError: It does not belong here.
        """
        newcomer, course = self._newcomer, self._course
        if isinstance(message, control.Backfill):
            self.take_backfill(endpoint, message)
        elif self._is_done:
            return
        elif isinstance(message, control.Stance):
            if course.is_outside and endpoint.peer == newcomer.host:
                self._become_member(message)
        else:
            newcomer.take(endpoint, message, course.time.now_s)
            if endpoint.peer == newcomer.host and course.is_outside:
                self._take_word(endpoint.peer, message)
            beginning = newcomer.follower.skip_to_beginning() if course.is_outside else None
            if beginning is not None:
                self._begin(beginning, endpoint.peer)
            if isinstance(message, control.Seating) and course.is_outside:
                self._datagrams.note_seats()
            self._take_rows()

    def _take_word(self, peer: int, message: control.ControlMessage) -> None:
        """Take in what is said of the episode as a whole, where its state cannot be sent."""
        course = self._course
        if isinstance(message, control.NotTold):
            course.events.put(StateRefused(peer, message.reason))
        elif isinstance(message, control.Reexecute):
            self._reexecution.take(message, course.episode.sync.frame, course.time.now_s)

    def take_stance(self, endpoint: Endpoint, stance: control.Stance) -> None:
        """Keep what a member says to members, for when we are one."""
        self._newcomer.stances[endpoint.peer] = stance

    def take_backfill(self, endpoint: Endpoint, message: control.Backfill) -> None:
        """Take in the last inputs before us of an agent in our seat, or keep them until then."""
        if self._course.is_outside:
            if endpoint.is_member:
                self._newcomer.backfills.append((endpoint.peer, message))
        else:
            self._departures.take_backfill(endpoint, message)

    def _begin(self, beginning: Beginning, peer: int) -> None:
        """Put the state that was sent in place, and simulate what is confirmed from there."""
        course, state = self._course, None
        if beginning.state is not None:
            try:
                state = self._restored(beginning.state)
            except PeergymError as error:
                course.events.put(StateRefused(peer, str(error)))
                course.close("the state of the match cannot be put in place here")
                return
        course.set_state(SessionState.FOLLOWING)
        course.episode = course.new_episode(
            beginning.episode, course.time.now_s, beginning.frame, state
        )
        course.episodes_started = beginning.episode + 1
        self._reexecution.begin(beginning.episode)
        course.events.put(EpisodeStarted(beginning.episode, course.episode.seed))
        course.events.put(Following(beginning.episode, beginning.frame, peer))

    def _restored(self, data: bytes) -> object:
        if self._restore is None:
            raise UsageError("no way to restore a state was given")
        return self._restore(data)

    def _take_rows(self) -> None:
        """Put what we were told into the queues; of frames that are ours too, we are not told."""
        course, newcomer = self._course, self._newcomer
        follower, sync = newcomer.follower, course.episode.sync
        if course.state not in TICKING:
            return
        below = sync.frame + course.config.input_buffer_frames
        if newcomer.is_member:
            below = min(below, newcomer.first_frame)
        while isinstance(row := follower.head, Row) and row.frame < below:
            follower.drop_head()
            for queue, value in zip(sync.queues, row.inputs, strict=True):
                queue.add(row.frame, value)
        if newcomer.is_member:
            course.episode.vacate_told(self._roster.seats)

    def follow(self, requests: list[Request]) -> list[tuple[int, int]]:
        """Do a tick while we only follow.

        Args:
            requests: The list of this tick, which grows.

        Returns:
            (frame, checksum) of what has become final.
        """
        episode = self._course.episode
        self._take_rows()
        checksums = episode.compute_checksums()
        advanced = episode.follow(requests)
        episode.clock.tick(self._course.time.now_s, advanced, 0.0, 0)
        self._reexecution.note_checksums(checksums)
        self._judge_reexecution(advanced)
        self.update()
        return checksums

    def _judge_reexecution(self, advanced: int) -> None:
        """Go on at once while there is more to execute again; give up what leads nowhere."""
        course, again = self._course, self._reexecution
        sync, now_s = course.episode.sync, course.time.now_s
        problem = again.difference() or again.slowness(sync.frame, now_s)
        if problem is not None:
            course.events.put(StateRefused(self._newcomer.host or 0, problem))
            course.close(CANNOT_FOLLOW)
        elif advanced and again.is_behind(sync.frame):
            course.episode.clock.next_tick_s = now_s

    # --- becoming a member

    def _become_member(self, stance: control.Stance) -> None:
        """All members have agreed on us: from our first frame on we are one of them."""
        newcomer, roster, course = self._newcomer, self._roster, self._course
        arrival, membership = newcomer.arrival(stance), newcomer.membership(stance)
        if arrival is None or membership is None:
            return
        self._check(arrival, membership)
        newcomer.first_frame, newcomer.is_member = arrival.frame, True
        course.is_outside = False
        roster.membership, roster.epoch = membership, membership.epoch
        for player in arrival.players:
            roster.seats.change(player, Control(arrival.frame, roster.local_peer))
        self._datagrams.note_seats()
        for peer in set(course.config.peers) - membership.members:
            endpoint = roster.endpoints.get(peer)
            if endpoint is not None and endpoint.has_greeted:
                endpoint.is_member = False  # he is about to come, as we were
            else:
                roster.endpoints.pop(peer, None)  # the room still named him; he had gone before us
        if course.state is SessionState.FOLLOWING and not newcomer.follower.has_ended:
            self._enter_the_episode(arrival)
        else:
            has_begun = course.episodes_started > 0
            course.set_state(SessionState.ENDED if has_begun else SessionState.WAITING)
        for player in arrival.players:
            course.events.put(
                PlayerJoined(player, arrival.frame, membership.epoch, roster.local_peer)
            )
        self._take_in_what_was_kept()

    def _check(self, arrival: Arrival, membership: Membership) -> None:
        """Refuse to be a member of what cannot be."""
        roster = self._roster
        others = membership.members - {roster.local_peer}
        if not roster.endpoints.keys() >= others:
            raise WireError(f"members {sorted(others)} are not all known here")
        if not arrival.players or not set(arrival.players) <= set(roster.local_players):
            raise WireError(f"seats {arrival.players} are agreed upon, but are not ours")

    def _take_in_what_was_kept(self) -> None:
        newcomer, endpoints = self._newcomer, self._roster.endpoints
        for peer, backfill in newcomer.backfills:
            if peer in endpoints:
                with self._refusing(peer):
                    self._departures.take_backfill(endpoints[peer], backfill)
        for peer, stance in sorted(newcomer.stances.items()):
            if peer in endpoints:
                with self._refusing(peer):
                    self._departures.take_stance(endpoints[peer], stance, self._arrivals.may_accept)
        newcomer.backfills.clear()
        newcomer.stances.clear()

    @contextmanager
    def _refusing(self, peer: int) -> Iterator[None]:
        """Refuse what cannot be, as if it had just come."""
        try:
            yield
        except WireError as error:
            now_s = self._course.time.now_s
            self._course.events.put_violation(peer, "control", str(error), now_s)

    def _enter_the_episode(self, arrival: Arrival) -> None:
        """Go on from what is confirmed to where the others are, and play from our frame on."""
        course, roster = self._course, self._roster
        episode, now_s = course.episode, course.time.now_s
        told = episode.sync.complete_frame
        for endpoint in roster.members():
            endpoint.view = [told] * len(roster.seats.owners)
            for player in arrival.players:
                endpoint.view[player] = max(told, arrival.frame - 1)
            episode.comparer.add_peer(endpoint.peer, arrival.frame + 1)
        episode.enter(roster.seats, arrival.players, arrival.frame)
        position = self._others_position(now_s)
        target = float(episode.sync.frame) if position is None else position
        self._catch_up = CatchUp(target, now_s, course.config.frame_period_s, arrival)
        course.set_state(SessionState.PLAYING)
        course.start_playing(now_s)

    def _others_position(self, now_s: float) -> float | None:
        """Where on the frame axis the others stand, as far as they have said so: their median."""
        period_s = self._course.config.frame_period_s
        positions = [e.position_frames(now_s, period_s) for e in self._roster.members()]
        known = sorted([position for position in positions if position is not None])
        return known[(len(known) - 1) // 2] if known else None

    def frames_to_catch_up(self) -> int:
        """How many new frames this tick may simulate: more than one on the way to the others."""
        catch_up, episode, now_s = self._catch_up, self._course.episode, self._course.time.now_s
        if catch_up is None:
            return 1
        position = self._others_position(now_s)
        if position is not None:
            catch_up.note_position(position, now_s)
        frame = episode.sync.frame
        behind = catch_up.frame_at(now_s) - frame
        # Not further ahead than anybody can need: they wait for others too when we do.
        ahead = min(catch_up.frame_at(now_s), frame + self._course.config.input_buffer_frames // 2)
        for player in catch_up.players:
            if episode.sync.queues[player].held >= catch_up.first_frame - 1:
                episode.local_inputs.fill(player, ahead)
        if behind > 1 or frame < catch_up.first_frame - 1:
            return min(max(behind, 1), CATCH_UP_FRAMES)
        self._catch_up = None
        episode.clock = catch_up.clock_for(frame)
        return 1
