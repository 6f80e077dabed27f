"""A UDP socket that is told by lines what to do; a program that runs in a namespace."""

from __future__ import annotations

import json
import socket
import sys

SILENCE_S = 0.3
"""Nothing comes any more: a packet takes a fraction of a millisecond here."""


def main() -> None:
    """Do what the lines say, and answer each with one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", int(sys.argv[1])))
    sock.settimeout(SILENCE_S)
    for line in sys.stdin:
        verb, argument = json.loads(line)
        answer = None
        if verb == "send":
            sock.sendto(b"hello", tuple(argument))
        else:
            try:
                answer = sock.recvfrom(100)[1]
            except TimeoutError:
                answer = None
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
