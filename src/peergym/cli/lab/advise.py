"""``peergym lab advise``: which settings fit a network and a game."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from peergym.rollback.saving import FrameCosts

if TYPE_CHECKING:
    from peergym.lab.advise import Advice, Situation

DESCRIPTION = """\
Say which input delay, prediction window and snapshot interval fit a network and a game, whether
lockstep is better, and what is then to be expected. The answer comes from a model of a few lines
(docs/tuning.md) whose figures are held against simulated matches; to see such a match itself, give
the settings to "peergym lab GAME"."""

EPILOG = """\
examples:
  peergym lab advise --rtt-ms 60 --jitter-ms 10 --loss 1 --step-us 50 --save-us 20
      two people in one country, a small game
  peergym lab advise --rtt-ms 150 --jitter-ms 30 --loss 3 --step-us 900 --save-us 1500
      far away, and a state that is dear to save
  peergym lab advise --rtt-ms 20 --step-us 9000 --save-us 500 --players 4
      a game that can hardly be simulated once in a frame

what a step and a save cost is measured where the game runs: a browser is three to five times
slower than Python beside it. The network's figures are in the statistics of a match."""


def make_parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of the command.

    Args:
        prog: What it is called.
    """
    parser = argparse.ArgumentParser(
        prog=prog,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--rtt-ms", type=float, required=True, metavar="X", help="round-trip time, of the farthest"
    )
    parser.add_argument(
        "--jitter-ms", type=float, default=0.0, metavar="X",
        help="it varies by up to this much either way (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--loss", type=float, default=0.0, metavar="X",
        help="percent of packets lost each way (default: 0)",
    )  # fmt: skip
    parser.add_argument(
        "--step-us", type=float, required=True, metavar="X",
        help="what it costs to simulate a frame, in microseconds",
    )  # fmt: skip
    parser.add_argument(
        "--save-us", type=float, required=True, metavar="X", help="what a snapshot costs"
    )
    parser.add_argument(
        "--load-us", type=float, metavar="X",
        help="what it costs to go back to one (default: as much)",
    )  # fmt: skip
    parser.add_argument("--players", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument("--frame-rate", type=float, default=60.0, metavar="X", help="default: 60")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    return parser


def run(args: argparse.Namespace) -> int:
    """Give the advice.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: A figure is out of range.
    """
    from peergym.lab.advise import Situation, advise

    load_us = args.save_us if args.load_us is None else args.load_us
    situation = Situation(
        rtt_s=args.rtt_ms / 1000,
        jitter_s=args.jitter_ms / 1000,
        loss=args.loss / 100,
        costs=FrameCosts(args.step_us / 1e6, args.save_us / 1e6, load_us / 1e6),
        players=args.players,
        frame_rate_hz=args.frame_rate,
    )
    advice = advise(situation)
    if args.json:
        print(json.dumps(_to_json(advice)))
    else:
        _print(situation, advice)
    return 0


def _to_json(advice: Advice) -> dict[str, object]:
    expected = {name: round(value, 4) for name, value in asdict(advice.expectation).items()}
    return {
        "mode": "lockstep" if advice.is_lockstep else "rollback",
        **asdict(advice.settings),
        "expected": expected,
        "reasons": list(advice.reasons),
        "warnings": list(advice.warnings),
    }


def _print(situation: Situation, advice: Advice) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    settings, expected = advice.settings, advice.expectation
    mode = "Lockstep" if advice.is_lockstep else "Rollback"
    console.print(
        f"[bold]{mode}: input delay {settings.input_delay_frames}, window "
        f"{settings.window_frames}, snapshot interval {settings.snapshot_interval}[/bold]"
    )
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    table.add_column()
    frame_us = 1e6 * situation.period_s
    cost = (
        f"{expected.mean_tick_us:.0f} of {frame_us:.0f} µs, {expected.worst_tick_us:.0f} at worst"
    )
    rows = [
        (f"{expected.own_latency_ms:.0f}", "ms from an own input to the frame that shows it"),
        (f"{expected.rollbacks_per_s:.1f}", "rollbacks a second, if the others are lively"),
        (
            f"{expected.depth_frames_mean:.1f}",
            f"frames deep on average, {expected.depth_frames_p99} in one of a hundred",
        ),
        (f"{expected.stalls_per_min:.1f}", "stalled frames a minute"),
        (f"{100 * expected.cpu_share:.1f}", f"% of a frame's time: {cost}"),
    ]
    for value, meaning in rows:
        table.add_row(value, meaning)
    console.print(table)
    for reason in advice.reasons:
        console.print(f"- {reason}")
    for warning in advice.warnings:
        console.print(f"[yellow]! {warning}[/yellow]")
