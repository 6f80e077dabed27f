"""The report of a check, for people."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peergym.envs.check.advice import FASTEST_HZ, USUAL_WINDOW_FRAMES
from peergym.envs.check.findings import Figures, Finding, Report, Verdict
from peergym.rollback.config import MAX_PREDICTION_WINDOW

SIGNS = {
    Verdict.PASSED: ("✓", "ok", "green"),
    Verdict.FAILED: ("✗", "FAILED", "bold red"),
    Verdict.WARNED: ("!", "!", "yellow"),
    Verdict.SKIPPED: ("·", "-", "dim"),
}
HOSTS = {"native": "here", "browser": "in a browser"}
COLUMNS = ("step", "save", "load", "state", "sent", "fastest", "window", "saving")


def print_report(report: Report, console: Console | None = None) -> None:
    """Print a report to the standard output."""
    console = console or Console(highlight=False)
    console.print(f"\n[bold]{escape(report.name)}[/], {report.frames} frames, seed {report.seed}\n")
    console.print(_findings(report))
    if report.figures:
        console.print(_figures(report))
        for figures in () if report.is_lockstep else report.figures:
            console.print(_advice(figures))
    console.print(f"\n{_verdict(report)}\n")


def _findings(report: Report) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in report.findings:
        table.add_row(_sign(finding.verdict), finding.check, _explained(finding))
    return table


def _sign(verdict: Verdict) -> str:
    sign, plain, colour = SIGNS[verdict]
    return f"[{colour}]{sign if _has_signs() else plain}[/]"


def _has_signs() -> bool:
    """Whether the terminal can print them: some on Windows cannot."""
    try:
        "✓✗·µ".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _explained(finding: Finding) -> str:
    lines = [escape(finding.sentence)]
    if finding.path:
        lines.append(f"[bold]{escape(finding.path)}[/]")
    lines += [f"[cyan]{escape(place)}[/]" for place in finding.places]
    return "\n".join(lines)


def _figures(report: Report) -> Table:
    table = Table(title="\nWhat it costs", title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for each in report.figures:
        costs = each.costs
        table.add_row(
            HOSTS.get(each.host, each.host).removeprefix("in a "),
            *(_microseconds(cost) for cost in (costs.step_s, costs.save_s, costs.load_s)),
            _bytes(each.state_bytes),
            _bytes(each.transfer_bytes) if each.transfer_bytes else "-",
            *(("-", "lockstep", "-") if report.is_lockstep else _what_follows(each)),
        )
    return table


def _what_follows(figures: Figures) -> tuple[str, str, str]:
    advice = figures.advice
    return (
        _at_most(advice.frame_rate_hz, FASTEST_HZ, "Hz"),
        _at_most(advice.window_frames, MAX_PREDICTION_WINDOW),
        "dense" if advice.interval_frames == 1 else f"1 in {advice.interval_frames}",
    )


def _microseconds(time_s: float) -> str:
    unit = "µs" if _has_signs() else "us"
    return f"{time_s * 1e6:.1f} {unit}" if time_s < 1e-3 else f"{time_s * 1e3:.1f} ms"


def _bytes(count: int) -> str:
    return f"{count} B" if count < 10_000 else f"{count / 1000:.0f} kB"


def _at_most(value: float, limit: float, unit: str = "") -> str:
    return f"{limit:.0f}+ {unit}".rstrip() if value >= limit else f"{int(value)} {unit}".rstrip()


def _advice(figures: Figures) -> str:
    advice = figures.advice
    where = HOSTS.get(figures.host, figures.host).capitalize()
    tick = f"the longest tick, a rollback of {USUAL_WINDOW_FRAMES} frames, takes "
    tick += _microseconds(advice.worst_tick_s)
    if advice.fits:
        return f"{where} ({escape(figures.python)}), {tick}: it fits into a frame."
    if advice.window_frames:
        rest = f"choose a prediction window of {advice.window_frames}, or a lower frame rate"
    else:
        rest = "it can be played in lockstep (a prediction window of 0), or at a lower frame rate"
    return f"[yellow]{where} ({escape(figures.python)}), {tick}: too long for a frame; {rest}.[/]"


def _verdict(report: Report) -> str:
    warnings = sum(each.verdict is Verdict.WARNED for each in report.findings)
    name = escape(report.name)
    if not report.passed:
        names = ", ".join(each.check for each in report.failures)
        how = "in lockstep" if report.is_lockstep else "with rollback"
        return f"{_sign(Verdict.FAILED)} {name} cannot be played {how} as it is: {names}."
    notes = f", with {warnings} thing{'s' * (warnings > 1)} to know" if warnings else ""
    how = "in lockstep" if report.is_lockstep else "with rollback"
    return f"{_sign(Verdict.PASSED)} {name} can be played {how}{notes}."
