"""``peergym lab``: simulate matches under networks of your choice.

One match is ``peergym lab GAME``; ``sweep`` simulates many and draws them, ``advise`` says which
settings fit. Both have options of their own, so they have parsers of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from peergym.cli.lab import match
from peergym.errors import PeergymError

MISUSE = 2


class LabParser(argparse.ArgumentParser):
    """The parser of ``peergym lab``, which gives way to another after certain words."""

    others: Mapping[str, Callable[[], argparse.ArgumentParser]]

    # The overloads of the base class cannot be told any better.
    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Parse with the parser of the first word, if it has one."""
        make_other = self.others.get(args[0]) if args else None
        if make_other is not None and args is not None:
            return make_other().parse_known_args(args[1:], namespace)
        return super().parse_known_args(args, namespace)


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add the subcommand.

    Args:
        subparsers: What ``ArgumentParser.add_subparsers`` returned.
    """
    usual = subparsers.add_parser("lab", help="simulate a match under a network of your choice")
    parser = LabParser(
        prog=usual.prog,
        description=match.DESCRIPTION,
        epilog=match.EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    match.add_arguments(parser)
    parser.set_defaults(run=run)
    parser.others = {
        "sweep": partial(_sweep_parser, f"{usual.prog} sweep"),
        "advise": partial(_advise_parser, f"{usual.prog} advise"),
    }
    subparsers.choices["lab"] = parser
    return parser


def _sweep_parser(prog: str) -> argparse.ArgumentParser:
    from peergym.cli.lab import sweep

    parser = sweep.make_parser(prog)
    parser.set_defaults(run=run, run_lab=sweep.run)
    return parser


def _advise_parser(prog: str) -> argparse.ArgumentParser:
    from peergym.cli.lab import advise

    parser = advise.make_parser(prog)
    parser.set_defaults(run=run, run_lab=advise.run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the subcommand.

    Returns:
        The exit status.
    """
    try:
        return int(args.run_lab(args))
    except PeergymError as error:
        print(f"peergym lab: {error}", file=sys.stderr)
        return MISUSE
