"""What a home's router does to UDP, made of iptables.

The words are those of RFC 3489, because everybody uses them; RFC 4787 says the same as mapping and
filtering. Source: ``networks.md`` of the design, RFC 4787 sections 4 and 5.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

WAN: Final = "wan"


class Nat(Enum):
    """A kind of router."""

    FULL_CONE = "full cone"
    """Always the same outer port, and whoever knows it gets in."""
    PORT_RESTRICTED = "port restricted"
    """Always the same outer port; in gets only who was written to. Most homes."""
    SYMMETRIC = "symmetric"
    """Another outer port for each destination. Many companies and mobile networks."""
    UDP_BLOCKED = "UDP blocked"
    """TCP alone gets out."""


def rules(nat: Nat, page: str) -> list[str]:
    """Return arguments of ``iptables`` that make a router of this kind; what was there is gone.

    Args:
        nat: The kind.
        page: Address of the machine behind it that strangers get to, if any gets in.
    """
    random = " --random-fully" if nat is Nat.SYMMETRIC else ""
    made = [
        "--flush",
        "--table nat --flush",
        # Else the router itself would answer strangers that their port is closed, and remember
        # the flow in a way that spoils the outer port for those behind it.
        f"--append INPUT --in-interface {WAN} --protocol udp --jump DROP",
        f"--table nat --append POSTROUTING --out-interface {WAN} --jump MASQUERADE{random}",
    ]
    if nat is Nat.FULL_CONE:
        made.append(
            f"--table nat --append PREROUTING --in-interface {WAN} --protocol udp"
            f" --jump DNAT --to-destination {page}"
        )
    if nat is Nat.UDP_BLOCKED:
        made.append("--append FORWARD --protocol udp --jump DROP")
    return made
