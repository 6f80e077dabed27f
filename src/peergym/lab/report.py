"""A lab result for people: a progress bar while it runs, a table when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from peergym.lab.options import LabOptions
from peergym.lab.result import LabResult
from peergym.lab.run import Progress as OnProgress
from peergym.testing.conditions import PairConditions, Transport
from peergym.testing.schedule import Kind


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
    console.print(
        f"[bold]{game}[/bold], seed {options.seed}: {_path(options.network)}, "
        f"window {options.window_frames} frames"
    )
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    table.add_column()
    for value, meaning in _rows(result):
        table.add_row(value, meaning)
    console.print(table)
    if result.holes:
        console.print(f"  {result.holes} holes: inputs that were not sent again by themselves")
    for sentence in _what_happened(result):
        console.print(f"  {sentence}", highlight=False)
    if options.schedule.happenings or options.links:
        console.print(_players_table(result))
    console.print(_conclusion(options, result))


def _path(path: PairConditions) -> str:
    """What was between the peers, in a phrase."""
    if path.trace is not None:
        said = (
            f"{path.trace.name}: {path.trace.mean_delay_s * 1000:.1f} ms one way, "
            f"{path.trace.loss * 100:.1f} % lost"
        )
    else:
        said = (
            f"RTT {path.rtt_s * 1000:g} ms ± {path.jitter_s * 1000:g}, loss {path.loss * 100:g} % "
            f"each way in bursts of {path.burst_packets:g}"
        )
    return f"{said}, over an ordered channel" if path.transport is Transport.ORDERED else said


def _rows(result: LabResult) -> list[tuple[str, str]]:
    return [
        (f"{result.frames}", "frames confirmed by everybody"),
        (f"{result.diverged}", "of them differ from the oracle or between peers"),
        (f"{result.rollbacks}", f"rollbacks, {result.rollback_frames} frames simulated again"),
        (f"{result.max_rollback_depth}", "frames: the deepest rollback"),
        (f"{result.one_sidedness:g}", "times as many for the one who had most as for the least"),
        (f"{result.stalls}", f"stalled ticks, {result.stall_ms_max:.0f} ms the longest wait"),
        (
            f"{result.confirmed_lag_frames_p50}",
            f"frames not yet confirmed by all, {result.confirmed_lag_frames_p99} at times",
        ),
        (
            f"{result.own_latency_ms_p50:.1f}",
            f"ms from a player's input to its own frame, {result.own_latency_ms_p99:.1f} at times",
        ),
        (
            f"{result.held_latency_ms_p50:.1f}",
            f"ms until another holds it; one in twenty {result.held_latency_ms_p95:.1f}",
        ),
        (f"{result.states_held_max}", "states kept at most"),
        (f"{result.bytes_per_second_per_player:.0f}", "bytes a second sent by each player"),
        (f"{result.bytes_per_packet_mean:.1f}", "bytes a packet"),
        (f"{result.packets_per_second_per_pair:.1f}", "packets a second, each way of each pair"),
        (f"{result.packets_lost}", "packets lost"),
        (f"{result.lead_ms_p95:.1f}", "ms lead of one peer over another (95th percentile)"),
        (f"{result.input_delay_frames}", "frames of input delay"),
        (result.checksum, "checksum of the last confirmed frame"),
    ]


def _what_happened(result: LabResult) -> Iterator[str]:
    """What was agreed upon and reported, in sentences."""
    for cut in result.cuts:
        yield (
            f"player {cut['player']} was lost: his last input is that of frame {cut['frame']}"
            f" (agreement {cut['epoch']})"
        )
    for join in result.joins:
        yield (
            f"player {join['player']} came: he plays from frame {join['frame']} on"
            f" (agreement {join['epoch']})"
        )
    for gone in result.excluded:
        yield f"peer {gone['peer']} was excluded; it knew frames up to {gone['frame']}"
    for desync in result.desyncs:
        repaired = ", ".join(map(str, desync["repaired"])) or "nobody"
        yield (
            f"a desync at frame {desync['frame']}, reported by peers "
            f"{', '.join(map(str, desync['reported']))}; repaired: {repaired}"
        )
    for watcher in result.spectators:
        yield (
            f"spectator {watcher['peer']} saw frames {watcher['first_frame']} to "
            f"{watcher['frames']}{'' if watcher['is_alive'] else ' and is gone'}"
        )


COLUMNS = {
    "peer": "peer",
    "players": "seats",
    "state": "state",
    "frames": "frames",
    "rollbacks": "rollbacks",
    "rollback_frames": "again",
    "stalls": "stalls",
    "stall_ms_max": "wait ms",
    "input_delay_frames": "delay",
    "bytes_per_second": "bytes/s",
}


def _players_table(result: LabResult) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0))
    for title in COLUMNS.values():
        table.add_column(title, justify="right", no_wrap=True)
    for figures in result.players:
        table.add_row(*[_shown(figures[name]) for name in COLUMNS])
    return table


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.0f}"
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    return str(value)


def _conclusion(options: LabOptions, result: LabResult) -> str:
    if result.complaints:
        return "[bold red]What was agreed upon is wrong:[/bold red] " + "; ".join(result.complaints)
    if result.diverged:
        planted = any(True for _ in options.schedule.of(Kind.DESYNC))
        if planted:
            return "[yellow]The histories diverged, as they had to.[/yellow]"
        return "[bold red]The histories diverged.[/bold red] Please report it with --trace FILE."
    if result.frames < options.frames:
        has_ended = all(each["state"] not in GOES_ON for each in result.players)
        why = (
            "then the match was over."
            if has_ended
            else "in the time allowed: this network is too slow for full speed."
        )
        return (
            f"[yellow]Equal histories, but only {result.frames} of {options.frames} frames; "
            f"{why}[/yellow]"
        )
    return "[green]All peers share one history, and it is the right one.[/green]"


GOES_ON = ("playing", "ended", "waiting", "following")
"""States of a peer whose match is not over."""
