"""Explore from the command line, and print a table; fail if a law is broken."""

from __future__ import annotations

import argparse
import platform
import sys

from tests.rollback.membership_model.bounds import LARGER, TESTED
from tests.rollback.membership_model.peers import ViolationError
from tests.rollback.membership_model.search import explore


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rollback.membership_model")
    parser.add_argument("words", nargs="*", help="explore the worlds whose names have one of these")
    parser.add_argument("--large", action="store_true", help="the larger worlds")
    arguments = parser.parse_args()
    worlds = LARGER if arguments.large else TESTED
    if arguments.words:
        worlds = [
            world for world in TESTED + LARGER if any(w in world.name for w in arguments.words)
        ]
    print(f"Python {platform.python_version()}")
    print("| world | states | transitions | longest way | somebody has agreed | took |")
    print("|---|---|---|---|---|---|")
    for world in worlds:
        try:
            found = explore(world)
        except ViolationError as error:
            print(f"{world.name}: {error}")
            return 1
        print(
            f"| {world.name} | {found.states:,} | {found.transitions:,} | {found.steps} "
            f"| {found.agreements:,} | {found.took_s:.0f} s |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
