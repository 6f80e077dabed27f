"""When somebody is gone: silence, claims, the agreement on the cut, and what becomes of the seat.

Theory of operation: `Membership` decides; this is its hands. It judges silence, says our stance to
the others and takes in theirs, hands the inputs of the lost to those who lack them, asks the
arbiter, and carries out what was agreed: beyond the cut the seat is empty, or an agent's.

    silent for 0.5 s       | interrupted: told, nothing else
    silent for drop_after  | lost: claimed, its inputs are frozen
    goodbye                | the same, at once
    a survivor that says nothing about an open loss for 2 s, or 4 s if it is heard | lost as well
    2 s without a quorum   | excluded

Laws:
    - From the claim on, inputs of the lost count only if a survivor hands them on.
    - With the policy END nothing is agreed: a loss ends the match for all.
    - We never stop without an event.
"""

from __future__ import annotations

from collections.abc import Callable

from peergym.rollback.config import NOBODY, AbsentPolicy
from peergym.rollback.control import Backfill
from peergym.rollback.course import Course
from peergym.rollback.endpoint import INTERRUPTED_AFTER_S, Endpoint, PeerState
from peergym.rollback.events import (
    ArbiterWanted,
    PeerInterrupted,
    PeerLeft,
    PeerLost,
    PlayerCut,
)
from peergym.rollback.input_runs import MAX_FRAMES_PER_SEAT, InputRun
from peergym.rollback.membership import Arrival, Departure, Membership, Quorum, Stance
from peergym.rollback.seats import Control
from peergym.rollback.wire import WireError

REPEAT_S = 0.5  # a stance, while something is open: a route may have lost it
HOLD_S = 2.0  # the design's bound for an agreement that does not move
HEARD_HOLD_S = 4.0  # its datagrams are heard: at 30 % loss a message may take that long
MOST_HOLD_S = 8.0  # for one that moves but does not come about; four holds
FORGET_AFTER_S = 10.0  # then somebody who departed needs no answer any more

_GONE = (PeerState.LEFT, PeerState.LOST)


