"""Which peers of a match connect directly; all others reach each other through the relay only.

Theory of operation: a direct connection costs each side an upload of everything it says. Up to
four in a full mesh are cheap; whoever comes beyond them talks to all through the relay, which fans
out, so that nobody uploads more than a datagram for each of the mesh and one for the relay.

Law: of a pair the lower id offers. Decided here and never by the clients, so two offers can never
cross.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

MESH_PEERS = 4
"""The first so many connect with each other."""


def direct_pairs(peers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the pairs that connect directly, each as (who offers, who answers).

    Args:
        peers: Those in the match, by peer id.
    """
    return list(combinations(sorted(peers)[:MESH_PEERS], 2))
