"""A UDP socket that is told by lines what to do; a program that runs in a namespace."""

from __future__ import annotations

import json
import socket
import sys


def main() -> None:
    """Do what the lines say, and answer each with one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", int(sys.argv[1])))
    print("ready", flush=True)
    for line in sys.stdin:
        verb, argument = json.loads(line)
        answer = None
        if verb == "send":
            sock.sendto(b"hello", tuple(argument))
        else:
            sock.settimeout(argument)
            try:
                answer = sock.recvfrom(100)[1]
            except TimeoutError:
                answer = None
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
