"""Which of two equal halves of a match may go on. Pure: what is known goes in, a ruling comes out.

Theory of operation: when the members of a match fall into two equal halves, neither is a majority,
and each may ask. The server does not see the paths between peers; it sees who is connected to it,
and remembers whom it refused. The first half that asks goes on, if anybody in it is still there;
the other members can be part of no half that goes on from then on, while those who come later can.

Law: of two halves that share nobody, never both are granted.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided.

    Attributes:
        is_granted: Whether the group goes on.
        lost: All peers that can be part of no group any more.
    """

    is_granted: bool
    lost: frozenset[int]


def rule(
    group: AbstractSet[int],
    members: AbstractSet[int],
    lost: AbstractSet[int],
    connected: AbstractSet[int],
) -> Ruling:
    """Decide whether a half may go on.

    Args:
        group: The peers of the half that asks.
        members: Those it is a half of.
        lost: As earlier rulings have left it.
        connected: The peers that have a connection to the server.

    Source: the law of `peergym.rollback.quorum`, with the server as the one who chooses.
    """
    if group & lost or not group & connected:
        return Ruling(is_granted=False, lost=frozenset(lost))
    return Ruling(is_granted=True, lost=frozenset(lost | (members - group)))
