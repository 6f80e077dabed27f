"""How often one address may try to enter rooms, over all its connections."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from peergym.signalling import TokenBucket

MAX_ADDRESSES = 1000
"""How many addresses are remembered before those are forgotten that have been quiet."""


class EntryLimiter:
    """A bucket for each address."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        """Make a limiter; every address may begin with a burst."""
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, address: str, now_s: float) -> bool:
        """Note an attempt. Returns whether it is allowed."""
        address = _owner_of(address)
        bucket = self._buckets.get(address)
        if bucket is None:
            self._forget_quiet(now_s)
            bucket = TokenBucket(self._rate_per_s, self._burst, now_s)
            self._buckets[address] = bucket
        return bucket.take(now_s)

    def _forget_quiet(self, now_s: float) -> None:
        """Make room. Not a bug: a full bucket holds nothing that a new one would not."""
        if len(self._buckets) < MAX_ADDRESSES:
            return
        self._buckets = {
            address: bucket
            for address, bucket in self._buckets.items()
            if not bucket.is_full(now_s)
        }
        while len(self._buckets) >= MAX_ADDRESSES:
            del self._buckets[next(iter(self._buckets))]


def _owner_of(address: str) -> str:
    """Return what stands for everybody who can choose between addresses like this one.

    Source: RFC 6177: a single customer gets 64 bits of IPv6 at least, which are 10^19 addresses.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address  # of a proxy that says something else, or of none
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
