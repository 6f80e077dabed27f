"""The tables and plots of docs/tuning.md, from the rows of sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import mean
from typing import Any

from peergym.lab.advise import Situation, advise
from peergym.lab.charts import Chart
from peergym.lab.charts.ticks import number
from peergym.lab.sweep.measures import MEASURES
from peergym.lab.sweep.series import chart_of
from peergym.rollback.saving import FrameCosts

Row = dict[str, Any]
Rows = list[Row]

OF = {measure.name: measure for measure in MEASURES}


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; the first column to the left, the others to the right."""
    rule = ["---"] + ["--:"] * (len(head) - 1)
    rows = [head, rule, *[[str(cell) for cell in line] for line in lines]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def those(rows: Rows, **values: object) -> Rows:
    """The rows that have these values."""
    return [row for row in rows if all(row[name] == value for name, value in values.items())]


def each(rows: Rows, axis: str) -> list[Any]:
    """The values of an axis, in order."""
    return list(dict.fromkeys(row[axis] for row in rows))


def average(rows: Rows, name: str, digits: int = 1) -> str:
    """The mean of a figure."""
    return number(round(mean(row[name] for row in rows), digits))


def greatest(rows: Rows, name: str) -> str:
    """The greatest of a figure."""
    return number(max(row[name] for row in rows))


def _draw(rows: Rows, names: Sequence[str], x: str, lines: str, title: str = "{}") -> list[Chart]:
    return [chart_of(rows, OF[name], x, lines, title.format(OF[name].title)) for name in names]


# --- input delay

DELAY_FIGURES = (
    "resimulated_per_s",
    "rollback_depth_frames_p99",
    "own_latency_ms_p50",
    "stalls_per_min",
)


def delay(rows: Rows) -> str:
    """Rollbacks and latency of each delay, at a few round-trip times."""
    lines = []
    for rtt in (40, 120, 200):
        for rule in each(rows, "input_delay"):
            found = those(rows, rtt_ms=rtt, input_delay=rule)
            lines.append(
                [
                    f"{rtt} ms",
                    rule,
                    average(found, "own_latency_ms_p50"),
                    average(found, "rollbacks_per_s", 2),
                    average(found, "resimulated_per_s"),
                    greatest(found, "rollback_depth_frames_p99"),
                    average(found, "stalls_per_min"),
                ]
            )
    head = ["RTT", "input delay", "felt, ms", "rollbacks/s", "again/s", "depth p99", "stalls/min"]
    return table(head, lines)


def draw_delay(rows: Rows) -> list[Chart]:
    """The same over the round-trip time."""
    return _draw(rows, DELAY_FIGURES, "rtt_ms", "input_delay")


def rules(rows: Rows) -> str:
    """Each rule on each network: felt latency, frames again, depth, stalls."""
    lines = []
    for network in each(rows, "profile"):
        for rule in each(rows, "input_delay"):
            found = those(rows, profile=network, input_delay=rule)
            lines.append(
                [
                    network,
                    rule,
                    average(found, "own_latency_ms_p50"),
                    average(found, "resimulated_per_s"),
                    greatest(found, "rollback_depth_frames_p99"),
                    average(found, "stalls_per_min"),
                    average(found, "stall_ms_max", 0),
                ]
            )
    head = [
        "network",
        "input delay",
        "felt, ms",
        "again/s",
        "depth p99",
        "stalls/min",
        "longest, ms",
    ]
    return table(head, lines)


# --- depth


def depth(rows: Rows) -> str:
    """How deep rollbacks are, with a window that hardly bounds them."""
    lines = []
    for network in each(rows, "profile"):
        wide = those(rows, profile=network, window=16)
        stalls = [
            average(those(rows, profile=network, window=window), "stalls_per_min")
            for window in each(rows, "window")
        ]
        lines.append(
            [
                network,
                greatest(wide, "rollback_depth_frames_p50"),
                greatest(wide, "rollback_depth_frames_p99"),
                greatest(wide, "max_rollback_depth"),
                *stalls,
            ]
        )
    windows = [f"stalls/min, window {window}" for window in each(rows, "window")]
    return table(["network", "depth p50", "p99", "max", *windows], lines)


def draw_depth(rows: Rows) -> list[Chart]:
    """Depth and stalls over the window, but of the network that hides everything else."""
    rows = [row for row in rows if row["profile"] != "geostationary"]
    return _draw(rows, ("rollback_depth_frames_p99", "stalls_per_min"), "window", "profile")


# --- snapshots

SAVE_COSTS = (0.2, 1.0, 5.0)  # of a save, in steps


def snapshots(rows: Rows) -> str:
    """What an interval saves and what it costs."""
    lines = []
    for rtt in each(rows, "rtt_ms"):
        for interval in each(rows, "snapshot_interval"):
            found = those(rows, rtt_ms=rtt, snapshot_interval=interval)
            steps = mean(row["steps_per_s"] for row in found)
            saves = mean(row["saves_per_s"] for row in found)
            loads = mean(row["rollbacks_per_s"] for row in found)
            costs = [number(round(steps + cost * (saves + loads), 0)) for cost in SAVE_COSTS]
            lines.append(
                [
                    f"{rtt} ms",
                    interval,
                    greatest(found, "states_held_max"),
                    average(found, "saves_per_s"),
                    average(found, "resimulated_per_s"),
                    *costs,
                ]
            )
    titles = [f"work, save = {cost:g} steps" for cost in SAVE_COSTS]
    return table(["RTT", "interval", "states kept", "saves/s", "again/s", *titles], lines)


def limits(rows: Rows) -> str:
    """What happens at a limit of snapshots, and what really bounds them."""
    lines = []
    for window, interval, most in dict.fromkeys(
        (row["window"], row["snapshot_interval"], row["max_snapshots"]) for row in rows
    ):
        setting = {"window": window, "snapshot_interval": interval, "max_snapshots": most}
        found = those(rows, **setting)
        cells = []
        for rtt in each(rows, "rtt_ms"):
            at = those(found, rtt_ms=rtt)
            held, lag = greatest(at, "states_held_max"), greatest(at, "confirmed_lag_frames_max")
            cells.append(f"{held} / {lag} / {average(at, 'stalls_per_min', 0)}")
        lines.append([window, interval, most, *cells])
    titles = [f"RTT {rtt} ms" for rtt in each(rows, "rtt_ms")]
    said = "Each cell: states kept at most / frames not confirmed at most / stalls a minute.\n\n"
    return said + table(["window", "interval", "limit", *titles], lines)


def buffer(rows: Rows) -> str:
    """What the input buffer does, and how far back anybody ever has to look."""
    lines = []
    for network in each(rows, "profile"):
        found = those(rows, profile=network)
        stalls = [
            average(those(found, input_buffer=size), "stalls_per_min")
            for size in each(rows, "input_buffer")
        ]
        lines.append(
            [
                network or "80 ms, held for 1 s",
                greatest(found, "confirmed_lag_frames_max"),
                greatest(found, "inputs_held_max"),
                *stalls,
            ]
        )
    sizes = [f"stalls/min, {size}" for size in each(rows, "input_buffer")]
    return table(["network", "frames not confirmed, max", "inputs kept, max", *sizes], lines)


# --- redundancy and transport


def redundancy(rows: Rows) -> str:
    """Holes, stalls and bytes of each rule."""
    lines = []
    for burst in each(rows, "burst"):
        for loss in each(rows, "loss"):
            for rule in each(rows, "redundancy"):
                found = those(rows, burst=burst, loss=loss, redundancy=rule)
                lines.append(
                    [
                        f"{loss} %" + (f", {burst} in a row" if burst > 1 else ""),
                        rule,
                        average(found, "holes_per_hour", 0),
                        average(found, "stalls_per_min"),
                        average(found, "stall_ms_max", 0),
                        average(found, "held_latency_ms_p99"),
                        average(found, "bytes_per_second_per_player", 0),
                    ]
                )
    head = ["loss", "sent", "holes/h", "stalls/min", "longest, ms", "held p99, ms", "bytes/s"]
    return table(head, lines)


def draw_redundancy(rows: Rows) -> list[Chart]:
    """Holes and stalls over the loss."""
    charts = []
    for burst in each(rows, "burst"):
        title = "{}, single losses" if burst == 1 else "{}, bursts of " + str(burst)
        names = ("holes_per_hour", "stalls_per_min")
        charts += _draw(those(rows, burst=burst), names, "loss", "redundancy", title)
    return charts


def transport(rows: Rows) -> str:
    """The same match over both channels."""
    lines = []
    for rtt in each(rows, "rtt_ms"):
        for loss in each(rows, "loss"):
            for channel in each(rows, "transport"):
                found = those(rows, rtt_ms=rtt, loss=loss, transport=channel)
                lines.append(
                    [
                        f"{rtt} ms, {loss} %",
                        channel,
                        average(found, "held_latency_ms_p50"),
                        average(found, "held_latency_ms_p95"),
                        average(found, "held_latency_ms_p99"),
                        average(found, "confirmed_lag_frames_p99"),
                        average(found, "resimulated_per_s"),
                        average(found, "stalls_per_min"),
                        average(found, "stall_ms_max", 0),
                    ]
                )
    head = ["network", "channel", "held p50, ms", "p95", "p99", "lag p99, frames", "again/s"]
    return table([*head, "stalls/min", "longest, ms"], lines)


def draw_transport(rows: Rows) -> list[Chart]:
    """Latency and stalls over the loss."""
    charts = []
    for rtt in each(rows, "rtt_ms"):
        names = ("held_latency_ms_p95", "stalls_per_min")
        title = "{}, RTT " + f"{rtt} ms"
        charts += _draw(those(rows, rtt_ms=rtt), names, "loss", "transport", title)
    return charts


# --- players, lockstep


def players(rows: Rows) -> str:
    """What grows with the players."""
    lines = []
    for count in each(rows, "players"):
        found = those(rows, players=count)
        lines.append(
            [
                count,
                average(found, "bytes_per_packet_mean"),
                average(found, "bytes_per_second_per_player", 0),
                average(found, "rollbacks_per_s"),
                average(found, "resimulated_per_s"),
                greatest(found, "rollback_depth_frames_p99"),
                average(found, "stalls_per_min"),
                greatest(found, "states_held_max"),
                average(found, "cpu_us_per_frame", 0),
            ]
        )
    head = ["players", "bytes/packet", "bytes/s each", "rollbacks/s", "again/s", "depth p99"]
    return table([*head, "stalls/min", "states kept", "µs a frame"], lines)


def draw_players(rows: Rows) -> list[Chart]:
    """The same as plots."""
    names = ("bytes_per_second_per_player", "resimulated_per_s", "stalls_per_min")
    return _draw(rows, (*names, "cpu_us_per_frame"), "players", "")


def lockstep(rows: Rows) -> str:
    """Rollback beside lockstep, and where the computer decides."""
    lines = []
    for loss in each(rows, "loss"):
        for rtt in each(rows, "rtt_ms"):
            cells: list[object] = [f"{rtt} ms, {loss} %"]
            for window in (8, 0):
                found = those(rows, loss=loss, rtt_ms=rtt, window=window)
                cells += [
                    average(found, "own_latency_ms_p50", 0),
                    average(found, "stalls_per_min"),
                    average(found, "resimulated_per_s"),
                ]
            lines.append(cells)
    head = ["network"]
    for mode in ("rollback", "lockstep"):
        head += [f"{mode}: felt, ms", "stalls/min", "again/s"]
    return f"{table(head, lines)}\n{_dearest_steps()}"


def draw_lockstep(rows: Rows) -> list[Chart]:
    """Latency and stalls over the round-trip time, with losses."""
    lossy = [{**row, "window": "lockstep" if row["window"] == 0 else "rollback"} for row in rows]
    names = ("own_latency_ms_p50", "stalls_per_min")
    return [
        chart
        for loss in each(rows, "loss")
        for chart in _draw(
            those(lossy, loss=loss), names, "rtt_ms", "window", "{}, loss " + f"{loss} %"
        )
    ]


def _dearest_steps() -> str:
    """The dearest step with which rollback is still advised."""
    networks = [(10, 2, 0.1), (40, 10, 1.0), (80, 10, 1.0), (120, 20, 2.0), (200, 20, 2.0)]
    lines = []
    for rtt_ms, jitter_ms, loss in networks:
        base = Situation(
            rtt_s=rtt_ms / 1000,
            jitter_s=jitter_ms / 1000,
            loss=loss / 100,
            costs=FrameCosts(0.0, 0.0),
        )
        cells = [
            f"{_dearest(lambda step_s, c=cost, b=base: replace(b, costs=_costs(step_s, c))):.1f} ms"
            for cost in (0.1, 1.0)
        ]
        lines.append([f"{rtt_ms} ms ± {jitter_ms}, {loss:g} %", *cells])
    head = ["network", "rollback up to a step of, save = 0.1 steps", "save = 1 step"]
    return table(head, lines)


def _costs(step_s: float, save_in_steps: float) -> FrameCosts:
    return FrameCosts(step_s, save_in_steps * step_s, save_in_steps * step_s)


def _dearest(situation_of: Callable[[float], Situation]) -> float:
    """The dearest step with which lockstep is not advised, in milliseconds."""
    steps_ms = [tenths / 10 for tenths in range(1, 167)]
    return max(
        [ms for ms in steps_ms if not advise(situation_of(ms / 1000)).is_lockstep], default=0.0
    )
