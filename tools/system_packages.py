"""Install what network tests take from the system, where that is possible: root, on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

PACKAGES = {
    "ip": "iproute2",
    "iptables": "iptables",
    "turnserver": "coturn",
    "firefox": "firefox-esr",
}
"""Programs, and Debian's packages that have them."""

OTHER_NAMES = {"firefox": ("firefox-esr",)}

ADMINISTRATORS_PATH = "/usr/sbin:/sbin"
"""Where an ordinary user's shell does not look."""

SYSTEMD_RUNS = Path("/run/systemd/system")


def provide_system_packages() -> None:
    """Install what is missing; where that cannot be done, say which tests will be skipped."""
    missing = missing_packages()
    if not missing:
        return
    if shutil.which("apt-get") is None or not is_root():
        print(
            f"Not installed here: {', '.join(missing)}. Tests that need them are skipped "
            f"(on Debian: apt-get install {' '.join(missing)}).",
            flush=True,
        )
        return
    print(f"Installing {', '.join(missing)} for the network tests ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, check=False)
    if "coturn" in missing and SYSTEMD_RUNS.exists():
        # Its package starts a TURN server for everybody; the tests start their own.
        subprocess.run(["systemctl", "disable", "--quiet", "--now", "coturn"], check=False)


def missing_packages(which: Callable[[str], str | None] | None = None) -> list[str]:
    """Return the packages whose programs are not there.

    Args:
        which: Finds a program; None looks where root's shell does.
    """
    find = which or _find
    return [
        package
        for program, package in PACKAGES.items()
        if not any(map(find, (program, *OTHER_NAMES.get(program, ()))))
    ]


def is_root() -> bool:
    """Whether packages can be installed; on Windows nobody is root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _find(program: str) -> str | None:
    path = os.pathsep.join((os.environ.get("PATH", ""), ADMINISTRATORS_PATH))
    return shutil.which(program, path=path)
