"""Which addresses to listen on, and the sockets that do."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from dataclasses import dataclass

from peergym.errors import ConfigurationError

ELSEWHERE = ("192.0.2.1", 9)
"""An address that nobody has. Source: RFC 5737, for documentation."""

LOOPBACK = "127.0.0.1"
LISTEN_BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Listeners:
    """Sockets that listen, all on one port.

    Attributes:
        sockets: Bound and listening.
        base_urls: How pages reach them, the one to show first.
    """

    sockets: tuple[socket.socket, ...]
    base_urls: tuple[str, ...]

    @property
    def port(self) -> int:
        """The port."""
        return int(self.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening; for when the server never came to run."""
        for each in self.sockets:
            each.close()


def listen(host: str, port: int, is_lan: bool) -> Listeners:
    """Listen on the address, and on the one in the local network if asked for.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
        is_lan: Whether to listen in the local network as well. Its address is shown first.

    Raises:
        ConfigurationError: If the port is in use or not allowed, the address is not ours, or
            there is no local network.
    """
    hosts = [find_lan_address()] if is_lan else []
    if host not in hosts:
        hosts.append(host)
    sockets: list[socket.socket] = []
    try:
        for each in hosts:
            sockets.append(_bind(each, port))
            port = sockets[0].getsockname()[1]
    except ConfigurationError:
        for bound in sockets:
            bound.close()
        raise
    return Listeners(tuple(sockets), tuple(f"http://{each}:{port}" for each in hosts))


def find_lan_address() -> str:
    """Return this machine's address in its network.

    Raises:
        ConfigurationError: If it is in none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing: it only asks for the route.
            probe.connect(ELSEWHERE)
            address = str(probe.getsockname()[0])
        except OSError:
            address = LOOPBACK
    if ipaddress.ip_address(address).is_loopback:
        raise ConfigurationError(
            "lan", "this machine is in no network just now; connect it, or leave out --lan"
        )
    return address


def _bind(host: str, port: int) -> socket.socket:
    # Only where the protocol is named does asyncio switch off Nagle's algorithm, which would keep a
    # datagram for the relay's receiver until he next sends something himself.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Elsewhere it would let two servers share one port.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(LISTEN_BACKLOG)
    except (OSError, OverflowError) as error:
        bound.close()
        raise _explain(error, host, port) from error
    return bound


def _explain(error: Exception, host: str, port: int) -> ConfigurationError:
    if isinstance(error, OverflowError):
        return ConfigurationError("port", f"{port} is not a port; ports are 0 to 65535")
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return ConfigurationError(
            "port",
            f"{port} is in use by another program; choose another one with --port, "
            "or leave it out for a free one",
        )
    if number == errno.EACCES:
        return ConfigurationError(
            "port", f"{port} may not be used by this user; choose one from 1024 up"
        )
    return ConfigurationError("host", f"cannot listen on {host}: {error}")
