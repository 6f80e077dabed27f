"""``peergym replay export``: a match as a table."""

from __future__ import annotations

import argparse
from typing import Any

from peergym.cli.replay.files import add_file, add_target, open_replay, target_of
from peergym.data.export import COLUMNS, write_csv, write_parquet
from peergym.errors import ConfigurationError

DESCRIPTION = """\
Write a match as a table, one row for each player of each frame: episode, frame, time_s, player,
agent (its name), peer (who ran the seat; empty for nobody), is_ai, input, predicted (whether the
recording peer had to guess the input when it first simulated the frame), and what that peer
counted in the second that the frame is in: rollbacks, rollback_frames, stalls, rtt_ms (to the
player's peer)."""

EPILOG = """\
examples:
  peergym replay export match.pgr --out match.csv
  peergym replay export match.pgr --out match.parquet
      needs PyArrow: pip install 'peergym[data]'

  import pandas; pandas.read_parquet("match.parquet").groupby("agent")["input"].value_counts()"""

WRITERS = {".csv": write_csv, ".parquet": write_parquet}


def add_parser(subparsers: Any) -> None:
    """Add the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export",
        help="write a match as a table: CSV or Parquet",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_file(parser)
    add_target(parser, ".csv", ".parquet")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    out = target_of(args)
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise ConfigurationError("out", f"a table is .csv or .parquet, not {out.name!r}")
    replay = open_replay(args.file)
    rows = writer(replay, out)
    print(f"{out}: {rows:,} rows, {len(COLUMNS)} columns.")
    return 0
