"""The two plots of docs/performance.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

# Without a display; and the same figures make the same file.
mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "peergym",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#666666",
        "figure.facecolor": "white",
    }
)

PARTS = (
    ("described", "page and description", "#9aa5b1"),
    ("loaded", "Python loads (and the browsers connect)", "#4c78a8"),
    ("imported", "package imported", "#72b7b2"),
    ("booted", "warm-up", "#eeca3b"),
    ("started", "agreeing on the start", "#f58518"),
    ("drawn", "first frame", "#b279a2"),
)
"""Stages of the start that follow one another: the mark at which each ends, name, colour."""

ROWS = {"plain": "without snapshot", "snapshot": "from the snapshot"}
PLACES = {"worker": "worker\n(as shipped)", "hop": "postMessage\nhop", "page": "page"}


def draw_start(figures: dict[str, Any], limits_ms: dict[str, float], path: Path) -> None:
    """Draw the stages of both starts, the bare one, and the limits."""
    figure, axes = plt.subplots(figsize=(7.2, 2.6), layout="constrained")
    for row, how in enumerate(ROWS):
        begin_s = 0.0
        for mark, label, colour in PARTS:
            end_s = figures[how]["stages"][mark] / 1000
            name = label if row == 0 else None
            axes.barh(row, end_s - begin_s, left=begin_s, color=colour, height=0.55, label=name)
            begin_s = end_s
        limit_s = limits_ms[how] / 1000
        name = "limit" if row == 0 else None
        axes.plot([limit_s] * 2, [row - 0.38, row + 0.38], color="#d62728", lw=2, label=name)
    axes.barh(len(ROWS), figures["bare"]["median"] / 1000, color="#c8c8c8", height=0.55)
    axes.set_yticks(range(len(ROWS) + 1), [*ROWS.values(), "bare loadPyodide()"])
    axes.set_xlabel("seconds after the click on the link")
    axes.set_xlim(left=0)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    save(path)


def draw_latency(figures: dict[str, Any], path: Path) -> None:
    """Draw the 95th percentile of an input's latency, idle and busy, by place."""
    _, axes = plt.subplots(figsize=(5.2, 2.6), layout="constrained")
    width = 0.36
    for shift, name, label, colour in (
        (-width / 2, "idle_p95_ms", "page idle", "#9aa5b1"),
        (width / 2, "busy_p95_ms", "page busy 30 of every 50 ms", "#4c78a8"),
    ):
        values = [figures[place][name] for place in PLACES]
        bars = axes.bar([at + shift for at in range(len(PLACES))], values, width, color=colour)
        bars.set_label(label)
        label_bars(axes, bars)
    axes.set_xticks(range(len(PLACES)), list(PLACES.values()))
    axes.set_ylabel("latency of an input, p95, ms")
    axes.margins(y=0.3)  # room for the legend
    axes.legend(frameon=False, loc="upper left")
    save(path)


def label_bars(axes: Axes, bars: Any) -> None:
    """Write each bar's value over it."""
    axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=8, color="#444444")


def save(path: Path) -> None:
    """Write the plot and forget it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plt.savefig(path, metadata={"Date": None})
    plt.close()
