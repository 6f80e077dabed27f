"""Bytes on the wire, of matches in the lab, which are the same on every machine."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmark import Benchmark, Figures, Progress, Verdict, markdown_table

FRAMES = 3600
LONG_FRAMES = 18_000
"""Past frame 16,384, where a frame number takes a byte more."""

MATCHES: dict[str, tuple[str, ...]] = {
    "Pong, a minute": ("pong", "--players", "2", "--frames", str(FRAMES)),
    "two players, five minutes": ("chaos", "--players", "2", "--frames", str(LONG_FRAMES)),
    "four players, a minute": ("chaos", "--players", "4", "--frames", str(FRAMES)),
    "four players, five minutes": ("chaos", "--players", "4", "--frames", str(LONG_FRAMES)),
}
NETWORK = ("--rtt-ms", "100", "--input-delay", "0")

MOST_BYTES_PER_PACKET = 16.0
MOST_PACKETS_PER_S = 61.0
MOST_BYTES_PER_S = 3000.0


def run(progress: Progress) -> Figures:
    """Run `peergym lab` for each match."""
    figures: Figures = {}
    for name, match in MATCHES.items():
        figures[name] = lab(*match, *NETWORK)
        progress(f"{name}: {figures[name]['bytes_per_packet_mean']} bytes a packet")
    return figures


def lab(*arguments: str) -> dict[str, Any]:
    """The figures of one match; raises if its histories diverged."""
    command = [sys.executable, "-m", "peergym", "lab", *arguments, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    figures: dict[str, Any] = json.loads(done.stdout)
    return {**figures, "command": f"peergym lab {' '.join(arguments)} --json"}


def judge(figures: Figures) -> list[Verdict]:
    """Two players by packet, four by second."""
    verdicts = []
    for name, lab_figures in figures.items():
        rate = lab_figures["packets_per_second_per_pair"]
        verdicts.append(Verdict(f"{name}: packets a second, a pair", rate, MOST_PACKETS_PER_S))
        if name.startswith("four"):
            sent = lab_figures["bytes_per_second_per_player"]
            verdicts.append(
                Verdict(f"{name}: sent by each to all", sent, MOST_BYTES_PER_S, "bytes/s")
            )
        else:
            size = lab_figures["bytes_per_packet_mean"]
            verdicts.append(Verdict(f"{name}: mean packet", size, MOST_BYTES_PER_PACKET, "bytes"))
    return verdicts


def table(figures: Figures) -> str:
    """One row for each match."""
    rows = [
        (
            name,
            each["frames"],
            each["bytes_per_packet_mean"],
            each["packets_per_second_per_pair"],
            each["bytes_per_second_per_player"],
            each["rollbacks"],
        )
        for name, each in figures.items()
    ]
    header = ("match", "frames", "bytes a packet", "packets a second, a pair")
    return markdown_table((*header, "bytes a second, a player", "rollbacks"), rows)


BENCHMARK = Benchmark("payload", run, judge, table)
