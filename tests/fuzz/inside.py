"""Becomes libFuzzer, for one target: ``python -m tests.fuzz.inside TARGET [FLAG ...]``.

A process of its own, in which nothing of ours may be imported before it is instrumented.
"""

from __future__ import annotations

import sys

import atheris

from tests.fuzz.targets import load_check


def main() -> None:
    """Fuzz; does not return."""
    program, target, *flags = sys.argv
    with atheris.instrument_imports(include=["peergym"]):
        check = load_check(target)
    atheris.Setup([program, *flags], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
