"""What a desync dump says, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from peergym.lab.desync import ReExecution, Result, Side, input_runs, surroundings
from peergym.rollback.desync_dump import DesyncDump
from peergym.rollback.difference import Difference

MAX_SHOWN_RUNS = 24  # stretches of inputs; --json has all
MOST_ULPS = 4096  # beyond, two floats are simply different numbers

_COLOURS = {
    Result.EQUALS: "green",
    Result.NEITHER: "yellow",
    Result.UNREPEATABLE: "bold red",
    Result.IMPOSSIBLE: "yellow",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told of one dump."""

    dump: DesyncDump
    sides: Sequence[Side]
    execution: ReExecution


def ulps_between(a: Any, b: Any) -> int | None:
    """How many floats lie between two, plus one; None if they are not two near floats."""
    if type(a) is not float or type(b) is not float or a != a or b != b:  # noqa: PLR0124 - NaN
        return None
    distance = abs(_place(a) - _place(b))
    return distance if 0 < distance <= MOST_ULPS else None


def _place(value: float) -> int:
    """The number of a float when all are counted in ascending order."""
    bits: int = unpack("<q", pack("<d", value))[0]
    return bits if bits >= 0 else -(bits & ((1 << 63) - 1))


def _safe(text: object) -> str:
    """A text of the dump for the terminal: without markup, colours or moves of the cursor."""
    return escape("".join([c if c.isprintable() else ascii(c)[1:-1] for c in str(text)]))


def to_json(report: Report) -> dict[str, Any]:
    """The report as a dict that JSON can carry."""
    dump, execution = report.dump, report.execution
    return {
        "match_id": dump.match_id,
        "episode": dump.episode,
        "seed": str(dump.seed),  # 64 bits are too many for the numbers of JavaScript
        "frame": dump.frame,
        "last_equal_frame": dump.last_equal_frame,
        "local_peer": dump.local_peer,
        "owners": list(dump.owners),
        "game": dict(dump.game),
        "description": dict(dump.description),
        "checksums": {str(peer): f"{value:016x}" for peer, value in dump.checksums.items()},
        "sides": [
            {
                "peer": side.peer,
                "differences": [_difference_to_json(found) for found in side.differences],
                "has_more": side.has_more,
            }
            for side in report.sides
        ],
        "inputs": [
            {"first_frame": first, "last_frame": last, "inputs": list(values)}
            for first, last, values in input_runs(dump)
        ],
        "re_execution": {
            "result": execution.result.value,
            "sentence": execution.sentence,
            "from_frame": execution.from_frame,
            "equals": list(execution.equals),
            "differs": list(execution.differs),
            "notes": list(execution.notes),
            "differences": {
                str(peer): _difference_to_json(found)
                for peer, found in execution.differences.items()
            },
        },
        "recording_bytes": len(dump.recording),
    }


def _difference_to_json(found: Difference) -> dict[str, Any]:
    return {
        "path": found.path,
        "ours": found.ours,
        "theirs": found.theirs,
        "ulps": ulps_between(*found.values),
    }


def print_report(report: Report) -> None:
    """Print what a dump says."""
    console = Console(highlight=False)
    _print_head(console, report.dump)
    if not report.sides:
        console.print("The dump does not hold two states to compare.\n")
    for side in report.sides:
        _print_side(console, report.dump, side)
    _print_inputs(console, report.dump)
    _print_execution(console, report)
    if report.dump.recording:
        console.print(
            f"[dim]It holds a flight recording of {len(report.dump.recording)} bytes:"
            " --save-recording FILE writes it for peergym lab replay-trace.[/dim]"
        )


