"""``peergym replay video``: a match as a film."""

from __future__ import annotations

import argparse
from typing import Any

from peergym.cli.replay.files import (
    add_file,
    add_game,
    add_target,
    open_replay,
    progress,
    target_of,
)
from peergym.data.execution import maker_of

DESCRIPTION = """\
Film a match: an MP4 (H.264) that every player shows, or a GIF for a page. It is executed again and
drawn as in a page; the letters are of another font."""

EPILOG = """\
examples:
  peergym replay video match.pgr
      match.mp4 beside it
  peergym replay video match.pgr --out goal.gif --from 31 --to 36 --scale 0.5
      five seconds, at half the size
  peergym replay video match.pgr --player 1
      as player 1 saw it

needs Pillow and PyAV: pip install 'peergym[video]'"""


def add_parser(subparsers: Any) -> None:
    """Add the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "video",
        help="film a match: MP4 or GIF",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_file(parser)
    add_game(parser)
    add_target(parser, ".mp4", ".gif")
    parser.add_argument(
        "--player", type=int, default=-1, metavar="N", help="who looks (default: a spectator)"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X",
        help="pixels of the film for each of the game's screen (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="from_s", type=float, default=0.0, metavar="S", help="begin at this second"
    )
    parser.add_argument(
        "--to", dest="to_s", type=float, default=float("inf"), metavar="S",
        help="end at this second",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    out = target_of(args)
    replay = open_replay(args.file)
    make_game = maker_of(replay, args.game)
    from peergym.data.video import Clip, write_video  # needs an extra, and is slow to import

    clip = Clip(args.from_s, args.to_s, args.player, args.scale)
    with progress("Filming") as on_progress:
        pictures = write_video(replay, make_game, out, clip, on_progress)
    size = out.stat().st_size
    print(f"{out}: {pictures:,} pictures, {size / 1024:,.0f} KB.")
    return 0
