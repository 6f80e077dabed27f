"""Whether the fuzzer can be installed here."""

from __future__ import annotations

import platform
import sys

from tools.environment import InstallError

FIRST_VERSION, LAST_VERSION = (3, 11), (3, 14)
"""Of CPython, for which atheris has wheels; its sources need a compiler with libFuzzer."""


def check_atheris() -> None:
    """Check that there is a wheel of atheris for this Python and this machine.

    Raises:
        InstallError: If there is none; says for which there is.
    """
    version = sys.version_info[:2]
    has_wheel = (
        sys.platform == "linux"
        and platform.machine() == "x86_64"
        and sys.implementation.name == "cpython"
        and FIRST_VERSION <= version <= LAST_VERSION
    )
    if not has_wheel:
        raise InstallError(
            "The fuzzer atheris has packages for CPython 3.11 to 3.14 on Linux (x86-64) alone, and "
            f"this is {platform.python_implementation()} {version[0]}.{version[1]} on "
            f"{platform.system()} ({platform.machine()}). Its seeds run everywhere, in make test; "
            "so do the property tests, with dev.py fuzz --properties."
        )
