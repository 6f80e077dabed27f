"""Sees all packets that come in at a device; a program that runs in a namespace.

For each line that it reads, it prints the addresses from which packets came so far.
"""

from __future__ import annotations

import selectors
import socket
import sys

IPV4 = 0x0800
SOURCE = slice(12, 16)
"""Where an IPv4 header has the sender. Source: RFC 791, section 3.1."""


def main() -> None:
    """Look and answer until the standard input closes."""
    device = sys.argv[1]
    seen: set[str] = set()
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(IPV4)) as packets,
        selectors.DefaultSelector() as selector,
    ):
        packets.bind((device, IPV4))
        for source in (packets, sys.stdin):
            selector.register(source, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if packets in ready:
                data, (_, _, kind, *_) = packets.recvfrom(65_535)
                if kind != socket.PACKET_OUTGOING:
                    seen.add(socket.inet_ntoa(data[SOURCE]))
            if sys.stdin in ready:
                if not sys.stdin.readline():
                    return
                print(*sorted(seen), flush=True)


if __name__ == "__main__":
    main()
