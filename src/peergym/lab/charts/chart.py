"""One chart: lines over numbers or names, with a whisker from the least to the most of each point.

Theory of operation: a chart is drawn into a box of fixed size in its own units and scaled by the
page. From the top: title, unit, legend (as many rows as it takes), and the plot with its axes. The
vertical axis begins at 0, so that lengths compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil

from peergym.lab.charts.style import SERIES_COLOURS
from peergym.lab.charts.ticks import number, ticks

WIDTH = 380
PLOT_HEIGHT = 170
LEFT = 46
RIGHT = 12
TITLE_Y = 16
UNIT_Y = 31
LEGEND_Y = 48
LEGEND_ROW = 15
CHARACTER = 6.1  # width of a letter of the legend, on average
LABEL_ROW = 13
LABEL_WIDTH = 24  # of a number below the axis, with some room
BELOW = 38  # the plot: numbers and name of the horizontal axis


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line.

    Attributes:
        x: A number or a name.
        y: The mean.
        least: The least that was measured.
        most: The most.
    """

    x: float | str
    y: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Series:
    """A line."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        title: What is measured.
        unit: In which unit.
        x_title: What the horizontal axis is.
        series: The lines.
    """

    title: str
    unit: str
    x_title: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class _Scales:
    xs: dict[float | str, float]
    x_labels: list[tuple[float, str]]
    label_rows: int
    y_ticks: list[float]
    top: float

    def y(self, value: float) -> float:
        least, most = self.y_ticks[0], self.y_ticks[-1]
        return self.top + PLOT_HEIGHT * (most - value) / (most - least)


def draw(chart: Chart) -> tuple[str, int]:
    """Draw a chart.

    Returns:
        SVG without the element around it, and its height; it is `WIDTH` wide.
    """
    legend, rows = _legend(chart.series)
    top = LEGEND_Y + (rows * LEGEND_ROW if rows else -6)
    scales = _scales(chart, top)
    parts = [
        f'<text class="c-t" x="4" y="{TITLE_Y}">{escape(chart.title)}</text>',
        f'<text class="c-u" x="4" y="{UNIT_Y}">{escape(chart.unit)}</text>',
        legend,
        _axes(chart, scales),
        *[_line(index, series, scales) for index, series in enumerate(chart.series)],
    ]
    below = BELOW + (scales.label_rows - 1) * LABEL_ROW
    return "".join(parts), round(top + PLOT_HEIGHT + below)


def _legend(series: Sequence[Series]) -> tuple[str, int]:
    """The names of the lines, in rows; nothing for a single one without a name."""
    if len(series) == 1 and not series[0].name:
        return "", 0
    parts, x, row = [], 4.0, 0
    for index, each in enumerate(series):
        width = 20 + CHARACTER * len(each.name)
        if x > 4.0 and x + width > WIDTH:
            x, row = 4.0, row + 1
        y = LEGEND_Y + row * LEGEND_ROW
        parts.append(
            f'<g class="c{index % SERIES_COLOURS}">{_marker(index, x + 5, y - 4)}</g>'
            f'<text class="c-k" x="{x + 13:.1f}" y="{y}">{escape(each.name)}</text>'
        )
        x += width
    return "".join(parts), row + 1


def _scales(chart: Chart, top: float) -> _Scales:
    points = [point for series in chart.series for point in series.points]
    xs = list(dict.fromkeys(point.x for point in points))
    left, right = LEFT, WIDTH - RIGHT
    if all(not isinstance(x, str) for x in xs) and len(xs) > 1:
        numbers = sorted(float(x) for x in xs)
        marks = _marks(numbers, right - left)
        scale = (right - left) / (max(marks[-1], numbers[-1]) - min(marks[0], numbers[0]))
        first = min(marks[0], numbers[0])
        places = {x: left + scale * (float(x) - first) for x in xs}
        labels = [(left + scale * (at - first), number(at)) for at in marks]
    else:
        step = (right - left) / len(xs)
        places = {x: left + step * (index + 0.5) for index, x in enumerate(xs)}
        labels = [(places[x], x if isinstance(x, str) else number(x)) for x in xs]
    most = max([0.0, *[point.most for point in points]])
    least = min([0.0, *[point.least for point in points]])
    return _Scales(places, labels, _label_rows(labels), ticks(least, most or 1.0, 4), top)


