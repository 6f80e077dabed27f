"""The targets: each module has ``reach(data)``, which fails if ``data`` breaks a law.

It returns what the input has reached, by name. ``DEEP`` lists what the committed seeds of the
target reach together.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

TARGETS = tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))
"""A target is found by its file."""

Reach = Callable[[bytes], set[str]]


def load_reach(target: str) -> Reach:
    """What a target does with one input."""
    reach: Reach = import_module(f"{__name__}.{target}").reach
    return reach


def load_check(target: str) -> Callable[[bytes], None]:
    """The same for a fuzzer, which wants to be told nothing."""
    reach = load_reach(target)

    def check(data: bytes) -> None:
        reach(data)

    return check


def deep_of(target: str) -> frozenset[str]:
    """What the committed seeds of a target must reach."""
    deep: frozenset[str] = import_module(f"{__name__}.{target}").DEEP
    return deep
