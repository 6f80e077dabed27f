"""A WebSocket made by hand, for what no library does: it answers nothing by itself."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from peergym.server.serve import ServerThread

WITHIN_S = 12.0
"""Everything here takes milliseconds; this is for a machine that is busy, and less than the time
after which the server itself asks who is still there."""

CONTINUATION, BINARY, PING = 0, 2, 9
"""Source: RFC 6455, section 5.2."""

FIN, MASKED = 0x80, 0x80


def frame(opcode: int, payload: bytes = b"", *, is_last: bool = True) -> bytes:
    """A frame of a client, of at most 65,535 bytes, masked with zeros."""
    head = bytes((opcode | (FIN if is_last else 0),))
    if len(payload) < 126:
        head += bytes((MASKED | len(payload),))
    else:
        head += bytes((MASKED | 126,)) + len(payload).to_bytes(2, "big")
    return head + bytes(4) + payload


@contextmanager
def bare_socket(server: ServerThread, path: str) -> Iterator[socket.socket]:
    """A connection to a path, past its opening; it takes little before its owner reads."""
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.settimeout(WITHIN_S)
        plain.connect(("127.0.0.1", server.settings.port))
        key = base64.b64encode(os.urandom(16)).decode()
        plain.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):  # byte by byte: frames may follow at once
            answer += plain.recv(1)
        assert answer.startswith(b"HTTP/1.1 101 ")
        yield plain
