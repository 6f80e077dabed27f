"""How much may happen: the worlds that the tests explore, and larger ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from peergym.rollback.membership import Membership

ANY = 99

HELD = {(0, 1): 2, (2, 1): 0, (0, 2): 5, (1, 2): 2, (1, 0): 0, (2, 0): 5, (3, 0): 2, (3, 1): 5}
"""What a peer holds of another when it takes it for lost: unequal, and 0 where nothing is said."""


@dataclass(frozen=True)
class Bounds:
    """One world to explore.

    Attributes:
        name: What is special about it.
        peers: How many are members at first.
        has_arbiter: Whether an arbiter decides ties.
        crashes: How many peers may crash, at any time; never the last one.
        suspicions: How often a peer may take another for lost that is there.
        proposals: How often a newcomer may be proposed.
        in_flight: How many stances of a sender are on their way at once, the newest counted. With
            one, whatever arrives arrives in causal order, or not at all.
        mortals: Who may crash.
        held: As `HELD`.
        machine: What is explored.
    """

    name: str
    peers: int
    has_arbiter: bool
    crashes: int = ANY
    suspicions: int = ANY
    proposals: int = 0
    in_flight: int = ANY
    mortals: frozenset[int] = frozenset(range(5))
    held: dict[tuple[int, int], int] = field(default_factory=lambda: HELD)
    machine: type[Membership] = Membership

    @property
    def newcomer(self) -> int:
        """The id of the newcomer, if there may be one."""
        return self.peers

    @property
    def ids(self) -> range:
        """All peers that there may be."""
        return range(self.peers + (self.proposals > 0))


TESTED = (
    Bounds("three", 3, has_arbiter=False),
    Bounds("three, arbiter", 3, has_arbiter=True, suspicions=2),
    Bounds("four, one crash", 4, has_arbiter=False, crashes=1, suspicions=0),
    Bounds(
        "four, two crashes, arbiter",
        4,
        has_arbiter=True,
        crashes=2,
        suspicions=0,
        in_flight=1,
        mortals=frozenset({0, 1, 3}),
    ),
    Bounds("two and a newcomer", 2, has_arbiter=False, crashes=1, suspicions=1, proposals=1),
    Bounds(
        "two and a newcomer, arbiter", 2, has_arbiter=True, crashes=1, suspicions=1, proposals=1
    ),
)
"""What the tests explore, each as a whole. Where nothing is said, there is no limit."""

LARGER = (
    Bounds("three, arbiter, any claims", 3, has_arbiter=True),
    Bounds("four, any crashes", 4, has_arbiter=False, suspicions=0),
    Bounds("four, any crashes, arbiter", 4, has_arbiter=True, suspicions=0),
    Bounds("four, one wrong claim", 4, has_arbiter=False, crashes=0, suspicions=1, in_flight=1),
    Bounds(
        "two and a newcomer, proposed twice",
        2,
        has_arbiter=True,
        crashes=0,
        suspicions=2,
        proposals=2,
        in_flight=1,
    ),
    Bounds(
        "three and a newcomer",
        3,
        has_arbiter=False,
        crashes=1,
        suspicions=0,
        proposals=1,
        in_flight=1,
        mortals=frozenset({0}),
    ),
)
"""What takes minutes: the same whole, and more."""
