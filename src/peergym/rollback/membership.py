"""Agreeing on who is in a match: one history, whoever is lost, leaves or comes.

Theory of operation: every member keeps a *stance*: which peers it takes for lost, what it holds of
their inputs, and which newcomer it accepts from which frame on. It sends all of it to the others
whenever it changes and from time to time, so messages may be lost, repeated and reordered.

    what happens                                     | what a member does
    -------------------------------------------------+-------------------------------------------
    a peer is silent for too long, or said goodbye   | claim it: for ever, its inputs are frozen
    another member claims it                         | claim it too, if there is reason (below)
    another member claims us                         | claim it: we cannot go on together
    all survivors claim the same peers, and we hold  | be ready
    all inputs of them that any survivor held        |
    all survivors are ready with the same inputs     | agree, if the survivors are a quorum
    a survivor has agreed on what we were ready for  | agree too
    no quorum, and none will come                    | be excluded

Reasons to adopt a claim: the claimed peer is silent to us as well; two members claim it; or it
claims the claimer in return, and then the one with the lower id stays. So a lie told to others
removes nobody. Told to whom it is about, who then claims the liar, it removes the one of the two
with the higher id: the others cannot see who began.

What all survivors hold of a lost peer when they are ready are the *cuts*. A later loss finds the
same cuts again, since nobody un-claims and frozen inputs do not grow.

A quorum is judged on the members last agreed on. A newcomer enlarges the group, so until all old
members are known to have agreed on it, a quorum of both groups is needed.

Laws:
    - At most one history: any two groups that go on contain each other.
    - A cut is the highest frame that any of the survivors held.
    - Claims are never taken back; a stance only grows, but for a newcomer not agreed upon.
    - Only survivors are listened to: what all of them were ready for cannot change any more.
    - Whatever a stance says, taking it in does not fail.
    - Nothing here knows the time, the network or the game; equal calls give equal states.

Source: virtual synchrony (Birman and Joseph, 1987); the cut follows Fortress Rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from peergym.rollback.quorum import Quorum, quorum_of
from peergym.rollback.stances import Agreement, Arrival, Change, Departure, Stance, is_convincing

__all__ = ["Agreement", "Arrival", "Departure", "Membership", "Quorum", "Stance"]


class Membership:
    """One member's part in the agreement.

    Args:
        local_peer: Our peer id.
        members: All members, we included.
        has_arbiter: Whether somebody decides between equal halves.

    Attributes:
        members: Who is in, as last agreed.
        version: Of our stance.
        is_ready: Whether we hold what all survivors hold.
        is_excluded: Whether the match goes on without us, or not at all.
    """

    def __init__(self, local_peer: int, members: Iterable[int], *, has_arbiter: bool) -> None:
        self.local_peer = local_peer
        self.members = frozenset(members)
        self.version = 0
        self.is_ready = False
        self.is_excluded = False
        self._has_arbiter = has_arbiter
        self._lost: dict[int, Departure] = {}
        self._arrived: dict[int, Arrival] = {}
        self._stances: dict[int, Stance] = {}
        self._promised: set[Change] = set()  # what others may have agreed on, counting on us
        self._granted: frozenset[int] | None = None
        self._older: frozenset[int] | None = None  # the group before the newest member came
        self._newest: Arrival | None = None
        self._agreements: list[Agreement] = []

    @classmethod
    def for_newcomer(
        cls, local_peer: int, members: Iterable[int], stance: Stance, *, has_arbiter: bool
    ) -> Membership:
        """The part of a newcomer that has just been agreed upon.

        Args:
            local_peer: Its peer id.
            members: All members that have been agreed upon, the newcomer included.
            stance: Of the member that told it; what is open in it comes again with the next.
            has_arbiter: As for any member.
        """
        membership = cls(local_peer, members, has_arbiter=has_arbiter)
        membership._lost = {lost.peer: lost for lost in stance.departures if lost.is_agreed}
        membership._arrived = {new.peer: new for new in stance.arrivals if new.is_agreed}
        membership._older = membership.members - {local_peer}
        membership._newest = membership._arrived.get(local_peer)
        return membership

    # --- what there is to know

    @property
    def epoch(self) -> int:
        """Number of the latest agreement, 0 at first."""
        return sum(1 for change in self.stance.changes if change.is_agreed)

    @property
    def survivors(self) -> frozenset[int]:
        """The members that we do not take for lost, we included."""
        return self.members.difference(self._lost)

    @property
    def is_open(self) -> bool:
        """Whether something has still to be agreed."""
        return not self.is_excluded and bool(self.open_losses or self.pending_arrival)

    @property
    def open_losses(self) -> tuple[int, ...]:
        """The peers that we take for lost without an agreement yet, ascending."""
        return tuple(peer for peer, lost in sorted(self._lost.items()) if not lost.is_agreed)

    @property
    def pending_arrival(self) -> Arrival | None:
        """The newcomer that has not been agreed upon yet."""
        return next((new for new in self._arrived.values() if not new.is_agreed), None)

    @property
    def stance(self) -> Stance:
        """What to tell the others."""
        return Stance(
            self.version,
            self.is_ready,
            tuple(self._lost[peer] for peer in sorted(self._lost)),
            tuple(self._arrived[peer] for peer in sorted(self._arrived)),
        )

    def is_lost(self, peer: int) -> bool:
        """Whether we take a peer for lost."""
        return peer in self._lost

    def is_known(self, peer: int) -> bool:
        """Whether a peer is a member, or was one."""
        return peer in self.members or peer in self._lost

    def laggards(self) -> frozenset[int]:
        """The survivors that the agreement waits for, we excluded."""
        ours, told = self.stance, self._told().items()
        return frozenset(peer for peer, theirs in told if not (theirs and theirs.agrees_with(ours)))

    def withholders(self) -> frozenset[int]:
        """The survivors that say they hold more of the lost than we, and have not handed it on."""
        ours, told = self.stance, self._told().items()
        return frozenset(peer for peer, theirs in told if theirs and theirs.holds_more_than(ours))

    def quorum(self) -> Quorum:
        """Whether the survivors may go on."""
        groups = (self.members, self._older or self.members)
        found = {quorum_of(base, self.survivors, has_arbiter=self._has_arbiter) for base in groups}
        return next(worst for worst in reversed(Quorum) if worst in found)

    @property
    def wants_arbiter(self) -> bool:
        """Whether the arbiter has to be asked if our survivors may go on."""
        is_waiting = self.is_open and self.is_ready and self._are_all_ready()
        return is_waiting and self.quorum() is Quorum.ARBITER

    def take_agreement(self) -> Agreement | None:
        """The oldest agreement that has not been taken yet."""
        return self._agreements.pop(0) if self._agreements else None

    # --- what happens

    def claim(self, peer: int, held: tuple[int, ...]) -> None:
        """Take a member for lost.

        Args:
            peer: Who; anybody but a member that is not lost already is ignored.
            held: For each of its players the newest frame held; only survivors may add to it.
        """
        if self.is_excluded or peer not in self.survivors or peer == self.local_peer:
            return
        self._lost[peer] = Departure(peer, held)
        self._forget_pending_arrival()
        self._change()

    def note_held(self, peer: int, held: tuple[int, ...]) -> None:
        """We now hold more of a lost peer, handed on by a survivor."""
        lost = self._lost.get(peer)
        if lost is not None and not lost.is_agreed and lost.held != held:
            self._lost[peer] = Departure(peer, held)
            self._change()

    def accept(self, arrival: Arrival) -> bool:
        """Accept a newcomer, ourselves as the one who proposes it, and say whether it can be.

        It can one at a time, while no loss is open, and never for somebody who was a member.
        """
        if self.is_open or self.is_excluded or self.is_known(arrival.peer):
            return False
        self._arrived[arrival.peer] = arrival
        self._change()
        return True

    def withdraw_arrival(self) -> None:
        """Drop the newcomer that has not been agreed upon."""
        if self.pending_arrival is not None:
            self._forget_pending_arrival()
            self._change()

    def receive(
        self,
        sender: int,
        stance: Stance,
        held_of: Callable[[int], tuple[int, ...]],
        is_silent: Callable[[int], bool],
        may_accept: Callable[[Arrival], bool],
    ) -> None:
        """Take in another member's stance.

        Args:
            sender: Who said so; what somebody says who is not a survivor is ignored.
            stance: What it says.
            held_of: What we hold of a peer's players; asked when it is claimed.
            is_silent: Whether a peer is silent to us as well.
            may_accept: Whether a newcomer can be accepted as proposed.
        """
        if self.is_excluded or sender not in self.survivors or sender == self.local_peer:
            return
        known = self._stances.get(sender)
        if known is not None and stance.version <= known.version:
            return
        self._stances[sender] = stance
        news = stance.agreed_beyond(self.stance)
        # One agreement covers all that its maker had in mind, so none is adopted in part.
        if news and self._promised.issuperset(news):
            self._agree(news)
        if stance.claims(self.local_peer) or self._goes_on_without_us(stance):
            self.claim(sender, held_of(sender))
            return
        claimed = [peer for peer in sorted(self.survivors) if stance.claims(peer)]
        for peer in claimed:
            if is_silent(peer) or self._is_convincing(sender, peer):
                self.claim(peer, held_of(peer))
        # A mutual claim may tell against the claimer.
        if any(self._is_convincing(peer, sender) for peer in claimed if not self.is_lost(peer)):
            self.claim(sender, held_of(sender))
        elif sender == min(self.survivors) and not self.open_losses:
            self._follow_sponsor(stance, may_accept)
        self._change(is_ours=False)

    def decide(self, group: frozenset[int], *, is_granted: bool) -> None:
        """The arbiter has decided about a group of survivors."""
        if self.is_excluded or group != self.survivors:
            return
        if is_granted:
            self._granted = group
            self._change(is_ours=False)
        elif self.quorum() is not Quorum.YES:
            self.is_excluded = True

    def give_up(self) -> None:
        """Stop waiting: without a quorum we are excluded."""
        if self.is_open and self.quorum() is not Quorum.YES:
            self.is_excluded = True

    # --- inside

    def _told(self) -> dict[int, Stance | None]:
        """The newest stance of each other survivor."""
        return {
            peer: self._stances.get(peer) for peer in sorted(self.survivors - {self.local_peer})
        }

    def _change(self, *, is_ours: bool = True) -> None:
        """Our stance, or another's, has changed: see what follows."""
        self.version += int(is_ours)
        is_ready = self.is_open and self._holds_the_most()
        if is_ready != self.is_ready:
            self.is_ready = is_ready
            self.version += 1
        self._settle_older()
        if not is_ready:
            return
        changes = [change for change in self.stance.changes if not change.is_agreed]
        self._promised.update(changes)
        quorum = self.quorum()
        is_granted = quorum is Quorum.ARBITER and self._granted == self.survivors
        if self._are_all_ready() and (quorum is Quorum.YES or is_granted):
            self._agree(changes)

    def _holds_the_most(self) -> bool:
        """Whether all survivors have the same changes in mind and none holds more of the lost."""
        ours, told = self.stance, self._told().values()
        is_same = all(theirs and theirs.is_about_the_same_as(ours) for theirs in told)
        return is_same and not self.withholders()

    def _are_all_ready(self) -> bool:
        return not self.laggards()

    def _agree(self, changes: Collection[Change]) -> None:
        """Make these changes final."""
        final = [replace(change, is_agreed=True) for change in changes]
        lost = {change.peer: change for change in final if isinstance(change, Departure)}
        new = {change.peer: change for change in final if isinstance(change, Arrival)}
        # A loss was agreed by quorums of all groups there were, which leaves one group.
        self._older = None if lost else self.members
        self._newest = next(iter(new.values()), None)
        self.members = self.members.difference(lost).union(new)
        self._lost.update(lost)
        self._arrived.update(new)
        self._promised = {each for each in self._promised if each.peer not in {*lost, *new}}
        self._stances = {peer: told for peer, told in self._stances.items() if peer not in lost}
        self._granted = None
        self.is_ready = False
        self.version += 1
        self._agreements.append(Agreement(self.epoch, tuple(lost.values()), tuple(new.values())))

    def _is_convincing(self, claimer: int, claimed: int) -> bool:
        others = self.survivors - {claimed, self.local_peer}
        return is_convincing(self._stances, claimer, claimed, others)

    def _goes_on_without_us(self, stance: Stance) -> bool:
        """Whether a member has agreed on something as if we, a newcomer, had not come.

        Not a claim: those who had agreed on us may have been lost before they could say so.
        """
        ours = self._arrived.get(self.local_peer)
        is_without_us = ours is not None and not stance.accepts(ours)
        return is_without_us and bool(stance.agreed_beyond(self.stance))

    def _follow_sponsor(self, stance: Stance, may_accept: Callable[[Arrival], bool]) -> None:
        """Accept and drop newcomers as the survivor with the lowest id does."""
        proposed = [new for new in stance.arrivals if not new.is_agreed]
        if self.pending_arrival not in proposed:
            self.withdraw_arrival()
        for arrival in proposed:
            if arrival.peer not in self._arrived and may_accept(arrival):
                self.accept(arrival)

    def _forget_pending_arrival(self) -> None:
        self._arrived = {peer: new for peer, new in self._arrived.items() if new.is_agreed}

    def _settle_older(self) -> None:
        """Forget the smaller group once all of it is known to have agreed on the newcomer."""
        # Those that we take for lost as well: they may go on as if it had never been agreed upon.
        others = (self._older or frozenset()) - {self.local_peer}
        stances = [self._stances.get(peer) for peer in others]
        if all(stance is not None and self._newest in stance.arrivals for stance in stances):
            self._older = None