def _print_head(console: Console, dump: DesyncDump) -> None:
    spec = str(dump.game.get("spec") or "a game without a name")
    console.print(
        f"[bold]{_safe(spec)}[/bold], match {_safe(dump.match_id)}, episode {dump.episode},"
        f" written by peer {dump.local_peer}"
    )
    equal = (
        f"the last frame known equal is {dump.last_equal_frame}"
        if dump.last_equal_frame >= 0
        else "no frame was ever known to be equal"
    )
    console.print(f"Frame {dump.frame} is the first found different; {equal}.")
    for peer, checksum in sorted(dump.checksums.items()):
        who = "ours" if peer == dump.local_peer else f"peer {peer}"
        seats = [str(player) for player, owner in enumerate(dump.owners) if owner == peer]
        console.print(f"  checksum {checksum:016x}  {who}, player {', '.join(seats) or 'none'}")
    console.print()


def _print_side(console: Console, dump: DesyncDump, side: Side) -> None:
    if not side.differences:
        console.print(
            f"Peer {side.peer}'s state holds the same values as ours: it is as sound or unsound as"
            " ours, or its checksum was a lie.\n"
        )
        return
    first = side.differences[0]
    console.print(f"[bold]First difference, ours (peer {dump.local_peer}) != peer {side.peer}'s")
    console.print(f"  [bold red]{_safe(first)}[/bold red]{_nearness(first)}\n")
    _print_surroundings(console, side.peer, first)
    if len(side.differences) > 1:
        count = f"more than {len(side.differences)}" if side.has_more else len(side.differences)
        console.print(f"All that differs ({count} places):")
        for found in side.differences:
            console.print(f"  {_safe(found)}{_nearness(found)}", soft_wrap=True)
        console.print()


def _nearness(found: Difference) -> str:
    """Floats that differ in their last bits point at the maths of two platforms."""
    ulps = ulps_between(*found.values)
    if ulps is None:
        return ""
    return f"  [dim]({ulps} float{'s' if ulps > 1 else ''} apart)[/dim]"


def _print_surroundings(console: Console, peer: int, first: Difference) -> None:
    fields = surroundings(first)
    if not fields:
        return
    console.print(f"Around it, in {_safe(first.container_path or 'the whole state')}:")
    table = Table(box=None, padding=(0, 2, 0, 1))
    for title in ("", "field", "ours", f"peer {peer}'s"):
        table.add_column(title, header_style="dim", overflow="fold")
    for row in fields:
        style = "red" if row.is_different else None
        cells = ("≠" if row.is_different else "", row.name, row.ours, row.theirs)
        table.add_row(*map(_safe, cells), style=style)
    console.print(table)
    console.print()


def _print_inputs(console: Console, dump: DesyncDump) -> None:
    runs = list(input_runs(dump))
    if not runs:
        console.print("The dump holds no inputs between the two frames.\n")
        return
    console.print("Inputs in between, by player:")
    table = Table(box=None, padding=(0, 2, 0, 1))
    table.add_column("frames", header_style="dim")
    for player in range(len(dump.owners)):
        table.add_column(f"player {player}", header_style="dim", justify="right")
    for first, last, values in runs[:MAX_SHOWN_RUNS]:
        frames = f"{first}" if first == last else f"{first} to {last}"
        table.add_row(frames, *["?" if value is None else str(value) for value in values])
    console.print(table)
    if len(runs) > MAX_SHOWN_RUNS:
        console.print(f"  [dim]and {len(runs) - MAX_SHOWN_RUNS} more changes (--json)[/dim]")
    console.print()


def _print_execution(console: Console, report: Report) -> None:
    execution = report.execution
    colour = _COLOURS[execution.result]
    console.print(f"[{colour}]{_safe(execution.sentence)}[/{colour}]")
    if execution.result is Result.NEITHER:
        for peer, found in execution.differences.items():
            who = "ours" if peer == report.dump.local_peer else f"peer {peer}'s"
            console.print(f"  here != {who}: {_safe(found)}{_nearness(found)}")
    for note in execution.notes:
        console.print(f"[{_COLOURS[Result.NEITHER]}]{_safe(note)}")
