"""A small internet: servers with public addresses, and homes behind routers.

::

    page of a ── router of a ──┐                 ┌── server (peergym)
                               ├── hub (bridge) ─┤
    page of b ── router of b ──┘                 └── turn (coturn)
    guest of b ──┘                    (the line from the router of b to the hub has a delay)

The hub forwards nothing and answers nobody but at its own address. It is everybody's default
route: without one, Chromium finds no addresses of its own machine, and a TURN server no way to
addresses that nobody has.

Its addresses are ordinary public ones, for a TURN server that is configured as it should be sends
nobody to those that are reserved for documentation. They are in nobody's way: nothing leaves here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.networks.nat import WAN, Nat, rules
from tests.networks.sandbox import Sandbox
from tests.networks.wire import Wire, wire

HUB_ADDRESS = "20.0.0.254"
SERVER, SERVER_ADDRESS = "server", "20.0.0.10"
TURN, TURN_ADDRESS = "turn", "20.0.0.20"
NOBODY_ADDRESS = "20.0.0.77"

DELAY_S, JITTER_S = 0.02, 0.004
"""Of the second home's line, each way: without any, no input would ever come too late."""


@dataclass(frozen=True)
class Home:
    """A router, and the machines behind it.

    Attributes:
        name: What its namespaces begin with.
        address: The router's in the internet.
        net: The first three numbers of the addresses behind the router.
    """

    name: str
    address: str
    net: str

    @property
    def router(self) -> str:
        """The router's namespace."""
        return f"{self.name}-router"

    @property
    def page(self) -> str:
        """The namespace of the machine at which somebody sits."""
        return f"{self.name}-page"

    @property
    def guest(self) -> str:
        """The namespace of another machine in the same home."""
        return f"{self.name}-guest"

    @property
    def page_address(self) -> str:
        """The address of that machine at home."""
        return f"{self.net}.2"


HOME_A = Home("a", "20.0.0.101", "10.1.0")
HOME_B = Home("b", "20.0.0.102", "10.2.0")


@dataclass(frozen=True)
class Internet:
    """All of it, in a sandbox.

    Attributes:
        sandbox: The sandbox.
        line: From the second home to all others.
        homes: Both homes.
    """

    sandbox: Sandbox
    line: Wire
    homes: tuple[Home, Home] = (HOME_A, HOME_B)

    def set_nat(self, home: Home, nat: Nat) -> None:
        """Make a home's router one of this kind; it still knows the flows of before."""
        enter = f"ip netns exec {home.router} iptables --wait"
        lines = (f"{enter} {rule}" for rule in rules(nat, home.page_address))
        self.sandbox.configure("\n".join(lines))

    def block_direct(self, is_blocked: bool = True) -> None:
        """Cut, or mend, the way between the two homes; both still reach the servers."""
        change = "--insert" if is_blocked else "--delete"
        one, two = self.homes
        lines = (
            f"ip netns exec {home.router} iptables --wait {change} FORWARD"
            f" --destination {other.address} --jump DROP"
            for home, other in ((one, two), (two, one))
        )
        self.sandbox.configure("\n".join(lines))


@contextlib.contextmanager
def build_internet(sandbox: Sandbox) -> Iterator[Internet]:
    """Make namespaces, cables, addresses and routes."""
    script = [*_namespace("hub"), *_bridge("hub", HUB_ADDRESS)]
    for name, address in ((SERVER, SERVER_ADDRESS), (TURN, TURN_ADDRESS)):
        script += [*_namespace(name), *_cable("hub", name, "eth0", address)]
        script.append(_to_hub(name))
    for home in (HOME_A, HOME_B):
        script += _home(home)
    script += _cable("hub", HOME_A.router, WAN, HOME_A.address)
    sandbox.configure("\n".join(script))
    with wire(sandbox, ("hub", HOME_B.router), (HOME_B.router, WAN)) as line:
        line.change(DELAY_S, JITTER_S)
        script = _plug_in("hub", HOME_B.router, WAN, HOME_B.address)
        script += [_to_hub(home.router) for home in (HOME_A, HOME_B)]
        sandbox.configure("\n".join(script))
        yield Internet(sandbox, line)


def _to_hub(namespace: str) -> str:
    return f"ip -n {namespace} route add default via {HUB_ADDRESS}"


def _namespace(name: str) -> list[str]:
    off = "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
    return [
        f"ip netns add {name}",
        f"ip netns exec {name} sysctl -q -w {off}",
        f"ip -n {name} link set lo up",
    ]


def _bridge(namespace: str, address: str) -> list[str]:
    return [
        f"ip -n {namespace} link add lan type bridge forward_delay 0",
        f"ip -n {namespace} address add {address}/24 dev lan",
        f"ip -n {namespace} link set lan up",
    ]


def _cable(bridged: str, namespace: str, device: str, address: str) -> list[str]:
    """Put a cable from a bridge to a device."""
    plug = namespace
    return [
        f"ip -n {bridged} link add {plug} type veth peer name {device} netns {namespace}",
        *_plug_in(bridged, namespace, device, address),
    ]


def _plug_in(bridged: str, namespace: str, device: str, address: str) -> list[str]:
    """Put a cable that is there into use: its end in the bridge has the name of the namespace."""
    plug = namespace
    return [
        f"ip -n {bridged} link set {plug} master lan up",
        f"ip -n {namespace} address add {address}/24 dev {device}",
        f"ip -n {namespace} link set {device} up",
    ]


def _home(home: Home) -> list[str]:
    script = [*_namespace(home.router), *_bridge(home.router, f"{home.net}.1")]
    script.append(f"ip netns exec {home.router} sysctl -q -w net.ipv4.ip_forward=1")
    for namespace, last in ((home.page, 2), (home.guest, 3)):
        script += _namespace(namespace)
        script += _cable(home.router, namespace, "eth0", f"{home.net}.{last}")
        script.append(f"ip -n {namespace} route add default via {home.net}.1")
    return script
