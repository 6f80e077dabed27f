"""What a member says about who is in the match: the lost, the newcomers, and how far it is.

Laws:
    - A stance says everything, so the newest of a member makes all older ones void.
    - Comparing two stances never fails, whatever a peer has put into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


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
        peer: Who; an id that no member of the match has had.
        players: The seats it takes, ascending.
        frame: The first frame on which its inputs act.
        is_agreed: Whether the member has agreed on it.
    """

    peer: int
    players: tuple[int, ...]
    frame: int
    is_agreed: bool = False


Change = Departure | Arrival


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

    @property
    def changes(self) -> tuple[Change, ...]:
        """The departures, then the arrivals."""
        return (*self.departures, *self.arrivals)

    def claims(self, peer: int) -> bool:
        """Whether the sender takes a peer for lost."""
        return any(lost.peer == peer for lost in self.departures)

    def is_about_the_same_as(self, other: Stance) -> bool:
        """Whether both are about the same lost and the same newcomers, each at the same frame."""
        return self._subjects() == other._subjects()

    def agrees_with(self, other: Stance) -> bool:
        """Whether the sender is ready, about the same, and with the same inputs of the lost."""
        return self.is_ready and _as_proposed(self.changes) == _as_proposed(other.changes)

    def holds_more_than(self, other: Stance) -> bool:
        """Whether the sender holds a newer frame of any player of those who are lost to both."""
        theirs = {lost.peer: lost.held for lost in other.departures}
        return any(
            held > than
            for lost in self.departures
            for held, than in zip(lost.held, theirs.get(lost.peer, ()), strict=False)
        )

    def accepts(self, newcomer: Arrival) -> bool:
        """Whether the sender has this newcomer in mind, at this frame."""
        return bool(set(_as_proposed(self.arrivals)).intersection(_as_proposed([newcomer])))

    def agreed_beyond(self, ours: Stance) -> tuple[Change, ...]:
        """What the sender has agreed on and we have not, as it was before that."""
        settled = ours.changes
        return _as_proposed(
            change for change in self.changes if change.is_agreed and change not in settled
        )

    def _subjects(self) -> tuple[object, ...]:
        lost = tuple((each.peer, len(each.held)) for each in self.departures)
        return (lost, _as_proposed(self.arrivals))


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


def is_convincing(
    stances: Mapping[int, Stance], claimer: int, claimed: int, others: Iterable[int]
) -> bool:
    """Whether a claim should be adopted by somebody who hears both.

    It should if another claims the same peer; or if that peer claims the claimer in return, and
    the claimer has the lower id. The word of one alone is not enough.

    Args:
        stances: The newest stance of each member that has said something.
        claimer: Who claims.
        claimed: Who is claimed.
        others: Who else may claim the same peer.
    """

    def claims(one: int, other: int) -> bool:
        return one in stances and stances[one].claims(other)

    if not claims(claimer, claimed):
        return False
    is_shared = any(claims(other, claimed) for other in others if other != claimer)
    return is_shared or (claimer < claimed and claims(claimed, claimer))


def _as_proposed(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes, as they were before they were agreed upon."""
    return tuple(replace(change, is_agreed=False) for change in changes)
