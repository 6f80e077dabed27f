"""A wire between two namespaces that takes its time; a program, for kernels without ``netem``.

It makes a network device at each end (TAP) and carries Ethernet frames between them, later, or not
at all. Each line that it reads has the delay and the jitter in seconds and the share of losses.

    wire_program.py NAMESPACE DEVICE NAMESPACE DEVICE SEED
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import itertools
import os
import random
import selectors
import struct
import sys
import time
from pathlib import Path

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
"""Source: Linux, ``include/uapi/linux/if_tun.h``."""

CLONE_NEWNET = 0x40000000
MOST_BYTES = 65_536
MOST_UNDER_WAY = 5000
"""Frames; a buffer of some MB, as bloated as those of real networks."""


def open_device(namespace: str, name: str) -> int:
    """Make a device in a namespace; returns its file, which is the other side of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open() as place:
        if libc.setns(place.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"namespace {namespace}")
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return file


class Wire:
    """Carries frames both ways."""

    def __init__(self, one: int, other: int, seed: int) -> None:
        self.delay_s = self.jitter_s = self.loss = 0.0
        self._other = {one: other, other: one}
        self._random = random.Random(seed)
        self._order = itertools.count()
        self._under_way: list[tuple[float, int, int, bytes]] = []

    def take(self, file: int) -> None:
        """Take in the frames that wait at one end."""
        while True:
            try:
                frame = os.read(file, MOST_BYTES)
            except BlockingIOError:
                return
            if self._random.random() >= self.loss and len(self._under_way) < MOST_UNDER_WAY:
                delay_s = self.delay_s + self._random.uniform(-self.jitter_s, self.jitter_s)
                due = time.monotonic() + max(0.0, delay_s)
                entry = (due, next(self._order), self._other[file], frame)
                heapq.heappush(self._under_way, entry)

    def deliver(self) -> float | None:
        """Let those out that are due; returns how long until the next is, None without one."""
        while self._under_way:
            due, _, file, frame = self._under_way[0]
            wait_s = due - time.monotonic()
            if wait_s > 0:
                return wait_s
            heapq.heappop(self._under_way)
            try:
                os.write(file, frame)
            except OSError:
                continue  # the device at the other end is down: lost
        return None


def main() -> None:
    """Carry frames until the standard input closes."""
    first_place, first_name, second_place, second_name, seed = sys.argv[1:]
    files = open_device(first_place, first_name), open_device(second_place, second_name)
    wire = Wire(*files, int(seed))
    with selectors.DefaultSelector() as selector:
        for source in (*files, sys.stdin):
            selector.register(source, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select(wire.deliver()):
                if key.fileobj is not sys.stdin:
                    wire.take(key.fd)
                    continue
                line = sys.stdin.readline()
                if not line:
                    return
                wire.delay_s, wire.jitter_s, wire.loss = map(float, line.split())
                print("done", flush=True)


if __name__ == "__main__":
    main()
