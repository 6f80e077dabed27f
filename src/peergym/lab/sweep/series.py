"""From the matches of a sweep to lines in charts.

Theory of operation: of the axes that vary, one is the horizontal axis of all charts, the next is
told apart by lines, and for every combination of the others there is a panel of charts of its own.
A point is the mean over the seeds, its whisker goes from the least to the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peergym.errors import ConfigurationError
from peergym.lab.charts import Chart, Point, Series
from peergym.lab.sweep.grid import Grid
from peergym.lab.sweep.measures import MEASURES, Measure
from peergym.lab.sweep.runs import Value
from peergym.lab.sweep.tables import Row

AXIS_TITLES = {
    "players": "players",
    "input_delay": "input delay, frames",
    "window": "prediction window, frames",
    "snapshot_interval": "frames between two snapshots",
    "redundancy": "inputs in a packet",
    "max_snapshots": "snapshots at most",
    "input_buffer": "input buffer, frames",
    "rtt_ms": "round-trip time, ms",
    "jitter_ms": "jitter of the round trip, ± ms",
    "loss": "loss each way, %",
    "burst": "packets lost in a row",
    "transport": "channel",
    "profile": "network",
    "packet_trace": "recorded network",
}


def axis_title(axis: str) -> str:
    """An axis, for people."""
    return AXIS_TITLES.get(axis, axis.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which axis goes where.

    Attributes:
        x: The horizontal axis; empty if nothing varies.
        lines: What lines are told apart by; empty if they need not be.
        panels: The other axes that vary.
    """

    x: str
    lines: str
    panels: tuple[str, ...]


def layout_of(grid: Grid, x: str = "", lines: str = "") -> Layout:
    """Choose which axis goes where.

    Args:
        grid: What is swept.
        x: The horizontal axis; empty chooses the one with the most numbers.
        lines: Likewise; empty chooses the next.

    Raises:
        ConfigurationError: An axis that was chosen does not vary.
    """
    varied = grid.varied
    for name, axis in (("--x", x), ("--lines", lines)):
        if axis and axis not in varied:
            raise ConfigurationError(name, f"{axis!r} has one value; of several: {varied or '-'}")
    numbers = {axis: sum(type(v) is not str for v in grid.axes[axis]) for axis in varied}
    by_count = sorted(varied, key=lambda axis: -numbers[axis])
    x = x or next((axis for axis in by_count if axis != lines), "")
    lines = lines or next((axis for axis in by_count if axis != x), "")
    return Layout(x, lines, tuple(axis for axis in varied if axis not in (x, lines)))


def rows_of_panels(rows: Iterable[Row], layout: Layout) -> dict[tuple[Value, ...], list[Row]]:
    """The rows of each panel, by the values of its axes."""
    panels: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows:
        panels.setdefault(tuple(row[axis] for axis in layout.panels), []).append(row)
    return panels


def chart_of(
    rows: Sequence[Row], measure: Measure, x: str, lines: str = "", title: str = ""
) -> Chart:
    """A chart of one figure.

    Args:
        rows: Of one panel.
        measure: Which figure.
        x: The horizontal axis; empty for none.
        lines: What lines are told apart by; empty for one line.
        title: In the place of the figure's own.
    """
    values = list(dict.fromkeys(row[lines] for row in rows)) if lines else [""]
    series = []
    for value in values:
        of_line = [row for row in rows if not lines or row[lines] == value]
        name = f"{axis_title(lines).split(',')[0]} {value}" if type(value) is not str else value
        series.append(Series(name, _points(of_line, measure, x)))
    return Chart(title or measure.title, measure.unit, axis_title(x) if x else "", series)


def _points(rows: Sequence[Row], measure: Measure, x: str) -> list[Point]:
    by_x: dict[Value, list[float]] = {}
    for row in rows:
        by_x.setdefault(row[x] if x else "", []).append(float(row[measure.name]))
    return [
        Point(at, sum(found) / len(found), min(found), max(found)) for at, found in by_x.items()
    ]


def worth_drawing(rows: Sequence[Row]) -> list[Measure]:
    """The measures that are not 0 everywhere."""
    return [measure for measure in MEASURES if any(row[measure.name] for row in rows)]
