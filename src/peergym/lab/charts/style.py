"""The looks of charts, in light and in dark.

Source: the colours are Okabe and Ito's (2008), which people who see few colours tell apart, made
darker or lighter for the background. Each series also has a marker of its own.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1c2430",
    "faint": "#5d6877",
    "grid": "#dfe4ea",
    "s0": "#0072b2",
    "s1": "#c44e00",
    "s2": "#00845f",
    "s3": "#a0428a",
    "s4": "#8a6a00",
    "s5": "#2d8fc9",
    "s6": "#6b5bd0",
    "s7": "#4c5866",
}

DARK = {
    "paper": "#14181e",
    "ink": "#e6eaf0",
    "faint": "#9aa6b5",
    "grid": "#2c343f",
    "s0": "#5ab4e8",
    "s1": "#ff9a52",
    "s2": "#3ecf9f",
    "s3": "#e294cd",
    "s4": "#e3c34d",
    "s5": "#a8d8f5",
    "s6": "#b0a5ff",
    "s7": "#b9c3cf",
}

SERIES_COLOURS = 8


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


COLOURS = f""":root{{color-scheme:light dark;{_variables(LIGHT)}}}
@media (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}
"""
"""CSS: the variables that charts are drawn with."""

SHAPES = (
    """.c-t{font:600 13px system-ui,sans-serif;fill:var(--ink)}
.c-u,.c-l,.c-k{font:11px system-ui,sans-serif;fill:var(--faint)}
.c-k{fill:var(--ink)}
.c-g{stroke:var(--grid);stroke-width:1;fill:none}
.c-a{stroke:var(--faint);stroke-width:1;fill:none}
"""
    + "".join(f".c{i}{{stroke:var(--s{i});fill:var(--s{i})}}" for i in range(SERIES_COLOURS))
    + """
.c-p{fill:none;stroke-width:2;stroke-linejoin:round}
.c-w{stroke-width:1.5;opacity:.55}
.c-m{stroke-width:0}
"""
)
"""CSS: what each part of a chart looks like."""
