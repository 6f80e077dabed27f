"""Charts as a file of their own, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from peergym.lab.charts.chart import WIDTH, Chart, draw
from peergym.lab.charts.style import COLOURS, SHAPES

GAP = 16


def svg_of(charts: Sequence[Chart], columns: int, title: str) -> str:
    """Charts as one SVG, which follows the reader's light or dark theme by itself.

    Args:
        charts: What to draw, row by row.
        columns: How many side by side.
        title: What the picture shows, for those who do not see it.
    """
    drawn = [draw(chart) for chart in charts]
    parts, y = [], GAP
    for first in range(0, len(drawn), columns):
        row = drawn[first : first + columns]
        for column, (inner, _) in enumerate(row):
            x = GAP + column * (WIDTH + GAP)
            parts.append(f'<g transform="translate({x} {y})">{inner}</g>\n')
        y += max(height for _, height in row) + GAP
    width = GAP + min(columns, len(charts)) * (WIDTH + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" '
        f'height="{y}" role="img"><title>{escape(title)}</title>\n'
        f"<style>{COLOURS}{SHAPES}</style>\n"
        f'<rect width="{width}" height="{y}" style="fill:var(--paper)"/>\n{"".join(parts)}</svg>\n'
    )


def write_svg(charts: Sequence[Chart], columns: int, title: str, path: Path) -> None:
    """Write charts into a file; see `svg_of`."""
    path.write_text(svg_of(charts, columns, title), encoding="utf-8")
