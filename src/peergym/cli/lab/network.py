"""The options that say what a path does to packets."""

from __future__ import annotations

import argparse
from typing import Any

from peergym.lab.networks import FIGURES, PROFILE, TEXTS
from peergym.lab.profiles import PROFILES, describe_profiles
from peergym.testing.conditions import Transport

MEANINGS = {
    "rtt_ms": "round-trip time",
    "jitter_ms": "the round-trip time varies by up to this much either way, uniformly",
    "loss": "percent of packets lost each way",
    "asymmetry_ms": "how much longer the way to the higher peer takes than the way back",
    "burst": "mean number of packets lost in a row; 1 is independent losses",
    "burst_ms": "a burst is over after so long without a packet; 0 lets it last for its packets, "
    "however seldom they are sent",
    "duplicate": "percent of packets that arrive twice",
    "reorder": "percent of packets held back by up to ten frames",
    "hold_every_ms": "mean time after which the path holds everything back for a while; 0 is never",
    "hold_ms": "mean length of such a while",
    "packet_trace": "a recorded path, in a loop: one line a packet, its one-way time in ms or "
    "'lost'",
    "transport": f"what carries the inputs: {' or '.join(Transport)}",
}


class ListProfiles(argparse.Action):
    """Prints all profiles and stops, as --help does."""

    def __init__(self, option_strings: list[str], dest: str, **others: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, **others)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print and stop."""
        print(describe_profiles())
        parser.exit()


def option_of(name: str) -> str:
    """The option for a figure."""
    return "--" + name.replace("_", "-")


def add_network(group: argparse._ArgumentGroup) -> None:
    """Add the options; those that are not given are None."""
    for name, usual in FIGURES.items():
        group.add_argument(
            option_of(name), type=float, metavar="X", help=f"{MEANINGS[name]} (default: {usual:g})"
        )
    group.add_argument(
        option_of("transport"), choices=list(Transport), metavar="NAME", type=Transport,
        help=f"{MEANINGS['transport']} (default: {TEXTS['transport']})",
    )  # fmt: skip
    group.add_argument(option_of("packet_trace"), metavar="FILE", help=MEANINGS["packet_trace"])
    add_profiles(group)


def add_profiles(group: argparse._ArgumentGroup) -> None:
    """Add the options about networks by name."""
    group.add_argument(
        option_of(PROFILE), choices=list(PROFILES), metavar="NAME",
        help=f"a network by name: {', '.join(PROFILES)}; options beside it count",
    )  # fmt: skip
    add_list_profiles(group)


def add_list_profiles(group: argparse._ArgumentGroup) -> None:
    """Add the option that prints them all."""
    group.add_argument(
        "--list-profiles", action=ListProfiles, help="print those networks with their sources"
    )


def given_figures(args: argparse.Namespace) -> dict[str, Any]:
    """What was given of a path."""
    given = {name: getattr(args, name) for name in (*FIGURES, *TEXTS, PROFILE)}
    return {name: value for name, value in given.items() if value is not None}