def _marks(numbers: list[float], width: float) -> list[float]:
    """What is written below the axis: the numbers themselves, if they are far enough apart."""
    room = min(after - before for before, after in pairwise(numbers)) / (numbers[-1] - numbers[0])
    return numbers if room * width >= LABEL_WIDTH else ticks(numbers[0], numbers[-1])


def _label_rows(labels: list[tuple[float, str]]) -> int:
    """In how many rows the labels are written by turns, so that neighbours do not touch."""
    if len(labels) < 2:
        return 1
    room = min(abs(after[0] - before[0]) for before, after in pairwise(labels))
    return min(3, ceil((CHARACTER * max(len(label) for _, label in labels) + 4) / room))


def _axes(chart: Chart, scales: _Scales) -> str:
    bottom, right = scales.top + PLOT_HEIGHT, WIDTH - RIGHT
    parts = []
    for value in scales.y_ticks:
        y = scales.y(value)
        parts.append(
            f'<path class="c-g" d="M{LEFT} {y:.1f}H{right}"/>'
            f'<text class="c-l" text-anchor="end" x="{LEFT - 5}" y="{y + 4:.1f}">'
            f"{number(value)}</text>"
        )
    parts.append(f'<path class="c-a" d="M{LEFT} {bottom:.1f}H{right}"/>')
    parts += [
        f'<text class="c-l" text-anchor="middle" x="{x:.1f}" '
        f'y="{bottom + 15 + index % scales.label_rows * LABEL_ROW:.1f}">{escape(label)}</text>'
        for index, (x, label) in enumerate(scales.x_labels)
    ]
    title_y = bottom + 31 + (scales.label_rows - 1) * LABEL_ROW
    parts.append(
        f'<text class="c-u" text-anchor="middle" x="{(LEFT + right) / 2}" y="{title_y:.1f}">'
        f"{escape(chart.x_title)}</text>"
    )
    return "".join(parts)


def _line(index: int, series: Series, scales: _Scales) -> str:
    places = [(scales.xs[point.x], scales.y(point.y), point) for point in series.points]
    parts = [f'<g class="c{index % SERIES_COLOURS}">']
    if not any(isinstance(point.x, str) for point in series.points):  # nothing is between names
        path = "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y, _) in enumerate(places))
        parts.append(f'<path class="c-p" d="{path}"/>')
    for x, y, point in places:
        if point.most > point.least:
            parts.append(
                f'<path class="c-w" d="M{x:.1f} {scales.y(point.least):.1f}'
                f'V{scales.y(point.most):.1f}"/>'
            )
        name = f"{series.name}, " if series.name else ""
        said = f"{name}{point.x}: {number(round(point.y, 3))}"
        parts.append(f"<g>{_marker(index, x, y)}<title>{escape(said)}</title></g>")
    return "".join(parts) + "</g>"


def _marker(index: int, x: float, y: float) -> str:
    """A circle, a square, a diamond or a triangle."""
    kind = index % 4
    if kind == 0:
        return f'<circle class="c-m" cx="{x:.1f}" cy="{y:.1f}" r="3.6"/>'
    if kind == 1:
        return f'<rect class="c-m" x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4"/>'
    if kind == 2:
        return f'<path class="c-m" d="M{x:.1f} {y - 4.6:.1f}l4.6 4.6-4.6 4.6-4.6-4.6z"/>'
    return f'<path class="c-m" d="M{x:.1f} {y - 4.4:.1f}l4.4 7.6h-8.8z"/>'
