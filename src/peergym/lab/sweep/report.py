"""The results of a sweep as one HTML page: charts, then a table. It needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import peergym
from peergym.lab.charts import COLOURS, draw
from peergym.lab.charts.chart import WIDTH
from peergym.lab.charts.style import SHAPES
from peergym.lab.charts.ticks import number
from peergym.lab.sweep.grid import SEED, Grid
from peergym.lab.sweep.measures import MEASURES, Measure
from peergym.lab.sweep.series import (
    Layout,
    axis_title,
    chart_of,
    rows_of_panels,
    worth_drawing,
)
from peergym.lab.sweep.tables import Row

MOST_PANELS = 12  # a dozen screens of charts; whoever wants more has the table

STYLE = """*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1280px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:24px;line-height:1.2;margin:0 0 4px}
h2{font-size:18px;margin:32px 0 8px}
p{margin:4px 0;max-width:75ch}
.faint{color:var(--faint)}
.bad{border-left:4px solid var(--s1);padding:4px 12px;margin:12px 0}
.charts{display:grid;gap:20px 24px;
grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr))}
.charts svg{width:100%;height:auto;display:block}
.scroll{overflow-x:auto;border:1px solid var(--grid);border-radius:6px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:4px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}
th{font-weight:600;vertical-align:bottom;white-space:normal;min-width:76px;color:var(--faint)}
tr:last-child td{border-bottom:0}
dl{display:grid;grid-template-columns:minmax(140px,auto) 1fr;gap:4px 16px;margin:8px 0}
dt{font-weight:600}dd{margin:0}
@media(max-width:600px){dl{grid-template-columns:1fr}dd{margin-bottom:8px}}
code{font-size:13px;overflow-wrap:anywhere}
"""


def report(rows: Sequence[Row], grid: Grid, layout: Layout, command: str) -> str:
    """The page.

    Args:
        rows: A row for each match.
        grid: What was swept.
        layout: Which axis goes where.
        command: How to make it again.
    """
    body = [
        _heading(rows, grid, command),
        *_panels(rows, layout),
        "<h2>All figures</h2>",
        '<p class="faint">Means over the seeds.</p>',
        _table(rows, grid.varied),
        "<h2>What they mean</h2>",
        _meanings(),
    ]
    game = escape(str(rows[0]["game"]))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>peergym lab sweep: {game}</title>\n"
        f"<style>{COLOURS}{SHAPES}{STYLE}</style></head>\n"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _heading(rows: Sequence[Row], grid: Grid, command: str) -> str:
    seeds = len({row[SEED] for row in rows})
    fixed = [
        f"{axis_title(axis)}: {values[0]}"
        for axis, values in grid.axes.items()
        if len(values) == 1 and axis != SEED
    ]
    unsound = sum(not row["is_sound"] for row in rows)
    short = sum(row["frames"] < row["frames_wanted"] for row in rows)
    said = (
        f"{number(rows[0]['frames_wanted'])} frames each, {seeds} seed{'s' * (seeds > 1)}; "
        f"peergym {peergym.__version__}, {datetime.now(UTC):%Y-%m-%d}. Points are means over the "
        "seeds, whiskers go from the least to the most."
    )
    parts = [
        f"<h1>{escape(str(rows[0]['game']))}: {len(rows)} simulated matches</h1>",
        f'<p class="faint">{escape(said)}</p>',
        f"<p>{escape('; '.join(fixed))}</p>" if fixed else "",
        f"<p><code>{escape(command)}</code></p>",
    ]
    if unsound:
        parts.append(f'<p class="bad">In {unsound} of them the histories diverged.</p>')
    if short:
        parts.append(
            f'<p class="bad">{short} of them did not play all frames in the time allowed.</p>'
        )
    return "".join(parts)


def _panels(rows: Sequence[Row], layout: Layout) -> list[str]:
    measures = worth_drawing(rows)
    panels = rows_of_panels(rows, layout)
    parts = []
    for values, of_panel in list(panels.items())[:MOST_PANELS]:
        said = [
            f"{axis_title(axis)}: {value}"
            for axis, value in zip(layout.panels, values, strict=True)
        ]
        parts.append(f"<h2>{escape('; '.join(said)) or 'Charts'}</h2>")
        charts = [_chart(of_panel, measure, layout) for measure in measures]
        parts.append(f'<div class="charts">{"".join(charts)}</div>')
    if len(panels) > MOST_PANELS:
        parts.append(
            f'<p class="faint">{len(panels) - MOST_PANELS} more combinations are in the table; '
            "sweep fewer axes at a time to see them drawn.</p>"
        )
    zero = [measure for measure in MEASURES if measure not in measures]
    if zero:
        said = ["; ".join(f"{measure.title} ({measure.unit})" for measure in zero)]
        parts.append(f'<p class="faint">0 in all matches: {escape(said[0])}.</p>')
    return parts


def _chart(rows: Sequence[Row], measure: Measure, layout: Layout) -> str:
    chart = chart_of(rows, measure, layout.x, layout.lines)
    inner, height = draw(chart)
    said = escape(f"{chart.title}, {chart.unit}", quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{said}">{inner}</svg>'


def _table(rows: Sequence[Row], axes: Sequence[str]) -> str:
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[axis] for axis in axes), []).append(row)
    titles = [axis_title(axis) for axis in axes]
    titles += [f"{measure.title}, {measure.unit}" for measure in MEASURES]
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = []
    for values, of_group in groups.items():
        means = [sum(row[each.name] for row in of_group) / len(of_group) for each in MEASURES]
        cells = [str(value) for value in values] + [number(round(mean, 2)) for mean in means]
        lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _meanings() -> str:
    entries = [
        f"<dt>{escape(measure.title)}</dt><dd>{escape(measure.meaning)} "
        f'<span class="faint">({escape(measure.unit)}; <code>{measure.name}</code>)</span></dd>'
        for measure in MEASURES
    ]
    return f"<dl>{''.join(entries)}</dl>"
