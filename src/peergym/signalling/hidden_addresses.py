"""Takes a peer's own addresses out of what it tells others before they are connected.

Theory of operation: where addresses are hidden, peers meet at TURN servers, and all that another
needs is the address there: a candidate of type ``relay``. What is passed on is written anew from
the fields that are known, so that nothing hides in one that is not. Pages do the same before they
send (``client/src/peer/hidden_addresses.ts``), native peers and the server with this module.

Laws:
    - A candidate of any other type is not passed on, nor one that cannot be read.
    - A relay candidate is passed on without the address that it was made from.
    - A description names no address outside such candidates.

Standard library only: native peers need it as well.
"""

from __future__ import annotations

import re
from typing import Any

CANDIDATE = re.compile(
    r"(?:a=)?candidate:(?P<foundation>[\w+/]{1,32}) (?P<component>\d{1,3}) (?P<transport>udp|tcp)"
    r" (?P<priority>\d{1,10}) (?P<address>[0-9A-Fa-f.:]{2,45}) (?P<port>\d{1,5}) typ relay"
    r"(?P<rest>(?: \S+ \S+)*)",
    re.IGNORECASE,
)
"""A candidate of type relay. Source: RFC 8839, section 5.1."""

KEPT_EXTENSIONS = frozenset({"tcptype", "generation", "ufrag"})
"""What browsers write behind a candidate and needs to be known. Their ``network-cost``, which says
whether a machine is on a mobile network, need not."""

NOWHERE = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - stands in for an address; nobody listens there
"""What is said instead of an address. Source: RFC 8828, section 6.2, for related addresses."""

ADDRESS_LINES = ("a=remote-candidates:", "a=ssrc:", "a=x-", "i=", "u=", "e=", "p=")
"""Lines that may name an address or a person, and that no data channel needs."""

CONNECTION = re.compile(r"IN IP[46] \S+")
RTCP = re.compile(r"a=rtcp:\d+.*")
MEDIA_PORT = re.compile(r"m=(\w+) \d+ ")

DISCARD_PORT = 9
"""What a description without a default candidate names. Source: RFC 8840, section 4.1.1."""


def hide_in_signal(kind: str, payload: Any) -> tuple[Any, bool]:
    """Take the sender's own addresses out of a signal.

    Args:
        kind: ``description`` or ``candidate``.
        payload: What the browser wrote.

    Returns:
        What may be passed on, and whether anything may.
    """
    if kind == "description":
        return {**payload, "sdp": hide_in_description(payload["sdp"])}, True
    # None, or no text: there are no more candidates.
    if payload is None or not payload["candidate"]:
        return payload, True
    candidate = hide_in_candidate(payload["candidate"])
    return {**payload, "candidate": candidate}, candidate is not None


def hide_in_candidate(text: str) -> str | None:
    """Return a relay candidate without the address that it was made from; None for any other."""
    found = CANDIDATE.fullmatch(text.strip())
    if found is None:
        return None
    family = 6 if ":" in found["address"] else 4
    head = "candidate:{foundation} {component} {transport} {priority} {address} {port} typ relay"
    words = [head.format_map(found.groupdict()), f"raddr {NOWHERE[family]} rport 0"]
    rest = found["rest"].split()
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name in KEPT_EXTENSIONS:
            words.append(f"{name} {value}")
    return " ".join(words)


def hide_in_description(sdp: str) -> str:
    """Return a description in which the only addresses are those of relay candidates."""
    kept = (_hide_in_line(line.rstrip("\r")) for line in sdp.split("\n"))
    return "".join(f"{line}\r\n" for line in kept if line is not None)


def _hide_in_line(line: str) -> str | None:
    if line[1:2] != "=" or not line.isprintable():
        return None
    if line.startswith("a=candidate:"):
        candidate = hide_in_candidate(line)
        return None if candidate is None else f"a={candidate}"
    if line.startswith(ADDRESS_LINES):
        return None
    if line.startswith(("c=", "o=")):
        return CONNECTION.sub(f"IN IP4 {NOWHERE[4]}", line)
    if line.startswith("m="):
        return MEDIA_PORT.sub(rf"m=\1 {DISCARD_PORT} ", line)
    return RTCP.sub(f"a=rtcp:{DISCARD_PORT} IN IP4 {NOWHERE[4]}", line)
