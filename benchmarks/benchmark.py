"""What a benchmark is, and how its figures are judged and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
Progress = Callable[[str], object]


@dataclass(frozen=True)
class Verdict:
    """A figure beside its limit.

    Attributes:
        what: What was measured.
        value: The figure.
        limit: What it may be at most.
        unit: Of both; empty for ratios.
    """

    what: str
    value: float
    limit: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the figure keeps the limit."""
        return self.value <= self.limit

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        word = "met" if self.is_met else "MISSED"
        return f"{self.what}: {self.value:g}{unit}, at most {self.limit:g}{unit}: {word}"


@dataclass(frozen=True)
class Benchmark:
    """One section of docs/performance.md.

    Attributes:
        name: What ``--only`` and the markers in the page call it.
        run: Measures.
        judge: The figures that have a limit.
        table: The figures in Markdown.
        plot: Draws the figures into a file; None for a benchmark without a plot.
    """

    name: str
    run: Callable[[Progress], Figures]
    judge: Callable[[Figures], Sequence[Verdict]]
    table: Callable[[Figures], str]
    plot: Callable[[Figures, Path], None] | None = None


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    """The figures with limits, as a Markdown table."""
    rows = []
    for verdict in verdicts:
        unit = f" {verdict.unit}" if verdict.unit else ""
        word = "met" if verdict.is_met else "**missed**"
        rows.append((verdict.what, f"{verdict.value:g}{unit}", f"{verdict.limit:g}{unit}", word))
    return markdown_table(("figure", "measured", "at most", ""), rows)
