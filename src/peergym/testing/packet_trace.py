"""Recordings of what a real path did to packets, one after the other.

A recording is a text file with one line for each packet, in the order in which they were sent: how
long it was under way, one way, in milliseconds; or nothing, or ``lost``, if it never arrived. A
line that begins with ``#`` says something to people; a first line that is not a number is a
heading. What follows a comma is not read, so the delay has to be the first column of a CSV file::

    # 60 packets a second over somebody's Wi-Fi
    delay_ms
    4.1
    3.9
    lost
    27.5

Packets are counted, not timed: what is recorded at 60 packets a second fits a game of 60 frames a
second. Of round-trip times, take the half.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from peergym.errors import ConfigurationError

LOST = ("", "lost")
MOST_BYTES = 64 * 1024 * 1024  # a day at 60 packets a second, and more
MOST_DELAY_MS = 10_000.0


@dataclass(frozen=True, slots=True)
class PacketTrace:
    """What became of each packet.

    Attributes:
        name: Where it was read from.
        delays_s: One-way time of each packet, in seconds; None for one that was lost.

    Raises:
        ConfigurationError: There is no packet, or none of them arrived.
    """

    name: str
    delays_s: tuple[float | None, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if all(delay_s is None for delay_s in self.delays_s):
            raise ConfigurationError("packet_trace", f"{self.name}: no packet ever arrived")

    @property
    def mean_delay_s(self) -> float:
        """The mean one-way time of those that arrived, in seconds."""
        arrived = [delay_s for delay_s in self.delays_s if delay_s is not None]
        return sum(arrived) / len(arrived)

    @property
    def loss(self) -> float:
        """The share that was lost."""
        return self.delays_s.count(None) / len(self.delays_s)


def parse_packet_trace(lines: Iterable[str], name: str) -> PacketTrace:
    """Read a recording, line by line.

    Args:
        lines: As described above.
        name: What to call it.

    Raises:
        ConfigurationError: A line is neither a time nor a loss; says which.
    """
    delays_s: list[float | None] = []
    may_be_heading = True
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        text = line.split(",", 1)[0].strip().strip('"')
        if text.lower() in LOST:
            delays_s.append(None)
        elif (delay_ms := _number(text)) is not None and 0 <= delay_ms <= MOST_DELAY_MS:
            delays_s.append(delay_ms / 1000)
        elif not may_be_heading or delay_ms is not None:
            raise ConfigurationError(
                "packet_trace",
                f"{name}, line {number}: a time of 0 to {MOST_DELAY_MS:g} ms, or 'lost', "
                f"not {text!r:.40}",
            )
        may_be_heading = False
    return PacketTrace(name, tuple(delays_s))


def read_packet_trace(path: Path) -> PacketTrace:
    """Read a recording from a file.

    Raises:
        ConfigurationError: It cannot be read, is too long, or is none.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationError("packet_trace", f"{path} is longer than {MOST_BYTES} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError("packet_trace", f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("packet_trace", f"{path} is no text") from error
    return parse_packet_trace(text.splitlines(), str(path))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
