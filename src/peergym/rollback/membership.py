"""Agreeing on who is in a match: one history, whoever is lost, leaves or comes.

Theory of operation: every member keeps a *stance*: which peers it takes for lost, what it holds of
their inputs, and which newcomer it accepts from which frame on. It sends its whole stance to the
others whenever that changes, and again from time to time. There is no leader, and a stance says
everything, so messages may be lost, repeated and reordered.

    what happens                                     | what a member does
    -------------------------------------------------+-------------------------------------------
    a peer is silent for too long, or said goodbye   | claim it: for ever, its inputs are frozen
    another member claims it                         | claim it too, if there is reason (below)
    another member claims us                         | claim that member: we cannot go on together
    all survivors claim the same peers, and we hold  | be ready
    all inputs of them that any survivor held        |
    all survivors are ready with the same inputs     | agree, if the survivors are a quorum
    a survivor has agreed on what we were ready for  | agree too
    no quorum, and none will come                    | be excluded

Reasons to adopt a claim: the claimed peer is silent to us as well; two members claim it; or it
claims the claimer in return, and then the one with the lower id stays. So nobody can be talked out
of a match by one member that lies, unless he answers in kind.

Every member holds the same inputs of a lost peer when it is ready, and the most that any survivor
held; these are the *cuts*. A later loss finds the same cuts again, since nobody un-claims and
frozen inputs do not grow.

A quorum is a strict majority of the members last agreed on; of two equal halves the arbiter (the
signalling server) chooses one, and without an arbiter the half with the lowest id it is. A
newcomer enlarges the group, so until all old members are known to have agreed on it, a quorum of
both groups is needed.

Laws:
    - At most one history: any two groups that go on contain each other.
    - A cut is the highest frame that any of the survivors held.
    - Claims are never taken back; a stance only grows, but for a newcomer not agreed upon.
    - Nothing here knows the time, the network or the game; equal calls give equal states.

Source: virtual synchrony (Birman and Joseph, 1987) with the quorum of dynamic voting (Jajodia and
Mutchler, 1990); the cut as the highest frame exposed anywhere follows Fortress Rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum


@dataclass(frozen=True, slots=True)
class Departure:
    """A lost peer, as one member sees it.

    Attributes:
        peer: Who.
        held: For each of its players, ascending, the newest frame held without a gap, -1 for none.
        is_agreed: Whether the member has agreed on it; then ``held`` are the cuts.
    """

    peer: int
    held: tuple[int, ...]
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A newcomer, as one member sees it.

    Attributes:
        peer: Who; an id that has not been used in the match before.
        players: The seats it takes, ascending.
        frame: The first frame on which its inputs act.
        is_agreed: Whether the member has agreed on it.
    """

    peer: int
    players: tuple[int, ...]
    frame: int
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class Stance:
    """All that a member has to say about who is in the match.

    Attributes:
        version: Counts the sender's changes; only the newest counts.
        is_ready: Whether the sender holds what all survivors hold of the lost.
        departures: Every peer lost since the match began, ascending.
        arrivals: Every newcomer since the match began, ascending.
    """

    version: int
    is_ready: bool
    departures: tuple[Departure, ...]
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What has just been agreed.

    Attributes:
        epoch: Number of the agreement: departures and arrivals since the match began.
        departures: Those who are no longer members, with their cuts.
        arrivals: Those who are members now.
    """

    epoch: int
    departures: tuple[Departure, ...]
    arrivals: tuple[Arrival, ...]


class Quorum(Enum):
    """Whether the survivors may go on."""

    YES = "yes"
    ARBITER = "the arbiter decides"
    NO = "no"


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
        self._promised: set[Departure | Arrival] = set()
        self._granted: frozenset[int] | None = None
        self._older: frozenset[int] | None = None
        self._newest: Arrival | None = None
        self._agreements: list[Agreement] = []

    @classmethod
    def for_newcomer(
        cls, local_peer: int, members: Iterable[int], stance: Stance, *, has_arbiter: bool
    ) -> Membership:
        """The part of a newcomer that has just been agreed upon.

        Args:
            local_peer: Its peer id.
            members: All members, the newcomer included.
            stance: Of the member that told it.
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
        return sum(1 for change in self._changes() if change.is_agreed)

    @property
    def survivors(self) -> frozenset[int]:
        """The members that we do not take for lost, we included."""
        return self.members.difference(self._lost)

    @property
    def is_open(self) -> bool:
        """Whether something has still to be agreed."""
        return not self.is_excluded and not all(each.is_agreed for each in self._changes())

    @property
    def open_losses(self) -> tuple[int, ...]:
        """The peers that we take for lost without an agreement yet, ascending."""
        return tuple(peer for peer, lost in sorted(self._lost.items()) if not lost.is_agreed)

    @property
    def pending_arrival(self) -> Arrival | None:
        """The newcomer that has not been agreed upon yet."""
        waiting = [arrival for arrival in self._arrived.values() if not arrival.is_agreed]
        return waiting[0] if waiting else None

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
        return frozenset(
            peer
            for peer in self.survivors
            if peer != self.local_peer and not self._is_with_us(self._stances.get(peer))
        )

    def withholders(self) -> frozenset[int]:
        """The survivors that say they hold more of the lost than we, and have not handed it on."""
        return frozenset(
            peer
            for peer, stance in self._stances.items()
            if peer in self.survivors and self._holds_more(stance)
        )

    def quorum(self) -> Quorum:
        """Whether the survivors may go on."""
        results = {self._quorum_of(self.members)}
        if self._older is not None:
            results.add(self._quorum_of(self._older))
        for worst in (Quorum.NO, Quorum.ARBITER):
            if worst in results:
                return worst
        return Quorum.YES

    @property
    def wants_arbiter(self) -> bool:
        """Whether the arbiter has to be asked if our survivors may go on."""
        return (
            self.is_open
            and self.is_ready
            and self._are_all_ready()
            and self.quorum() is Quorum.ARBITER
        )

    def take_agreement(self) -> Agreement | None:
        """The oldest agreement that has not been taken yet."""
        return self._agreements.pop(0) if self._agreements else None

    # --- what happens

    def claim(self, peer: int, held: tuple[int, ...]) -> None:
        """Take a member for lost.

        Args:
            peer: Who; anybody but a member that is not lost already is ignored.
            held: For each of its players the newest frame held, which must not grow any more but
                by what survivors hand on.
        """
        if self.is_excluded or peer not in self.survivors or peer == self.local_peer:
            return
        self._lost[peer] = Departure(peer, held)
        self._drop_pending_arrival()
        self._change()

    def note_held(self, peer: int, held: tuple[int, ...]) -> None:
        """We now hold more of a lost peer, handed on by a survivor."""
        lost = self._lost.get(peer)
        if lost is not None and not lost.is_agreed and lost.held != held:
            self._lost[peer] = Departure(peer, held)
            self._change()

    def accept(self, arrival: Arrival) -> bool:
        """Accept a newcomer, ourselves as the one who proposes it.

        Returns:
            Whether it can be: one at a time, not while a loss is open, and never the same twice.
        """
        if self.is_open or self.is_excluded or arrival.peer in self.members:
            return False
        if arrival.peer in self._lost or arrival.peer in self._arrived:
            return False
        self._arrived[arrival.peer] = arrival
        self._change()
        return True

    def withdraw_arrival(self) -> None:
        """Drop the newcomer that has not been agreed upon."""
        if self.pending_arrival is not None:
            self._drop_pending_arrival()
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
        known = self._stances.get(sender)
        if self.is_excluded or sender not in self.survivors or sender == self.local_peer:
            return
        if known is not None and stance.version <= known.version:
            return
        self._stances[sender] = stance
        claimed = {departure.peer for departure in stance.departures}
        if self.local_peer in claimed or self._goes_on_without_us(stance):
            self.claim(sender, held_of(sender))
            return
        self._adopt_agreements(stance)
        for peer in sorted(claimed & self.survivors):
            if is_silent(peer) or self._is_convincing(sender, peer):
                self.claim(peer, held_of(peer))
        # A mutual claim may tell against the claimer.
        for peer in sorted(claimed & self.survivors):
            if self._claims(peer, sender) and sender > peer:
                self.claim(sender, held_of(sender))
        if sender in self.survivors:
            self._follow_sponsor(sender, stance, may_accept)
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

    def _changes(self) -> list[Departure | Arrival]:
        return [*self._lost.values(), *self._arrived.values()]

    def _change(self, *, is_ours: bool = True) -> None:
        """Our stance, or another's, has changed: see what follows."""
        if is_ours:
            self.version += 1
        is_ready = self._holds_the_most()
        if is_ready != self.is_ready:
            self.is_ready = is_ready
            self.version += 1
        if is_ready:
            self._promised.update(each for each in self._changes() if not each.is_agreed)
        if self.is_open and is_ready and self._are_all_ready():
            quorum = self.quorum()
            if quorum is Quorum.YES or (
                quorum is Quorum.ARBITER and self._granted == self.survivors
            ):
                self._agree(
                    [lost for lost in self._lost.values() if not lost.is_agreed],
                    [arrival for arrival in self._arrived.values() if not arrival.is_agreed],
                )
        self._settle_older()

    def _holds_the_most(self) -> bool:
        """Whether all survivors have the same changes in mind and none holds more of the lost."""
        if not self.is_open:
            return False
        for peer in self.survivors:
            stance = self._stances.get(peer)
            if peer == self.local_peer:
                continue
            if stance is None or not self._has_same_changes(stance):
                return False
            if self._holds_more(stance):
                return False
        return True

    def _holds_more(self, stance: Stance) -> bool:
        return any(
            held > ours
            for theirs in stance.departures
            if theirs.peer in self._lost
            for held, ours in zip(theirs.held, self._lost[theirs.peer].held, strict=False)
        )

    def _has_same_changes(self, stance: Stance) -> bool:
        ours, theirs = self._lost, stance.departures
        if len(theirs) != len(ours) or len(stance.arrivals) != len(self._arrived):
            return False
        for departure in theirs:
            own = ours.get(departure.peer)
            if own is None or len(own.held) != len(departure.held):
                return False
        for arrival in stance.arrivals:
            mine = self._arrived.get(arrival.peer)
            if mine is None or (mine.players, mine.frame) != (arrival.players, arrival.frame):
                return False
        return True

    def _is_with_us(self, stance: Stance | None) -> bool:
        """Whether another is ready with exactly what we hold."""
        if stance is None or not stance.is_ready or not self._has_same_changes(stance):
            return False
        return all(self._lost[theirs.peer].held == theirs.held for theirs in stance.departures)

    def _are_all_ready(self) -> bool:
        return not self.laggards()

    def _quorum_of(self, base: frozenset[int]) -> Quorum:
        going_on = len(self.survivors & base)
        if 2 * going_on > len(base):
            return Quorum.YES
        if 2 * going_on < len(base):
            return Quorum.NO
        if self._has_arbiter:
            return Quorum.ARBITER
        return Quorum.YES if min(base) in self.survivors else Quorum.NO

    def _agree(self, departures: list[Departure], arrivals: list[Arrival]) -> None:
        """Make these changes final."""
        if not departures and not arrivals:
            return
        before = self.members
        settled_lost = [Departure(lost.peer, lost.held, True) for lost in departures]
        settled_new = [Arrival(new.peer, new.players, new.frame, True) for new in arrivals]
        self._lost.update({lost.peer: lost for lost in settled_lost})
        self._arrived.update({new.peer: new for new in settled_new})
        self.members = before.difference(lost.peer for lost in departures).union(
            new.peer for new in arrivals
        )
        # A loss was agreed by quorums of all groups there were, which leaves one group.
        self._older = before if arrivals and not departures else None
        self._newest = settled_new[-1] if settled_new else None
        settled = {lost.peer for lost in departures} | {new.peer for new in arrivals}
        self._promised = {each for each in self._promised if each.peer not in settled}
        self._granted = None
        self.is_ready = False
        for lost in departures:
            self._stances.pop(lost.peer, None)
        self.version += 1
        self._agreements.append(Agreement(self.epoch, tuple(settled_lost), tuple(settled_new)))

    def _adopt_agreements(self, stance: Stance) -> None:
        """Agree on what another has agreed on, if we had promised it."""
        departures = [
            replace(lost, is_agreed=False)
            for lost in stance.departures
            if lost.is_agreed and not _is_settled(self._lost.get(lost.peer))
        ]
        arrivals = [
            replace(new, is_agreed=False)
            for new in stance.arrivals
            if new.is_agreed and not _is_settled(self._arrived.get(new.peer))
        ]
        # One agreement covers all that its maker had in mind, so none is adopted in part.
        if self._promised.issuperset([*departures, *arrivals]):
            self._agree(departures, arrivals)

    def _claims(self, claimer: int, claimed: int) -> bool:
        stance = self._stances.get(claimer)
        return stance is not None and any(each.peer == claimed for each in stance.departures)

    def _goes_on_without_us(self, stance: Stance) -> bool:
        """Whether a member has agreed on something as if we, a newcomer, had not come.

        The only one that had agreed on us may have been lost before it could say so. The others
        then go on without us, and do not claim us, since to them we were never a member.
        """
        ours = self._arrived.get(self.local_peer)
        if ours is None or _is_among(ours, stance.arrivals):
            return False
        theirs: list[Departure | Arrival] = [*stance.departures, *stance.arrivals]
        return any(change.is_agreed and change not in self._changes() for change in theirs)

    def _is_convincing(self, claimer: int, claimed: int) -> bool:
        """Whether a claim about a peer that we hear should be adopted."""
        if any(
            self._claims(other, claimed)
            for other in self.survivors
            if other not in (claimer, claimed, self.local_peer)
        ):
            return True
        return self._claims(claimed, claimer) and claimer < claimed

    def _follow_sponsor(
        self, sender: int, stance: Stance, may_accept: Callable[[Arrival], bool]
    ) -> None:
        """Accept and drop newcomers as the survivor with the lowest id does."""
        if sender != min(self.survivors) or self.open_losses:
            return
        proposed = [new for new in stance.arrivals if not new.is_agreed]
        pending = self.pending_arrival
        if pending is not None and pending not in proposed:
            self.withdraw_arrival()
        for arrival in proposed:
            if arrival.peer not in self._arrived and may_accept(arrival):
                self.accept(arrival)

    def _drop_pending_arrival(self) -> None:
        pending = self.pending_arrival
        if pending is not None:
            del self._arrived[pending.peer]

    def _settle_older(self) -> None:
        """Forget the smaller group once all of it is known to have agreed on the newcomer.

        All: those that we take for lost may go on as if the newcomer had never been agreed upon.
        """
        if self._older is None:
            return
        for peer in self._older - {self.local_peer}:
            stance = self._stances.get(peer)
            if stance is None or self._newest not in stance.arrivals:
                return
        self._older = None


def _is_settled(change: Departure | Arrival | None) -> bool:
    return change is not None and change.is_agreed


def _is_among(arrival: Arrival, arrivals: Iterable[Arrival]) -> bool:
    """Whether the same newcomer is told of, agreed or not."""
    return any(replace(each, is_agreed=arrival.is_agreed) == arrival for each in arrivals)
