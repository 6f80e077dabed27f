"""Whether those who are left of a group are enough to go on without the rest.

Law: of two groups that share nobody, at most one goes on.

Source: dynamic voting (Jajodia and Mutchler, 1990).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import Enum


class Quorum(Enum):
    """Whether the survivors may go on."""

    YES = "yes"
    ARBITER = "the arbiter decides"
    NO = "no"


def quorum_of(base: AbstractSet[int], survivors: AbstractSet[int], *, has_arbiter: bool) -> Quorum:
    """Judge the survivors of a group: a strict majority may go on, and one of two equal halves.

    Args:
        base: The group, not empty.
        survivors: Those who are left; they may have been joined by others, who do not count.
        has_arbiter: Whether somebody chooses between halves; else the one with the lowest id it is.
    """
    left = len(survivors & base)
    if 2 * left != len(base):
        return Quorum.YES if 2 * left > len(base) else Quorum.NO
    if has_arbiter:
        return Quorum.ARBITER
    return Quorum.YES if min(base) in survivors else Quorum.NO
