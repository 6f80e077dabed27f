"""A lab result for people: a progress bar while it runs, a table when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from peergym.lab.run import LabOptions, LabResult
from peergym.lab.run import Progress as OnProgress


@contextmanager
def progress_bar(frames: int) -> Iterator[OnProgress]:
    """Show a progress bar on standard error, where that is a terminal.

    Args:
        frames: How many frames are wanted.

    Yields:
        What to call with the number of frames confirmed.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("simulating"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("simulating", total=frames)
        yield lambda confirmed: bar.update(task, completed=confirmed)


def print_report(game: str, options: LabOptions, result: LabResult) -> None:
    """Print what was simulated and what came of it."""
    console = Console()
    network = options.network
    console.print(
        f"[bold]{game}[/bold], seed {options.seed}: RTT {network.rtt_s * 1000:g} ms"
        f" ± {network.jitter_s * 1000:g}, loss {network.loss * 100:g} % each way"
        f" in bursts of {network.burst_packets:g}, window {options.window_frames} frames"
    )
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    table.add_column()
    for value, meaning in _rows(result):
        table.add_row(value, meaning)
    console.print(table)
    console.print(_conclusion(options, result))


def _rows(result: LabResult) -> list[tuple[str, str]]:
    return [
        (f"{result.frames}", "frames confirmed by everybody"),
        (f"{result.diverged}", "of them differ from the oracle or between peers"),
        (f"{result.rollbacks}", f"rollbacks, {result.rollback_frames} frames simulated again"),
        (f"{result.max_rollback_depth}", "frames: the deepest rollback"),
        (f"{result.stalls}", "stalled ticks"),
        (f"{result.bytes_per_second_per_player:.0f}", "bytes a second sent by each player"),
        (f"{result.bytes_per_packet_mean:.1f}", "bytes a packet"),
        (f"{result.packets_per_second_per_pair:.1f}", "packets a second, each way of each pair"),
        (f"{result.packets_lost}", "packets lost"),
        (f"{result.lead_ms_p95:.1f}", "ms lead of one peer over another (95th percentile)"),
        (f"{result.input_delay_frames}", "frames of input delay"),
        (result.checksum, "checksum of the last confirmed frame"),
    ]


def _conclusion(options: LabOptions, result: LabResult) -> str:
    if result.diverged:
        return "[bold red]The histories diverged.[/bold red] Please report it with --trace FILE."
    if result.frames < options.frames:
        return (
            f"[yellow]Equal histories, but only {result.frames} of {options.frames} frames in the "
            "time allowed: this network is too slow for full speed.[/yellow]"
        )
    return "[green]All peers share one history, and it is the right one.[/green]"