class Departures:
    """Carries out the agreement on those who are gone.

    Args:
        course: Of the match.
    """

    def __init__(self, course: Course) -> None:
        self._course = course
        self._config = course.config
        self._roster = course.roster
        self._events = course.events
        self._told_episode = course.episode
        self._said_version = 0
        self._said_s = 0.0
        self._news_s: dict[int, float] = {}
        self._open_since_s: float | None = None
        self._asked: frozenset[int] | None = None

    @property
    def _membership(self) -> Membership:
        return self._roster.membership

    @property
    def timer_s(self) -> float | None:
        """When `settle` is due; None while nothing is open."""
        return None if self._open_since_s is None else self._said_s + REPEAT_S

    @property
    def is_settled(self) -> bool:
        """Whether `settle` has nothing to do until something happens."""
        return self._open_since_s is None and self._said_version == self._membership.version

    # --- losing somebody

    def judge_silence(self, endpoint: Endpoint) -> bool:
        """Look at how long a member has been silent.

        Returns:
            Whether that has just become an interruption.
        """
        if endpoint.state is not PeerState.CONNECTED:
            return False
        now_s = self._course.time.now_s
        drop_after_s = self._course.drop_after_s
        if now_s >= endpoint.drop_at_s(drop_after_s):
            self.lose(endpoint, self._config.local_peer)
        elif endpoint.is_newly_interrupted(now_s):
            silent_s = now_s - endpoint.last_heard_s
            drop_in_s = endpoint.drop_at_s(drop_after_s) - now_s
            self._events.put(PeerInterrupted(endpoint.peer, silent_s, drop_in_s))
            return True
        return False

    def lose(self, endpoint: Endpoint, claimed_by: int, left_because: str | None = None) -> None:
        """Take a member for lost; or for gone, if it said why."""
        peer, membership, now_s = endpoint.peer, self._membership, self._course.time.now_s
        membership.claim(peer, self._held(peer))
        endpoint.send(membership.stance)  # it may be there after all, and must learn that it is out
        endpoint.state = PeerState.LOST if left_because is None else PeerState.LEFT
        self._events.put(
            PeerLost(peer, claimed_by) if left_because is None else PeerLeft(peer, left_because)
        )
        self._news_s = dict.fromkeys(membership.survivors, now_s)
        if self._config.absent_policy is AbsentPolicy.END:
            self._say_stance()
            self._course.close(f"peer {peer} {'was lost' if left_because is None else 'left'}")

    def _held(self, peer: int) -> tuple[int, ...]:
        queues = self._course.episode.sync.queues
        return tuple([queues[player].held for player in self._roster.seats.players_of(peer)])

    # --- the conversation

    def take_stance(
        self,
        endpoint: Endpoint,
        stance: Stance,
        may_accept: Callable[[Arrival], bool],
    ) -> None:
        """Take in a peer's stance.

        Args:
            endpoint: The peer.
            stance: What it says.
            may_accept: Whether a newcomer can be accepted as proposed.

        Raises:
            WireError: It names what there is not.
        """
        membership, sender = self._membership, endpoint.peer
        if not membership.is_known(sender):  # of who is not a member yet, nothing counts
            return
        self._check(stance)
        before = set(membership.open_losses)
        membership.receive(
            sender,
            stance,
            self._held,
            self._is_silent,
            may_accept,
        )
        self._news_s[sender] = self._course.time.now_s
        for peer in sorted(set(membership.open_losses) - before):
            self.lose(self._roster.endpoints[peer], sender)
        if membership.is_lost(sender):
            knows = any(lost.peer == self._config.local_peer for lost in stance.departures)
            if endpoint.state is PeerState.LOST and not knows:
                endpoint.control.send(membership.stance)
        else:
            self._hand_on(endpoint, stance)

    def _check(self, stance: Stance) -> None:
        roster = self._roster
        for lost in stance.departures:
            is_settled = roster.membership.is_lost(lost.peer)
            if not is_settled and len(lost.held) != len(roster.seats.players_of(lost.peer)):
                raise WireError(f"holds {len(lost.held)} seats of peer {lost.peer}")
        for new in stance.arrivals:
            if not new.players or new.players[-1] >= len(roster.seats.owners):
                raise WireError(f"newcomer {new.peer} would take seats {new.players}")

    def _is_silent(self, peer: int) -> bool:
        endpoint, now_s = self._roster.endpoints.get(peer), self._course.time.now_s
        return endpoint is None or now_s - endpoint.last_heard_s >= INTERRUPTED_AFTER_S

    def _hand_on(self, endpoint: Endpoint, stance: Stance) -> None:
        """Give a survivor the inputs of the lost that we hold and it does not."""
        membership, episode = self._membership, self._course.episode
        queues, oldest = episode.sync.queues, episode.oldest_row
        for lost in stance.departures:
            if lost.peer not in membership.open_losses:
                continue
            players = self._roster.seats.players_of(lost.peer)
            for player, held in zip(players, lost.held, strict=True):
                last = min(queues[player].held, held + MAX_FRAMES_PER_SEAT)
                if last > held and held + 1 >= oldest:
                    run = InputRun(held + 1, episode.run_of(player, held + 1, last))
                    endpoint.send(Backfill(episode.number, player, run))

    def take_backfill(self, endpoint: Endpoint, message: Backfill) -> None:
        """Take in inputs of a lost player from a survivor, or an agent's last ones.

        Raises:
            WireError: There is no such player, or no such input.
        """
        owners, membership = self._roster.seats.owners, self._membership
        if message.player >= len(owners):
            raise WireError(f"backfill of player {message.player}, of {len(owners)}")
        if max(message.run.values) >> self._config.input_bits[message.player]:
            raise WireError(f"an input of player {message.player} does not fit its bits")
        is_ours = message.episode == self._course.episode.number
        if endpoint.peer not in membership.survivors or not is_ours:
            return
        peer = owners[message.player]
        last_frame = message.run.first_frame + len(message.run.values) - 1
        is_before_him = last_frame < self._roster.seats.since()[message.player]
        if is_before_him or endpoint.peer == peer:  # of the agent in whose place somebody comes
            self._course.episode.take_in(message.player, (message.run,))
        elif peer in membership.open_losses:
            self._course.episode.take_in(message.player, (message.run,))
            membership.note_held(peer, self._held(peer))

    def _begin_anew(self) -> None:
        """In a new episode nobody holds anything of those who are lost."""
        if self._told_episode is not self._course.episode:
            self._told_episode = self._course.episode
            for peer in self._membership.open_losses:
                self._membership.note_held(peer, self._held(peer))

    def _say_stance(self) -> None:
        self._said_version, self._said_s = self._membership.version, self._course.time.now_s
        self._roster.send_to_members(self._membership.stance)

    # --- what follows

    def settle(self) -> None:
        """Say what has changed, and do what has become due while something is open."""
        membership, now_s = self._membership, self._course.time.now_s
        if not membership.is_open:
            self._open_since_s = None
        elif self._open_since_s is None:
            self._open_since_s = now_s
        else:
            self._hold(now_s - self._open_since_s, now_s)
        self._lose_who_left_before()
        self._begin_anew()
        self._forget_departed(now_s)
        is_repeat_due = membership.is_open and now_s >= self._said_s + REPEAT_S
        if membership.version != self._said_version or is_repeat_due:
            self._say_stance()

    def _lose_who_left_before(self) -> None:
        """Claim those who had left already when all agreed that they are members."""
        for peer in sorted(self._membership.survivors - {self._config.local_peer}):
            endpoint = self._roster.endpoints[peer]
            if endpoint.state is PeerState.LEFT:
                self.lose(endpoint, peer, "left")

    def _forget_departed(self, now_s: float) -> None:
        """Drop those who have departed and say nothing more; until then they are answered."""
        for peer, endpoint in list(self._roster.endpoints.items()):
            is_departed = endpoint.state in _GONE and not endpoint.is_member
            if is_departed and now_s - endpoint.last_heard_s >= FORGET_AFTER_S:
                self._roster.forget(peer)

    def _hold(self, open_s: float, now_s: float) -> None:
        """Wait for the others, but not for ever; something has been open for ``open_s``."""
        membership = self._membership
        quorum = membership.quorum()
        if membership.wants_arbiter and self._asked != membership.survivors:
            self._asked = membership.survivors
            self._events.put(ArbiterWanted(membership.epoch, tuple(sorted(membership.survivors))))
        if quorum is not Quorum.YES and open_s >= HOLD_S:
            membership.give_up()
        if not membership.open_losses:
            return
        # Somebody who holds inputs back keeps all others from being ready: it is not their fault.
        blamed = membership.withholders() or membership.laggards()
        for peer in sorted(membership.laggards()):
            endpoint = self._roster.endpoints[peer]
            patience_s = HOLD_S if endpoint.is_interrupted else HEARD_HOLD_S
            is_mute = now_s - self._news_s.get(peer, now_s) >= patience_s
            if is_mute or (peer in blamed and open_s >= MOST_HOLD_S):
                self.lose(endpoint, self._config.local_peer)

    def carry_out(self, lost: Departure, epoch: int) -> None:
        """Somebody's departure has been agreed upon: beyond the cut the seat is another's."""
        endpoint = self._roster.endpoints[lost.peer]
        endpoint.is_member = False
        episode = self._course.episode
        episode.comparer.remove_peer(lost.peer)
        heir = NOBODY
        if self._config.absent_policy is AbsentPolicy.AGENT:
            heir = min(self._membership.members)
        for player, cut in zip(self._roster.seats.players_of(lost.peer), lost.held, strict=True):
            queue = episode.sync.queues[player]
            queue.cut(cut)
            if heir == NOBODY:
                queue.vacate(cut + 1)
            elif heir == self._config.local_peer:
                episode.local_inputs.add_player(player, 0)
            self._roster.seats.change(player, Control(cut + 1, heir, heir != NOBODY))
            self._events.put(PlayerCut(player, cut, epoch, lost.peer, heir))
