"""``peergym replay``: look at a recorded match, check it, and turn it into something else."""

from __future__ import annotations

from typing import Any

from peergym.cli.replay import export, show, verify, video

DESCRIPTION = """\
A replay is what a peer recorded of a match: the seed, everybody's inputs, and checksums of the
states; a few kilobytes for ten minutes. From it the match can be executed again, bit for bit. In a
page, "Save replay" writes one; a server keeps those of all its matches."""


def add_parser(subparsers: Any) -> None:
    """Add the subcommand and those below it.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    parser = subparsers.add_parser(
        "replay",
        help="look at a recorded match, verify, export or film it",
        description=DESCRIPTION,
    )
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (show, verify, export, video):
        module.add_parser(below)
