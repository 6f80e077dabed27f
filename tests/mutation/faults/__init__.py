"""All faults, by the part of the core in which they lie."""

from __future__ import annotations

from tests.mutation.fault import Fault
from tests.mutation.faults import (
    arrivals,
    clockwork,
    desync,
    games,
    hosts,
    members,
    privacy,
    proof,
    timeline,
)

FAULTS: tuple[Fault, ...] = (
    *timeline.FAULTS,
    *clockwork.FAULTS,
    *members.FAULTS,
    *arrivals.FAULTS,
    *desync.FAULTS,
    *games.FAULTS,
    *hosts.FAULTS,
    *privacy.FAULTS,
    *proof.FAULTS,
)
